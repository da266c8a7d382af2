/** Where a mutation of a program looks and what it writes: places of its tree and tokens, and changes of its text. */
import { tokenize, type SourceToken } from "../../../grammar/lexer.js";
import { parse } from "../../../grammar/parser.js";
import type { Draw } from "../random-draw.js";
import { childrenOf, type Spanned } from "../tree-invariants.js";

/** `text` in place of what stands from `start` to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Place {
  readonly draw: Draw;
  readonly text: string;
  readonly tokens: readonly SourceToken[];
  readonly nodes: readonly Spanned[];
  /** Another program. */
  readonly other: string;
}

/** Undefined where there is nothing of the kind to change. */
export type Change = (place: Place) => readonly Edit[] | undefined;

/** One to `most` changes of the kinds given; what is taken from elsewhere is of `other`. */
export function mutate(draw: Draw, text: string, other: string, most: number, kinds: readonly Change[]): string {
  let mutant = text;
  for (let count = draw.integer(1, most); count > 0; count--) {
    const { tree } = parse(mutant);
    const place = { draw, text: mutant, tokens: tokenize(mutant).tokens, nodes: allBelow(tree), other };
    // A kind that finds nothing to change gives way to another.
    for (let tries = 0; tries < 5; tries++) {
      const edits = draw.pick(kinds)(place);
      if (edits === undefined) continue;
      mutant = applied(mutant, edits);
      break;
    }
  }
  return mutant;
}

function applied(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: put } of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + put + result.slice(end);
  return result;
}

export function allBelow(node: object): Spanned[] {
  return childrenOf(node).flatMap((child) => [child, ...allBelow(child)]);
}

export const over = ({ startOffset, image }: SourceToken, text: string): Edit[] => [
  { start: startOffset, end: startOffset + image.length, text },
];

export function oneOf(place: Place, fits: (kind: string) => boolean): Spanned | undefined {
  const fitting = place.nodes.filter(({ kind }) => fits(kind));
  return fitting.length === 0 ? undefined : place.draw.pick(fitting);
}

/** Two that are apart change places. */
export function swapped(place: Place, a: Spanned, b: Spanned): readonly Edit[] | undefined {
  const apart = a.span.end <= b.span.start || b.span.end <= a.span.start;
  if (!apart) return undefined;
  return [
    { ...a.span, text: writtenIn(place, b) },
    { ...b.span, text: writtenIn(place, a) },
  ];
}

export const writtenIn = ({ text }: Place, { span }: Spanned): string => text.slice(span.start, span.end);
