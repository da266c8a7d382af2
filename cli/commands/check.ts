import { Option } from "commander";
import type { Command } from "commander";
import { defaultSearch } from "../../evidence/search.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { affectedSince } from "../support/check/changed.js";
import { checkFile } from "../support/check/check-file.js";
import { formats } from "../support/check/formats.js";
import type { CheckFormat, FormatName } from "../support/check/formats.js";
import { diagnosticsOf } from "../support/check/report.js";
import type { CheckReport, FileReport } from "../support/check/report.js";
import { writeSummaries } from "../support/check/write-summary.js";
import type { CommandContext } from "../support/context.js";
import { profileOption, setOption, wholeNumber } from "../support/options.js";
import type { ProgramOptions } from "../support/options.js";
import { exitCodeOf, reportDiagnostics } from "../support/report.js";
import type { ExitCode, Session } from "../support/session.js";

interface CheckOptions extends ProgramOptions {
  readonly format: FormatName;
  readonly changed?: string;
  readonly summary?: string;
  readonly runs: number;
  readonly seed: number;
}

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
      new Option(
        "--changed <rev>",
        "Only files that differ from this revision of git, or whose imports or tables' files do.",
      ),
    )
    .addOption(
      new Option("--runs <n>", "How many cases are drawn from what a `for` ranges over; all, where there are no more.")
        .argParser(wholeNumber(1, 1e6))
        .default(defaultSearch.runs),
    )
    .addOption(
      new Option("--seed <n>", "Of the cases: the same seed draws the same.")
        .argParser(wholeNumber(0, 2 ** 31 - 1))
        .default(defaultSearch.seed),
    )
    .addOption(new Option("--format <format>", "How to print.").choices(Object.keys(formats)).default("text"))
    .addOption(new Option("--summary <file>", "Write Markdown for a pull request into this file, too."))
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

Formats, all but text as a whole on standard output:
  text    each claim with what was measured; what is wrong on the error stream
  json    one object: the claims and the diagnostics of each file
  sarif   SARIF 2.1.0, for code scanning
  junit   XML of JUnit: a suite a file, a case a schedule and a claim
  github  annotations of GitHub Actions, and the Markdown at the end of $GITHUB_STEP_SUMMARY

Exit codes:
  0  every claim holds
  1  one does not, or a file is wrong
  2  the command line is wrong

Examples:
  $ stretto check examples/*.stretto
  $ stretto check examples/comet.stretto --format json
  $ stretto check examples/token-ring.stretto --runs 100 --seed 7
  $ stretto check examples/*.stretto --changed origin/main --format github
  $ stretto check examples/*.stretto --format junit --summary check.md > check.xml`,
    )
    .action(async (files: string[], options: CheckOptions) => {
      context.finish(await checkFiles(context.session, files, options));
    });
}

async function checkFiles(session: Session, given: readonly string[], options: CheckOptions): Promise<ExitCode> {
  const chosen = await chooseFiles(session, given, options);
  if (!("value" in chosen)) return reportDiagnostics(session, { diagnostics: chosen.diagnostics, sources: new Map() });
  const format: CheckFormat = formats[options.format];
  const files: FileReport[] = [];
  const pool = createNodePool();
  try {
    for (const file of chosen.value.files) {
      const report = await checkFile(session, file, options, pool);
      files.push(report);
      format.file?.(session, report);
    }
  } finally {
    await pool.close();
  }
  const report = { ...chosen.value, files };
  const codes = files.map((file) => exitCodeOf(diagnosticsOf(file)));
  const code = Math.max(0, ...codes) as ExitCode;
  format.all(session, report, code);
  const unwritten = reportDiagnostics(session, {
    diagnostics: writeSummaries(session, report, options),
    sources: new Map(),
  });
  return Math.max(code, unwritten) as ExitCode;
}

/** All that are given, or under `--changed` those that are affected. */
async function chooseFiles(session: Session, files: readonly string[], options: CheckOptions) {
  const { changed: revision } = options;
  if (revision === undefined) return { value: { files } };
  const parted = await affectedSince(session, files, options, revision);
  if (!("value" in parted)) return parted;
  const { affected, unaffected } = parted.value;
  const changed: CheckReport["changed"] = { revision, unaffected };
  return { value: { files: affected, changed } };
}
