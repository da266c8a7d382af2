import { cachedSources } from "./render-text.js";
import type { SourceLookup } from "./render-text.js";
import type { Diagnostic, Location, Severity, Witness, WitnessStep } from "./types.js";

/** A place for machines: lines and columns from 1, the end exclusive; 0 where the file has no text to count in. */
export interface JsonPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface JsonDiagnostic extends JsonPlace {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly message: string;
  readonly related: readonly (JsonPlace & { readonly message: string })[];
  readonly fixes: readonly {
    readonly title: string;
    readonly edits: readonly (JsonPlace & { readonly newText: string })[];
  }[];
  readonly witness?: JsonWitness;
}

/** All of it, however long. */
export interface JsonWitness {
  readonly kind: Witness["kind"];
  readonly rankCount: number;
  readonly steps: readonly (JsonPlace & Omit<WitnessStep, "location">)[];
}

/** Diagnostics as plain data, in the order given. */
export function renderJson(diagnostics: readonly Diagnostic[], sources: SourceLookup): JsonDiagnostic[] {
  const sourceOf = cachedSources(sources);

  function place(location: Location): JsonPlace {
    const source = sourceOf(location.file);
    if (!source) return { file: location.file, line: 0, column: 0, endLine: 0, endColumn: 0 };
    const start = source.lines.positionAt(location.span.start);
    const end = source.lines.positionAt(location.span.end);
    return { file: location.file, ...start, endLine: end.line, endColumn: end.column };
  }

  function witnessOf({ kind, rankCount, steps }: Witness): JsonWitness {
    return { kind, rankCount, steps: steps.map(({ location, ...step }) => ({ ...step, ...place(location) })) };
  }

  return diagnostics.map((diagnostic) => ({
    code: diagnostic.code,
    name: diagnostic.name,
    severity: diagnostic.severity,
    message: diagnostic.message,
    ...place(diagnostic.location),
    related: diagnostic.related.map((related) => ({ message: related.message, ...place(related.location) })),
    fixes: diagnostic.fixes.map((fix) => ({
      title: fix.title,
      edits: fix.edits.map((edit) => ({ newText: edit.newText, ...place(edit.location) })),
    })),
    ...(diagnostic.witness && { witness: witnessOf(diagnostic.witness) }),
  }));
}
