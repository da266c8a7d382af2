/** Whether names mean the same before and after an edit that only renames. */
import type { Identifier } from "../../grammar/ast.js";
import { describeSymbol } from "./describe.js";
import type { ProgramNames } from "./program-names.js";
import type { NameSymbol, Occurrence, SymbolKind } from "./symbols.js";

/** Of every identifier, which one of its file it is. */
type Ordinals = ReadonlyMap<string, ReadonlyMap<Identifier, number>>;

/**
 * What is wrong with the first identifier that means something else after the edit than before; undefined where none does.
 * Both are of the same files, and of identifiers that only differ in their names.
 */
export function firstDifference(
  before: ProgramNames,
  after: ProgramNames,
  isRenamed: (symbol: NameSymbol) => boolean,
  newName: string,
): string | undefined {
  const [old, now] = [ordinalsOf(before), ordinalsOf(after)];
  for (const file of before.ownFiles()) {
    const [first, second] = [[...before.occurrences(file)], [...after.occurrences(file)]];
    if (first.length !== second.length) return `With \`${newName}\` in this place, the text is read as something else.`;
    for (const [index, { occurrence }] of first.entries()) {
      const other = second[index]!.occurrence;
      const meant = meaningOf(occurrence, old, (symbol) => (isRenamed(symbol) ? newName : symbol.name));
      if (meant === meaningOf(other, now, (symbol) => symbol.name)) continue;
      const means = other.symbols[0];
      const instead = means ? ` would mean ${describeSymbol(means)}` : " would mean something else";
      return `\`${other.node.text}\` in \`${shortPath(file)}\`${instead}.`;
    }
  }
  return undefined;
}

function meaningOf(occurrence: Occurrence, ordinals: Ordinals, nameOf: (symbol: NameSymbol) => string): string {
  const { symbols, builtIn, unresolved, via, node } = occurrence;
  if (builtIn) return `${builtIn} ${node.text}`;
  if (unresolved) return unresolved;
  const named = symbols.map((symbol) => {
    const { file, kind, declaredAt } = symbol;
    if (!declaredAt) return `${kind} ${nameOf(symbol)}`;
    return `${kind} ${file} ${ordinals.get(file)?.get(declaredAt) ?? declaredAt.span.start}`;
  });
  const called = via ? ` by ${via.file} ${ordinals.get(via.file)?.get(via.node) ?? via.node.span.start}` : "";
  return named.sort().join() + called;
}

function ordinalsOf(names: ProgramNames): Ordinals {
  return new Map(
    names
      .ownFiles()
      .map((file) => [
        file,
        new Map([...names.occurrences(file)].map(({ occurrence }, index) => [occurrence.node, index])),
      ]),
  );
}

/** Two things of one kind that must differ in name, and do not; undefined where there are none. */
export function nameTwice(names: ProgramNames, files: Iterable<string>, name: string): string | undefined {
  for (const file of files) {
    const known = new Map<object, Map<string, NameSymbol>>();
    for (const { occurrence } of names.occurrences(file)) {
      if (occurrence.node.text !== name || occurrence.role !== "declaration") continue;
      for (const symbol of occurrence.symbols) {
        if (!symbol.within || symbol.declaredAt !== occurrence.node) continue;
        const among = known.get(symbol.within) ?? new Map<string, NameSymbol>();
        known.set(symbol.within, among);
        const earlier = among.get(sortOf(symbol.kind));
        if (earlier) return `\`${name}\` would be declared twice: there is ${describeSymbol(earlier)} already.`;
        among.set(sortOf(symbol.kind), symbol);
      }
    }
  }
  return undefined;
}

/** Kinds that share the names within what declares them. */
function sortOf(kind: SymbolKind): string {
  if (kind === "parameter" || kind === "value" || kind === "equation") return "value";
  return kind === "rank kind" || kind === "level" ? "part of a machine" : kind;
}

/** The last two steps of a path. */
function shortPath(path: string): string {
  return path.split("/").slice(-2).join("/");
}
