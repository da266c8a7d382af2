/** Cost classes of an op's blocks on one rank: work by whole tiles, memory traffic as a share of the compulsory one. */
import { walkKernel } from "../kernels/walk.js";
import type { AxisIR, IndexIR } from "../check/ir.js";
import type { ComputeClass } from "../graph/task-graph.js";
import type { BlockShape } from "../machine/block-shape.js";
import { variablesOf } from "./access.js";
import { blockShape, foldLength, kernelSort } from "./block-shape.js";
import type { LoweringContext, OpInstance, OpOnRank } from "./context.js";
import { blockBytes } from "../check/monoid-components.js";
import { bytesOf } from "../../grammar/dtypes.js";
import { defaultTile, kernelWork, matrixOperand, product } from "./cost.js";
import { hasGuards, localUses, type Guards } from "./guarded-work.js";
import { variablesIn } from "./guards.js";
import { forEachImage, type Ranges } from "./image.js";
import { rangesOfCell } from "./masks.js";
import { emptyRuns, positionsOf, runsLength, union, type Runs } from "../graph/runs.js";
import { groupBoundaries, groupSizes } from "./table-rows.js";

export class OpCost {
  private readonly tile: number[];
  private readonly lengths: number[];
  private readonly shapes: BlockShapes[];
  private readonly accumulateLengths: number[];
  private readonly elements: number;
  private readonly bytesRead: number;
  private readonly matrixDtype: string;
  private readonly sort: Pick<BlockShape, "does" | "dtype">;
  private readonly classes = new Map<number, number>();
  /** Dimensions of the grid along which guards tell blocks apart. */
  private readonly guarded: readonly number[];
  /** Of variables that local equations have of their own, those that they are read at. */
  private readonly readAt = new Map<number, number>();

  constructor(
    private readonly context: LoweringContext,
    private readonly instance: OpInstance,
    private readonly onRank: OpOnRank,
  ) {
    const { layer, program } = context;
    const result = layer.values[instance.ir.result]!;
    this.lengths = onRank.ranges.map(runsLength);
    this.tile = tileOf(instance, result.axes, this.lengths);
    const groupedBy = groupColumns(instance, result.axes);
    this.shapes = onRank.partitions.map((p, d) =>
      blockShapes(p.blocks, (runs) => tilesAlong(program, result.axes[d]!, runs, this.tile[d]!, groupedBy[d]!)),
    );
    this.accumulateLengths = onRank.accumulate.map(runsLength);
    this.elements = product(this.lengths.slice(0, result.axes.length));
    this.bytesRead = compulsoryReads(context, instance, onRank);
    const operand = instance.ir.kernel.cost === undefined ? matrixOperand(instance.ir.kernel) : 0;
    this.guarded = hasGuards(instance.ir.kernel) ? this.guardedDimensions() : [];
    for (const { readAt } of localUses(instance.ir.kernel))
      for (const [own, at] of readAt) if (own >= result.axes.length) this.readAt.set(own, at);
    const multiplied = operand === undefined ? undefined : layer.values[instance.ir.operands[operand]!]!.dtype;
    this.matrixDtype = multiplied ?? "f32";
    const does = kernelSort(instance.ir.kernel, (name) => program.monoids.find((monoid) => monoid.name === name));
    this.sort = { does, dtype: multiplied ?? result.dtype };
  }

  /** Class of the block at a cell of the grid (outputs, then the accumulated block). */
  classOf(cell: readonly number[]): number {
    let key = cell[this.shapes.length]!;
    for (let d = 0; d < this.shapes.length; d++) key = key * this.shapes[d]!.kinds + this.shapes[d]!.kindOf[cell[d]!]!;
    for (const d of this.guarded) key = key * this.onRank.partitions[d]!.blocks.length + cell[d]!;
    let index = this.classes.get(key);
    if (index === undefined) {
      const made = this.makeClass(cell);
      index = this.context.writer.classFor(JSON.stringify(made), () => made);
      this.classes.set(key, index);
    }
    return index;
  }

  private makeClass(cell: readonly number[]): ComputeClass {
    const { kernel } = this.instance.ir;
    const { layer, program } = this.context;
    const elements = product(this.shapes.map((shape, d) => shape.lengths[cell[d]!]!));
    const tilesAlongEach = this.shapes.map((shape, d) => shape.tiles[cell[d]!]!);
    const tiles = product(tilesAlongEach);
    const accumulateBlock = cell[this.shapes.length]!;
    const contributions = this.accumulateLengths.length;
    const wholeTile = this.tile.map((t, d) => Math.min(t, this.lengths[d]!));
    const lengthOf = (outputs: (dimension: number) => number) => (own: number) => {
      const variable = this.readAt.get(own) ?? own;
      if (variable < wholeTile.length) return outputs(variable);
      if (variable === this.onRank.accumulateVariable) return this.accumulateLengths[accumulateBlock]!;
      return this.averageLength(variable);
    };
    const ranges = this.rangesAt(cell);
    const monoid = (name: string) => program.monoids.find((other) => other.name === name);
    const work = kernelWork(kernel, {
      length: lengthOf((d) => wholeTile[d]!),
      share: (guards, variables) => this.tileShare(guards, variables, ranges),
      times: (variables) => {
        const dimensions = new Set(variables.map((variable) => this.readAt.get(variable) ?? variable));
        return product(tilesAlongEach.filter((_, d) => dimensions.has(d)));
      },
      monoid,
    });
    const lengthInBlock = lengthOf((d) => this.shapes[d]!.lengths[cell[d]!]!);
    const counted = kernelWork(kernel, {
      length: lengthInBlock,
      share: (guards, variables) =>
        this.context.guardShares.ofElements(guards, variables, ranges) ?? this.tileShare(guards, variables, ranges),
      monoid,
    });
    const share = elements / this.elements / contributions;
    return {
      kind: "compute",
      matrixFlops: work.matrixFlops,
      matrixDtype: this.matrixDtype,
      vectorFlops: work.vectorFlops,
      flops: counted.matrixFlops + counted.vectorFlops,
      bytesRead: this.bytesRead * share,
      bytesWritten: blockBytes(
        layer.values[this.instance.ir.result]!,
        this.shapes.map((shape, d) => shape.lengths[cell[d]!]!),
        program.monoids,
      ),
      tiles,
      shape: blockShape(
        this.sort,
        this.shapes.map((shape, d) => shape.lengths[cell[d]!]!),
        counted.matrixFlops,
        foldLength(kernel, lengthInBlock),
        contributions,
      ),
      ...this.statedWork(elements / contributions),
    };
  }

  /** What the op's text states of a block's cost: its share of the whole op's, by elements. */
  private statedWork(elements: number): Partial<ComputeClass> {
    const { kernel, result } = this.instance.ir;
    const { flops, bytes } = kernel.cost ?? {};
    const share = elements / product(this.context.layer.values[result]!.axes.map((axis) => axis.size));
    return {
      ...(flops !== undefined && { matrixFlops: flops * share, vectorFlops: 0, flops: flops * share }),
      ...(bytes !== undefined && { bytesRead: bytes * share, bytesWritten: 0 }),
    };
  }

  /** Dimensions that guards name, directly or through the variables of local equations and of rows. */
  private guardedDimensions(): number[] {
    const { instance, shapes } = this;
    const named = new Set(instance.accesses.flatMap((access) => access.guards.flatMap(variablesIn)));
    walkKernel(instance.ir.kernel, (scalar) => {
      const own = scalar.kind === "reduce" ? scalar.where : scalar.kind === "select" ? scalar.condition : undefined;
      if (own !== undefined) variablesIn(own).forEach((variable) => named.add(variable));
    });
    return shapes.map((_, d) => d).filter((d) => named.has(d));
  }

  private rangesAt(cell: readonly number[]): Ranges {
    const ranges = rangesOfCell(this.onRank, cell);
    return (variable) => ranges(this.readAt.get(variable) ?? variable);
  }

  /** By tiles of the variables in scope: the result's as they are executed, others of 128. */
  private tileShare(guards: Guards, variables: readonly number[], ranges: Ranges): number {
    const stepOf = (variable: number): number | undefined =>
      variables.includes(variable)
        ? Math.max(1, this.tile[this.readAt.get(variable) ?? variable] ?? defaultTile)
        : undefined;
    return this.context.guardShares.ofTiles(guards, ranges, stepOf);
  }

  /** Rows bound to an output index: how many there are of each on average; others: their range here. */
  private averageLength(variable: number): number {
    for (const access of this.instance.accesses) {
      const binding = access.bindings.find((b) => b.variable === variable);
      if (binding === undefined || binding.equals.kind !== "affine") continue;
      const bound = binding.equals.terms[0]?.variable;
      if (bound !== undefined && this.lengths[bound]! > 0) return this.lengths[variable]! / this.lengths[bound]!;
    }
    return this.lengths[variable]!;
  }
}

/** Blocks along one dimension: lengths, tiles, and which of them are alike. */
interface BlockShapes {
  readonly lengths: number[];
  readonly tiles: number[];
  readonly kindOf: number[];
  readonly kinds: number;
}

function blockShapes(blocks: readonly Runs[], tilesOf: (runs: Runs) => number): BlockShapes {
  const lengths = blocks.map(runsLength);
  const tiles = blocks.map(tilesOf);
  const kinds = new Map<string, number>();
  const kindOf = lengths.map((length, i) => {
    const key = `${length} ${tiles[i]}`;
    if (!kinds.has(key)) kinds.set(key, kinds.size);
    return kinds.get(key)!;
  });
  return { lengths, tiles, kindOf, kinds: kinds.size };
}

/** Tile of the result: as stated, else 128 x 128 of the last two axes (16,384 of an only one); others whole. */
function tileOf(instance: OpInstance, axes: readonly AxisIR[], lengths: readonly number[]): number[] {
  if (instance.settings.tile !== undefined) return [...instance.settings.tile];
  const rank = axes.length;
  return axes.map((_, d) => {
    if (rank === 1) return defaultTile * defaultTile;
    return d >= rank - 2 ? defaultTile : Math.min(1, lengths[d]!);
  });
}

/**
 * For each dimension of the result, the columns of its rows by which a product chooses a matrix: what it reads through them it
 * reads at another index of the result as well. A factor that is only gathered is no matrix: its rows share the other one.
 */
function groupColumns({ ir, accesses }: OpInstance, axes: readonly AxisIR[]): string[][] {
  const isProduct = ir.kernel.cost === undefined && matrixOperand(ir.kernel) !== undefined;
  const reads = isProduct ? accesses.map(({ at }) => at) : [];
  return axes.map(({ table }, d) => {
    const isAlong = (index: IndexIR) => variablesOf(index, []).includes(d);
    const isAcross = (index: IndexIR) => variablesOf(index, []).some((other) => other < axes.length && other !== d);
    const columns = reads.flatMap((at) =>
      at.flatMap((index) =>
        index.kind === "column" && index.table === table && isAlong(index) && at.some(isAcross) ? [index.column] : [],
      ),
    );
    return [...new Set(columns)];
  });
}

/**
 * Tiles a block is executed as along one dimension. Those of ragged rows restart at each `to` group, or hold only rows that
 * read the same through the columns: a grouped product takes the rows of a group together, wherever they lie.
 */
function tilesAlong(
  program: LoweringContext["program"],
  axis: AxisIR,
  runs: Runs,
  tile: number,
  columns: readonly string[],
): number {
  const length = runsLength(runs);
  const step = Math.max(1, tile);
  if (axis.table === undefined) return Math.ceil(length / step);
  const table = program.tables[axis.table]!;
  const sizes = columns.some((column) => column !== "to")
    ? groupSizes(table, columns, runs)
    : stretchesBetween(positionsOf(runs, groupBoundaries(table)), length);
  return sizes.reduce((tiles, size) => tiles + Math.ceil(size / step), 0);
}

function stretchesBetween(positions: readonly number[], length: number): number[] {
  return [...positions, length].map((to, i) => to - (positions[i - 1] ?? 0));
}

/** Bytes of operands that the instance must read at least once on this rank: the size of the images of its region. */
function compulsoryReads(context: LoweringContext, instance: OpInstance, onRank: OpOnRank): number {
  const { layer, program } = context;
  let bytes = 0;
  for (let operand = 0; operand < instance.ir.operands.length; operand++) {
    const value = layer.values[instance.ir.operands[operand]!]!;
    const hull: Runs[] = value.axes.map(() => emptyRuns);
    for (const access of instance.accesses.filter((a) => a.operand === operand)) {
      forEachImage(
        access,
        (variable) => onRank.ranges[variable]!,
        program.tables,
        (image) => image.forEach((runs, d) => (hull[d] = union(hull[d]!, runs))),
      );
    }
    bytes += product(hull.map(runsLength)) * bytesOf(value.dtype);
  }
  return bytes;
}
