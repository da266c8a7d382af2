/** Geometry of a word's chunks within one group of ranks: which region each is, and the blocks it is sent in. */
import type { ValueIR, WordStatement } from "../check/ir.js";
import type { ChunkBlocks, LoweringContext, WordGroup, WordInstance } from "./context.js";
import { coordinatesOf, rankAt } from "./domains.js";
import { ceilingPart } from "./parts-of-axes.js";
import { product } from "./cost.js";
import { cutDomain } from "./partition.js";
import { inParts } from "./word-contract.js";
import { intersect, runsLength, scaleRuns, sliceRuns, type Runs } from "../graph/runs.js";

/**
 * Groups of ranks that differ only in their positions on the word's mesh axes, in order of those: row-major, the last
 * of the axes as the word names them innermost.
 */
export function groupsOf(context: LoweringContext, meshAxes: readonly number[]): number[][] {
  const { mesh } = context.program;
  const groups: number[][] = [];
  for (let first = 0; first < mesh.rankCount; first++) {
    const coordinates = coordinatesOf(mesh, first);
    if (meshAxes.some((meshAxis) => coordinates[meshAxis] !== 0)) continue;
    let places = [coordinates];
    for (const meshAxis of meshAxes)
      places = places.flatMap((place) =>
        Array.from({ length: mesh.axes[meshAxis]!.size }, (_, i) => place.with(meshAxis, i)),
      );
    groups.push(places.map((place) => rankAt(mesh, place)));
  }
  return groups;
}

/**
 * A scan of what is pending: its chunks are what positions contribute, and each fold of them, without the dimension that
 * the result has besides. They lie beside the result, as states, and are passed on to it once they are whole.
 */
export function scansPending({ word, cutBefore }: WordStatement): boolean {
  return word === "scan" && cutBefore === undefined;
}

/** The dimension along which a rank's result is made of several chunks; -1 for one number, which is the first chunk. */
export function chunkedDimension(context: LoweringContext, statement: WordStatement, ranks: readonly number[]): number {
  if (statement.cutBefore !== undefined) return statement.cutBefore;
  if (statement.cutAfter !== undefined) return statement.cutAfter;
  if (statement.word === "reshard") return -1;
  const result = context.layer.values[statement.result]!;
  const lengths = result.axes.map((_, d) => runsLength(context.domains.ofValue(result, d, ranks[0]!)));
  return dimensionInChunks(lengths, ranks.length);
}

/** Of a word whose ranks have all of it: the first dimension long enough to give every rank a chunk, else the longest; -1 for one number. */
export function dimensionInChunks(lengths: readonly number[], count: number): number {
  const enough = lengths.findIndex((length) => length >= count);
  return enough >= 0 ? enough : lengths.indexOf(Math.max(...lengths));
}

export function wordGroup(context: LoweringContext, instance: WordInstance, ranks: readonly number[]): WordGroup {
  const cache = new Map<number, ChunkBlocks>();
  const moved = chunkedDimension(context, instance.ir, ranks);
  return {
    ranks,
    chunk(key) {
      let blocks = cache.get(key);
      if (blocks === undefined) cache.set(key, (blocks = chunkBlocks(context, instance, ranks, moved, key)));
      return blocks;
    },
    placed(key, position) {
      const chunk = this.chunk(key);
      if (scansPending(instance.ir)) {
        const { domains, layer } = context;
        const own = domains.ofValue(layer.values[instance.ir.result]!, moved, ranks[position]!);
        return { ...chunk, pieces: [[own], ...chunk.pieces] };
      }
      if (instance.ir.word !== "shift" || key === position) return chunk;
      const { domains, layer } = context;
      const startOf = (place: number): number =>
        domains.ofValue(layer.values[instance.ir.operand]!, moved, ranks[place]!)[0] ?? 0;
      const by = startOf(position) - startOf(key);
      const pieces = chunk.pieces.map((list, d) => (d === moved ? list.map((runs) => scaleRuns(runs, 1, by)) : list));
      return { ...chunk, pieces };
    },
  };
}

function chunkBlocks(
  context: LoweringContext,
  instance: WordInstance,
  ranks: readonly number[],
  moved: number,
  key: number,
): ChunkBlocks {
  const { layer, domains } = context;
  const operand = layer.values[instance.ir.operand]!;
  const result = layer.values[instance.ir.result]!;
  const { axes } = scansPending(instance.ir) ? operand : result;
  const leading = result.axes.length - axes.length;
  const pieces = axes.map((_, d) => {
    let runs = chunkRuns(context, instance.ir, operand, result, ranks, moved, key, d);
    for (const selection of instance.selections) {
      const selected = domains.select(axes, d, selection);
      if (selected !== undefined) runs = intersect(runs, selected);
    }
    if (inParts.has(instance.ir.word) && !instance.run.whole && d === moved) {
      const sizes = instance.ir.meshAxes.map((meshAxis) => context.program.mesh.axes[meshAxis]!.size);
      runs = sliceRuns(runs, ...nestedPart(runsLength(runs), sizes, key));
    }
    const length = runsLength(runs);
    return length === 0 ? [] : cutDomain(runs, [], Math.max(1, instance.settings.cuts[leading + d]!.step ?? length));
  });
  const isSecond = moved < 0 && key > 0 && instance.ir.word !== "reshard";
  const blockCount = isSecond ? 0 : pieces.reduce((count, p) => count * p.length, 1);
  return { pieces, blockCount };
}

/** The part of 0 .. length-1 that position `key`, row-major over `sizes`, has when it is cut by each of them in turn. */
function nestedPart(length: number, sizes: readonly number[], key: number): [number, number] {
  let part: [number, number] = [0, length];
  let inner = product(sizes);
  for (const size of sizes) {
    inner /= size;
    part = ceilingPart(...part, size, Math.floor(key / inner) % size);
  }
  return part;
}

function chunkRuns(
  context: LoweringContext,
  statement: WordStatement,
  operand: ValueIR,
  result: ValueIR,
  ranks: readonly number[],
  moved: number,
  key: number,
  dimension: number,
): Runs {
  const { domains } = context;
  const n = ranks.length;
  switch (statement.word) {
    case "all_gather":
    case "shift":
      return domains.ofValue(operand, dimension, ranks[dimension === moved ? key : 0]!);
    case "scan": {
      const alongAxis = dimension === moved && !scansPending(statement);
      return domains.ofValue(operand, dimension, ranks[alongAxis ? key : 0]!);
    }
    case "reduce_scatter":
      return domains.ofValue(result, dimension, ranks[dimension === moved ? key : 0]!);
    case "all_reduce":
    case "broadcast":
    case "reduce":
    case "send":
    case "load":
    case "store":
      return domains.ofValue(result, dimension, ranks[0]!);
    case "all_to_all":
    case "reshard": {
      const source = ranks[Math.floor(key / n)]!;
      const target = ranks[key % n]!;
      const before = domains.ofValue(operand, dimension, source);
      return intersect(before, domains.ofValue(result, dimension, target));
    }
  }
}

/** Region of a block of a chunk: one runs per dimension; blocks are numbered row-major over the pieces. */
export function blockRegion(chunk: ChunkBlocks, block: number): Runs[] {
  const region = new Array<Runs>(chunk.pieces.length);
  let rest = block;
  for (let d = chunk.pieces.length - 1; d >= 0; d--) {
    const pieces = chunk.pieces[d]!;
    region[d] = pieces[rest % pieces.length]!;
    rest = Math.floor(rest / pieces.length);
  }
  return region;
}
