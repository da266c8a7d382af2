import { resolve } from "node:path";
import type { Command } from "commander";
import { reportReadProblem } from "../../compiler/bind/load.js";
import { parseSource } from "../../compiler/bind/parse-source.js";
import { largestFileBytes } from "../../compiler/bind/source-host.js";
import type { ReadResult } from "../../compiler/bind/source-host.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { formatText } from "../../grammar/prettier-plugin.js";
import type { CommandContext } from "../support/context.js";
import { hostFor } from "../support/load.js";
import { reportDiagnostics } from "../support/report.js";
import type { ExitCode, Session } from "../support/session.js";
import { writeWhole } from "../support/write-whole.js";

export function addFmtCommand(program: Command, context: CommandContext): void {
  program
    .command("fmt")
    .summary("Format files, or show that they are formatted.")
    .description(
      "Writes each file in the one style there is: same program, same comments. A file with a mistake of syntax is told " +
        "of and left as it is.",
    )
    .argument("<files...>", ".stretto files; `-` reads standard input and prints the result.")
    .option("--check", "Write nothing; name each file that is not formatted.")
    .addHelpText(
      "after",
      `
Prints the name of each file that it changes.
Exit codes:
  0  formatted
  1  a file cannot be read or written, or --check found one that is not formatted
  2  the command line is wrong

Examples:
  $ stretto fmt examples/*.stretto
  $ stretto fmt --check examples/*.stretto
  $ stretto fmt - < layer.stretto`,
    )
    .action(async (files: string[], options: { check?: boolean }) => {
      let worst: ExitCode = 0;
      for (const file of files) {
        const code = await formatFile(context.session, file, options.check === true);
        if (code > worst) worst = code;
      }
      context.finish(worst);
    });
}

/** What standard input is called in messages. */
const inputName = "<stdin>";

async function formatFile(session: Session, file: string, checkOnly: boolean): Promise<ExitCode> {
  const fromInput = file === "-";
  const name = fromInput ? inputName : file;
  const diagnostics = createCollector();
  const read = fromInput ? await readInput(session) : hostFor(session, file).read(file);
  if ("problem" in read) {
    const place = { file: name, span: { start: 0, end: 0 } };
    reportReadProblem(name, read.problem, place, diagnostics);
    return reportDiagnostics(session, { diagnostics: diagnostics.list(), sources: new Map() });
  }
  const { text } = read;
  const tell = (list: readonly Diagnostic[]): ExitCode =>
    reportDiagnostics(session, { diagnostics: list, sources: new Map([[name, text]]) });
  parseSource(name, text, diagnostics);
  if (diagnostics.hasErrors()) return tell(diagnostics.list());

  const formatted = await formatText(text);
  const place = { file: name, span: firstDifference(text, formatted) };
  if (checkOnly) return formatted === text ? 0 : tell([createDiagnostic("not-formatted", place, { path: name })]);
  if (fromInput) {
    session.output.write(formatted);
    return 0;
  }
  if (formatted === text) return 0;
  const reason = writeWhole(resolve(session.workingDirectory, file), [formatted]);
  if (reason !== undefined) return tell([createDiagnostic("output-not-written", place, { path: name, reason })]);
  session.output.write(`${file}\n`);
  return 0;
}

/** The place in `text` where what formatting gives begins to differ. */
function firstDifference(text: string, formatted: string): { readonly start: number; readonly end: number } {
  let at = 0;
  while (at < text.length && text[at] === formatted[at]) at++;
  return { start: at, end: at };
}

async function readInput(session: Session): Promise<ReadResult> {
  const bytes = await session.readInput();
  if (bytes.length > largestFileBytes) {
    return { problem: { kind: "too-large", size: bytes.length, limit: largestFileBytes } };
  }
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { problem: { kind: "not-utf8" } };
  }
}
