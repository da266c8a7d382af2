import { bind } from "../../compiler/bind/bind.js";
import type { BindOptions } from "../../compiler/bind/bind.js";
import type { BoundProgram } from "../../compiler/bind/bound-program.js";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";

/** The standard library as shipped, and nothing else. */
export const standardHost = createMemoryHost({}, createNodeHost("main.stretto"));

/** Binds texts in memory, `main.stretto` being the entry, with the standard library as shipped. */
export function bindFiles(
  files: Readonly<Record<string, string>>,
  options: BindOptions = {},
): { readonly bound: BoundProgram; readonly diagnostics: readonly Diagnostic[] } {
  const { bound, diagnostics } = bind("main.stretto", createMemoryHost(files, standardHost), options);
  if (!bound) throw new Error("main.stretto was not read");
  return { bound, diagnostics: diagnostics.list() };
}

export function bindText(text: string, options: BindOptions = {}) {
  return bindFiles({ "main.stretto": text }, options);
}

/** Names of the diagnostics, in their order. */
export function namesOf(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map((diagnostic) => diagnostic.name);
}
