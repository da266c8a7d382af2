/** Slots of `keep`: a delivery that overwrites a chunk waits for all readers of that chunk. */
import { EdgeReason, TaskKind } from "../graph/task-graph.js";
import type { WordInstance } from "../lower/context.js";
import type { Lowered } from "../lower/lower.js";
import type { PlannedEdges } from "./edges.js";
import { targetsOf } from "./touching.js";

export function addReuse(lowered: Lowered, edges: PlannedEdges): void {
  const { instances, tasks } = lowered;
  const kept = instances.map((instance) => instance.kind === "word" && instance.settings.keep !== undefined);
  if (!kept.includes(true)) return;
  const readers = dataSuccessors(lowered);
  const target = targetsOf(lowered.classes as readonly { target?: number }[]);
  /** Deliveries of one block at one rank, in order of arrival. */
  const lanes = new Map<string, number[]>();
  for (let t = 0; t < tasks.count; t++) {
    if (tasks.kind[t] !== TaskKind.transfer || !kept[tasks.instance[t]!]) continue;
    const instance = instances[tasks.instance[t]!] as WordInstance;
    const block = instance.transferBlock.data[tasks.block[t]!]!;
    const key = `${tasks.instance[t]} ${target[tasks.classOf[t]!]} ${block}`;
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [t]);
    else lane.push(t);
  }
  const round = (t: number): number => {
    const instance = instances[tasks.instance[t]!] as WordInstance;
    return instance.run.events[instance.transferEvent.data[tasks.block[t]!]!]!.round;
  };
  for (const lane of lanes.values()) {
    lane.sort((a, b) => round(a) - round(b) || a - b);
    const slots = instances[tasks.instance[lane[0]!]!]!.settings.keep!;
    for (let i = slots; i < lane.length; i++)
      for (const reader of readers(lane[i - slots]!))
        if (reader !== lane[i]) edges.add(reader, lane[i]!, EdgeReason.reuse);
  }
}

/** Tasks that read what a task writes, joins followed to those behind them. */
function dataSuccessors(lowered: Lowered): (task: number) => Iterable<number> {
  const { tasks } = lowered;
  const start = new Int32Array(tasks.count + 1);
  for (let i = 0; i < tasks.predecessor.length; i++) start[tasks.predecessor[i]! + 1]!++;
  for (let t = 0; t < tasks.count; t++) start[t + 1]! += start[t]!;
  const successor = new Int32Array(tasks.predecessor.length);
  const next = start.slice(0, -1);
  for (let t = 0; t < tasks.count; t++)
    for (let i = tasks.predecessorStart[t]!; i < tasks.predecessorStart[t + 1]!; i++)
      successor[next[tasks.predecessor[i]!]!++] = t;
  return (task) => {
    const found = new Set<number>();
    const visit = (t: number): void => {
      for (let i = start[t]!; i < start[t + 1]!; i++) {
        const reader = successor[i]!;
        if (tasks.kind[reader] === TaskKind.join) visit(reader);
        else found.add(reader);
      }
    };
    visit(task);
    return found;
  };
}
