/**
 * `use collective for v, ..`
 *
 * Legality. A collective of that name states the layout change of each word it is used for; that its rounds do what
 * its signature states is shown by running them symbolically at the mesh's size (see lower/collective-run). Any two
 * collectives for one word compute the same equation (R2), so the result stays (R4).
 *
 * Effect. The words of v's call are done round by round as the collective says. Without `use`: direct for
 * all_to_all, ring otherwise.
 */
import type { CheckedProgram, CollectiveIR, Word, WordStatement } from "../../check/ir.js";
import { isCollective } from "../../lower/word-contract.js";
import { quoteList, wordOf, type VerbContext, type VerbOf } from "./context.js";

export function applyUse(context: VerbContext, verb: VerbOf<"use">): void {
  const { program, layer, settings, diagnostics } = context;
  for (const target of verb.targets) {
    const words = target.statements.filter((s) => wordOf(layer, s) !== undefined);
    if (words.length === 0) diagnostics.report("use-no-word", target.location, { value: target.path });
    let done = 0;
    for (const s of words) {
      const collective = collectiveFor(program, verb.collective, wordOf(layer, s)!);
      if (collective === undefined) continue;
      settings.statements[s]!.collective = collective;
      done++;
    }
    if (words.length > 0 && done === 0) {
      const { word } = wordOf(layer, words[0]!)!;
      const names = [...new Set(program.collectives.filter((c) => c.word === word).map((c) => c.name))];
      const known = names.length === 0 ? "" : `; there are ${quoteList(names)}`;
      diagnostics.report("use-no-such-collective", verb.location, { collective: verb.collective, word, known });
    }
  }
}

/**
 * The collective of a name that does a word. Of several in a file, the one made for as many mesh axes as the word is
 * over comes before one for any number of them; where none fits, one that does not is taken, and told of.
 */
export function collectiveFor(
  program: CheckedProgram,
  name: string,
  statement: WordStatement,
): CollectiveIR | undefined {
  const { word, meshAxes, inclusive } = statement;
  const found = program.collectives.filter(
    (c) => c.name === name && c.word === word && (c.inclusive ?? false) === (inclusive ?? false),
  );
  const fitting = found.filter((c) => c.levels.length === 0 || c.levels.length === meshAxes.length);
  const nearest = fitting.filter((c) => c.location.file === fitting[0]!.location.file);
  return nearest.find((c) => c.levels.length > 0) ?? nearest[0] ?? found[0];
}

/** What does a word where no schedule says. */
const defaults: Readonly<Record<Word, string>> = {
  all_gather: "ring",
  reduce_scatter: "ring",
  all_reduce: "ring",
  all_to_all: "direct",
  broadcast: "ring",
  reduce: "ring",
  send: "direct",
  shift: "direct",
  scan: "all_scan",
};

/** The same under an ordered monoid: of those that join neighbours only. */
const orderedDefaults: Readonly<Partial<Record<Word, string>>> = {
  reduce_scatter: "star",
  all_reduce: "tree",
  reduce: "direct",
};

export function defaultCollective(program: CheckedProgram, statement: WordStatement): CollectiveIR | undefined {
  if (!isCollective(statement)) return undefined;
  const { word, monoid } = statement;
  const isOrdered = program.monoids.some(({ name, ordered }) => name === monoid && ordered);
  return collectiveFor(program, (isOrdered && orderedDefaults[word]) || defaults[word], statement);
}
