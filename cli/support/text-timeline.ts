import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { measureActivity } from "../../simulator/activity.js";
import type { Timeline } from "../../simulator/timeline.js";
import type { Colours } from "./colours.js";

/** How much of a column must be busy for each mark; none of it: a blank. */
const marks = [
  { least: 0.75, mark: "█" },
  { least: 0.375, mark: "▓" },
  { least: 0, mark: "░" },
];

/**
 * Two lines for one rank: when it computes, and when a transfer of its own is open. Schedules drawn to one scale can be
 * compared by eye.
 *
 * @param scaleNs what `width` columns stand for
 */
export function textTimeline(
  graph: TaskGraph,
  timeline: Timeline,
  rank: number,
  scaleNs: number,
  width: number,
  colours: Colours,
): string {
  const activity = measureActivity(graph, timeline);
  const compute = bar(activity.compute[rank]!, scaleNs, width);
  const communication = bar(activity.communication[rank]!, scaleNs, width);
  return `  compute   ${colours.cyan(compute)}\n  transfers ${colours.yellow(communication)}\n`;
}

function bar(busy: Float64Array, scaleNs: number, width: number): string {
  const column = scaleNs / width;
  const share = new Float64Array(width);
  for (let index = 0; index < busy.length; index += 2) {
    const begin = busy[index]! / column;
    const end = busy[index + 1]! / column;
    for (let at = Math.floor(begin); at < Math.min(end, width); at++) {
      share[at]! += Math.min(end, at + 1) - Math.max(begin, at);
    }
  }
  const text = Array.from(share, (part) => (part === 0 ? " " : marks.find(({ least }) => part >= least)!.mark));
  return text.join("").trimEnd();
}
