import { Option } from "commander";
import type { Command } from "commander";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { renderJson } from "../../compiler/diagnostics/render-json.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { createNodePool } from "../../runtime/node/workers.js";
import type { RankPool } from "../../runtime/ranks/pool.js";
import { showProperty } from "../support/check/properties.js";
import { createClaimEvaluator } from "../support/claims.js";
import type { ClaimOutcome } from "../support/claims.js";
import { coloursFor } from "../support/colours.js";
import type { CommandContext } from "../support/context.js";
import { loadProgram, loadSmall } from "../support/load.js";
import { profileOption, setOption, wholeNumber } from "../support/options.js";
import type { ProgramOptions } from "../support/options.js";
import { progressOf } from "../support/progress.js";
import { commandLinePlace, exitCodeOf, reportDiagnostics } from "../support/report.js";
import type { ExitCode, Session } from "../support/session.js";
import { positionsIn } from "../support/source-places.js";

interface CheckOptions extends ProgramOptions {
  readonly format: string;
  readonly runs: number;
  readonly seed: number;
}

const formats = ["text", "json"];
const laterFormats = ["sarif", "junit", "github"];

export function addCheckCommand(program: Command, context: CommandContext): void {
  program
    .command("check")
    .summary("Show that the claims of a file's checks hold.")
    .description(
      "Checks each file, plans and proves each of its schedules, and measures each claim of its `check` blocks against " +
        "its limit: results are computed at the sizes of profile `small` where the file has one, all else is predicted " +
        "at full size.",
    )
    .argument("<files...>", ".stretto files.")
    .addOption(profileOption("Sizes of this profile for everything, instead of the file's own and `small`."))
    .addOption(setOption())
    .addOption(
      new Option("--format <format>", "How to print; sarif, junit and github are not built yet.")
        .choices([...formats, ...laterFormats])
        .default("text"),
    )
    .addOption(
      new Option("--runs <n>", "How many cases are drawn from what a `for` ranges over; all, where there are no more.")
        .argParser(wholeNumber(1, 1e6))
        .default(20),
    )
    .addOption(
      new Option("--seed <n>", "Of the cases: the same seed draws the same.")
        .argParser(wholeNumber(0, 2 ** 31 - 1))
        .default(1),
    )
    .addHelpText(
      "after",
      `
Claims that are shown so far:
  same result as LAYER [within E]     max |a - b| / max |b| against the whole layer
  no deadlock, no race                what each task waits for has no cycle, and orders all that
                                      touches the same memory
  memory, bytes moved, messages       counted on the planned graph, in all or per rank; bytes and
                                      messages over AXIS: from one position along it to another
  rounds                              of the collectives of all words, added up
  hides P % of communication          predicted, of the slowest rank
  within R x of bound                 predicted, over the bound that simulate prints
  for NAME in VALUES, ..              all of them, at sizes drawn from the values; the smallest that
                                      fails is told, and the command that repeats it
  faster than SCHEDULE by R           predicted

Exit codes:
  0  every claim holds
  1  one does not, or a file is wrong
  2  the command line is wrong

Examples:
  $ stretto check examples/*.stretto
  $ stretto check examples/comet.stretto --format json
  $ stretto check examples/token-ring.stretto --runs 100 --seed 7`,
    )
    .action(async (files: string[], options: CheckOptions) => {
      context.finish(await checkFiles(context.session, files, options));
    });
}

/** All that is to be told about one file. */
interface FileReport {
  readonly file: string;
  readonly outcomes: readonly ClaimOutcome[];
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

async function checkFiles(session: Session, files: readonly string[], options: CheckOptions): Promise<ExitCode> {
  if (laterFormats.includes(options.format)) {
    const parameters = { what: `\`--format ${options.format}\``, known: "are `text` and `json`" };
    const diagnostics = [createDiagnostic("option-not-built", commandLinePlace, parameters)];
    return reportDiagnostics(session, { diagnostics, sources: new Map() });
  }
  const reports: FileReport[] = [];
  const pool = createNodePool();
  try {
    for (const file of files) {
      const report = await checkOne(session, file, options, pool);
      reports.push(report);
      if (options.format === "text") printReport(session, report);
    }
  } finally {
    await pool.close();
  }
  if (options.format === "json") session.output.write(`${JSON.stringify({ files: reports.map(reportJson) })}\n`);
  return Math.max(...reports.map(({ diagnostics }) => exitCodeOf(diagnostics))) as ExitCode;
}

async function checkOne(session: Session, file: string, options: CheckOptions, pool: RankPool): Promise<FileReport> {
  const full = loadProgram(session, file, options);
  const { sources } = full;
  if (full.loaded === undefined) return { file, outcomes: [], diagnostics: full.diagnostics, sources };
  const small = loadSmall(session, file, options);
  if (small.loaded === undefined) return { file, outcomes: [], diagnostics: small.diagnostics, sources };

  const { program } = full.loaded;
  const evaluator = createClaimEvaluator(program, small.loaded.program, pool);
  const progress = progressOf(session);
  const outcomes: ClaimOutcome[] = [];
  const diagnostics = [...full.diagnostics];
  const allSources = new Map(sources);
  const add = (outcome: ClaimOutcome): void => {
    outcomes.push(outcome);
    const fresh = outcome.diagnostics.filter((each) => !diagnostics.some((other) => sameDiagnostic(each, other)));
    diagnostics.push(...fresh);
  };
  for (const schedule of program.schedules) {
    progress.say(`${file}: planning ${schedule.name} ..`);
    const planned = evaluator.plan(schedule);
    if (!("value" in planned)) diagnostics.push(...planned.diagnostics);
  }
  for (const [index, check] of program.checks.entries()) {
    for (const claim of check.claims) {
      progress.say(`${file}: ${claim.claim} ..`);
      add(await evaluator.evaluate(check, claim));
    }
    const shown = await showProperty(program, index, { session, file, options, pool, progress });
    shown.outcomes.forEach(add);
    for (const [path, text] of shown.sources) allSources.set(path, text);
  }
  progress.clear();
  return { file, outcomes, diagnostics, sources: allSources };
}

/** A schedule that cannot be planned fails every claim about it, and is told of once. */
function sameDiagnostic(a: Diagnostic, b: Diagnostic): boolean {
  return a.code === b.code && a.message === b.message && a.location.span.start === b.location.span.start;
}

function printReport(session: Session, { file, outcomes, diagnostics, sources }: FileReport): void {
  const colours = coloursFor(session, session.output);
  const marks = { holds: colours.green("holds"), fails: colours.red("FAILS") };
  // A `for` may be long, and what it comes to stands right after it.
  const width = Math.max(0, ...outcomes.map(({ text, property }) => (property ? 0 : text.length)));
  const lines = [colours.bold(file)];
  let subject = "";
  for (const outcome of outcomes) {
    if (outcome.subject !== subject) lines.push(`  ${(subject = outcome.subject)}`);
    lines.push(`    ${marks[outcome.state]}  ${outcome.text.padEnd(width)}  ${outcome.measuredText}`);
  }
  if (outcomes.length === 0 && diagnostics.length === 0) lines.push("  nothing is claimed");
  session.output.write(`${lines.join("\n")}\n`);
  reportDiagnostics(session, { diagnostics, sources });
}

function reportJson({ file, outcomes, diagnostics, sources }: FileReport): object {
  const positionOf = positionsIn(sources);
  return {
    file,
    claims: outcomes.map(({ subject, claim, text, state, measured, limit, property }) => ({
      subject,
      claim: text,
      state,
      measured,
      limit,
      ...positionOf(claim.location),
      ...property,
    })),
    diagnostics: renderJson(diagnostics, (path) => sources.get(path)),
  };
}
