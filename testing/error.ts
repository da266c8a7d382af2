import { renderText } from "../compiler/diagnostics/render-text.js";
import type { Diagnostic } from "../compiler/diagnostics/types.js";

/** What is wrong with a file or a schedule, or with what was asked of it. Its message is what the commands print. */
export class StrettoError extends Error {
  override readonly name = "StrettoError";
  /** By code and name: `ST5001`, `deadlock`. Empty where only the call is wrong. */
  readonly diagnostics: readonly {
    readonly code: string;
    readonly name: string;
    readonly severity: "error" | "warning" | "note";
    readonly message: string;
  }[];

  constructor(message: string, diagnostics: readonly Diagnostic[] = []) {
    super(message);
    this.diagnostics = diagnostics.map(({ code, name, severity, message: said }) => ({
      code,
      name,
      severity,
      message: said,
    }));
  }
}

/** The text of diagnostics with their lines, as the commands print it. */
export function rendered(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): string {
  return renderText(diagnostics, (file) => sources.get(file)).trimEnd();
}

export function errorOf(diagnostics: readonly Diagnostic[], sources: ReadonlyMap<string, string>): StrettoError {
  return new StrettoError(rendered(diagnostics, sources), diagnostics);
}
