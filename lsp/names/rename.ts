/**
 * A thing by another name, wherever it is named. The texts are read again with their edits before anyone is given them: a
 * name is refused where any identifier of any file would then mean something else.
 */
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import { replaceAll } from "../../grammar/format-range.js";
import { tokenize, token } from "../../grammar/lexer.js";
import { parse } from "../../grammar/parser.js";
import type { SourceFile, Span } from "../../grammar/ast.js";
import { describeSymbol } from "./describe.js";
import { firstDifference, nameTwice } from "./meaning.js";
import { ProgramNames } from "./program-names.js";
import type { Place } from "./program-names.js";
import { sameSymbol } from "./symbols.js";
import type { NameSymbol } from "./symbols.js";

export interface TextEdit {
  readonly span: Span;
  readonly newText: string;
}
/** Edits by file, or why there are none. */
export type Renaming = { readonly edits: ReadonlyMap<string, readonly TextEdit[]> } | { readonly refused: string };

/** The file's text; of every file in which something is renamed. */
type TextOf = (file: string) => string | undefined;

export function renameSymbols(
  symbols: readonly NameSymbol[],
  newName: string,
  names: ProgramNames,
  textOf: TextOf,
): Renaming {
  const reason = refuseName(newName);
  if (reason !== undefined) return { refused: reason };
  const { together, places } = namedTogether(symbols, names);
  const fixed = together.map(refuseSymbol).find((one) => one !== undefined) ?? places.map(refusePlace).find(Boolean);
  if (fixed) return { refused: fixed };
  const edits = new Map<string, TextEdit[]>();
  for (const { file, occurrence } of places) {
    const list = edits.get(file) ?? [];
    edits.set(file, list);
    list.push({ span: occurrence.node.span, newText: newName });
  }
  const problem = problemOf(edits, together, newName, names, textOf);
  return problem === undefined ? { edits } : { refused: problem };
}

/** Why a text can be no name; undefined where it can. */
function refuseName(text: string): string | undefined {
  const { tokens, problems } = tokenize(text);
  const [only] = tokens;
  const isOne = tokens.length === 1 && problems.length === 0 && only!.image === text;
  if (isOne && only!.tokenType === token.Identifier) return undefined;
  if (isOne && only!.tokenType.CATEGORIES?.includes(token.Identifier)) return undefined;
  if (isOne && /^[a-z]+$/.test(text)) return `\`${text}\` is a keyword that can never be a name.`;
  return `\`${text}\` is no name: letters, digits and \`_\`, not a digit first.`;
}

/** Why a thing has no other name; undefined where it may have. */
export function refuseSymbol(symbol: NameSymbol): string | undefined {
  const { name, file, node, within, declaredAt } = symbol;
  if (isStandardPath(file) && declaredAt)
    return `${capital(describeSymbol(symbol))} is named there: give it another name where it is imported, \`import { ${name} as .. }\`.`;
  if (node?.kind === "ProfileDecl" && name === "small") return "`run` takes the profile that is called `small`.";
  const table = within && "kind" in within && within.kind === "TableDecl" ? within : undefined;
  if (node?.kind === "TableColumnDecl" && table && isRecorded(table))
    return `${capital(describeSymbol(symbol))} is called so in the file that the rows come from.`;
  return undefined;
}

function isRecorded(table: object): boolean {
  const source = "source" in table ? (table.source as { readonly kind: string }) : undefined;
  return source?.kind === "StringLiteral";
}

function refusePlace({ file, occurrence }: Place): string | undefined {
  if (!isStandardPath(file)) return undefined;
  return `The standard library asks for \`${occurrence.node.text}\` by that name.`;
}

/** What cannot be renamed but together, since one name stands for all of them somewhere, and where they are named. */
function namedTogether(
  symbols: readonly NameSymbol[],
  names: ProgramNames,
): { readonly together: readonly NameSymbol[]; readonly places: readonly Place[] } {
  const together = [...symbols];
  for (;;) {
    const places = names.places(together);
    const more = places
      .flatMap(({ occurrence }) => occurrence.symbols)
      .filter((symbol, index, all) => all.findIndex((other) => isEqual(other, symbol)) === index)
      .filter((symbol) => !together.some((other) => isEqual(other, symbol)));
    if (more.length === 0) return { together, places };
    together.push(...more);
  }
}

/** An open symbol is not the declared one that it may stand for: both have a say. */
function isEqual(a: NameSymbol, b: NameSymbol): boolean {
  return sameSymbol(a, b) && (a.declaredAt === undefined) === (b.declaredAt === undefined);
}

/** What the edits would break; undefined where every name goes on to mean what it does. */
function problemOf(
  edits: ReadonlyMap<string, readonly TextEdit[]>,
  renamed: readonly NameSymbol[],
  newName: string,
  names: ProgramNames,
  textOf: TextOf,
): string | undefined {
  const trees = new Map<string, SourceFile>();
  for (const [file, list] of edits) {
    const text = textOf(file);
    if (text === undefined) return `\`${file}\` cannot be read.`;
    const after = parse(applyEdits(text, list));
    if (after.errors.length > parse(text).errors.length)
      return `With \`${newName}\` in this place, the text is read as something else.`;
    trees.set(file, after.tree);
  }
  const treeOf = (path: string) => trees.get(path) ?? names.scopes.files.get(path)?.tree;
  const after = new ProgramNames(names.scopes.files.keys(), { treeOf });
  const twice = nameTwice(after, edits.keys(), newName);
  if (twice) return twice;
  if (after.scopes.problems.length > names.scopes.problems.length)
    return `\`${newName}\` is the name of something else already.`;
  const isRenamed = (symbol: NameSymbol) => renamed.some((other) => sameSymbol(other, symbol));
  return firstDifference(names, after, isRenamed, newName);
}

/** The text with edits made that do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return replaceAll(
    text,
    edits.toSorted((a, b) => a.span.start - b.span.start),
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
