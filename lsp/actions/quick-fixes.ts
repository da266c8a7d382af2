/** Repairs that diagnostics come with: one by one at a place, or all of a file. */
import type { Diagnostic, Fix } from "../../compiler/diagnostics/types.js";
import type { Span } from "../../grammar/ast.js";
import { replaceAll, type Replacement } from "../../grammar/format-range.js";
import { minimalEdits } from "../documents/minimal-edits.js";
import { withLineBreaksOf } from "../facts/line-breaks.js";
import type { Edits, Outcome, Scene } from "./action.js";

export interface QuickFix {
  readonly title: string;
  readonly diagnostic: Diagnostic;
  readonly edits: Edits;
  /** There is no other for the diagnostic. */
  readonly isOnly: boolean;
}

/** Of the diagnostics that the selection touches. */
export function quickFixesAt({ analysis, selection }: Scene): QuickFix[] {
  return analysis.diagnostics.flatMap((diagnostic) => {
    const { location, fixes } = diagnostic;
    if (location.file !== analysis.path || !touches(location.span, selection)) return [];
    return fixes.map((fix) => ({
      ...{ title: sentence(fix.title), diagnostic, edits: editsOf(fix, analysis.text) },
      isOnly: fixes.length === 1,
    }));
  });
}

/** Titles begin in the middle of a sentence: terminals say `fix: write ..`. */
function sentence(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** @param text of the document at hand: the files of a program end their lines alike. */
function editsOf({ edits }: Fix, text: string): Edits {
  const byFile = new Map<string, Replacement[]>();
  for (const { location, newText } of edits) {
    const list = byFile.get(location.file);
    const replacement = { span: location.span, newText: withLineBreaksOf(text, newText) };
    if (list) list.push(replacement);
    else byFile.set(location.file, [replacement]);
  }
  for (const list of byFile.values()) list.sort((a, b) => a.span.start - b.span.start);
  return byFile;
}

/** The file is checked so often at most: what one repair brings to light the next may mend, while somebody waits. */
const mostChecks = 20;

/**
 * Every diagnostic mended that has exactly one fix, in the document alone. Each time the text is checked again: a fix after
 * which its diagnostic is still there is not made.
 */
export function fixAll({ server, analysis }: Scene): Outcome {
  const { path } = analysis;
  let { text, diagnostics } = analysis;
  let checks = 0;
  for (;;) {
    const after = firstMended(onlyFixes(diagnostics, path, text));
    if (after === undefined) break;
    ({ text, diagnostics } = after);
  }
  return { edits: new Map([[path, minimalEdits(analysis.text, text)]]) };

  /** All at once, else the first that can be made by itself. */
  function firstMended(chosen: readonly Mending[]) {
    const attempts = [chosen, ...(chosen.length > 1 ? chosen.map((one) => [one]) : [])];
    for (const attempt of attempts) {
      const after = mended(attempt);
      if (after !== undefined) return after;
    }
    return undefined;
  }

  function mended(fixes: readonly Mending[]): { text: string; diagnostics: readonly Diagnostic[] } | undefined {
    if (fixes.length === 0 || checks++ >= mostChecks) return undefined;
    const all = fixes.flatMap(({ replacements }) => replacements).sort((a, b) => a.span.start - b.span.start);
    const after = replaceAll(text, all);
    const { diagnostics: found } = server.workspace.checkWith(path, new Map([[path, after]]));
    const isThere = ({ diagnostic }: Mending) => {
      const start = movedBy(all, diagnostic.location.span.start);
      return found.some(
        ({ code, location }) => code === diagnostic.code && location.file === path && location.span.start === start,
      );
    };
    return fixes.some(isThere) ? undefined : { text: after, diagnostics: found };
  }
}

interface Mending {
  readonly diagnostic: Diagnostic;
  readonly replacements: readonly Replacement[];
}

/** Those that are the only one of their diagnostic and stay in the file, as many as are apart; the same edit once. */
function onlyFixes(diagnostics: readonly Diagnostic[], path: string, text: string): Mending[] {
  const chosen: Mending[] = [];
  for (const diagnostic of diagnostics) {
    const [fix, ...others] = diagnostic.fixes;
    if (fix === undefined || others.length > 0 || diagnostic.location.file !== path) continue;
    const edits = editsOf(fix, text);
    const replacements = edits.get(path);
    if (replacements === undefined || edits.size > 1) continue;
    const isApart = chosen.every((other) =>
      other.replacements.every((one) => replacements.every((two) => apart(one, two))),
    );
    if (isApart) chosen.push({ diagnostic, replacements });
  }
  return chosen;
}

function apart(a: Replacement, b: Replacement): boolean {
  return a.span.end < b.span.start || b.span.end < a.span.start;
}

function touches(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** Where a place is after the replacements. */
function movedBy(ordered: readonly Replacement[], offset: number): number {
  return ordered
    .filter(({ span }) => span.end <= offset && span.start < offset)
    .reduce((sum, { span, newText }) => sum + newText.length - (span.end - span.start), offset);
}
