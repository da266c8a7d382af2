/** What each word of a text is, read off the parser: whatever colours a text must agree with it. */
import { tokenize } from "../../grammar/lexer.js";
import { parse } from "../../grammar/parser.js";
import { keywords, type Keyword } from "../../grammar/tokens.js";
import { childrenOf, type Spanned } from "./tree-invariants.js";

/** A word of the language's table as it stands in a text. */
export interface UsedWord {
  readonly word: Keyword;
  readonly start: number;
  /** True where it is the name of something. */
  readonly isName: boolean;
}

export function wordsOf(text: string): UsedWord[] {
  const { tree, errors } = parse(text);
  if (errors.length > 0) throw new Error(`does not parse: ${JSON.stringify(errors[0])}\n${text}`);
  const names = new Set<number>();
  const opaque: Spanned[] = [];
  const visit = (node: Spanned): void => {
    if (node.kind === "Identifier") names.add(node.span.start);
    // Read as texts and as names, whatever they are: the grammar does not tell what their words mean.
    if (["ApproximateSpec", "LinkProperty", "PassBinding"].includes(node.kind)) opaque.push(node);
    childrenOf(node).forEach(visit);
  };
  visit(tree);
  return tokenize(text)
    .tokens.filter(({ image }) => Object.hasOwn(keywords, image))
    .filter(({ startOffset, image }) => !opaque.some((node) => image !== "approximate" && isWithin(node, startOffset)))
    .map(({ image, startOffset }) => ({
      word: image as Keyword,
      start: startOffset,
      isName: names.has(startOffset),
    }));
}

function isWithin({ span }: Spanned, offset: number): boolean {
  return span.start <= offset && offset < span.end;
}

/** Texts that use every word, and many as names where only their neighbours tell them apart. */
export const namesThatAreWords: readonly string[] = [
  "param rank = 2, order = rank + 1, by = order * rank\n",
  "layer order(rank: f32[memory, of/tp]) -> per: f32[memory] {\n  let into = matmul(rank, order)\n  return over(into, by)\n}\n",
  "layer tile(copy, run: f32[n]) -> same: f32[n] {\n  let split = fuse(copy, run)\n  return split\n}\n",
  "schedule fast of moe {\n  tile by, over by (2, 2)\n  overlap run -> keep by rows\n  order as as at\n  run of, on on copy\n}\n",
  "schedule order of as {\n  split by within over into 2 as for1, to\n  use ring for out, use\n  keep 2 of of\n  keep keep in in\n}\n",
  "schedule s of l {\n  async async, ahead\n  async v 2 ahead\n  recompute from from of\n  priority above above priority\n  fuse fuse .. fuse\n}\n",
  "check of {\n  same result as as within 1e-2\n  no deadlock, no race\n  faster than than by 2\n  memory <= bound * 2 GB\n}\n",
  "check c.of { bytes moved over over per rank <= bytes * 2 B; within 1.5 x of bound }\n",
  "collective round(send: [c/n] -> [c]) over n {\n  for round in 0 ..< n - 1 { send send[rank - round] to rank + round when round < to }\n}\n",
  "machine memory {\n  rank rank[8] {\n    sms 4, each moves 1 GB/s\n    memory memory 80 GB at 1 TB/s, reduces sum\n    copy engines 2\n  }\n  link rank <-> rank: switch { 1 GB/s each way, 1 us }\n}\n",
  "table table: from -> to, top(seed) = zipf(1) seed seed where where1(from) with weight: to = 1\n",
  "mesh on on on { at: 2 } at rank rank + 1\n",
  "axis axis = (axis: 2, mirrored mirrored)\n",
  "op op(x: T[in]) -> T[in] = sum[over in 0 .. of] x[over] * where1[over] where x > 2 and not of == 3\n",
];
