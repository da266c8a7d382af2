import type { Diagnostic } from "../compiler/diagnostics/types.js";

/** Either what was asked for, or why there is none. */
export type Attempt<T> = { readonly value: T } | { readonly diagnostics: readonly Diagnostic[] };

/** Warnings and notes leave a result; an error leaves none. */
export function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}
