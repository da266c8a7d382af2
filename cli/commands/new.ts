import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { didYouMean, nearestName } from "../../compiler/bind/suggest.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import type { CommandContext } from "../support/context.js";
import { packagePath } from "../support/package-files.js";
import { commandLinePlace, reportDiagnostics } from "../support/report.js";
import type { Session } from "../support/session.js";
import { makeFolder, writeWhole } from "../support/write-whole.js";

/** What each folder of templates/ is for. */
const templates: Readonly<Record<string, string>> = {
  overlap: "a tensor-parallel MLP whose reduce-scatter overlaps the product before it",
  moe: "a mixture of experts whose dispatch and combine overlap its products",
};

export function addNewCommand(program: Command, context: CommandContext): void {
  const listed = Object.entries(templates).map(([name, text]) => `  ${name.padEnd(9)} ${text}`);
  program
    .command("new")
    .summary("Write a small commented project.")
    .description("Writes a small commented project into a new folder. Nothing is ever overwritten.")
    .argument("[template]", `One of ${Object.keys(templates).join(", ")}.`, "overlap")
    .argument("[dir]", "The folder; the template's name where none is given.")
    .addHelpText(
      "after",
      `
Templates:
${listed.join("\n")}

Prints the files it wrote and what to run next.
Exit codes:
  0  written
  1  it cannot be written
  2  no such template, or files of these names are there

Examples:
  $ stretto new
  $ stretto new moe my-layer`,
    )
    .action((template: string, folder: string | undefined) => {
      const { session } = context;
      const diagnostics = writeTemplate(session, template, folder ?? template);
      context.finish(reportDiagnostics(session, { diagnostics, sources: new Map() }));
    });
}

/** All files of the template, or none; what stands in the way is returned. */
function writeTemplate(session: Session, template: string, folder: string): Diagnostic[] {
  if (!Object.hasOwn(templates, template)) {
    const names = Object.keys(templates);
    const known = names.map((name) => `\`${name}\``).join(", ");
    const hint = didYouMean(nearestName(template, names));
    return [createDiagnostic("unknown-template", commandLinePlace, { name: template, known, hint })];
  }
  const source = packagePath(join("cli", "templates", template));
  const names = readdirSync(source).sort();
  const target = (name: string): string => resolve(session.workingDirectory, folder, name);
  const there = names.filter((name) => existsSync(target(name)));
  if (there.length > 0) {
    return there.map((name) => createDiagnostic("already-there", commandLinePlace, { path: join(folder, name) }));
  }
  const folderProblem = makeFolder(resolve(session.workingDirectory, folder));
  for (const [index, name] of names.entries()) {
    const reason = folderProblem ?? writeWhole(target(name), [readFileSync(join(source, name), "utf8")]);
    if (reason === undefined) continue;
    for (const written of names.slice(0, index)) rmSync(target(written), { force: true });
    const path = join(folder, name);
    return [createDiagnostic("output-not-written", { ...commandLinePlace, file: path }, { path, reason })];
  }
  for (const name of names) session.output.write(`wrote ${join(folder, name)}\n`);
  const main = names.find((name) => name.endsWith(".stretto"))!;
  session.output.write(`\nNext:\n  cd ${folder}\n  stretto run ${main}\n  stretto simulate ${main}\n`);
  return [];
}
