import { dirname, join, resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { CollectivesAs } from "../../compiler/emit/chakra/chakra.js";
import type { EmittedFile } from "../../compiler/emit/files.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import type { CommandContext } from "../support/context.js";
import { planOne } from "../../evidence/plan.js";
import { chosenSchedules, loadOrReport } from "../support/load.js";
import type { LoadedProgram } from "../../evidence/load.js";
import { profileOption, scheduleOption, setOption } from "../support/options.js";
import type { ProgramOptions } from "../support/options.js";
import { progressOf } from "../support/progress.js";
import { formatCount } from "../../compiler/diagnostics/quantities.js";
import { commandLinePlace, reportDiagnostics } from "../support/report.js";
import type { ExitCode, Session } from "../support/session.js";
import { targets } from "../support/targets.js";
import type { Target } from "../support/targets.js";
import { makeFolder, removeFiles, writeWhole } from "../support/write-whole.js";

interface CompileCommandOptions extends ProgramOptions {
  readonly target: string;
  readonly machine?: string;
  readonly out?: string;
  readonly collectives?: CollectivesAs;
}

export function addCompileCommand(program: Command, context: CommandContext): void {
  program
    .command("compile")
    .summary("Write what a schedule is compiled to.")
    .description("Plans a schedule, proves that it cannot deadlock, and writes it for another tool.")
    .argument("<file>", "A .stretto file.")
    .addOption(new Option("--target <target>", "What to write.").choices(Object.keys(targets)).makeOptionMandatory())
    .addOption(scheduleOption("Only this schedule; without it, every one with --out, else the last."))
    .addOption(new Option("--machine <name>", "Another machine: of the file, or of std/machines."))
    .addOption(profileOption("Sizes of this profile, instead of the file's own."))
    .addOption(setOption())
    .addOption(
      new Option(
        "--collectives <how>",
        "With chakra: each collective as the messages it is made of (expanded, as without it), or whole, as one operation of its ranks, where ASTRA-sim has it.",
      ).choices(["expanded", "whole"]),
    )
    .addOption(
      new Option(
        "--out <dir>",
        "Write SCHEDULE.TARGET.json, or a folder SCHEDULE.TARGET, into this folder; without it, to standard output.",
      ),
    )
    .addHelpText(
      "after",
      `
Targets:
  graph   the tasks, what each costs, claims and waits for: JSON, a task a line
  trace   when each task is predicted to run: Chrome trace JSON, which https://ui.perfetto.dev opens
  chakra  for ASTRA-sim, needs --out: a trace a rank, and the system and the network it runs on
  goal    for LogGOPSim and ATLAHS: text and binary; without --out the text
  webgpu  a package that runs it, in a browser and in Node, needs --out: kernels, plan, loader, a page

A file is written whole or not at all.
Exit codes:
  0  written
  1  the file is wrong or nothing could be written
  2  the command line is wrong

Examples:
  $ stretto compile examples/comet.stretto --target trace --schedule comet > comet.json
  $ stretto compile examples/comet.stretto --target graph --profile small --out out
  $ stretto compile examples/comet.stretto --target chakra --schedule comet --out out
  $ stretto compile examples/t3.stretto --target chakra --collectives whole --out out
  $ stretto compile examples/comet.stretto --target webgpu --profile small --schedule comet --out out`,
    )
    .action((file: string, options: CompileCommandOptions) => {
      context.finish(compileFile(context.session, file, options));
    });
}

function compileFile(session: Session, file: string, options: CompileCommandOptions): ExitCode {
  const target = targets[options.target]!;
  if (options.out === undefined && target.alone === undefined) {
    const diagnostics = [createDiagnostic("needs-folder", commandLinePlace, { target: options.target })];
    return reportDiagnostics(session, { diagnostics, sources: new Map() });
  }
  if (options.collectives !== undefined && !target.hasCollectives) {
    const parameters = { option: "--collectives", target: "chakra" };
    const diagnostics = [createDiagnostic("option-of-target", commandLinePlace, parameters)];
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
  const { program } = loaded;
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
      const refused = target.refuse?.(planned.value);
      if (refused !== undefined) return [refused];
      progress.say(`writing ${schedule.name}: ${formatCount(planned.value.graph.taskCount)} tasks ..`);
      const files = target.emit(planned.value, loaded, options.collectives ?? "expanded");
      if (out === undefined) {
        progress.clear();
        const alone = files.find((each) => each.name === target.alone);
        for (const chunk of alone?.chunks ?? []) session.output.write(String(chunk));
        continue;
      }
      const stem = join(out, target.isFolder ? `${schedule.name}.${options.target}` : schedule.name);
      const problem = writeFiles(session, stem, target, files);
      progress.clear();
      if (problem !== undefined) return [problem];
      const path = target.isFolder ? stem : `${stem}.${files[0]!.name}`;
      session.errors.write(`wrote ${path}: ${target.what}\n`);
    }
    return [];
  } finally {
    progress.clear();
  }
}

/** Writes STEM.NAME of the only file, or all files into a folder of their own. */
function writeFiles(
  session: Session,
  stem: string,
  target: Target,
  files: readonly EmittedFile[],
): Diagnostic | undefined {
  const absolute = (path: string): string => resolve(session.workingDirectory, path);
  if (target.isFolder) {
    const reason = makeFolder(absolute(stem)) ?? removeOthers(absolute(stem), target.leftOver, files);
    if (reason !== undefined) return notWritten(stem, reason);
  }
  const folders = new Set(files.map(({ name }) => dirname(name)).filter((name) => name !== "."));
  for (const folder of folders) {
    const reason = makeFolder(absolute(join(stem, folder)));
    if (reason !== undefined) return notWritten(join(stem, folder), reason);
  }
  for (const file of files) {
    const path = target.isFolder ? join(stem, file.name) : `${stem}.${file.name}`;
    const reason = writeWhole(absolute(path), file.chunks);
    if (reason !== undefined) return notWritten(path, reason);
  }
  return undefined;
}

/** Removes what an earlier run wrote and this one does not. */
function removeOthers(folder: string, leftOver: RegExp | undefined, files: readonly EmittedFile[]): string | undefined {
  const written = new Set(files.map((file) => file.name));
  return removeFiles(folder, (name) => leftOver?.test(name) === true && !written.has(name));
}

function notWritten(path: string, reason: string): Diagnostic {
  return createDiagnostic("output-not-written", { ...commandLinePlace, file: path }, { path, reason });
}
