import { Option } from "commander";
import type { Command } from "commander";
import type { LayerIR, ScheduleIR } from "../../compiler/check/ir.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { createNodePool } from "../../runtime/node/workers.js";
import type { RankPool } from "../../runtime/ranks/pool.js";
import type { Reference } from "../../runtime/reference/reference.js";
import type { DeviceName, RunResult } from "../../runtime/run/run.js";
import { loadCalibration } from "../support/calibration/load.js";
import type { LoadedCalibration } from "../support/calibration/load.js";
import { withKnownTiles } from "../support/calibration/tiles.js";
import type { CommandContext } from "../support/context.js";
import type { Attempt } from "../../evidence/attempt.js";
import { openDevice } from "../../evidence/device.js";
import type { Device } from "../../evidence/device.js";
import { execute, inputsFor, referenceFor } from "../../evidence/execute.js";
import { chosenSchedules, loadSmallOrReport } from "../support/load.js";
import type { LoadedProgram } from "../../evidence/load.js";
import { jsonOption, profileOption, scheduleOption, setOption, wholeNumber } from "../support/options.js";
import type { ProgramOptions } from "../support/options.js";
import { planOne } from "../../evidence/plan.js";
import { predict } from "../../evidence/predict.js";
import { progressOf } from "../support/progress.js";
import { commandLinePlace, reportDiagnostics } from "../support/report.js";
import { adversaryOption, adversarySeedOption, misusedAdversary, runOrders } from "../support/run/adverse-mode.js";
import type { AdversaryOptions } from "../support/run/adverse-mode.js";
import { compareTimelines } from "../support/run/comparison.js";
import { linksOf, placeRun } from "../support/run/placed.js";
import type { Links } from "../support/run/placed.js";
import { differences, medianOf } from "../support/run/ran.js";
import type { Ran } from "../support/run/ran.js";
import { runJson, runText } from "../support/run/report.js";
import { whyNotComputed, whyNotOnDevice, whyNotRun } from "../../evidence/runnable.js";
import type { ExitCode, Session } from "../support/session.js";
import { claimedWithin, toleranceOf } from "../../evidence/tolerance.js";
import { looseTolerance } from "../../runtime/reference/tolerance.js";

interface RunOptions extends ProgramOptions, AdversaryOptions {
  readonly all?: boolean;
  readonly device: DeviceName;
  readonly verify: boolean;
  readonly links: Links;
  readonly compare?: string;
  readonly repeat: number;
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
    .addOption(
      new Option(
        "--links <speed>",
        "On device webgpu: free, as fast as they are; a number, the described machine's, so many times slower; scaled, as " +
          "many times slower as computing is here.",
      )
        .argParser(linksOf)
        .default("free"),
    )
    .addOption(
      new Option(
        "--compare <file>",
        "On device webgpu: predict on this computer, which `stretto calibrate` measured and wrote to the file, and show " +
          "where the prediction is off.",
      ),
    )
    .addOption(
      new Option("--repeat <n>", "Run each schedule so often, and take the median.")
        .argParser(wholeNumber(1))
        .default(1),
    )
    .addOption(adversaryOption())
    .addOption(adversarySeedOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Prints a line a schedule:
  error      max |sharded - whole| / max |whole|, the largest of its outputs
  tolerance  the check's \`within\` for the schedule or its layer, else what rounding can come to
             (with a note where that is above 0.1, and shows little)
  measured   on this machine, with workers that share memory
  predicted  on the machine that the file describes; with --compare, on this computer
and when rank 0 computed and when a transfer of its own was open. With --adversary, instead of times:
  orders            how many besides the planned one
  of the same bits  how many of them came to what it did; of the first that did not, the command
                    that repeats it

Exit codes:
  0  every error is within its tolerance, and every order comes to the same bits
  1  one is not, or does not, or the file is wrong
  2  the command line is wrong

Examples:
  $ stretto run examples/comet.stretto
  $ stretto run examples/comet.stretto --all --set ranks=8 --set gate='one(0)'
  $ stretto run examples/comet.stretto --device webgpu
  $ stretto run examples/comet.stretto --device webgpu --all --compare here.stretto --links scaled
  $ stretto run examples/comet.stretto --all --adversary 20
  $ stretto run examples/comet.stretto --schedule barrier --json`,
    )
    .action(async (file: string, options: RunOptions) => {
      context.finish(await runFile(context.session, file, options));
    });
}

async function runFile(session: Session, file: string, options: RunOptions): Promise<ExitCode> {
  const json = options.json ? { json: { file } } : {};
  const refuse = (diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string> = new Map()): ExitCode =>
    reportDiagnostics(session, { diagnostics, sources, ...json });
  const outcome = loadSmallOrReport(session, file, options, "run");
  if (!("loaded" in outcome)) return outcome.code;
  const { loaded } = outcome;
  const { sources } = loaded;
  const misused = misusedOption(options) ?? misusedAdversary(options);
  if (misused !== undefined) return refuse([misused]);
  const calibration = options.compare === undefined ? undefined : loadCalibration(session, options.compare);
  if (calibration && !("value" in calibration)) return refuse(calibration.diagnostics, calibration.sources);
  const chosen = chosenSchedules(loaded, options.schedule, "run");
  if (!("value" in chosen)) return refuse(chosen.diagnostics, sources);
  const schedules = options.all ? chosen.value : chosen.value.slice(-1);
  if (options.adversary !== undefined) return runOrders(session, loaded, schedules, options);

  const ran = await withPool((pool) =>
    runAll(session, loaded, schedules, { ...options, calibration: calibration?.value }, pool),
  );
  if (!("value" in ran)) return refuse(ran.diagnostics, sources);
  const wrong = ran.value.flatMap((each) => differences(each));
  if (wrong.length > 0 && options.json) return refuse(wrong, sources);
  session.output.write(options.json ? runJson(file, options, ran.value) : runText(session, loaded, ran.value));
  return wrong.length > 0 ? refuse(wrong, sources) : 0;
}

/** Workers end before anything is told: a driver that they take with them then ends a run that nobody was told of. */
async function withPool<T>(work: (pool: RankPool) => Promise<T>): Promise<T> {
  const pool = createNodePool();
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

async function runAll(
  session: Session,
  { file, program }: LoadedProgram,
  schedules: readonly ScheduleIR[],
  options: RunOptions & { readonly calibration: LoadedCalibration | undefined },
  pool: RankPool,
): Promise<Attempt<readonly Ran[]>> {
  const { device, verify, links, repeat, calibration } = options;
  const progress = progressOf(session);
  const opened = await openRunDevice(session, device, calibration);
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
      const place = placeRun(planned.value, links, calibration);
      if ("problem" in place) return { diagnostics: [place.problem] };
      const results: RunResult[] = [];
      for (let run = 0; run < repeat; run++) {
        const which = repeat === 1 ? "" : `, ${run + 1} of ${repeat}`;
        progress.say(`running ${schedule.name} on ${planned.value.program.mesh.rankCount} ranks${which} ..`);
        const doing = { file, schedule: schedule.name, json: options.json === true };
        session.attendant?.({ ...doing, at: "no task had begun" });
        const result = await execute(planned.value, opened.device, reference, pool, {
          links: place.shape,
          ...(session.attendant && { onProgress: (_, __, at) => session.attendant!({ ...doing, at: at() }) }),
        });
        if (!("value" in result)) return result;
        results.push(result.value);
      }
      const result = medianOf(results);
      const prediction = predict(planned.value, place.predicted);
      const tolerance = toleranceOf(program, schedule);
      const isLoose =
        result.maxError !== undefined && tolerance > looseTolerance && claimedWithin(program, schedule) === undefined;
      const comparison = calibration && compareTimelines(planned.value.graph, prediction.timeline, result.timeline);
      done.push({ prediction, result, runs: repeat, tolerance, isLoose, slower: place.slower, comparison });
    }
    return { value: done };
  } finally {
    progress.clear();
  }
}

/** Of a calibrated computer, with the kernels that were fastest there. */
async function openRunDevice(
  session: Session,
  name: DeviceName,
  calibration: LoadedCalibration | undefined,
): Promise<{ readonly device: Device } | { readonly problem: Diagnostic }> {
  const opened = await openDevice(name);
  if ("problem" in opened || calibration === undefined || opened.device.name !== "webgpu") return opened;
  return withKnownTiles(session, calibration.path, opened.device);
}

/** An option that the others leave without a meaning. */
function misusedOption({ device, links, compare }: RunOptions): Diagnostic | undefined {
  const ofWebgpu = links !== "free" ? "--links" : compare !== undefined ? "--compare" : undefined;
  if (ofWebgpu !== undefined && device !== "webgpu")
    return createDiagnostic("option-of-device", commandLinePlace, { option: ofWebgpu, device: "webgpu" });
  if (links === "scaled" && compare === undefined) {
    const reason = "how much slower computing is here was measured by `stretto calibrate`";
    return createDiagnostic("option-needs", commandLinePlace, {
      option: "--links scaled",
      needed: "--compare FILE",
      reason,
    });
  }
  return undefined;
}
