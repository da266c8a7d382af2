import { resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import type { ScheduleIR } from "../../compiler/check/ir.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { coloursFor } from "../support/colours.js";
import type { CommandContext } from "../support/context.js";
import { planOne } from "../../evidence/plan.js";
import { chosenSchedules, loadOrReport } from "../support/load.js";
import type { LoadedProgram } from "../../evidence/load.js";
import { jsonOption, profileOption, scheduleOption, setOption } from "../support/options.js";
import type { ProgramOptions } from "../support/options.js";
import { placesText } from "../support/places.js";
import { predict } from "../../evidence/predict.js";
import type { Prediction } from "../../evidence/predict.js";
import { progressOf } from "../support/progress.js";
import {
  formatBytes,
  formatCount,
  formatRatio,
  formatShare,
  formatTime,
} from "../../compiler/diagnostics/quantities.js";
import { commandLinePlace, reportDiagnostics } from "../support/report.js";
import type { Session } from "../support/session.js";
import { positionsIn } from "../../evidence/source-places.js";
import { formatTable } from "../../evidence/table.js";
import { textTimelines, timelineLegend } from "../support/text-timeline.js";
import { timelineFiles, timelineForms } from "../support/timeline-files.js";
import { writeWhole } from "../support/write-whole.js";

interface SimulateOptions extends ProgramOptions {
  readonly machine?: string;
  readonly timeline?: string;
}

export function addSimulateCommand(program: Command, context: CommandContext): void {
  program
    .command("simulate")
    .summary("Predict the time of each schedule on the file's machine.")
    .description(
      "Plans every schedule of a file, proves that it cannot deadlock, and predicts when each task of it runs on the " +
        "described machine, at full size. Nothing is executed.",
    )
    .argument("<file>", "A .stretto file.")
    .addOption(scheduleOption("Only this schedule."))
    .addOption(new Option("--machine <name>", "Another machine: of the file, or of std/machines."))
    .addOption(profileOption("Sizes of this profile, instead of the file's own."))
    .addOption(setOption())
    .addOption(
      new Option(
        "--timeline <file>",
        "Write the timelines; the name ends in .html, .svg or .json (Chrome trace JSON).",
      ),
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Prints a line a schedule, with the times of its slowest rank:
  time           from the first task to the last (makespan)
  bound          no execution of these tasks on this machine is faster
  compute        a product or another op is running
  communication  a transfer from or to the rank is open
  exposed        a transfer is open and nothing is computed
  hidden         1 - exposed / communication
  speedup        against the first schedule of the same layer
and below it when the slowest rank of each computes, and when a transfer of its own is open.

Exit codes:
  0  predicted
  1  the file is wrong or a schedule cannot be
  2  the command line is wrong

Examples:
  $ stretto simulate examples/comet.stretto
  $ stretto simulate examples/comet.stretto --schedule comet --timeline comet.html
  $ stretto simulate examples/comet.stretto --machine l20_node --set tokens=4096 --set gate='one(0)'
  $ stretto simulate examples/comet.stretto --json | jq '.results[] | {schedule, makespan_ns}'`,
    )
    .action((file: string, options: SimulateOptions) => {
      context.finish(simulateFile(context.session, file, options));
    });
}

function simulateFile(session: Session, file: string, options: SimulateOptions): 0 | 1 | 2 | 3 {
  const json = options.json ? { json: { file } } : {};
  if (options.timeline !== undefined && !timelineForms.some((form) => options.timeline!.endsWith(form))) {
    const parameters = { path: options.timeline, forms: timelineForms.join(", ") };
    const diagnostics = [createDiagnostic("unknown-output-form", commandLinePlace, parameters)];
    return reportDiagnostics(session, { diagnostics, sources: new Map(), ...json });
  }
  const outcome = loadOrReport(session, file, options, "simulate");
  if (!("loaded" in outcome)) return outcome.code;
  const { loaded } = outcome;
  const { sources } = loaded;
  const chosen = chosenSchedules(loaded, options.schedule, "simulate");
  if (!("value" in chosen)) return reportDiagnostics(session, { ...chosen, sources, ...json });

  const attempt = predictAll(session, loaded, chosen.value);
  if (!("value" in attempt)) return reportDiagnostics(session, { ...attempt, sources, ...json });
  const shown = attempt.value.filter(({ planned }) => chosen.value.includes(planned.schedule));

  const problem = options.timeline === undefined ? undefined : writeTimelines(session, options.timeline, loaded, shown);
  if (problem !== undefined) return reportDiagnostics(session, { diagnostics: [problem], sources, ...json });
  session.output.write(
    options.json
      ? `${JSON.stringify({ file, results: shown.map((each) => resultOf(loaded, each, attempt.value)) })}\n`
      : simulationText(session, loaded, shown, attempt.value),
  );
  return 0;
}

/** The schedules asked for, and the first of each of their layers, which they are compared with. */
function predictAll(
  session: Session,
  { program }: LoadedProgram,
  chosen: readonly ScheduleIR[],
): { readonly value: readonly Prediction[] } | { readonly diagnostics: readonly Diagnostic[] } {
  const progress = progressOf(session);
  const wanted = new Set([...chosen.map((schedule) => baselineOf(program.schedules, schedule)), ...chosen]);
  const predictions: Prediction[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const schedule of program.schedules.filter((each) => wanted.has(each))) {
    progress.say(`planning ${schedule.name} ..`);
    const planned = planOne(program, schedule);
    if (!("value" in planned)) {
      diagnostics.push(...planned.diagnostics);
      continue;
    }
    progress.say(`simulating ${schedule.name}: ${formatCount(planned.value.graph.taskCount)} tasks ..`);
    predictions.push(predict(planned.value));
  }
  progress.clear();
  return diagnostics.length > 0 ? { diagnostics } : { value: predictions };
}

/** What a schedule is compared with: the first of its layer. */
function baselineOf(schedules: readonly ScheduleIR[], schedule: ScheduleIR): ScheduleIR {
  return schedules.find((each) => each.layer === schedule.layer)!;
}

/** How much faster it is than each other schedule of its layer, by name. */
function speedups({ planned, result }: Prediction, all: readonly Prediction[]): Record<string, number> {
  const others = all.filter((other) => other.planned.schedule !== planned.schedule);
  const comparable = others.filter((other) => other.planned.schedule.layer === planned.schedule.layer);
  return Object.fromEntries(
    comparable.map((other) => [other.planned.schedule.name, other.result.makespan_ns / result.makespan_ns]),
  );
}

function resultOf({ program, sources }: LoadedProgram, prediction: Prediction, all: readonly Prediction[]): object {
  const { planned, result } = prediction;
  const positionOf = positionsIn(sources);
  return {
    schedule: planned.schedule.name,
    layer: planned.layer.name,
    machine: planned.program.machine.name,
    ranks: planned.program.mesh.rankCount,
    tasks: planned.graph.taskCount,
    edges: planned.graph.edgeCount,
    ...result,
    critical_path: result.critical_path.map(({ location, ...step }) => ({
      ...step,
      file: location.file,
      ...positionOf(location),
    })),
    params: Object.fromEntries(program.params),
    peak_memory_bytes: Math.max(...planned.peakMemoryBytes),
    speedup: speedups(prediction, all),
  };
}

function writeTimelines(
  session: Session,
  path: string,
  loaded: LoadedProgram,
  predictions: readonly Prediction[],
): Diagnostic | undefined {
  for (const file of timelineFiles(path, loaded, predictions)) {
    const reason = writeWhole(resolve(session.workingDirectory, file.path), file.chunks);
    if (reason !== undefined) {
      const place = { ...commandLinePlace, file: file.path };
      return createDiagnostic("output-not-written", place, { path: file.path, reason });
    }
    session.errors.write(`wrote ${file.path}\n`);
  }
  return undefined;
}

function simulationText(
  session: Session,
  { file, program }: LoadedProgram,
  shown: readonly Prediction[],
  all: readonly Prediction[],
): string {
  const colours = coloursFor(session, session.output);
  const right = { align: "right" } as const;
  const columns = [
    { title: "schedule", align: "left" } as const,
    { title: "layer", align: "left" } as const,
    { title: "time", ...right },
    { title: "bound", ...right },
    { title: "compute", ...right },
    { title: "communication", ...right },
    { title: "exposed", ...right },
    { title: "hidden", ...right },
    { title: "memory", ...right },
    { title: "tasks", ...right },
    { title: "speedup", ...right },
  ];
  const rows = shown.map((prediction) => {
    const { planned, result } = prediction;
    const baseline = baselineOf(program.schedules, planned.schedule);
    const ratio = speedups(prediction, all)[baseline.name];
    return [
      planned.schedule.name,
      planned.layer.name,
      formatTime(result.makespan_ns),
      formatTime(result.bound_ns),
      formatTime(result.compute_ns),
      formatTime(result.communication_ns),
      formatTime(result.exposed_communication_ns),
      formatShare(result.hidden),
      formatBytes(Math.max(...planned.peakMemoryBytes)),
      formatCount(planned.graph.taskCount),
      ratio === undefined ? "" : `${formatRatio(ratio)} ${baseline.name}`,
    ];
  });
  const title = `${file}: ${placesText(shown.map(({ planned }) => planned))}\n`;
  const drawn = shown.map(({ planned, timeline, result }) => ({
    title: `${planned.schedule.name}, ${formatTime(result.makespan_ns)}`,
    graph: planned.graph,
    timeline,
    rank: result.slowest_rank,
  }));
  return [
    `${colours.bold(title)}\n${formatTable(columns, rows, colours)}`,
    `\nThe slowest rank of each (${timelineLegend}):\n${textTimelines(session, drawn)}`,
  ].join("");
}
