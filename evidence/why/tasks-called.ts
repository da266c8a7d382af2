import { didYouMean, nearestName } from "../../compiler/bind/suggest.js";
import type { LayerIR } from "../../compiler/check/ir.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { noPlace } from "../../compiler/diagnostics/no-place.js";
import { findTasks, readTaskName, type NoTasks } from "../../compiler/graph/find-tasks.js";
import type { PlannedSchedule } from "../../compiler/program.js";
import type { Attempt } from "../attempt.js";

/** The tasks of a planned schedule that a text names; at least one. */
export function tasksCalled({ graph, layer, schedule }: PlannedSchedule, text: string): Attempt<readonly number[]> {
  const name = readTaskName(text);
  if (name === undefined) return { diagnostics: [createDiagnostic("task-name", noPlace, { text })] };
  const found = findTasks(graph, name);
  if ("tasks" in found) return { value: found.tasks };
  if (found.kind === "ambiguous") {
    const known = found.known.map((each) => `\`${each}\``).join(", ");
    return { diagnostics: [createDiagnostic("ambiguous-task", noPlace, { text, known })] };
  }
  const { reason, hint } = whyNone(found, layer);
  const parameters = { text, schedule: schedule.name, reason, hint };
  return { diagnostics: [createDiagnostic("unknown-task", noPlace, parameters)] };
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
