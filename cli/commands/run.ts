import { Option } from "commander";
import type { Command } from "commander";
import type { CheckedProgram, LayerIR, ScheduleIR } from "../../compiler/check/ir.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { createNodePool } from "../../runtime/node/workers.js";
import type { RankPool } from "../../runtime/ranks/pool.js";
import type { Reference } from "../../runtime/reference/reference.js";
import type { DeviceName, RunResult } from "../../runtime/run/run.js";
import { coloursFor } from "../support/colours.js";
import type { CommandContext } from "../support/context.js";
import { openDevice } from "../support/device.js";
import { execute, inputsFor, referenceFor } from "../support/execute.js";
import { chosenSchedules, loadSmallOrReport, planOne } from "../support/load.js";
import type { Attempt, LoadedProgram } from "../support/load.js";
import { jsonOption, profileOption, scheduleOption, setOption } from "../support/options.js";
import type { ProgramOptions } from "../support/options.js";
import { rankCounts } from "../support/places.js";
import { predict } from "../support/predict.js";
import type { Prediction } from "../support/predict.js";
import { progressOf } from "../support/progress.js";
import { formatBytes, formatCount, formatError, formatTime } from "../../compiler/diagnostics/quantities.js";
import { reportDiagnostics } from "../support/report.js";
import { whyNotComputed, whyNotOnDevice, whyNotRun } from "../support/runnable.js";
import type { ExitCode, Session } from "../support/session.js";
import { formatTable } from "../support/table.js";
import { textTimelines, timelineLegend } from "../support/text-timeline.js";
import { claimedWithin, toleranceOf } from "../support/tolerance.js";
import { looseTolerance } from "../../runtime/reference/tolerance.js";

interface RunOptions extends ProgramOptions {
  readonly all?: boolean;
  readonly device: DeviceName;
  readonly verify: boolean;
}

export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command("run")
    .summary("Run a schedule, sharded, on this machine, and compare it with the whole layer.")
    .description(
      "Plans a schedule, proves that it cannot deadlock, and executes it with a worker a rank. Its results are compared " +
        "with those of the unsharded layer, accumulated in float64. Without --profile, the sizes are those of profile " +
        "`small` where the file has one.",
    )
    .argument("<file>", "A .stretto file.")
    .addOption(scheduleOption("Run this schedule; without it the last one of the file."))
    .addOption(new Option("--all", "Run every schedule of the file.").conflicts("schedule"))
    .addOption(profileOption("Sizes of this profile, instead of `small`."))
    .addOption(setOption())
    .addOption(
      new Option(
        "--device <device>",
        "cpu computes on cores; webgpu on a GPUDevice a rank; null moves nothing and checks the order of tasks.",
      )
        .choices(["cpu", "webgpu", "null"])
        .default("cpu"),
    )
    .addOption(
      new Option("--no-verify", "Do not compute the whole layer, which for large sizes takes long, to compare with."),
    )
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Prints a line a schedule:
  error      max |sharded - whole| / max |whole|, the largest of its outputs
  tolerance  the check's \`within\` for the schedule or its layer, else what rounding can come to
             (with a note where that is above 0.1, and shows little)
  measured   on this machine, with workers that share memory
  predicted  on the machine that the file describes
and when rank 0 computed and when a transfer of its own was open.

Exit codes:
  0  every error is within its tolerance
  1  one is not, or the file is wrong
  2  the command line is wrong

Examples:
  $ stretto run examples/comet.stretto
  $ stretto run examples/comet.stretto --all --set ranks=8 --set gate='one(0)'
  $ stretto run examples/comet.stretto --device webgpu
  $ stretto run examples/comet.stretto --schedule barrier --json`,
    )
    .action(async (file: string, options: RunOptions) => {
      context.finish(await runFile(context.session, file, options));
    });
}

/** What one schedule came to. */
interface Ran {
  readonly prediction: Prediction;
  readonly result: RunResult;
  readonly tolerance: number;
  /** Whether no check states the tolerance, and the derived one is so large that it shows little. */
  readonly isLoose: boolean;
}

async function runFile(session: Session, file: string, options: RunOptions): Promise<ExitCode> {
  const json = options.json ? { json: { file } } : {};
  const refuse = (diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string> = new Map()): ExitCode =>
    reportDiagnostics(session, { diagnostics, sources, ...json });
  const outcome = loadSmallOrReport(session, file, options, "run");
  if (!("loaded" in outcome)) return outcome.code;
  const { loaded } = outcome;
  const { program, sources } = loaded;
  const chosen = chosenSchedules(loaded, options.schedule, "run");
  if (!("value" in chosen)) return refuse(chosen.diagnostics, sources);
  const schedules = options.all ? chosen.value : chosen.value.slice(-1);

  const pool = createNodePool();
  try {
    const ran = await runAll(session, program, schedules, options, pool);
    if (!("value" in ran)) return refuse(ran.diagnostics, sources);
    const wrong = ran.value.flatMap((each) => differences(each));
    if (wrong.length > 0 && options.json) return refuse(wrong, sources);
    session.output.write(options.json ? runJson(file, options, ran.value) : runText(session, loaded, ran.value));
    return wrong.length > 0 ? refuse(wrong, sources) : 0;
  } finally {
    await pool.close();
  }
}

async function runAll(
  session: Session,
  program: CheckedProgram,
  schedules: readonly ScheduleIR[],
  { device, verify }: RunOptions,
  pool: RankPool,
): Promise<Attempt<readonly Ran[]>> {
  const progress = progressOf(session);
  const opened = await openDevice(device);
  if ("problem" in opened) return { diagnostics: [opened.problem] };
  const references = new Map<LayerIR, Reference>();
  const done: Ran[] = [];
  try {
    for (const schedule of schedules) {
      progress.say(`planning ${schedule.name} ..`);
      const planned = planOne(program, schedule);
      if (!("value" in planned)) return planned;
      const layer = program.layers[schedule.layer]!;
      let reference = references.get(layer);
      if (device !== "null" && reference === undefined) {
        const refused =
          (verify ? whyNotRun(layer) : whyNotComputed(layer)) ??
          (device === "webgpu" ? whyNotOnDevice(layer) : undefined);
        if (refused !== undefined) return { diagnostics: [refused] };
        if (verify) progress.say(`computing ${layer.name} whole, to compare with ..`);
        references.set(layer, (reference = verify ? referenceFor(program, layer) : inputsFor(program, layer)));
      }
      progress.say(`running ${schedule.name} on ${planned.value.program.mesh.rankCount} ranks ..`);
      const result = await execute(planned.value, opened.device, reference, pool);
      if (!("value" in result)) return result;
      const tolerance = toleranceOf(program, schedule);
      const isLoose =
        result.value.maxError !== undefined &&
        tolerance > looseTolerance &&
        claimedWithin(program, schedule) === undefined;
      done.push({ prediction: predict(planned.value), result: result.value, tolerance, isLoose });
    }
    return { value: done };
  } finally {
    progress.clear();
  }
}

/** Outputs that differ by more than they may. */
function differences({ prediction, result, tolerance }: Ran): Diagnostic[] {
  const { schedule, layer } = prediction.planned;
  return result.outputs
    .filter(({ maxError }) => maxError !== undefined && !(maxError <= tolerance))
    .map(({ name, maxError }) =>
      createDiagnostic("result-differs", schedule.location, {
        subject: schedule.name,
        layer: layer.name,
        output: name,
        measured: formatError(maxError!),
        limit: formatError(tolerance),
        asked: "the tolerance",
      }),
    );
}

function runJson(file: string, options: RunOptions, ran: readonly Ran[]): string {
  const results = ran.map(({ prediction, result, tolerance, isLoose }) => ({
    schedule: prediction.planned.schedule.name,
    layer: prediction.planned.layer.name,
    device: options.device,
    adapter: result.adapter ?? null,
    ranks: prediction.planned.program.mesh.rankCount,
    tasks: prediction.planned.graph.taskCount,
    max_error: result.maxError ?? null,
    tolerance,
    tolerance_is_loose: isLoose,
    measured_ns: result.measuredNs,
    predicted_ns: prediction.result.makespan_ns,
    bytes_moved: prediction.result.bytes_moved,
  }));
  return `${JSON.stringify(options.all ? { file, results } : { file, ...results[0] })}\n`;
}

function runText(session: Session, { file, program }: LoadedProgram, ran: readonly Ran[]): string {
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
    colours.dim(`${sizes}\n`),
    `\n${formatTable(columns, rows, colours)}`,
    computed ? measuredTimelines(session, ran) : "",
    `\n${verdict}\n`,
    looseNote(session, ran),
  ].join("");
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
