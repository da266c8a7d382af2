/** What a timeline comes to, predicted or measured. */
import type { TaskGraph } from "../compiler/graph/task-graph.js";
import { measureActivity } from "./activity.js";
import type { Activity } from "./activity.js";
import { lengthOf } from "./intervals.js";
import type { Timeline } from "./timeline.js";

/** Times are nanoseconds. */
export interface TimelineSummary {
  readonly makespan_ns: number;
  /** The rank that ends last (of several, the one with most exposed), of which the next three times are. */
  readonly slowest_rank: number;
  /** A compute task is running. */
  readonly compute_ns: number;
  /** A transfer is open of which the rank is the sender or the receiver. */
  readonly communication_ns: number;
  /** Such a transfer is open and no compute task is running. */
  readonly exposed_communication_ns: number;
  /** 1 - exposed / communication; 1 where there is none. */
  readonly hidden: number;
}

export function summarize(
  graph: TaskGraph,
  timeline: Timeline,
  activity: Activity = measureActivity(graph, timeline),
): TimelineSummary {
  const rank = slowestRank(activity);
  const communication = lengthOf(activity.communication[rank]!);
  const exposed = lengthOf(activity.exposed[rank]!);
  return {
    makespan_ns: timeline.makespanNs,
    slowest_rank: rank,
    compute_ns: lengthOf(activity.compute[rank]!),
    communication_ns: communication,
    exposed_communication_ns: exposed,
    hidden: communication === 0 ? 1 : 1 - exposed / communication,
  };
}

function slowestRank(activity: Activity): number {
  let slowest = 0;
  for (let rank = 1; rank < activity.lastFinish.length; rank++) {
    const later = activity.lastFinish[rank]! - activity.lastFinish[slowest]!;
    if (later > 0 || (later === 0 && lengthOf(activity.exposed[rank]!) > lengthOf(activity.exposed[slowest]!))) {
      slowest = rank;
    }
  }
  return slowest;
}
