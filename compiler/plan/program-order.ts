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
import { tasksOf, type TouchingTasks } from "./touching.js";
import { inProgramOrder } from "./waits.js";

export function addProgramOrder(order: readonly RankOrder[], touching: TouchingTasks, edges: PlannedEdges): void {
  order.forEach(({ present, waits }, rank) => {
    const needed = new Set([...waits.values()].flat());
    const ends = new Map<number, number>();
    for (const i of present) {
      const before = waits.get(i)!.map((a) => ends.get(a)!);
      let begin = before[0];
      if (before.length > 1) {
        begin = edges.join(rank);
        for (const end of before) edges.add(end, begin, EdgeReason.order);
      }
      const tasks = tasksOf(touching, i, rank);
      if (begin !== undefined) for (const task of tasks) edges.add(begin, task, EdgeReason.order);
      if (!needed.has(i)) continue;
      if (tasks.length === 1) ends.set(i, tasks[0]!);
      else {
        const end = edges.join(rank);
        for (const task of tasks) edges.add(task, end, EdgeReason.order);
        ends.set(i, end);
      }
    }
  });
}

/** Instances that touch a rank, and the order that the program keeps among them there. */
export interface RankOrder {
  /** In program order. */
  readonly present: readonly number[];
  /** For each, those it waits for that no other of them already waits for. */
  readonly waits: ReadonlyMap<number, readonly number[]>;
  /** For each, all that it waits for, directly or through others. */
  readonly before: ReadonlyMap<number, ReadonlySet<number>>;
}

/** By rank. */
export function programOrder({ instances, settings, layer }: Lowered, touching: TouchingTasks): RankOrder[] {
  const inOrder = instances
    .map((_, i) => i)
    .toSorted((a, b) => instances[a]!.statement - instances[b]!.statement || a - b);
  const byRank: RankOrder[] = [];
  for (let rank = 0; rank < touching.rankCount; rank++) {
    const present = inOrder.filter((i) => tasksOf(touching, i, rank).length > 0);
    const before = byRank.at(-1);
    // Most ranks have the same instances, and so the same order among them.
    byRank.push(
      before?.present.join() === present.join()
        ? before
        : orderOnRank(present, candidatesOf(instances, settings, layer.statements.length)),
    );
  }
  return byRank;
}

function orderOnRank(present: readonly number[], candidates: Candidates): RankOrder {
  const waits = new Map<number, number[]>();
  const implied = new Map<number, Set<number>>();
  for (const b of present) {
    const chosen: number[] = [];
    const covered = new Set<number>();
    for (const a of candidates.before(b)) {
      if (covered.has(a)) continue;
      chosen.push(a);
      covered.add(a);
      for (const earlier of implied.get(a)!) covered.add(earlier);
    }
    waits.set(b, chosen);
    implied.set(b, covered);
    candidates.add(b);
  }
  return { present, waits, before: implied };
}

interface Candidates {
  /** Adds the next instance in order. */
  add(instance: number): void;
  /** Those added that program order keeps before an instance, the last first. */
  before(instance: number): Iterable<number>;
}

/**
 * Instances by statement, and by their parts along the splits that another statement shares with theirs: so that one
 * part of many finds its own among the parts of an earlier statement.
 */
function candidatesOf(instances: readonly InstanceRecord[], settings: Settings, statementCount: number): Candidates {
  interface Added {
    readonly list: number[];
    /** By the axes shared, then by the parts along them; made for those asked for, and kept up. */
    readonly byShared: Map<string, { readonly axes: readonly string[]; readonly byPart: Map<string, number[]> }>;
  }
  const added: Added[] = [];
  const statements: number[] = [];
  const partAlong = ({ selections, part }: InstanceRecord, axes: readonly string[]): string =>
    axes.map((axis) => part[selections.findIndex((selection) => selection.axis === axis)]).join();
  const put = (byPart: Map<string, number[]>, axes: readonly string[], i: number): void => {
    const key = partAlong(instances[i]!, axes);
    const list = byPart.get(key);
    if (list === undefined) byPart.set(key, [i]);
    else list.push(i);
  };
  return {
    add(i) {
      const { statement } = instances[i]!;
      if (added[statement] === undefined) {
        added[statement] = { list: [], byShared: new Map() };
        statements.push(statement);
      }
      const { list, byShared } = added[statement];
      list.push(i);
      for (const { axes, byPart } of byShared.values()) put(byPart, axes, i);
    },
    *before(b) {
      const later = instances[b]!;
      for (const statement of statements.toReversed()) {
        const { list, byShared } = added[statement]!;
        const first = instances[list[0]!]!;
        if (!isStatementOrdered(first, later, settings, statementCount)) continue;
        const axes = first.selections
          .map(({ axis }) => axis)
          .filter((axis) => later.selections.some((other) => other.axis === axis));
        const key = axes.join();
        let index = byShared.get(key);
        if (index === undefined) {
          byShared.set(key, (index = { axes, byPart: new Map() }));
          for (const i of list) put(index.byPart, axes, i);
        }
        yield* (index.byPart.get(partAlong(later, axes)) ?? []).toReversed();
      }
    },
  };
}

/** Whether program order keeps the parts of `a` before those of `b` that are the same along what both are split by. */
function isStatementOrdered(a: InstanceRecord, b: InstanceRecord, settings: Settings, statementCount: number): boolean {
  return inProgramOrder(settings, a.statement, b.statement, statementCount);
}
