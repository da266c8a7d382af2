import { CompletionItemKind } from "vscode-languageserver";
import { token } from "../../grammar/lexer.js";
import type { Keyword } from "../../grammar/tokens.js";
import { units, type Dimension } from "../../grammar/units.js";
import { Rank, type Offer } from "./offer.js";
import type { Scene } from "./scene.js";

/** What is measured after a word. */
const measured: Readonly<Partial<Record<Keyword | "bucket", readonly Dimension[]>>> = {
  compute: ["flops/s"],
  memory: ["bytes"],
  at: ["bytes/s", "flops/s"],
  moves: ["bytes/s"],
  launch: ["seconds"],
  dispatch: ["seconds"],
  efficiency: ["share"],
  hides: ["share"],
  moved: ["bytes"],
  bucket: ["bytes"],
  link: ["bytes/s", "seconds"],
};

/** Units after a number, first those of what is measured there. */
export function unitOffers({ expected, analysis }: Scene): Offer[] {
  if (!expected.others.has(token.Unit)) return [];
  // Before an operand it is the remainder.
  const isRemainder = /^[ \t]*(?!of\b)[A-Za-z0-9_(]/.test(
    analysis.text.slice(expected.span.end, expected.span.end + 80),
  );
  const word = expected.before.findLast(({ image }) => Object.hasOwn(measured, image))?.image;
  const fitting = measured[word as keyof typeof measured] ?? [];
  const possible = isRemainder ? units.filter(({ name }) => name !== "%") : units;
  return possible.map(({ name, doc, dimension }) => ({
    label: name,
    kind: CompletionItemKind.Unit,
    rank: fitting.includes(dimension) ? Rank.fitting : Rank.known,
    detail: doc,
  }));
}
