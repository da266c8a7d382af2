import type { Attempt } from "../../evidence/attempt.js";
import type { Prediction } from "../../evidence/predict.js";
import { positionsIn } from "../../evidence/source-places.js";
import { plainText } from "../../evidence/table.js";
import { answersFor, answersText } from "../../evidence/why/answers.js";
import { tasksCalled } from "../../evidence/why/tasks-called.js";
import type { WhyAnswer } from "./jobs.js";

/** An editor shows where a file is. */
const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Why the first and the last of the tasks that a text names begin when they do, as `explain --why` says it. */
export function whyWaits(
  prediction: Prediction,
  task: string,
  sources: ReadonlyMap<string, string>,
): Attempt<WhyAnswer> {
  const { planned, timeline } = prediction;
  const found = tasksCalled(planned, task);
  if (!("value" in found)) return found;
  const answers = answersFor(prediction, found.value);
  const { finish } = timeline;
  const spans = answers
    .flatMap(({ waitsFor }) => waitsFor.map((wait) => wait.task))
    .toSorted((a, b) => finish[b]! - finish[a]!)
    .map((other) => planned.graph.instances[planned.graph.instance[other]!]!.location.span);
  const context = { prediction, positionOf: positionsIn(sources), colours: plainText, fileName };
  return {
    value: {
      text: answersText(context, answers, found.value.length),
      steps: [...new Map(spans.map((span) => [span.start, span])).values()],
    },
  };
}
