/**
 * Completeness of the graph that will run: on every rank each block of a statement's result that is demanded has exactly
 * one writer for each of its contributions, and every collective delivered what its signature promises.
 */
import { TaskKind, type TaskGraph } from "../graph/task-graph.js";
import { blockRegion } from "../lower/chunks.js";
import { eventsOf, type InstanceRecord, type OpOnRank, type WordInstance } from "../lower/context.js";
import type { Region, Runs } from "../graph/runs.js";
import { meets, type WantedRegions } from "./wanted-regions.js";

export interface IncompleteBlock {
  readonly instance: number;
  readonly rank: number;
  readonly problem: string;
  /** What a witness shows: a block of that rank, or (`event`) a transfer that is not made, and the event it is of. */
  readonly block?: number;
  readonly event?: number;
}

/** First block that is written twice, if any; else the first part of what is wanted that nothing writes. */
export function findIncomplete(
  graph: TaskGraph,
  instances: readonly InstanceRecord[],
  wantedRegions: WantedRegions,
): IncompleteBlock | undefined {
  const ranks = graph.rankCount;
  const written = new Map<number, Uint8Array>();
  for (let t = 0; t < graph.taskCount; t++) {
    const instance = graph.instance[t]!;
    const block = graph.block[t]!;
    if (instance < 0 || block < 0 || graph.kind[t] === TaskKind.join) continue;
    const record = instances[instance]!;
    const key = instance * ranks + (record.kind === "op" ? graph.rank[t]! : 0);
    let blocks = written.get(key);
    if (blocks === undefined) written.set(key, (blocks = new Uint8Array(blockCount(record, graph.rank[t]!))));
    if (block >= blocks.length)
      return { instance, rank: graph.rank[t]!, problem: `block ${block} is outside its region` };
    if (blocks[block] !== 0)
      return { instance, rank: graph.rank[t]!, problem: `block ${block} is written twice`, block };
    blocks[block] = 1;
  }
  for (let instance = 0; instance < instances.length; instance++) {
    const record = instances[instance]!;
    const wanted = wantedRegions.get(record.ir.result);
    if (wanted === undefined) continue;
    if (record.kind === "word") {
      const missing = missingDelivery(record, wanted, written.get(instance * ranks));
      if (missing !== undefined) return { instance, ...missing };
      continue;
    }
    for (let rank = 0; rank < ranks; rank++) {
      const own = record.onRank[rank];
      if (own === undefined) continue;
      const blocks = written.get(instance * ranks + rank) ?? new Uint8Array(blockCount(record, rank));
      const missing = firstMissing(blocks, own, wanted[rank]!);
      if (missing >= 0) return { instance, rank, problem: `block ${missing} is never written`, block: missing };
    }
  }
  return undefined;
}

function firstMissing(written: Uint8Array, own: OpOnRank, wanted: readonly Region[]): number {
  return written.findIndex(
    (times, block) => times === 0 && !own.masked.has(block) && meets(regionOf(own, block), wanted),
  );
}

/** Region of a block of an op: row-major over the partitions, what is accumulated innermost. */
function regionOf({ partitions, accumulate }: OpOnRank, block: number): Region {
  const region: Runs[] = [];
  let rest = Math.floor(block / accumulate.length);
  for (const { blocks } of partitions.toReversed()) {
    region.unshift(blocks[rest % blocks.length]!);
    rest = Math.floor(rest / blocks.length);
  }
  return region;
}

/**
 * A transfer that is not in the graph though what is wanted is made of it: of what a rank's result holds, or of what was
 * sent, at any number of ranks, on its way there.
 */
function missingDelivery(
  record: WordInstance,
  wanted: readonly (readonly Region[])[],
  written: Uint8Array | undefined,
): Omit<IncompleteBlock, "instance"> | undefined {
  const { run, groups, transferEvent, transferGroup, transferBlock } = record;
  const { states, events } = run;
  const blocks =
    transferBlock.data.subarray(0, transferBlock.length).reduce((most, block) => Math.max(most, block), 0) + 1;
  /** By state and block, of one group: transfers are in order of their groups, and in each of their events. */
  const needed = new Uint8Array(states.length * blocks);
  const need = (state: number, block: number): void => {
    if (needed[state * blocks + block] !== 0) return;
    needed[state * blocks + block] = 1;
    states[state]!.joins?.forEach((joined) => need(joined, block));
  };
  for (let k = transferEvent.length - 1; k >= 0; k--) {
    const g = transferGroup.data[k]!;
    if (g !== transferGroup.data[k + 1]) needed.fill(0);
    const block = transferBlock.data[k]!;
    for (const e of eventsOf(record, k)) {
      const { target, round, makes, sent, into } = events[e]!;
      const rank = groups[g]!.ranks[target]!;
      const { chunk, final } = states[makes]!;
      const isWanted = final && meets(blockRegion(groups[g]!.placed(chunk, target), block), wanted[rank]!);
      if (!isWanted && needed[makes * blocks + block] === 0) continue;
      if (written?.[k] !== 1)
        return { rank, problem: `a delivery of round ${round} is never made`, block: k, event: e };
      need(sent, block);
      if (into >= 0) need(into, block);
    }
  }
  return undefined;
}

function blockCount(record: InstanceRecord, rank: number): number {
  if (record.kind === "word") return record.transferEvent.length;
  const { partitions, accumulate } = record.onRank[rank]!;
  return partitions.reduce((count, p) => count * p.blocks.length, accumulate.length);
}
