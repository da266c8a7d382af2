/**
 * Program order: on each rank a statement waits for all earlier tasks that touch the rank, but where a verb removed the
 * barrier. Said through joins: one that stands for the end of an instance on a rank, one for its beginning, so that n
 * tasks after m tasks cost n + m edges. What an earlier wait already implies is not said again.
 */
import { EdgeReason } from "../graph/task-graph.js";
import type { InstanceRecord } from "../lower/context.js";
import type { Lowered } from "../lower/lower.js";
import type { Settings } from "../lower/settings.js";
import type { PlannedEdges } from "./edges.js";
import type { TouchingTasks } from "./touching.js";

export function addProgramOrder(lowered: Lowered, touching: TouchingTasks, edges: PlannedEdges): void {
  const { instances, settings, layer } = lowered;
  const inOrder = instances
    .map((_, i) => i)
    .toSorted((a, b) => instances[a]!.statement - instances[b]!.statement || a - b);
  for (let rank = 0; rank < touching.rankCount; rank++) {
    const tasksOf = (i: number): Int32Array => {
      const cell = i * touching.rankCount + rank;
      return touching.task.subarray(touching.start[cell]!, touching.start[cell + 1]!);
    };
    const present = inOrder.filter((i) => tasksOf(i).length > 0);
    const waits = waitsOnRank(present, instances, settings, layer.statements.length);
    const needed = new Set([...waits.values()].flat());
    const ends = new Map<number, number>();
    for (const i of present) {
      const before = waits.get(i)!.map((a) => ends.get(a)!);
      let begin = before[0];
      if (before.length > 1) {
        begin = edges.join(rank);
        for (const end of before) edges.add(end, begin, EdgeReason.order);
      }
      const tasks = tasksOf(i);
      if (begin !== undefined) for (const task of tasks) edges.add(begin, task, EdgeReason.order);
      if (!needed.has(i)) continue;
      if (tasks.length === 1) ends.set(i, tasks[0]!);
      else {
        const end = edges.join(rank);
        for (const task of tasks) edges.add(task, end, EdgeReason.order);
        ends.set(i, end);
      }
    }
  }
}

/** For each instance, those it waits for that no other of them already waits for. */
function waitsOnRank(
  present: readonly number[],
  instances: readonly InstanceRecord[],
  settings: Settings,
  statementCount: number,
): Map<number, number[]> {
  const waits = new Map<number, number[]>();
  const implied = new Map<number, Set<number>>();
  for (let k = 0; k < present.length; k++) {
    const b = present[k]!;
    const chosen: number[] = [];
    const covered = new Set<number>();
    for (let j = k - 1; j >= 0; j--) {
      const a = present[j]!;
      if (covered.has(a) || !isOrdered(instances[a]!, instances[b]!, settings, statementCount)) continue;
      chosen.push(a);
      covered.add(a);
      for (const earlier of implied.get(a)!) covered.add(earlier);
    }
    waits.set(b, chosen);
    implied.set(b, covered);
  }
  return waits;
}

/** Whether program order keeps `a` before `b`: an earlier statement of the same part, no verb between them. */
export function isOrdered(a: InstanceRecord, b: InstanceRecord, settings: Settings, statementCount: number): boolean {
  if (a.statement >= b.statement || a.settings.async || b.settings.async) return false;
  if (settings.relaxed.has(a.statement * statementCount + b.statement)) return false;
  return a.selections.every((selection, i) => {
    const other = b.selections.findIndex((s) => s.axis === selection.axis);
    return other < 0 || b.part[other] === a.part[i];
  });
}
