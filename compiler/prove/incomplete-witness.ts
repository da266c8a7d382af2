/** What there is of a block that is not whole: who writes it, or the sends that would have brought it. */
import type { Witness, WitnessStep } from "../diagnostics/types.js";
import { nameOfTask } from "../graph/describe-task.js";
import { TaskKind, type TaskGraph } from "../graph/task-graph.js";
import { lowestContribution, wayOf } from "../lower/collective-ways.js";
import { eventsOf, type InstanceRecord, type OpInstance, type WordInstance } from "../lower/context.js";
import type { IncompleteBlock } from "./complete.js";
import { endsOf } from "./deadlock-witness.js";

/** Undefined where it is no single block: a word's chunks that are less than its result. */
export function incompleteWitness(
  graph: TaskGraph,
  instances: readonly InstanceRecord[],
  found: IncompleteBlock,
): Witness | undefined {
  const record = instances[found.instance]!;
  if (found.block === undefined) return undefined;
  const there = tasksOf(graph, found.instance);
  if (record.kind === "word" && found.event !== undefined) {
    const steps = lostDelivery(record, found.block, found.event, new Set(there.map((t) => graph.block[t]!)));
    return { kind: "lost contribution", rankCount: graph.rankCount, steps };
  }
  const writers = there.filter((t) => graph.rank[t] === found.rank && graph.block[t] === found.block);
  const { location } = record.ir;
  if (writers.length > 1) {
    const steps = writers.map((task, index) => ({
      ...endsOf(graph, task),
      ...{ task: nameOfTask(graph, task), what: "writes all of it", location },
      ...(index > 0 && { after: [index - 1] }),
    }));
    return { kind: "doubled contribution", rankCount: graph.rankCount, steps };
  }
  if (record.kind !== "op") return undefined;
  return { kind: "missing", rankCount: graph.rankCount, steps: contributions(graph, record, found, there) };
}

function tasksOf(graph: TaskGraph, instance: number): number[] {
  const tasks: number[] = [];
  for (let t = 0; t < graph.taskCount; t++)
    if (graph.instance[t] === instance && graph.block[t]! >= 0 && graph.kind[t] !== TaskKind.join) tasks.push(t);
  return tasks;
}

/** All that is added into the block, the one that is missing among them. */
function contributions(
  graph: TaskGraph,
  record: OpInstance,
  { rank, block: missing = 0 }: IncompleteBlock,
  tasks: readonly number[],
): WitnessStep[] {
  const { accumulate, masked } = record.onRank[rank]!;
  const first = missing - (missing % accumulate.length);
  const written = new Set(tasks.filter((t) => graph.rank[t] === rank).map((t) => graph.block[t]!));
  const steps: WitnessStep[] = [];
  for (let block = first; block < first + accumulate.length; block++) {
    if (masked.has(block)) continue;
    const adds = accumulate.length === 1 ? "writes it" : "adds its part";
    const what = written.has(block) ? adds : "is not there: no queue has it";
    steps.push({ rank, task: `${record.name}, block ${block}`, what, location: record.ir.location });
  }
  return steps;
}

/** What is sent, from where it was first, over the delivery that is not made, to a result that it is a part of. */
function lostDelivery(record: WordInstance, transfer: number, lost: number, made: ReadonlySet<number>): WitnessStep[] {
  const { run } = record;
  const group = record.transferGroup.data[transfer]!;
  const { ranks } = record.groups[group]!;
  const { sent, makes } = run.events[lost]!;
  const { contributions: carried } = run.states[sent]!;
  const before = carried === 0n ? [] : wayOf(run, sent, lowestContribution(carried)).toReversed();
  const events = [...before, lost, ...onwardFrom(record, makes)];
  return events.map((event, index): WitnessStep => {
    const { source, target, round } = run.events[event]!;
    const k = event === lost ? transfer : transferOf(record, group, event, record.transferBlock.data[transfer]!);
    const isMade = k !== undefined && made.has(k);
    const would = index > before.length ? "would then bring it on" : "brings it";
    return {
      rank: ranks[source]!,
      target: ranks[target]!,
      task: `${record.name}${k === undefined ? "" : `, block ${k}`}, round ${round}`,
      what: isMade ? would : "is not there: no queue has it",
      location: record.ir.location,
      ...(index > 0 && { after: [index - 1] }),
    };
  });
}

/** The deliveries by which a state comes to be in a result. */
function onwardFrom({ run }: WordInstance, state: number): number[] {
  const way: number[] = [];
  for (let at = state; !run.states[at]!.final;) {
    const next = run.events.findIndex(({ sent, into }, event) => (sent === at || into === at) && !way.includes(event));
    if (next < 0) break;
    way.push(next);
    at = run.events[next]!.makes;
  }
  return way;
}

function transferOf(record: WordInstance, group: number, event: number, block: number): number | undefined {
  for (let k = 0; k < record.transferEvent.length; k++) {
    const isThat = record.transferGroup.data[k] === group && record.transferBlock.data[k] === block;
    if (isThat && eventsOf(record, k).includes(event)) return k;
  }
  return undefined;
}
