import { runWithCodeCache } from "../../runtime/node/code-cache.js";
import { packagePath } from "./package-files.js";

/**
 * Whether a command line is that of an editor, and nothing but that. Clients that start a module by themselves, as VS
 * Code's does, add which process they are.
 */
export function isForEditor(args: readonly string[]): boolean {
  return args[0] === "lsp" && args.slice(1).every((arg) => /^--(?:stdio|clientProcessId=\d+)$/.test(arg));
}

/** Serves standard input and output until the process ends, by a program that is bundled by itself. */
export async function serveEditor(): Promise<never> {
  runWithCodeCache(packagePath("dist/lsp/server/server.cjs"), "server");
  return new Promise(() => undefined);
}
