/**
 * What a device's queue orders by itself. It executes what is submitted in order, so that a task need not wait for one
 * before it on the same device to end: that it has been submitted is enough. Such edges are early; all others are counted
 * off when their task is done.
 */
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { DeviceProgram } from "../../compiler/emit/webgpu/program.js";
import { shared } from "../numbers/shared-arrays.js";

export interface SharedIssueOrder {
  /** By edge: 1 where the successor may begin once its predecessor is submitted. */
  readonly early: Uint8Array;
  /** By task: the rank on whose device it begins; -1 of joins that do nothing. */
  readonly beginsOn: Int32Array;
}

const none = -1;

export function issueOrder(graph: TaskGraph, { ranks }: DeviceProgram): SharedIssueOrder {
  const { taskCount, successorStart, successor } = graph;
  /** Rank on whose device a task begins, and on whose it has its effect. */
  const beginsOn = new Int32Array(taskCount).fill(none);
  const effectOn = new Int32Array(taskCount).fill(none);
  ranks.forEach(({ tasks }, rank) => {
    for (const [task, { kind }] of tasks) {
      if (kind !== "receive") beginsOn[task] = rank;
      if (kind !== "send") effectOn[task] = rank;
    }
  });
  // A join of what one device does, for that device alone, is passed as that is submitted: first all that could be, by
  // their first predecessor, then less and less until all that is left holds.
  const joins: number[] = [];
  for (let task = 0; task < taskCount; task++) if (beginsOn[task] === none && effectOn[task] === none) joins.push(task);
  const isJoin = new Uint8Array(taskCount);
  for (const join of joins) isJoin[join] = 1;
  const predecessors = new Map<number, number[]>(joins.map((join) => [join, []]));
  for (let task = 0; task < taskCount; task++)
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++)
      predecessors.get(successor[edge]!)?.push(task);
  let waiting = joins;
  while (waiting.length > 0) {
    const next = waiting.filter((join) => {
      const first = predecessors.get(join)![0];
      if (first === undefined || (isJoin[first] && effectOn[first] === none)) return true;
      effectOn[join] = effectOn[first]!;
      return false;
    });
    if (next.length === waiting.length) break;
    waiting = next;
  }
  const startOf = (task: number): number => (isJoin[task] ? effectOn[task]! : beginsOn[task]!);
  const holds = (join: number): boolean => {
    const rank = effectOn[join]!;
    if (!predecessors.get(join)!.every((task) => effectOn[task] === rank)) return false;
    for (let edge = successorStart[join]!; edge < successorStart[join + 1]!; edge++)
      if (startOf(successor[edge]!) !== rank) return false;
    return true;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const join of joins)
      if (effectOn[join] !== none && !holds(join)) {
        effectOn[join] = none;
        changed = true;
      }
  }
  const early = new Uint8Array(successor.length);
  for (let task = 0; task < taskCount; task++) {
    if (effectOn[task] === none) continue;
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++)
      early[edge] = Number(startOf(successor[edge]!) === effectOn[task]);
  }
  return { early: shared(Uint8Array, early), beginsOn: shared(Int32Array, beginsOn) };
}
