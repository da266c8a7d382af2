import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { measureActivity } from "../../simulator/activity.js";
import type { Timeline } from "../../simulator/timeline.js";
import { coloursFor } from "./colours.js";
import type { Session } from "./session.js";

/** How much of a column must be busy for each mark; none of it: a blank. */
const marks = [
  { least: 0.75, mark: "█" },
  { least: 0.375, mark: "▓" },
  { least: 0, mark: "░" },
];

/** What the marks mean. */
export const timelineLegend = "░ at times, ▓ half of the time, █ nearly always";

export interface DrawnTimeline {
  readonly title: string;
  readonly graph: TaskGraph;
  readonly timeline: Timeline;
  /** The rank that is drawn. */
  readonly rank: number;
}

/** Three lines each: a title, when the rank computes, when a transfer of its own is open; all over one axis. */
export function textTimelines(session: Session, drawn: readonly DrawnTimeline[]): string {
  const colours = coloursFor(session, session.output);
  const width = Math.min(session.output.columns, 100) - 14;
  const scaleNs = Math.max(...drawn.map(({ timeline }) => timeline.makespanNs));
  return drawn
    .map(({ title, graph, timeline, rank }) => {
      const activity = measureActivity(graph, timeline);
      const compute = bar(activity.compute[rank]!, scaleNs, width);
      const communication = bar(activity.communication[rank]!, scaleNs, width);
      return `${title}\n  compute   ${colours.cyan(compute)}\n  transfers ${colours.yellow(communication)}\n`;
    })
    .join("");
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
