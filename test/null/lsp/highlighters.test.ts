// An editor colours a text twice: by the TextMate grammar at once, by the server's tokens when it has answered. No word changes
// its kind when they come.
import { beforeAll, expect, test } from "vitest";
import type { Scope } from "../../../grammar/textmate/scopes.js";
import { colouredTokens, type TokenTypeName } from "../../../lsp/names/coloured-tokens.js";
import { namesIn, shippedTexts } from "../../support/name-index.js";
import { pieceAt, textMateHighlighter, type ColouredPiece } from "../../support/textmate.js";

type Kind = "comment" | "string" | "number" | "word" | "operator" | "type" | "name";

const ofScopes: Readonly<Partial<Record<Scope, Kind>>> = {
  "comment.line.double-slash.stretto": "comment",
  "comment.line.documentation.stretto": "comment",
  "string.quoted.double.stretto": "string",
  "constant.character.escape.stretto": "string",
  "constant.numeric.stretto": "number",
  // Units are words whose number stands before them.
  "keyword.other.unit.stretto": "word",
  "storage.type.dtype.stretto": "type",
  "keyword.declaration.stretto": "word",
  "keyword.other.clause.stretto": "word",
  "keyword.other.property.stretto": "word",
  "keyword.control.verb.stretto": "word",
  "keyword.other.claim.stretto": "word",
  "keyword.operator.word.stretto": "word",
  "keyword.operator.stretto": "operator",
  "entity.name.type.declared.stretto": "name",
  "entity.name.function.call.stretto": "name",
  "variable.other.member.stretto": "name",
  "variable.other.name.stretto": "name",
};

const ofOthers: Readonly<Partial<Record<TokenTypeName, Kind>>> = {
  comment: "comment",
  string: "string",
  number: "number",
  keyword: "word",
  operator: "operator",
  type: "type",
};
/** All other types are of names, told apart by what they refer to, which no grammar knows. */
const kindOfType = (type: TokenTypeName): Kind => ofOthers[type] ?? "name";

/** Where they may differ, and why. */
const allowed: readonly { readonly scope: Kind; readonly type: TokenTypeName; readonly why: string }[] = [
  {
    scope: "name",
    type: "type",
    why: "`table`, `axis`, `number` bound a parameter as any name does: no word of the table",
  },
  {
    scope: "name",
    type: "number",
    why: "`inf` is a constant of the mathematics of ops, which the grammar reads as a name",
  },
  {
    scope: "word",
    type: "property",
    why: "words of a link's properties, `nics 1 at`, `reduces sum`, are names to the parser, words where they stand",
  },
];

const seen = new Set<object>();
let colour: (text: string) => ColouredPiece[];
beforeAll(async () => void (colour = await textMateHighlighter()));

/** `keyword.declaration.stretto / function: let in let x = ..`. */
function differences(path: string, text: string): string[] {
  const pieces = colour(text);
  return colouredTokens(text, path, namesIn(new Map([[path, text]]))).flatMap(({ start, end, type }) => {
    const { scope } = pieceAt(pieces, start) ?? {};
    const kind = ofScopes[scope as Scope];
    if (kind === undefined || kind === kindOfType(type)) return [];
    const line = text.slice(0, start).split("\n").length;
    const known = allowed.find((one) => one.scope === kind && one.type === type);
    if (known) {
      seen.add(known);
      return [];
    }
    return [`${scope} / ${type}: ${text.slice(start, end)} in line ${line}, ${text.split("\n")[line - 1]!.trim()}`];
  });
}

test.each([...shippedTexts])("%s", (path, text) => {
  expect(differences(path, text)).toEqual([]);
});

test("every reason is still needed", () => {
  expect(allowed.filter((one) => !seen.has(one))).toEqual([]);
});
