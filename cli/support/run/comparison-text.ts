import { formatCount, formatTime } from "../../../compiler/diagnostics/quantities.js";
import { coloursFor } from "../colours.js";
import type { Session } from "../session.js";
import { formatTable } from "../../../evidence/table.js";
import { partShare } from "./comparison.js";
import type { Comparison } from "./comparison.js";
import type { Ran } from "./ran.js";

/** Classes of tasks shown of a schedule: those that differ most. */
const mostClasses = 6;
const right = { align: "right" } as const;
const left = { align: "left" } as const;

/** Predicted against measured: a line a schedule, and below what of each differs most; empty where nothing is compared. */
export function comparisonText(session: Session, ran: readonly Ran[]): string {
  const compared = ran.flatMap(({ comparison, prediction: { planned } }) =>
    comparison === undefined ? [] : [{ comparison, name: planned.schedule.name }],
  );
  if (compared.length === 0) return "";
  const colours = coloursFor(session, session.output);
  const columns = ["schedule", "", "time", "compute", "communication", "exposed", "error"].map((title, index) => ({
    ...{ title },
    ...(index < 2 ? left : right),
  }));
  const rows = compared.flatMap(({ comparison, name }) => {
    const { predicted, measured, error } = comparison;
    const times = (of: Comparison["predicted"]): string[] =>
      [of.makespan_ns, of.compute_ns, of.communication_ns, of.exposed_communication_ns].map(formatTime);
    return [
      [name, "predicted", ...times(predicted), signedShare(error)],
      ["", "measured", ...times(measured)],
    ];
  });
  return [
    `\n${formatTable(columns, rows, colours)}`,
    ...compared.map(
      ({ comparison, name }) => `\n${colours.bold(name)}: ${partText(comparison)}\n${classTable(session, comparison)}`,
    ),
  ].join("");
}

function partText({ part }: Comparison): string {
  if (part === undefined)
    return `no task ends further than ${partShare * 100} % of the run from where it was predicted.`;
  const { task, predicted_ns, measured_ns } = part;
  return `they part with ${task}, which ended at ${formatTime(measured_ns)} instead of ${formatTime(predicted_ns)}.`;
}

function classTable(session: Session, { classes }: Comparison): string {
  const columns = [
    { title: "tasks that differ most", ...left },
    { title: "tasks", ...right },
    { title: "predicted", ...right },
    { title: "measured", ...right },
    { title: "difference a rank", ...right },
  ];
  const rows = classes
    .slice(0, mostClasses)
    .map((one) => [
      one.name,
      formatCount(one.tasks),
      formatTime(one.predicted_ns),
      formatTime(one.measured_ns),
      `${one.difference_ns < 0 ? "-" : "+"}${formatTime(Math.abs(one.difference_ns))}`,
    ]);
  return formatTable(columns, rows, coloursFor(session, session.output));
}

function signedShare(share: number): string {
  return `${share < 0 ? "-" : "+"}${Math.abs(share * 100).toFixed(1)} %`;
}
