import { readFileSync } from "node:fs";
import { Option } from "commander";
import type { Command } from "commander";
import { catalogue, createDiagnostic, nameOfCode } from "../../compiler/diagnostics/catalogue.js";
import type { DiagnosticName } from "../../compiler/diagnostics/catalogue.js";
import { didYouMean, nearestName } from "../../compiler/bind/suggest.js";
import type { CommandContext } from "../support/context.js";
import { jsonOption, profileOption, scheduleOption, setOption } from "../support/options.js";
import { packagePath } from "../support/package-files.js";
import { commandLinePlace, reportDiagnostics } from "../support/report.js";
import type { ExitCode, Session } from "../support/session.js";
import { explainTask, type WhyOptions } from "../support/why/explain-task.js";

interface ExplainOptions extends WhyOptions {
  readonly why?: string;
}

export function addExplainCommand(program: Command, context: CommandContext): void {
  program
    .command("explain")
    .summary("Say what a diagnostic means, or why a task waits.")
    .description(
      "Prints the page of a diagnostic: what it says, why it is said, a program that has it and one that has not. " +
        "With --why: what tasks of a file's schedule wait for and what waits for them, each with its reason and its " +
        "place in the file, when they are predicted to begin, and which of their waits is over last.",
    )
    .argument("<code or file>", "A diagnostic's code or name (ST2303, division-by-zero); with --why, a .stretto file.")
    .addOption(
      new Option("--why <name>", "Tasks as messages and timelines call them: 'h[3] on rank 2', 'sent 0 -> 1', h."),
    )
    .addOption(scheduleOption("Of this schedule; without it the last one of the file."))
    .addOption(new Option("--machine <name>", "On another machine: of the file, or of std/machines."))
    .addOption(profileOption("Sizes of this profile, instead of the file's own."))
    .addOption(setOption())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      `
Names of tasks:
  h                   all of h: the first and the last to begin are shown
  h on rank 2         those on rank 2; of transfers, from it or to it
  h[3] on rank 2      block 3 of h there; also \`h, block 3, on rank 2\`
  h[1]                part 1 of h, where a split gives it parts; block 3 of that is h[1][3]
  sent 0 -> 1         transfers of sent from rank 0 to rank 1; also \`sent from 0 to 1 round 2\`

Exit codes:
  0  printed
  1  the file is wrong or the schedule cannot be
  2  there is no such diagnostic, task, schedule ..

Examples:
  $ stretto explain ST2303
  $ stretto explain division-by-zero
  $ stretto explain examples/comet.stretto --schedule comet --why 'h[3] on rank 2'
  $ stretto explain examples/comet.stretto --profile small --why 'sent 0 -> 1' --json`,
    )
    .action((text: string, options: ExplainOptions) => {
      const { why, ...others } = options;
      if (why !== undefined) context.finish(explainTask(context.session, text, why, others));
      else if (text.endsWith(".stretto"))
        context.finish(refuseOption(context.session, `explain ${text}`, others, text));
      else {
        const [option] = Object.keys(others);
        context.finish(
          option === undefined
            ? explainCode(context.session, text)
            : refuseOption(context.session, `--${option}`, others),
        );
      }
    });
}

/** What only `--why` has a use for. */
function refuseOption(session: Session, option: string, { json }: WhyOptions, file = ""): ExitCode {
  const reason = "of a file, its tasks are explained, by name";
  const diagnostic = createDiagnostic("option-needs", commandLinePlace, { option, needed: "--why NAME", reason });
  return reportDiagnostics(session, {
    diagnostics: [diagnostic],
    sources: new Map(),
    ...(json && { json: { file } }),
  });
}

function explainCode(session: Session, text: string): ExitCode {
  const name = diagnosticNamed(text);
  if (name === undefined) {
    const codes = Object.entries(catalogue).flatMap(([each, definition]) => [each, definition.code]);
    const hint = didYouMean(nearestName(text, codes));
    const diagnostic = createDiagnostic("unknown-code", commandLinePlace, { text, hint });
    return reportDiagnostics(session, { diagnostics: [diagnostic], sources: new Map() });
  }
  const page = packagePath(`docs/diagnostics/${catalogue[name].code}-${name}.md`);
  session.output.write(readFileSync(page, "utf8"));
  return 0;
}

function diagnosticNamed(text: string): DiagnosticName | undefined {
  const byCode = nameOfCode(text.toUpperCase());
  return byCode ?? (Object.hasOwn(catalogue, text) ? (text as DiagnosticName) : undefined);
}
