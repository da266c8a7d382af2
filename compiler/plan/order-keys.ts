/** Keys of blocks under `order`: derived from the neighbour through data edges, or from the block's coordinates. */
import { TaskKind } from "../graph/task-graph.js";
import { blockRegion } from "../lower/chunks.js";
import type { InstanceRecord, OpInstance, WordInstance } from "../lower/context.js";
import type { Lowered } from "../lower/lower.js";

/** Key of every task of the statements that have an order; others are absent. Smaller is earlier. */
export type OrderKeys = ReadonlyMap<number, Float64Array>;

/** Rounds weigh more than any block number within an instance. */
const blocksPerRound = 2 ** 31;

/** Keys by statement, as one column over all tasks for each statement that has an order. */
export function orderKeys(lowered: Lowered): OrderKeys {
  const keys = new Map<number, Float64Array>();
  lowered.settings.statements.forEach((own, statement) => {
    if (own.order === undefined) return;
    if (own.order.kind === "by") keys.set(statement, keysByAxes(lowered, statement, own.order.axes));
    else if (own.order.upstream) keys.set(statement, keysFromUpstream(lowered, own.order.statement));
    else keys.set(statement, keysFromDownstream(lowered, own.order.statement));
    if (accumulatesInOrder(lowered, statement)) keepOrder(lowered, statement, keys.get(statement)!);
  });
  return keys;
}

/** Whether a statement's contributions to a block must be taken left to right. */
function accumulatesInOrder({ layer, settings, program }: Lowered, statement: number): boolean {
  const ir = layer.statements[statement]!;
  if (ir.kind !== "op" || ir.kernel.body.kind !== "reduce") return false;
  const { monoid: name } = ir.kernel.body;
  const ordered = program.monoids.some((monoid) => monoid.name === name && monoid.ordered);
  return ordered && settings.statements[statement]!.accumulate !== undefined;
}

/** No contribution before those on its left: each as late as the latest of them. Contributions are innermost in the blocks. */
function keepOrder({ tasks, instances }: Lowered, statement: number, keys: Float64Array): void {
  const latest = new Map<string, number>();
  for (let t = 0; t < tasks.count; t++) {
    const instance = instances[tasks.instance[t]!];
    if (instance?.statement !== statement || instance.kind !== "op" || tasks.kind[t] !== TaskKind.compute) continue;
    const { accumulate } = instance.onRank[tasks.rank[t]!]!;
    const block = `${tasks.instance[t]} ${tasks.rank[t]} ${Math.floor(tasks.block[t]! / accumulate.length)}`;
    keys[t] = Math.max(keys[t]!, latest.get(block) ?? Number.NEGATIVE_INFINITY);
    latest.set(block, keys[t]);
  }
}

/** (round, block) of a task within its statement; the block of an op's task is its number. */
function ownKey(lowered: Lowered, instance: InstanceRecord, task: number): number {
  const block = lowered.tasks.block[task]!;
  if (instance.kind === "op") return block;
  const event = instance.run.events[instance.transferEvent.data[block]!]!;
  return event.round * blocksPerRound + instance.transferBlock.data[block]!;
}

/** Greatest key of the neighbour among a task's data predecessors; -1, first, where there is none. */
function keysFromUpstream(lowered: Lowered, neighbour: number): Float64Array {
  const { tasks, instances } = lowered;
  const key = new Float64Array(tasks.count).fill(-1);
  for (let t = 0; t < tasks.count; t++) {
    const instance = instances[tasks.instance[t]!]!;
    if (instance.statement === neighbour && tasks.kind[t] !== TaskKind.join) {
      key[t] = ownKey(lowered, instance, t);
      continue;
    }
    let greatest = -1;
    for (let i = tasks.predecessorStart[t]!; i < tasks.predecessorStart[t + 1]!; i++)
      greatest = Math.max(greatest, key[tasks.predecessor[i]!]!);
    key[t] = greatest;
  }
  return key;
}

/** Least key of the neighbour among a task's data successors; Infinity, last, where there is none. */
function keysFromDownstream(lowered: Lowered, neighbour: number): Float64Array {
  const { tasks, instances } = lowered;
  const key = new Float64Array(tasks.count).fill(Number.POSITIVE_INFINITY);
  for (let t = tasks.count - 1; t >= 0; t--) {
    const instance = instances[tasks.instance[t]!]!;
    if (instance.statement === neighbour && tasks.kind[t] !== TaskKind.join) key[t] = ownKey(lowered, instance, t);
    for (let i = tasks.predecessorStart[t]!; i < tasks.predecessorStart[t + 1]!; i++) {
      const before = tasks.predecessor[i]!;
      if (key[t]! < key[before]!) key[before] = key[t]!;
    }
  }
  return key;
}

/** Where the block lies along the named axes, slowest in the order named; of a word, then (round, block) as ever. */
function keysByAxes(lowered: Lowered, statement: number, axes: readonly string[]): Float64Array {
  const { tasks, instances, layer } = lowered;
  const key = new Float64Array(tasks.count);
  const result = layer.values[layer.statements[statement]!.result]!;
  const named = axes.map((name) => result.axes.findIndex((axis) => axis.name === name));
  const dimensions = [...named, ...result.axes.keys()].filter((d, i, all) => all.indexOf(d) === i);
  const sizes = result.axes.map((axis) => axis.size);
  for (let t = 0; t < tasks.count; t++) {
    const instance = instances[tasks.instance[t]!]!;
    if (instance.statement !== statement || tasks.kind[t] === TaskKind.join) continue;
    key[t] =
      instance.kind === "op"
        ? coordinatesKey(instance, tasks.rank[t]!, tasks.block[t]!, dimensions)
        : placeKey(instance, tasks.block[t]!, named, sizes);
  }
  return key;
}

/** Coordinates of an op's block in its grid, row-major over the dimensions as given. */
function coordinatesKey(instance: OpInstance, rank: number, block: number, dimensions: readonly number[]): number {
  const { partitions, accumulate } = instance.onRank[rank]!;
  const coordinates = new Array<number>(partitions.length);
  let rest = Math.floor(block / accumulate.length);
  for (let d = partitions.length - 1; d >= 0; d--) {
    coordinates[d] = rest % partitions[d]!.blocks.length;
    rest = Math.floor(rest / partitions[d]!.blocks.length);
  }
  return dimensions.reduce((sum, d) => sum * partitions[d]!.blocks.length + coordinates[d]!, 0);
}

/** First index that a transfer's block holds along each of the named dimensions. */
function placeKey(
  instance: WordInstance,
  transfer: number,
  named: readonly number[],
  sizes: readonly number[],
): number {
  const event = instance.run.events[instance.transferEvent.data[transfer]!]!;
  const chunk = instance.groups[instance.transferGroup.data[transfer]!]!.placed(event.chunk, event.target);
  const region = blockRegion(chunk, instance.transferBlock.data[transfer]!);
  return named.reduce((sum, d) => sum * sizes[d]! + (region[d]![0] ?? 0), 0);
}
