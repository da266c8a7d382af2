/**
 * Tasks of an op: on each rank, its region of the result's layout, cut into blocks; each block waits for exactly the
 * blocks that the images of its accesses touch.
 */
import { TaskKind } from "../graph/task-graph.js";
import type { IndexIR, KernelIR, OpStatement } from "../check/ir.js";
import { collectAccesses, dependsOnVariables, pureVariable, type Access } from "./access.js";
import { blocksOf } from "./blocks.js";
import type { LoweringContext, OpInstance, OpOnRank } from "./context.js";
import { forEachImage } from "./image.js";
import { maskOf, rangesOfCell } from "./masks.js";
import { partitionFromBlocks } from "./partition.js";
import { emptyRuns, intersect, interval, type Runs } from "../graph/runs.js";
import { OpCost } from "./op-cost.js";
import { rowsWith } from "./table-rows.js";
import { addPiece, forEachWriter } from "./writers.js";

export function lowerOp(context: LoweringContext, instance: OpInstance, instanceId: number): void {
  for (let rank = 0; rank < context.program.mesh.rankCount; rank++) {
    instance.onRank.push(lowerOpOnRank(context, instance, instanceId, rank));
  }
}

export function accessesOf(statement: OpStatement): Access[] {
  return collectAccesses(statement.kernel);
}

export function lowerOpOnRank(
  context: LoweringContext,
  instance: OpInstance,
  instanceId: number,
  rank: number,
): OpOnRank | undefined {
  const { program, layer, domains, writer } = context;
  const result = layer.values[instance.ir.result]!;
  if (!domains.present(result, rank)) return undefined;

  const ranges = rangesOnRank(context, instance, rank);
  const partitions = result.axes.map((axis, d) =>
    partitionFromBlocks(blocksOf(program, axis, ranges[d]!, instance.settings.cuts[d]!)),
  );
  const accumulateVariable = accumulatedVariable(context, instance);
  const accumulate =
    accumulateVariable === undefined
      ? [interval(0, 1)]
      : blocksOf(
          program,
          reducedAxis(context, instance, accumulateVariable),
          ranges[accumulateVariable]!,
          instance.settings.accumulate!.cut,
        );
  // A rank with nothing to reduce contributes the identity: its block is written all the same.
  if (accumulate.length === 0) accumulate.push(emptyRuns);
  const counts = [...partitions.map((p) => p.blocks.length), accumulate.length];
  const taskCount = counts.reduce((a, b) => a * b, 1);
  const base = writer.count;
  const onRank: OpOnRank = { base, partitions, accumulateVariable, accumulate, ranges, masked: new Set() };
  if (taskCount === 0) return onRank;

  const readers = instance.accesses
    .filter((access) => context.pieces.get(instance.ir.operands[access.operand]!)?.[rank] !== undefined)
    .map((access) => new AccessReader(context, instance, onRank, access, counts, rank));
  for (const reader of readers) reader.prepare(instanceId);

  const cost = new OpCost(context, instance, onRank);
  const first = writer.count;
  const cell = new Array<number>(counts.length).fill(0);
  for (let block = 0; block < taskCount; block++) {
    writer.task(TaskKind.compute, rank, instanceId, block, cost.classOf(cell));
    for (const reader of readers) reader.addPredecessors(cell);
    for (let d = counts.length - 1; d >= 0; d--) {
      if (++cell[d]! < counts[d]!) break;
      cell[d] = 0;
    }
  }
  const isMasked = maskOf(context, instance, onRank);
  const { masked, ...writers } = writersOf(context, instanceId, rank, first, counts, isMasked);
  addPiece(context, result.id, rank, { partitions, ...writers });
  return { ...onRank, base: first, masked };
}

/**
 * A reader of an accumulated block waits for all its contributions but those that a guard masks whole, which nobody
 * then needs; where all are, the first one writes the identity.
 */
function writersOf(
  context: LoweringContext,
  instanceId: number,
  rank: number,
  first: number,
  counts: readonly number[],
  isMasked: (cell: readonly number[]) => boolean,
): { base: number; writers?: Int32Array; masked: Set<number> } {
  const contributions = counts.at(-1)!;
  const masked = new Set<number>();
  if (contributions === 1) return { base: first, masked };
  const writers = new Int32Array(counts.slice(0, -1).reduce((a, b) => a * b, 1));
  const cell = new Array<number>(counts.length).fill(0);
  for (let block = 0; block < writers.length; block++) {
    writers[block] = context.writer.task(TaskKind.join, rank, instanceId, -1, -1);
    const parts: number[] = [];
    for (let k = 0; k < contributions; k++) {
      cell[counts.length - 1] = k;
      if (isMasked(cell)) masked.add(block * contributions + k);
      else parts.push(k);
    }
    if (parts.length === 0) {
      parts.push(0);
      masked.delete(block * contributions);
    }
    for (const k of parts) context.writer.after(first + block * contributions + k);
    for (let d = counts.length - 2; d >= 0; d--) {
      if (++cell[d]! < counts[d]!) break;
      cell[d] = 0;
    }
  }
  return { base: first, writers, masked };
}

/** Range of every variable of the kernel on a rank: outputs by layout and part, the others by what is there to read. */
function rangesOnRank(context: LoweringContext, instance: OpInstance, rank: number): Runs[] {
  const { program, domains, layer } = context;
  const { kernel } = instance.ir;
  const result = layer.values[instance.ir.result]!;
  return kernel.variables.map((variable, v) => {
    if (v < kernel.outputRank) {
      let range = domains.ofValue(result, v, rank);
      for (const selection of instance.selections) {
        const selected = domains.select(result.axes, v, selection);
        if (selected !== undefined) range = intersect(range, selected);
      }
      return range;
    }
    let range = interval(0, variable.size);
    for (const access of instance.accesses) {
      const operand = layer.values[instance.ir.operands[access.operand]!]!;
      access.at.forEach((index, d) => {
        if (pureVariable(index) === v) range = intersect(range, domains.ofValue(operand, d, rank));
        else if (index.kind === "column" && innermost(index) === v && operand.axes[d]!.cuts.length > 0)
          range = intersect(range, rowsThatReach(program, index, domains.ofValue(operand, d, rank)));
      });
    }
    return range;
  });
}

/** Rows that lead, through one column or several, to what the rank holds. */
function rowsThatReach(program: LoweringContext["program"], index: ColumnIndex, held: Runs): Runs {
  const rows = rowsWith(program.tables[index.table]!, index.column, held);
  return index.at.kind === "column" ? rowsThatReach(program, index.at, rows) : rows;
}

type ColumnIndex = Extract<IndexIR, { kind: "column" }>;

/** The row variable of `from(r)`, or of `from(via(r))`. */
function innermost({ at }: ColumnIndex): number | undefined {
  return at.kind === "column" ? innermost(at) : pureVariable(at);
}

/** The reduction variable that reads the axis named by `accumulate`, if any. */
export function accumulatedVariable(context: LoweringContext, instance: OpInstance): number | undefined {
  const wanted = instance.settings.accumulate?.axis;
  if (wanted === undefined) return undefined;
  return reductionVariableOf(context, instance.ir, instance.accesses, wanted);
}

export function reductionVariableOf(
  context: Pick<LoweringContext, "layer">,
  statement: OpStatement,
  accesses: readonly Access[],
  axis: string,
): number | undefined {
  for (const access of accesses) {
    const operand = context.layer.values[statement.operands[access.operand]!]!;
    for (let d = 0; d < access.at.length; d++) {
      const variable = pureVariable(access.at[d]!);
      if (variable !== undefined && variable >= statement.kernel.outputRank && operand.axes[d]!.name === axis)
        return variable;
    }
  }
  return undefined;
}

function reducedAxis(context: LoweringContext, instance: OpInstance, variable: number) {
  for (const access of instance.accesses) {
    const operand = context.layer.values[instance.ir.operands[access.operand]!]!;
    for (let d = 0; d < access.at.length; d++) if (pureVariable(access.at[d]!) === variable) return operand.axes[d]!;
  }
  const { name, size } = (instance.ir.kernel as KernelIR).variables[variable]!;
  return { name, size, cuts: [] };
}

/**
 * The writers one access waits for, as a function of the blocks it depends on. Where several blocks share an image,
 * they share one join, so that a row of tiles that reads a row of tiles costs a sum of edges, not a product.
 */
class AccessReader {
  /** Dimensions of the block grid (the accumulated one last) whose block the image depends on. */
  private readonly dependsOn: number[];
  /** By cell of those dimensions: a task or join, or several tasks. */
  private cells: (number | readonly number[])[] = [];

  constructor(
    private readonly context: LoweringContext,
    private readonly instance: OpInstance,
    private readonly onRank: OpOnRank,
    private readonly access: Access,
    private readonly counts: readonly number[],
    private readonly rank: number,
  ) {
    const used = new Set<number>();
    for (const variable of dependsOnVariables(access)) {
      if (variable < instance.ir.kernel.outputRank) used.add(variable);
      else if (variable === onRank.accumulateVariable) used.add(counts.length - 1);
    }
    this.dependsOn = [...used].toSorted((a, b) => a - b).filter((d) => counts[d]! > 1);
  }

  prepare(instanceId: number): void {
    const total = this.counts.reduce((a, b) => a * b, 1);
    const cells = this.dependsOn.reduce((a, d) => a * this.counts[d]!, 1);
    if (cells === total && cells > 1) return; // nothing is shared: found task by task
    const { writer } = this.context;
    const cell = new Array<number>(this.counts.length).fill(0);
    for (let i = 0; i < cells; i++) {
      let rest = i;
      for (let k = this.dependsOn.length - 1; k >= 0; k--) {
        const d = this.dependsOn[k]!;
        cell[d] = rest % this.counts[d]!;
        rest = Math.floor(rest / this.counts[d]!);
      }
      const tasks = this.writersFor(cell);
      if (tasks.length > 1 && total > cells) {
        const join = writer.task(TaskKind.join, this.rank, instanceId, -1, -1);
        for (const task of tasks) writer.after(task);
        this.cells.push(join);
      } else this.cells.push(tasks);
    }
  }

  addPredecessors(cell: readonly number[]): void {
    const { writer } = this.context;
    if (this.cells.length === 0) {
      for (const task of this.writersFor(cell)) writer.after(task);
      return;
    }
    let index = 0;
    for (const d of this.dependsOn) index = index * this.counts[d]! + cell[d]!;
    const entry = this.cells[index]!;
    if (typeof entry === "number") writer.after(entry);
    else for (const task of entry) writer.after(task);
  }

  private writersFor(cell: readonly number[]): number[] {
    const { context, instance, onRank, access, rank } = this;
    const operand = context.layer.values[instance.ir.operands[access.operand]!]!;
    const ranges = rangesOfCell(onRank, cell);
    const found = new Set<number>();
    forEachImage(access, ranges, context.program.tables, (image) => {
      forEachWriter(context, operand, rank, image, (task) => found.add(task));
    });
    return [...found];
  }
}
