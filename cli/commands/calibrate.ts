import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { maximumRanks } from "../../runtime/run/run.js";
import { measureAlone } from "../support/calibration/alone.js";
import { machineText } from "../support/calibration/machine-text.js";
import { calibrate } from "../support/calibration/measure.js";
import { tilesPath, tilesText } from "../support/calibration/tiles.js";
import { distinctShapes, gridShapes, mainShapes } from "../support/calibration/shapes.js";
import type { CommandContext } from "../support/context.js";
import { openDevice } from "../../evidence/device.js";
import { planOne } from "../../evidence/plan.js";
import { loadOrReport } from "../support/load.js";
import { profileOption, setOption, wholeNumber } from "../support/options.js";
import type { ProgramOptions } from "../support/options.js";
import { progressOf } from "../support/progress.js";
import { whyNotOnDevice } from "../../evidence/runnable.js";
import { commandLinePlace, reportDiagnostics } from "../support/report.js";
import type { ExitCode, Session } from "../support/session.js";
import { whyUnwritable, writeWhole } from "../support/write-whole.js";

/** Shapes of blocks measured of each schedule of a file, at most. */
const shapesOfSchedule = 8;

interface CalibrateOptions extends ProgramOptions {
  readonly ranks: number;
  readonly name: string;
  readonly out?: string;
}

export function addCalibrateCommand(program: Command, context: CommandContext): void {
  program
    .command("calibrate")
    .summary("Measure this computer, as a machine that schedules are predicted on.")
    .description(
      "Runs small programs on device webgpu, all ranks at once, and writes what they take as a machine: how fast kernels of " +
        "which shape are, what a dispatch costs, how long messages take. Takes some minutes; nothing else should run. Files " +
        "are not run: blocks of the shapes that theirs have are measured too, so that they are predicted better.",
    )
    .argument("[files...]", ".stretto files.")
    .addOption(
      new Option("--ranks <n>", "Ranks that share this computer.").argParser(wholeNumber(2, maximumRanks)).default(4),
    )
    .addOption(new Option("--name <name>", "Name of the machine.").argParser(identifier).default("here"))
    .addOption(profileOption("Sizes of the files, instead of their own."))
    .addOption(setOption())
    .addOption(
      new Option(
        "--out <file>",
        "Write to this file, and which kernels are fastest beside it, as .kernels.json; without it, the machine to standard output.",
      ),
    )
    .addHelpText(
      "after",
      `
Exit codes:
  0  written
  1  a run failed, or nothing could be written
  2  the command line is wrong, or there is no device

Examples:
  $ stretto calibrate --out here.stretto
  $ stretto calibrate examples/t3.stretto --profile bench --out here.stretto
  $ stretto run examples/t3.stretto --device webgpu --all --compare here.stretto`,
    )
    .action(async (files: readonly string[], options: CalibrateOptions) => {
      context.finish(await calibrateHere(context.session, files, options));
    });
}

async function calibrateHere(session: Session, files: readonly string[], options: CalibrateOptions): Promise<ExitCode> {
  const { ranks, name, out } = options;
  const fail = (diagnostic: ReturnType<typeof createDiagnostic>): ExitCode =>
    reportDiagnostics(session, { diagnostics: [diagnostic], sources: new Map() });
  const outputs = out === undefined ? [] : [out, tilesPath(out)];
  const unwritten = (path: string, reason: string): ExitCode =>
    fail(createDiagnostic("output-not-written", { ...commandLinePlace, file: path }, { path, reason }));
  // Measuring takes minutes: what cannot be kept is said before.
  for (const path of outputs) {
    const reason = whyUnwritable(resolve(session.workingDirectory, path));
    if (reason !== undefined) return unwritten(path, reason);
  }
  const shapes = gridShapes();
  for (const file of files) {
    const outcome = loadOrReport(session, file, options, "calibrate for");
    if (!("loaded" in outcome)) return outcome.code;
    const { program, sources } = outcome.loaded;
    for (const schedule of program.schedules) {
      const refused = whyNotOnDevice(program.layers[schedule.layer]!);
      if (refused !== undefined) return reportDiagnostics(session, { diagnostics: [refused], sources });
      const planned = planOne(program, schedule);
      if (!("value" in planned)) return reportDiagnostics(session, { ...planned, sources });
      shapes.push(...mainShapes(planned.value.graph, shapesOfSchedule));
    }
  }
  const opened = await openDevice("webgpu");
  if ("problem" in opened) return fail(opened.problem);
  const progress = progressOf(session);
  const pool = createNodePool();
  try {
    progress.say("measuring tiles of contractions, and copies ..");
    const { device, costs } = await measureAlone(opened.device);
    const attempt = await calibrate(device, ranks, distinctShapes(shapes), pool, (what) => progress.say(what));
    progress.clear();
    if (!("value" in attempt)) return reportDiagnostics(session, { ...attempt, sources: new Map() });
    const text = machineText(name, attempt.value, costs, new Date().toISOString().slice(0, 10));
    if (out === undefined) {
      session.output.write(text);
      return 0;
    }
    for (const [path, content] of [
      [out, text],
      [tilesPath(out), tilesText(device)],
    ] as const) {
      const reason = writeWhole(resolve(session.workingDirectory, path), [content]);
      if (reason !== undefined) return unwritten(path, reason);
      session.errors.write(`wrote ${path}\n`);
    }
    return 0;
  } finally {
    progress.clear();
    await pool.close();
  }
}

function identifier(text: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return text;
  throw new InvalidArgumentError("It is a name: letters, digits and underscores.");
}
