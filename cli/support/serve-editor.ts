import { pathToFileURL } from "node:url";
import { packagePath } from "./package-files.js";

/** Whether a command line is that of an editor, and nothing but that. */
export function isForEditor(args: readonly string[]): boolean {
  return args[0] === "lsp" && args.slice(1).every((arg) => arg === "--stdio");
}

/** Serves standard input and output until the process ends, by a program that is bundled by itself. */
export async function serveEditor(): Promise<void> {
  await import(pathToFileURL(packagePath("dist/lsp/server/node.js")).href);
}
