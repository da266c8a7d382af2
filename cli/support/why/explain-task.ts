/** `stretto explain FILE --why NAME`: why tasks of a schedule begin when they do. */
import { formatCount } from "../../../compiler/diagnostics/quantities.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import { coloursFor } from "../colours.js";
import { chosenSchedules, loadOrReport } from "../load.js";
import { planOne } from "../../../evidence/plan.js";
import type { ProgramOptions } from "../options.js";
import { placesText } from "../places.js";
import { predict } from "../../../evidence/predict.js";
import { progressOf } from "../progress.js";
import { reportDiagnostics } from "../report.js";
import type { ExitCode, Session } from "../session.js";
import { positionsIn } from "../../../evidence/source-places.js";
import { answersFor, answersText } from "../../../evidence/why/answers.js";
import { answerJson } from "./json.js";
import { tasksCalled } from "../../../evidence/why/tasks-called.js";

export interface WhyOptions extends ProgramOptions {
  readonly machine?: string;
}

export function explainTask(session: Session, file: string, why: string, options: WhyOptions): ExitCode {
  const json = options.json ? { json: { file } } : {};
  const outcome = loadOrReport(session, file, options, "explain");
  if (!("loaded" in outcome)) return outcome.code;
  const { sources, program } = outcome.loaded;
  const refuse = (diagnostics: readonly Diagnostic[]): ExitCode =>
    reportDiagnostics(session, { diagnostics, sources, ...json });
  const chosen = chosenSchedules(outcome.loaded, options.schedule, "explain");
  if (!("value" in chosen)) return refuse(chosen.diagnostics);
  const schedule = chosen.value.at(-1)!;

  const progress = progressOf(session);
  progress.say(`planning ${schedule.name} ..`);
  const planned = planOne(program, schedule);
  progress.clear();
  if (!("value" in planned)) return refuse(planned.diagnostics);
  const { graph } = planned.value;
  const found = tasksCalled(planned.value, why);
  if (!("value" in found)) return refuse(found.diagnostics);
  progress.say(`simulating ${schedule.name}: ${formatCount(graph.taskCount)} tasks ..`);
  const prediction = predict(planned.value);
  progress.clear();

  const tasks = found.value;
  const answers = answersFor(prediction, tasks);
  const positionOf = positionsIn(sources);
  if (options.json) {
    const { layer, program: on } = planned.value;
    const answer = {
      ...{ file, schedule: schedule.name, layer: layer.name, machine: on.machine.name },
      ...{ why, tasks: tasks.length, shown: answers.map((each) => answerJson(prediction, positionOf, each)) },
    };
    session.output.write(`${JSON.stringify(answer)}\n`);
    return 0;
  }
  const colours = coloursFor(session, session.output);
  const title = `${file}, schedule ${schedule.name}: ${placesText([planned.value])}`;
  const text = answersText({ prediction, positionOf, colours }, answers, tasks.length);
  session.output.write(`${colours.bold(title)}\n\n${text}\n`);
  return 0;
}
