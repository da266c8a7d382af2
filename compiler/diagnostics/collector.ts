import { createDiagnostic } from "./catalogue.js";
import type { DiagnosticExtras, DiagnosticName, DiagnosticParameters } from "./catalogue.js";
import type { Diagnostic, Location } from "./types.js";

/** More than this of one file are counted, not kept. */
export const diagnosticsPerFile = 100;

/** Where all stages put what they have to say. */
export interface DiagnosticCollector {
  /** Makes a diagnostic and keeps it. */
  report<N extends DiagnosticName>(
    name: N,
    location: Location,
    parameters: DiagnosticParameters<N>,
    extras?: DiagnosticExtras,
  ): void;
  /** Keeps one that was made elsewhere. One of the same code at the same place is kept once. */
  add(diagnostic: Diagnostic): void;
  /** There is more that is wrong, but only because of what was reported as an error already: it is counted, not kept. */
  reportConsequence(): void;
  /** How many were reported, kept or not. */
  count(): number;
  /** True once an error was reported, kept or not. */
  hasErrors(): boolean;
  /** True once what more is reported of a file is only counted: hints for it need not be sought. */
  isFull(file: string): boolean;
  /**
   * All that are kept: files in the order in which they were first reported, by position in each, a `more-left-out` last
   * in each file that has more than `diagnosticsPerFile`.
   */
  list(): readonly Diagnostic[];
}

interface FileEntry {
  readonly kept: Diagnostic[];
  readonly keys: Set<string>;
  leftOut: number;
}

export function createCollector(limit = diagnosticsPerFile): DiagnosticCollector {
  const files = new Map<string, FileEntry>();
  let errors = false;
  let reported = 0;

  function add(diagnostic: Diagnostic): void {
    reported += 1;
    if (diagnostic.severity === "error") errors = true;
    const { file, span } = diagnostic.location;
    let entry = files.get(file);
    if (!entry) files.set(file, (entry = { kept: [], keys: new Set(), leftOut: 0 }));
    // The command line has no places to tell its mistakes apart by.
    const key = `${diagnostic.code}:${file === "" ? diagnostic.message : `${span.start}:${span.end}`}`;
    if (entry.keys.has(key)) return;
    if (entry.kept.length >= limit) {
      entry.leftOut += 1;
      return;
    }
    entry.keys.add(key);
    entry.kept.push(diagnostic);
  }

  return {
    add,
    report: (name, location, parameters, extras) => add(createDiagnostic(name, location, parameters, extras)),
    reportConsequence: () => void (reported += 1),
    count: () => reported,
    hasErrors: () => errors,
    isFull: (file) => (files.get(file)?.kept.length ?? 0) >= limit,
    list: () => [...files].flatMap(([file, entry]) => listFile(file, entry)),
  };
}

function listFile(file: string, entry: FileEntry): Diagnostic[] {
  const sorted = entry.kept.toSorted(
    (a, b) => a.location.span.start - b.location.span.start || a.location.span.end - b.location.span.end,
  );
  const last = sorted.at(-1);
  if (last && entry.leftOut > 0) {
    const end = { start: last.location.span.end, end: last.location.span.end };
    sorted.push(createDiagnostic("more-left-out", { file, span: end }, { count: entry.leftOut }));
  }
  return sorted;
}
