/** `stretto explain FILE --why NAME`: why tasks of a schedule begin when they do. */
import { didYouMean, nearestName } from "../../../compiler/bind/suggest.js";
import type { LayerIR } from "../../../compiler/check/ir.js";
import { createDiagnostic } from "../../../compiler/diagnostics/catalogue.js";
import { formatCount } from "../../../compiler/diagnostics/quantities.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import { findTasks, readTaskName, type NoTasks } from "../../../compiler/graph/find-tasks.js";
import { listPredecessors } from "../../../compiler/graph/predecessors.js";
import type { PlannedSchedule } from "../../../compiler/program.js";
import { coloursFor } from "../colours.js";
import { chosenSchedules, loadOrReport } from "../load.js";
import { planOne } from "../../../evidence/plan.js";
import type { Attempt } from "../../../evidence/attempt.js";
import type { ProgramOptions } from "../options.js";
import { placesText } from "../places.js";
import { predict } from "../../../evidence/predict.js";
import { progressOf } from "../progress.js";
import { commandLinePlace, reportDiagnostics } from "../report.js";
import type { ExitCode, Session } from "../session.js";
import { positionsIn } from "../source-places.js";
import { answerFor } from "./answer.js";
import { answerJson } from "./json.js";
import { answerText } from "./text.js";

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

  const { start } = prediction.timeline;
  const tasks = found.value.toSorted((a, b) => start[a]! - start[b]! || a - b);
  const shown = tasks.length === 1 ? tasks : [tasks[0]!, tasks.at(-1)!];
  const before = listPredecessors(graph);
  const answers = shown.map((task) => answerFor(graph, before, prediction.timeline, task));
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
  const several = `${formatCount(tasks.length)} tasks are called so; the first and the last to begin:\n\n`;
  const texts = answers.map((answer) => answerText({ prediction, positionOf, colours }, answer));
  session.output.write(`${colours.bold(title)}\n\n${tasks.length > 1 ? several : ""}${texts.join("\n").trimEnd()}\n`);
  return 0;
}

function tasksCalled({ graph, layer, schedule }: PlannedSchedule, text: string): Attempt<readonly number[]> {
  const name = readTaskName(text);
  if (name === undefined) return { diagnostics: [createDiagnostic("task-name", commandLinePlace, { text })] };
  const found = findTasks(graph, name);
  if ("tasks" in found) return { value: found.tasks };
  if (found.kind === "ambiguous") {
    const known = found.known.map((each) => `\`${each}\``).join(", ");
    return { diagnostics: [createDiagnostic("ambiguous-task", commandLinePlace, { text, known })] };
  }
  const { reason, hint } = whyNone(found, layer);
  const parameters = { text, schedule: schedule.name, reason, hint };
  return { diagnostics: [createDiagnostic("unknown-task", commandLinePlace, parameters)] };
}

/** Names that a message lists; the rest is counted. */
const mostNames = 12;

function whyNone(
  found: Exclude<NoTasks, { readonly kind: "ambiguous" }>,
  layer: LayerIR,
): { readonly reason: string; readonly hint: string } {
  if (found.kind === "nowhere")
    return { reason: found.what, hint: ` ${found.there[0]!.toUpperCase()}${found.there.slice(1)}.` };
  const { value, known } = found;
  const rest = known.length > mostNames ? [`.. (${known.length - mostNames} more)`] : [];
  const names = [...known.slice(0, mostNames).map((name) => `\`${name}\``), ...rest].join(", ");
  const hint = `${didYouMean(nearestName(value, known))} There are ${names}.`;
  return { reason: whatItIs(layer, value) ?? `nothing is computed or sent that is called \`${value}\``, hint };
}

/** Values that no task makes. */
function whatItIs({ values, inputs, statements }: LayerIR, name: string): string | undefined {
  const value = values.find((each) => each.name === name);
  if (value === undefined) return undefined;
  if (inputs.includes(value.id)) return `\`${name}\` is an input of the layer: it is there from the start`;
  const isView = statements.some(({ kind, result }) => kind === "view" && result === value.id);
  return isView
    ? `\`${name}\` is a view: it moves nothing, and what reads it waits for what it is a view of`
    : undefined;
}
