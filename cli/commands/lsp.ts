import { Option } from "commander";
import type { Command } from "commander";
import { serveEditor } from "../support/serve-editor.js";

export function addLspCommand(program: Command): void {
  program
    .command("lsp")
    .summary("Serve an editor.")
    .description(
      "Speaks the Language Server Protocol over standard input and output, for any editor: diagnostics as one types, " +
        "completion, hover, navigation, refactorings, predictions. docs/editors.md says how editors are told of it.",
    )
    .addOption(new Option("--stdio", "Over standard input and output; the only way there is.").default(true))
    // The server itself reads it: it ends with that process.
    .addOption(new Option("--clientProcessId <number>").hideHelp())
    .addHelpText(
      "after",
      `
Exit codes:
  0  the editor has said goodbye
  1  it went without

Examples:
  $ stretto lsp --stdio`,
    )
    .action(serveEditor);
}
