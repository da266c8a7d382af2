import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { catalogue, createDiagnostic, nameOfCode } from "../../compiler/diagnostics/catalogue.js";
import type { DiagnosticName } from "../../compiler/diagnostics/catalogue.js";
import { didYouMean, nearestName } from "../../compiler/bind/suggest.js";
import type { CommandContext } from "../support/context.js";
import { packagePath } from "../support/package-files.js";
import { commandLinePlace, reportDiagnostics } from "../support/report.js";

export function addExplainCommand(program: Command, context: CommandContext): void {
  program
    .command("explain")
    .summary("Say what a diagnostic means and how to repair it.")
    .description(
      "Prints the page of a diagnostic: what it says, why it is said, a program that has it and one that has not.",
    )
    .argument("<code>", "Its code or its name: ST2303, division-by-zero.")
    .addHelpText(
      "after",
      `
Exit codes:
  0  printed
  2  there is no such diagnostic

Examples:
  $ stretto explain ST2303
  $ stretto explain division-by-zero`,
    )
    .action((text: string) => {
      const name = diagnosticNamed(text);
      if (name === undefined) {
        const codes = Object.entries(catalogue).flatMap(([each, definition]) => [each, definition.code]);
        const hint = didYouMean(nearestName(text, codes));
        const diagnostic = createDiagnostic("unknown-code", commandLinePlace, { text, hint });
        context.finish(reportDiagnostics(context.session, { diagnostics: [diagnostic], sources: new Map() }));
        return;
      }
      const page = packagePath(`docs/diagnostics/${catalogue[name].code}-${name}.md`);
      context.session.output.write(readFileSync(page, "utf8"));
      context.finish(0);
    });
}

function diagnosticNamed(text: string): DiagnosticName | undefined {
  const byCode = nameOfCode(text.toUpperCase());
  return byCode ?? (Object.hasOwn(catalogue, text) ? (text as DiagnosticName) : undefined);
}
