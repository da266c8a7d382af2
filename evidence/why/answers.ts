import { formatCount } from "../../compiler/diagnostics/quantities.js";
import { listPredecessors } from "../../compiler/graph/predecessors.js";
import type { Prediction } from "../predict.js";
import { answerFor, type Answer } from "./answer.js";
import { answerText, type AnswerText } from "./text.js";

/** Of several tasks, the answers for the first and the last to begin. */
export function answersFor({ planned: { graph }, timeline }: Prediction, tasks: readonly number[]): Answer[] {
  const { start } = timeline;
  const sorted = tasks.toSorted((a, b) => start[a]! - start[b]! || a - b);
  const shown = sorted.length === 1 ? sorted : [sorted[0]!, sorted.at(-1)!];
  const before = listPredecessors(graph);
  return shown.map((task) => answerFor(graph, before, timeline, task));
}

/** @param count how many tasks there are, of which these answers are */
export function answersText(context: AnswerText, answers: readonly Answer[], count: number): string {
  const several = `${formatCount(count)} tasks are called so; the first and the last to begin:\n\n`;
  const texts = answers.map((answer) => answerText(context, answer));
  return `${count > 1 ? several : ""}${texts.join("\n").trimEnd()}`;
}
