import { join, resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { emitGraph } from "../../compiler/emit/graph.js";
import { emitTrace } from "../../compiler/emit/trace.js";
import type { PlannedSchedule } from "../../compiler/program.js";
import type { CommandContext } from "../support/context.js";
import { chosenSchedules, loadOrReport, planOne } from "../support/load.js";
import type { LoadedProgram } from "../support/load.js";
import { profileOption, scheduleOption, setOption } from "../support/options.js";
import type { ProgramOptions } from "../support/options.js";
import { predict } from "../support/predict.js";
import { progressOf } from "../support/progress.js";
import { formatCount } from "../../compiler/diagnostics/quantities.js";
import { commandLinePlace, reportDiagnostics } from "../support/report.js";
import type { ExitCode, Session } from "../support/session.js";
import { positionsIn } from "../support/source-places.js";
import { makeFolder, writeWhole } from "../support/write-whole.js";

interface CompileCommandOptions extends ProgramOptions {
  readonly target: string;
  readonly machine?: string;
  readonly out?: string;
}

interface Target {
  readonly what: string;
  emit(program: CheckedProgram, planned: PlannedSchedule, sources: ReadonlyMap<string, string>): Iterable<string>;
}

const targets: Readonly<Record<string, Target>> = {
  graph: { what: "the task graph", emit: (_, planned) => emitGraph(planned.graph) },
  trace: {
    what: "the predicted timeline, as Chrome trace JSON",
    emit: (program, planned, sources) =>
      emitTrace(planned.graph, predict(program, planned).timeline, { positionOf: positionsIn(sources) }),
  },
};
const laterTargets = ["webgpu", "chakra", "goal"];

export function addCompileCommand(program: Command, context: CommandContext): void {
  program
    .command("compile")
    .summary("Write what a schedule is compiled to.")
    .description("Plans a schedule, proves that it cannot deadlock, and writes it for another tool.")
    .argument("<file>", "A .stretto file.")
    .addOption(
      new Option("--target <target>", "What to write; webgpu, chakra and goal are not built yet.")
        .choices([...Object.keys(targets), ...laterTargets])
        .makeOptionMandatory(),
    )
    .addOption(scheduleOption("Only this schedule; without it, every one with --out, else the last."))
    .addOption(new Option("--machine <name>", "Another machine: of the file, or of std/machines."))
    .addOption(profileOption("Sizes of this profile, instead of the file's own."))
    .addOption(setOption())
    .addOption(
      new Option("--out <dir>", "Write SCHEDULE.TARGET.json into this folder; without it, to standard output."),
    )
    .addHelpText(
      "after",
      `
Targets:
  graph  the tasks, what each costs, claims and waits for: JSON, a task a line
  trace  when each task is predicted to run: Chrome trace JSON, which https://ui.perfetto.dev opens

A file is written whole or not at all.
Exit codes:
  0  written
  1  the file is wrong or nothing could be written
  2  the command line is wrong

Examples:
  $ stretto compile examples/comet.stretto --target trace --schedule comet > comet.json
  $ stretto compile examples/comet.stretto --target graph --profile small --out out`,
    )
    .action((file: string, options: CompileCommandOptions) => {
      context.finish(compileFile(context.session, file, options));
    });
}

function compileFile(session: Session, file: string, options: CompileCommandOptions): ExitCode {
  const target = targets[options.target];
  if (target === undefined) {
    const parameters = { what: `\`--target ${options.target}\``, known: "are `graph` and `trace`" };
    const diagnostics = [createDiagnostic("option-not-built", commandLinePlace, parameters)];
    return reportDiagnostics(session, { diagnostics, sources: new Map() });
  }
  const outcome = loadOrReport(session, file, options, "compile");
  if (!("loaded" in outcome)) return outcome.code;
  const { loaded } = outcome;
  const diagnostics = compileSchedules(session, loaded, target, options);
  return reportDiagnostics(session, { diagnostics, sources: loaded.sources });
}

function compileSchedules(
  session: Session,
  loaded: LoadedProgram,
  target: Target,
  options: CompileCommandOptions,
): readonly Diagnostic[] {
  const { program, sources } = loaded;
  const chosen = chosenSchedules(loaded, options.schedule, "compile");
  if (!("value" in chosen)) return chosen.diagnostics;
  const { out } = options;
  const progress = progressOf(session);
  const reason = out === undefined ? undefined : makeFolder(resolve(session.workingDirectory, out));
  if (reason !== undefined) return [notWritten(out!, reason)];
  try {
    for (const schedule of out === undefined ? chosen.value.slice(-1) : chosen.value) {
      progress.say(`planning ${schedule.name} ..`);
      const planned = planOne(program, schedule);
      if (!("value" in planned)) return planned.diagnostics;
      progress.say(`writing ${schedule.name}: ${formatCount(planned.value.graph.taskCount)} tasks ..`);
      const chunks = target.emit(program, planned.value, sources);
      if (out === undefined) {
        progress.clear();
        for (const chunk of chunks) session.output.write(chunk);
        continue;
      }
      const path = join(out, `${schedule.name}.${options.target}.json`);
      const problem = writeWhole(resolve(session.workingDirectory, path), chunks);
      progress.clear();
      if (problem !== undefined) return [notWritten(path, problem)];
      session.errors.write(`wrote ${path}: ${target.what}\n`);
    }
    return [];
  } finally {
    progress.clear();
  }
}

function notWritten(path: string, reason: string): Diagnostic {
  return createDiagnostic("output-not-written", { ...commandLinePlace, file: path }, { path, reason });
}
