import { excerptOf, printable } from "./excerpt.js";
import { createLineMap } from "./line-map.js";
import type { LineMap } from "./line-map.js";
import { witnessLines } from "./render-witness.js";
import type { Diagnostic, Location, Severity } from "./types.js";
import { placesOfWitness } from "./witness.js";

/** Text of a file that a diagnostic names; undefined where there is none to show. */
export type SourceLookup = (file: string) => string | undefined;

export interface RenderOptions {
  /** ANSI colours; off unless asked for. */
  readonly colour?: boolean;
}

interface Source {
  readonly text: string;
  readonly lines: LineMap;
}

const severityColour: Readonly<Record<Severity, number>> = { error: 31, warning: 33, note: 36 };

/**
 * Diagnostics for a terminal, one paragraph each:
 *
 *     comet.stretto:3:14: error ST2101 unknown-name: Nothing is named `tokns` here; ..
 *       3 | table gate: tokns -> experts
 *         |             ~~~~~
 *         fix: write `tokens`
 */
export function renderText(
  diagnostics: readonly Diagnostic[],
  sources: SourceLookup,
  options: RenderOptions = {},
): string {
  const paint = (code: number, text: string) => (options.colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  const sourceOf = cachedSources(sources);

  function place(location: Location): string {
    const source = sourceOf(location.file);
    if (location.file === "") return "stretto";
    if (!source) return printable(location.file);
    const { line, column } = source.lines.positionAt(location.span.start);
    return `${printable(location.file)}:${line}:${column}`;
  }

  function excerptLines(location: Location, colour: number): string[] {
    const source = sourceOf(location.file);
    if (!source) return [];
    const excerpt = excerptOf(source.text, source.lines, location.span);
    // Of what has no place in a text there is nothing to see.
    if (excerpt.source.trim() === "") return [];
    const number = String(excerpt.lineNumber).padStart(3);
    return [`${number} | ${excerpt.source}`, `${" ".repeat(number.length)} | ${paint(colour, excerpt.underline)}`];
  }

  function paragraph(diagnostic: Diagnostic): string {
    const colour = severityColour[diagnostic.severity];
    const head = `${diagnostic.severity} ${diagnostic.code} ${diagnostic.name}`;
    const rows = [
      `${paint(1, place(diagnostic.location))}: ${paint(colour, head)}: ${printable(diagnostic.message)}`,
      ...excerptLines(diagnostic.location, colour),
    ];
    const { witness } = diagnostic;
    // Its steps are told with their picture, once.
    const steps = witness === undefined ? 0 : placesOfWitness(witness).length;
    for (const related of diagnostic.related.slice(0, diagnostic.related.length - steps)) {
      rows.push(`  ${place(related.location)}: ${printable(related.message)}`);
      rows.push(...excerptLines(related.location, 36));
    }
    if (witness !== undefined) rows.push(...witnessLines(witness, { place, paint }));
    for (const fix of diagnostic.fixes) rows.push(`      ${paint(32, "fix")}: ${printable(fix.title)}`);
    return rows.join("\n");
  }

  return diagnostics.map((diagnostic) => `${paragraph(diagnostic)}\n`).join("\n");
}

/** Looks a file up, and splits it into lines, once. */
export function cachedSources(sources: SourceLookup): (file: string) => Source | undefined {
  const cache = new Map<string, Source | undefined>();
  return (file) => {
    if (!cache.has(file)) {
      const text = sources(file);
      cache.set(file, text === undefined ? undefined : { text, lines: createLineMap(text) });
    }
    return cache.get(file);
  };
}
