/** What runs came to: for people, and as JSON. */
import { formatBytes, formatCount, formatError, formatTime } from "../../../compiler/diagnostics/quantities.js";
import type { DeviceName } from "../../../runtime/run/run.js";
import { coloursFor } from "../colours.js";
import type { LoadedProgram } from "../../../evidence/load.js";
import { rankCounts } from "../places.js";
import type { Session } from "../session.js";
import { formatTable } from "../../../evidence/table.js";
import { textTimelines, timelineLegend } from "../text-timeline.js";
import { comparisonText } from "./comparison-text.js";
import { differences } from "./ran.js";
import type { Ran } from "./ran.js";

/** One object; of `all`, one with a list of results. */
export function runJson(
  file: string,
  { device, all, compare }: { readonly device: DeviceName; readonly all?: boolean; readonly compare?: string },
  ran: readonly Ran[],
): string {
  const results = ran.map(({ prediction, result, runs, tolerance, isLoose, slower, comparison }) => ({
    schedule: prediction.planned.schedule.name,
    layer: prediction.planned.layer.name,
    device,
    adapter: result.adapter ?? null,
    ranks: prediction.planned.program.mesh.rankCount,
    tasks: prediction.planned.graph.taskCount,
    max_error: result.maxError ?? null,
    tolerance,
    tolerance_is_loose: isLoose,
    runs,
    links_slower: slower ?? null,
    measured_ns: result.measuredNs,
    predicted_ns: prediction.result.makespan_ns,
    bytes_moved: prediction.result.bytes_moved,
    memory_bytes:
      result.memory?.map((used, rank) => ({ proven: prediction.planned.peakMemoryBytes[rank]!, ...used })) ?? null,
    ...(comparison && { comparison: { calibration: compare, ...comparison, part: comparison.part ?? null } }),
  }));
  return `${JSON.stringify(all ? { file, results } : { file, ...results[0] })}\n`;
}

export function runText(session: Session, { file, program }: LoadedProgram, ran: readonly Ran[]): string {
  const colours = coloursFor(session, session.output);
  const ranks = rankCounts(ran.map(({ prediction }) => prediction.planned));
  const right = { align: "right" } as const;
  const columns = [
    { title: "schedule", align: "left" } as const,
    { title: "layer", align: "left" } as const,
    { title: "tasks", ...right },
    { title: "moved", ...right },
    { title: "error", ...right },
    { title: "tolerance", ...right },
    { title: "measured", ...right },
    { title: "predicted", ...right },
  ];
  const rows = ran.map(({ prediction, result, tolerance }) => [
    prediction.planned.schedule.name,
    prediction.planned.layer.name,
    formatCount(prediction.planned.graph.taskCount),
    formatBytes(prediction.result.bytes_moved),
    result.maxError === undefined ? "-" : formatError(result.maxError),
    formatError(tolerance),
    formatTime(result.measuredNs),
    formatTime(prediction.result.makespan_ns),
  ]);
  const [adapter] = ran.flatMap(({ result }) => result.adapter ?? []);
  const on = adapter === undefined ? "" : `, on ${adapter}`;
  const sizes = [...program.params].map(([name, value]) => `${name} ${formatCount(value)}`).join(", ");
  const computed = ran.every(({ result }) => result.device !== "null");
  const compared = ran.every(({ result }) => result.maxError !== undefined);
  const verdict = ran.some((each) => differences(each).length > 0)
    ? colours.red("A result is not the whole layer's.")
    : compared
      ? colours.green("Every result is the whole layer's, within its tolerance.")
      : colours.green(
          `Every task ran once, after all that it waits for. ${computed ? "Results were not compared." : "Device null computes nothing."}`,
        );
  return [
    `${colours.bold(`${file}: ${ranks}, one worker each${on}`)}\n`,
    colours.dim(`${sizes}\n${linksText(ran)}`),
    `\n${formatTable(columns, rows, colours)}`,
    computed ? measuredTimelines(session, ran) : "",
    comparisonText(session, ran),
    `\n${verdict}\n`,
    looseNote(session, ran),
  ].join("");
}

/** How slow links were made; empty where they were not. */
function linksText(ran: readonly Ran[]): string {
  const factors = ran.flatMap(({ slower, prediction: { planned } }) =>
    slower === undefined ? [] : [{ slower, machine: planned.program.machine.name, name: planned.schedule.name }],
  );
  if (factors.length === 0) return "";
  const [first] = factors;
  const times = (slower: number): string => formatCount(Number(slower.toPrecision(3)));
  if (factors.every(({ slower }) => slower === first!.slower))
    return `links of ${first!.machine}, ${times(first!.slower)} times slower\n`;
  const each = factors.map(({ slower, name }) => `${times(slower)} (${name})`);
  return `links of ${first!.machine}, so many times slower: ${each.join(", ")}\n`;
}

/** That a pass means little, of schedules whose tolerance is derived and large; empty of others. */
function looseNote(session: Session, ran: readonly Ran[]): string {
  const loose = ran.filter(({ isLoose }) => isLoose);
  if (loose.length === 0) return "";
  const { layer } = loose[0]!.prediction.planned;
  const names = loose.map(({ prediction, tolerance }) => {
    return `${prediction.planned.schedule.name} (${formatError(tolerance)})`;
  });
  const note =
    `Note: the derived tolerance of ${names.join(", ")} is loose: a wrong result may pass. ` +
    `Say \`same result as ${layer.name} within ..\` in a check.`;
  return `${coloursFor(session, session.output).yellow(note)}\n`;
}

/** When rank 0 computed and transferred, all schedules to one scale. */
function measuredTimelines(session: Session, ran: readonly Ran[]): string {
  const drawn = ran.map(({ prediction: { planned }, result }) => ({
    title: `${planned.schedule.name}, ${formatTime(result.measuredNs)}`,
    graph: planned.graph,
    timeline: result.timeline,
    rank: 0,
  }));
  return `\nMeasured, rank 0 (${timelineLegend}):\n${textTimelines(session, drawn)}`;
}
