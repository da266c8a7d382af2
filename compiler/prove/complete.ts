/**
 * Completeness of the graph that will run: on every rank each block of a statement's result that is demanded has exactly
 * one writer for each of its contributions, and every collective delivered what its signature promises.
 */
import { TaskKind, type TaskGraph } from "../graph/task-graph.js";
import { deliveriesIn } from "../lower/collective-run.js";
import { eventsOf, type InstanceRecord, type WordInstance } from "../lower/context.js";

export interface IncompleteBlock {
  readonly instance: number;
  readonly rank: number;
  readonly problem: string;
}

/** First block that is written twice, if any; else the first part of an output that nothing writes. */
export function findIncomplete(
  graph: TaskGraph,
  instances: readonly InstanceRecord[],
  outputs: ReadonlySet<number>,
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
    if (blocks[block] !== 0) return { instance, rank: graph.rank[t]!, problem: `block ${block} is written twice` };
    blocks[block] = 1;
  }
  for (let instance = 0; instance < instances.length; instance++) {
    const record = instances[instance]!;
    if (!outputs.has(record.ir.result)) continue;
    if (record.kind === "word") {
      const missing = missingDelivery(record, written.get(instance * ranks));
      if (missing !== undefined) return { instance, ...missing };
      continue;
    }
    for (let rank = 0; rank < ranks; rank++) {
      if (record.onRank[rank] === undefined) continue;
      const count = blockCount(record, rank);
      const blocks = written.get(instance * ranks + rank);
      const { masked } = record.onRank[rank]!;
      const missing = count === 0 ? -1 : firstMissing(blocks ?? new Uint8Array(count), masked);
      if (missing >= 0) return { instance, rank, problem: `block ${missing} is never written` };
    }
  }
  return undefined;
}

function firstMissing(written: Uint8Array, masked: ReadonlySet<number>): number {
  return written.findIndex((times, block) => times === 0 && !masked.has(block));
}

/** A transfer that an output's final state holds but that is not in the graph. */
function missingDelivery(
  record: WordInstance,
  written: Uint8Array | undefined,
): { rank: number; problem: string } | undefined {
  const { run, groups, transferEvent, transferGroup } = record;
  const wanted = new Set(run.results.flat().flatMap((state) => deliveriesIn(run, state)));
  for (let k = 0; k < transferEvent.length; k++) {
    const e = eventsOf(record, k).find((event) => wanted.has(event));
    if (e === undefined || written?.[k] === 1) continue;
    const { target, round } = run.events[e]!;
    const rank = groups[transferGroup.data[k]!]!.ranks[target]!;
    return { rank, problem: `a delivery of round ${round} is never made` };
  }
  return undefined;
}

function blockCount(record: InstanceRecord, rank: number): number {
  if (record.kind === "word") return record.transferEvent.length;
  const { partitions, accumulate } = record.onRank[rank]!;
  return partitions.reduce((count, p) => count * p.blocks.length, accumulate.length);
}
