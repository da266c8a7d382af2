import { basename } from "node:path";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import { checkFile } from "../../compiler/program.js";
import type { CompileOptions } from "../../compiler/program.js";
import { projectFiles, projectRoot } from "./project.js";

/** Names of the files of examples/. The tests of examples take every one of them as it comes. */
export const exampleNames: readonly string[] = projectFiles()
  .filter((path) => /^examples\/[^/]+\.stretto$/.test(path))
  .map((path) => basename(path, ".stretto"));

export function examplePath(name: string): string {
  return `${projectRoot}/examples/${name}.stretto`;
}

/** An example checked at the sizes of the file itself unless others are given. Throws where it has anything to say. */
export function exampleProgram(name: string, options: CompileOptions = {}): CheckedProgram {
  const path = examplePath(name);
  const { program, diagnostics } = checkFile(path, createNodeHost(path), options);
  if (program !== undefined && diagnostics.length === 0) return program;
  throw new Error(`${name}: ${diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n")}`);
}
