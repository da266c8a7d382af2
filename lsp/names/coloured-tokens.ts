/** A text as an editor colours it: names by what they refer to, all else by the table of tokens. */
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import { tokenize, token, word } from "../../grammar/lexer.js";
import { symbols as symbolTable, type SymbolName } from "../../grammar/tokens.js";
import type { ProgramNames } from "./program-names.js";
import { withoutAliases } from "./symbols.js";
import type { BuiltIn, Occurrence, SymbolKind } from "./symbols.js";

/** Of the protocol's own, so that every theme has a colour for them. */
export const tokenTypes = [
  ...([
    "keyword",
    "comment",
    "string",
    "number",
    "operator",
    "namespace",
    "class",
    "interface",
    "struct",
    "enum",
  ] as const),
  ...([
    "enumMember",
    "typeParameter",
    "type",
    "parameter",
    "variable",
    "property",
    "function",
    "method",
    "event",
  ] as const),
] as const;
export type TokenTypeName = (typeof tokenTypes)[number];

export const tokenModifiers = ["declaration", "readonly", "modification", "documentation", "defaultLibrary"] as const;
export type TokenModifierName = (typeof tokenModifiers)[number];

export interface ColouredToken {
  readonly start: number;
  readonly end: number;
  readonly type: TokenTypeName;
  readonly modifiers: readonly TokenModifierName[];
}

const ofSymbols: Readonly<Record<SymbolKind, TokenTypeName>> = {
  param: "variable",
  profile: "namespace",
  axis: "enum",
  "axis factor": "enumMember",
  machine: "class",
  "rank kind": "class",
  level: "class",
  tier: "property",
  memory: "property",
  mesh: "namespace",
  "mesh axis": "enumMember",
  table: "struct",
  column: "property",
  monoid: "interface",
  component: "property",
  record: "struct",
  field: "property",
  op: "function",
  layer: "function",
  collective: "method",
  schedule: "event",
  "type parameter": "typeParameter",
  "axis variable": "typeParameter",
  "dtype variable": "typeParameter",
  "monoid variable": "typeParameter",
  parameter: "parameter",
  result: "parameter",
  value: "variable",
  "carried value": "variable",
  "loop variable": "variable",
  index: "variable",
  equation: "variable",
  state: "parameter",
  size: "parameter",
  position: "parameter",
  part: "variable",
  pass: "variable",
  alias: "variable",
};

const ofBuiltIns: Readonly<Record<BuiltIn, TokenTypeName>> = {
  word: "function",
  function: "function",
  constant: "number",
  dtype: "type",
  unit: "keyword",
  type: "type",
  column: "property",
  rank: "variable",
  engine: "enumMember",
  grain: "enumMember",
  distribution: "function",
  topology: "enumMember",
  property: "property",
  setting: "property",
};

/** Sizes that `--set` alone changes. */
const fixed: ReadonlySet<SymbolKind> = new Set(["param", "axis", "index", "loop variable", "size", "position"]);

/** In the order of the text. */
export function colouredTokens(text: string, file: string, names: ProgramNames): ColouredToken[] {
  const { tokens, comments } = tokenize(text);
  const coloured: ColouredToken[] = comments.map(({ span, text: written }) => ({
    ...{ start: span.start, end: span.end, type: "comment" },
    modifiers: written.startsWith("///") ? ["documentation"] : [],
  }));
  const occurrences = new Map<number, Occurrence>();
  for (const { occurrence } of names.occurrences(file)) occurrences.set(occurrence.node.span.start, occurrence);
  for (const found of tokens) {
    const start = found.startOffset;
    const occurrence = occurrences.get(start);
    const kind = occurrence ? kindOf(occurrence) : kindOfToken(found.tokenType);
    if (kind) coloured.push({ start, end: start + found.image.length, ...kind });
  }
  return coloured.sort((a, b) => a.start - b.start);
}

type Kind = Pick<ColouredToken, "type" | "modifiers">;

/** None of a name that refers to nothing: it is coloured as any name is. */
function kindOf({ symbols, builtIn, role }: Occurrence): Kind | undefined {
  if (builtIn) return { type: ofBuiltIns[builtIn], modifiers: ["defaultLibrary"] };
  const [symbol] = withoutAliases(symbols);
  if (!symbol) return undefined;
  const modifiers: TokenModifierName[] = [];
  if (role === "declaration") modifiers.push("declaration");
  if (fixed.has(symbol.kind)) modifiers.push("readonly");
  if (role === "write") modifiers.push("modification");
  if (isStandardPath(symbol.file)) modifiers.push("defaultLibrary");
  return { type: ofSymbols[symbol.kind], modifiers };
}

const operators: ReadonlySet<unknown> = new Set(
  (Object.keys(symbolTable) as SymbolName[])
    .filter((name) => symbolTable[name].category === "operator")
    .map((name) => token[name]),
);
const words: ReadonlySet<unknown> = new Set(Object.values(word));

function kindOfToken(type: unknown): Kind | undefined {
  if (words.has(type) || type === token.Unit) return { type: "keyword", modifiers: [] };
  if (type === token.Number) return { type: "number", modifiers: [] };
  if (type === token.String) return { type: "string", modifiers: [] };
  return operators.has(type) ? { type: "operator", modifiers: [] } : undefined;
}
