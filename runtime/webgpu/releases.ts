/** Counts off what a task releases: tasks that have all they wait for, on this rank or others, and joins that follow from them. */
import { TaskState, wake } from "../protocol/protocol.js";
import type { SharedControl } from "../protocol/protocol.js";
import type { SharedGraph } from "../protocol/shared-graph.js";
import { handOver } from "./handover.js";
import type { SharedHandover } from "./handover.js";
import type { SharedIssueOrder } from "./issue-order.js";

export interface Releases {
  /** One that a task waits for is there. */
  satisfy(task: number): void;
  /** What waits for the end of a task, or, `early`, for its submission alone. */
  release(task: number, early: 0 | 1): void;
  /** Joins that this rank's device is to do next; whoever does them takes them out. */
  readonly readyJoins: number[];
}

export function createReleases({
  rank,
  graph,
  control,
  order,
  handover,
  clock,
}: {
  readonly rank: number;
  readonly graph: SharedGraph;
  readonly control: SharedControl;
  readonly order: SharedIssueOrder;
  readonly handover: SharedHandover;
  readonly clock: () => number;
}): Releases {
  const readyJoins: number[] = [];
  /** A join that does nothing. */
  const pass = (join: number): void => {
    control.start[join] = control.finish[join] = clock();
    Atomics.store(control.state, join, TaskState.finished);
  };
  const satisfy = (task: number): void => {
    const joins = [task];
    while (joins.length > 0) {
      const next = joins.pop()!;
      if (Atomics.sub(control.remaining, next, 1) !== 1) continue;
      const begins = order.beginsOn[next]!;
      if (!graph.isJoin[next]) {
        if (begins !== rank) wake(control, begins);
      } else if (begins < 0) {
        pass(next);
        for (let edge = graph.successorStart[next]!; edge < graph.successorStart[next + 1]!; edge++)
          joins.push(graph.successor[edge]!);
      } else if (begins === rank) readyJoins.push(next);
      else handOver(handover, control, begins, next);
    }
  };
  return {
    readyJoins,
    satisfy,
    release(task, early) {
      for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++)
        if (order.early[edge] === early) satisfy(graph.successor[edge]!);
    },
  };
}
