// Makes docs/reference/commands.md from what `--help` prints. `npm run generate` writes it; a test compares.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @param {import("commander").Command} program
 * @returns {string}
 */
export function commandsPage(program) {
  const help = (command) => command.configureHelp({ helpWidth: 100 }).createHelp();
  const text = (command) => {
    let printed = "";
    command.configureOutput({ writeOut: (part) => (printed += part), getOutHelpWidth: () => 100 });
    command.outputHelp();
    return printed.trim();
  };
  const commands = help(program)
    .visibleCommands(program)
    .filter((command) => command.name() !== "help");
  const sections = commands.map((command) => `## stretto ${command.name()}\n\n\`\`\`text\n${text(command)}\n\`\`\`\n`);
  return [
    "# Commands\n\n",
    "What `stretto --help` and the help of each command print. This page is generated: `npm run generate`.\n\n",
    `\`\`\`text\n${text(program)}\n\`\`\`\n\n`,
    sections.join("\n"),
  ].join("");
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { buildCommandLine } = await import("../dist/cli/command-line.js");
  const { processSession } = await import("../dist/cli/support/session.js");
  const page = commandsPage(buildCommandLine({ session: processSession(), finish() {} }));
  writeFileSync(fileURLToPath(new URL("../docs/reference/commands.md", import.meta.url)), page);
}
