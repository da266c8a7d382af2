/** The cases of a run: each is made of the run's seed and its own number alone, so that any can be made again. */
import fc from "fast-check";
import { printNode } from "../../../grammar/printer.js";
import { seededDraw, type Draw } from "../random-draw.js";
import { program as randomTree } from "../random-programs.js";
import { randomText } from "../../../testing/arbitraries/texts.js";
import type { Corpus } from "./corpus.js";
import { mutateBytes } from "./mutate-bytes.js";
import { mutateMeaning } from "./mutate-meaning.js";
import { mutateSchedules } from "./mutate-schedules.js";
import { inTwoFiles, withSettings } from "./mutate-surroundings.js";
import { mutateTokens } from "./mutate-tokens.js";

export const caseKinds = ["bytes", "tokens", "grammar", "meaning", "schedules", "layers", "settings", "files"] as const;
export type CaseKind = (typeof caseKinds)[number];

export interface FuzzCase {
  readonly kind: CaseKind;
  /** What it was made from. */
  readonly from: string;
  /** A text where it may hold what no file of UTF-8 can: half of a surrogate pair. */
  readonly content: string | Uint8Array;
}

export function caseOf(corpus: Corpus, seed: number, number: number): FuzzCase {
  const draw = seededDraw(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const [first, second] = [draw.pick(corpus.programs), draw.pick(corpus.programs)];
  const from = first.path;
  switch (draw.integer(0, 11)) {
    case 0:
      return { kind: "bytes", from, content: brokenText(draw, first.text, second.text) };
    case 1:
      return { kind: "tokens", from, content: mutateTokens(draw, first.text) };
    case 2: {
      const [tree] = fc.sample(randomTree, { numRuns: 1, seed: draw.integer(1, 2 ** 31 - 1) });
      const text = printNode(tree!);
      return { kind: "grammar", from: "a tree", content: draw.oneIn(3) ? mutateTokens(draw, text) : text };
    }
    case 3:
    case 4: {
      const { text } = randomText(draw);
      const mutant = draw.pick([() => text, () => mutateMeaning(draw, text, second.text, 2)]);
      const content = draw.oneIn(2) ? mutateSchedules(draw, text, second.text) : mutant();
      return { kind: "layers", from: "a random layer", content };
    }
    case 5:
    case 6:
    case 7: {
      const { path, text } = draw.pick(corpus.sound);
      return { kind: "schedules", from: path, content: mutateSchedules(draw, text, second.text, draw.pick([2, 4, 8])) };
    }
    case 8: {
      const { path, text } = draw.pick(corpus.sound);
      return { kind: "settings", from: path, content: withSettings(draw, text) };
    }
    case 9: {
      const { path, text } = draw.pick(corpus.sound);
      return { kind: "files", from: path, content: inTwoFiles(draw, text, second.text) };
    }
    default: {
      const { path, text } = draw.pick(corpus.sound);
      const most = draw.pick([1, 1, 2, 4]);
      return { kind: "meaning", from: path, content: mutateMeaning(draw, text, second.text, most) };
    }
  }
}

/** Editors and pages hand over texts, not bytes: those may have half of a surrogate pair in them. */
function brokenText(draw: Draw, text: string, other: string): string | Uint8Array {
  const utf8 = new TextEncoder();
  if (!draw.oneIn(12)) return mutateBytes(draw, utf8.encode(text), utf8.encode(other));
  const at = draw.integer(0, text.length);
  const half = draw.pick(["\ud800", "\udc00", "\udfff\ud800", "\ud83d"]);
  return text.slice(0, at) + half + text.slice(draw.oneIn(2) ? at : at + 1);
}
