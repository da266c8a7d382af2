import { expect, test } from "vitest";
import { isForEditor } from "../../cli/support/serve-editor.js";

test.each([
  [["lsp"]],
  [["lsp", "--stdio"]],
  [["lsp", "--clientProcessId=42"]],
  [["lsp", "--stdio", "--clientProcessId=42"]],
])("%j is an editor's command line", (args) => expect(isForEditor(args)).toBe(true));

test.each([[[]], [["check"]], [["lsp", "--help"]], [["lsp", "--clientProcessId=me"]], [["--stdio", "lsp"]]])(
  "%j is not",
  (args) => expect(isForEditor(args)).toBe(false),
);
