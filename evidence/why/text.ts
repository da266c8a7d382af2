/** The answer to `--why`, for people: lines of a fixed width. */
import { formatTime } from "../../compiler/diagnostics/quantities.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { WaitingTask } from "../../compiler/graph/waits.js";
import type { Prediction } from "../predict.js";
import type { PositionOf } from "../source-places.js";
import { formatTable, type Emphasis } from "../table.js";
import { fullName, nameOfSeveral, type Answer } from "./answer.js";
import { groupWaits, whyFirst, whyLater, type Pair, type WaitGroup } from "./reasons.js";
import { regionWritten } from "./regions.js";

/** Lines of a list; the rest is counted. */
const mostLines = 12;

export interface AnswerText {
  readonly prediction: Prediction;
  readonly positionOf: PositionOf;
  /** How a file is called; absent: by its path. */
  readonly fileName?: (path: string) => string;
  readonly colours: Emphasis;
}

export function answerText(context: AnswerText, answer: Answer): string {
  const { prediction, colours } = context;
  const { graph } = prediction.planned;
  const { start, finish } = prediction.timeline;
  const { task, queue, place, queueLength } = answer;
  return [
    `${colours.bold(fullName(graph, task))}  ${colours.dim(placeOf(context, task))}`,
    `  begins at ${formatTime(start[task]!)}, ends at ${formatTime(finish[task]!)}, as predicted`,
    `  number ${place + 1} of ${queueLength} in queue ${queue.name} of rank ${queue.rank}, ${roomIn(answer, context)}`,
    `  ${whyThen(context, answer)}`,
    "",
    ...list(context, "It waits for", answer.waitsFor, ({ tasks, reasons, implied }) => {
      const pair = pairOf(context, tasks, task);
      return reasons.map((reason) => whyFirst(reason, pair)).join("; ") + (implied ? " (the others imply it)" : "");
    }),
    ...list(context, "What waits for it", answer.waitedForBy, ({ tasks, reasons }) => {
      const pair = pairOf(context, [task], tasks[0]!);
      return reasons.map((reason) => whyLater(reason, pair)).join("; ");
    }),
  ].join("\n");
}

function roomIn({ task, queue }: Answer, { prediction }: AnswerText): string {
  const what = prediction.planned.graph.kind[task] === TaskKind.compute ? "tiles" : "transfers";
  return `which has room for ${queue.width} ${queue.width === 1 ? what.slice(0, -1) : what} at once`;
}

/** Why it does not begin earlier. */
function whyThen({ prediction }: AnswerText, { task, queue, last }: Answer): string {
  const { graph } = prediction.planned;
  if (last === undefined) return "Nothing holds it up: it begins with the run.";
  if (last.task < 0) return "It begins once its statement is launched; before that it waits for nothing.";
  const name = fullName(graph, last.task);
  const { start, finish } = prediction.timeline;
  const [began, ended] = [start[last.task]!, finish[last.task]!];
  const after = (time: number): string =>
    last.launched ? `; its statement is launched ${formatTime(start[task]! - time)} later.` : ".";
  switch (last.reason) {
    case "slot":
      return `What it waits for is there earlier: all places in queue ${queue.name} are taken until ${name} ends, at ${formatTime(ended)}.`;
    case "queue":
      return `What it waits for is there earlier: it stands behind ${name}, which begins at ${formatTime(began)}${after(began)}`;
    case "launch":
      return `Its statement is launched ${formatTime(start[task]! - ended)} after ${name} has ended, at ${formatTime(ended)}.`;
    default:
      return `The last to come is ${name}, which ends at ${formatTime(ended)}${after(ended)}`;
  }
}

function pairOf({ prediction }: AnswerText, earlier: readonly number[], later: number): Pair {
  const { graph, plan } = prediction.planned;
  const nameOf = (task: number): string => graph.instances[graph.instance[task]!]!.name;
  return {
    region: regionWritten(plan, earlier),
    earlier: nameOf(earlier[0]!),
    later: nameOf(later),
    queue: graph.queues[graph.queue[later]!]!.name,
  };
}

/** Those that end last stand first. */
function list(
  context: AnswerText,
  title: string,
  waits: readonly WaitingTask[],
  because: (group: WaitGroup) => string,
): string[] {
  const { prediction, colours } = context;
  const { graph } = prediction.planned;
  const { start, finish } = prediction.timeline;
  const latest = ({ tasks }: WaitGroup): number => tasks.reduce((time, t) => Math.max(time, finish[t]!), 0);
  const groups = groupWaits(graph, waits).toSorted((a, b) => latest(b) - latest(a));
  if (groups.length === 0) return [`  ${title}: nothing`, ""];
  const shown = groups.slice(0, mostLines);
  const rows = shown.map(({ tasks }) => [
    `    ${nameOfSeveral(graph, tasks)}`,
    formatTime(tasks.reduce((time, t) => Math.min(time, start[t]!), Infinity)),
    formatTime(tasks.reduce((time, t) => Math.max(time, finish[t]!), 0)),
    placeOf(context, tasks[0]!),
  ]);
  const columns = [
    { title: `  ${title}`, align: "left" },
    { title: "begins", align: "right" },
    { title: "ends", align: "right" },
    { title: "", align: "left" },
  ] as const;
  const [titles, ...lines] = formatTable(columns, rows, colours).trimEnd().split("\n");
  const told = lines.flatMap((line, index) => [line, `      ${because(shown[index]!)}`]);
  const rest = groups.length - shown.length;
  return [titles!, ...told, ...(rest > 0 ? [`    and of ${rest} more statements`] : []), ""];
}

function placeOf({ prediction, positionOf, fileName = (path) => path }: AnswerText, task: number): string {
  const { graph } = prediction.planned;
  const { location } = graph.instances[graph.instance[task]!]!;
  const at = positionOf(location);
  const file = fileName(location.file);
  return at === undefined ? file : `${file}:${at.line}:${at.column}`;
}
