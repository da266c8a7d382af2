import { describe, expect, test } from "vitest";
import { bodyOf } from "../../compiler/check/collective-body.js";
import type { Word } from "../../compiler/check/ir.js";
import { describeProblem } from "../../compiler/lower/collective-problems.js";
import { runCollective } from "../../compiler/lower/collective-run.js";
import type { WordUse } from "../../compiler/lower/word-contract.js";
import { checkText } from "../support/check-text.js";
import { collectiveOf, signatures } from "../support/collective-builder.js";

type Case = readonly [
  what: string,
  word: Word,
  body: string,
  use: Partial<WordUse> & { sizes: number[] },
  said: RegExp,
];

describe("what is wrong is said with chunk, rank and round", () => {
  const on = (n: number) => ({ sizes: [n] });
  const ring = (sends: string): string => `for s in 0 ..< n - 1 { ${sends} }`;
  const cases: readonly Case[] = [
    [
      "one step too few",
      "all_gather",
      "for s in 0 ..< n - 2 { send x[rank - s] to rank + 1 }",
      on(4),
      /^at the end, (?:after round \d+|without any round), rank 0 does not hold x\[1\]/,
    ],
    [
      "off by one",
      "all_gather",
      ring("send x[rank - s + 1] to rank + 1"),
      on(4),
      /^in round 0 rank 0 sends x\[1\], which it does not hold: no send brings it there/,
    ],
    [
      "the wrong way",
      "all_gather",
      ring("send x[rank - s] to rank - 1"),
      on(4),
      /^in round 1 rank 0 sends x\[3\], which it does not hold/,
    ],
    [
      "a round too early",
      "all_gather",
      "send x[0] from 0 to 1 & send x[0] from 1 to 2",
      on(3),
      /^in round 0 rank 1 sends x\[0\], which comes there in that same round/,
    ],
    [
      "one step too many",
      "reduce_scatter",
      "for s in 0 ..< n { send x[rank - s - 1] to rank + 1, combining }",
      on(4),
      /^in round 3 rank \d combines x\[\d\] with rank \d's contribution a second time/,
    ],
    [
      "without combining",
      "reduce_scatter",
      ring("send x[rank - s - 1] to rank + 1"),
      on(4),
      /^at the end, (?:after round \d+|without any round), x\[0\] on rank 0 lacks the contribution of rank 0/,
    ],
    [
      "a step more than needed",
      "all_gather",
      "for s in 0 ..< n { send x[rank - s] to rank + 1 }",
      on(3),
      /^in round 2 x\[\d\] is delivered to rank \d, which holds it already/,
    ],
    [
      "two at once",
      "all_reduce",
      "round { send x[..] from 1 to 0 send x[..] from 2 to 0, combining }",
      on(3),
      /^in round 0 x is delivered to rank 0 twice, and not combined/,
    ],
    [
      "to one that has no use for it",
      "reduce",
      "send x[..] to root, combining send x[1] from root to root + 1",
      { sizes: [3], root: 2 },
      /^in round 1 x\[1\] reaches rank 0, which neither keeps it nor passes it on/,
    ],
    [
      "nothing at all",
      "all_to_all",
      "",
      on(3),
      /^at the end, (?:after round \d+|without any round), rank 0 does not hold x\[1, 0\]/,
    ],
    [
      "to the wrong rank",
      "all_to_all",
      "for s in 1 ..< n { send x[rank, rank + s] to rank + s + 1 }",
      on(4),
      /^at the end, (?:after round \d+|without any round), rank 0 does not hold x\[1, 0\]/,
    ],
    [
      "to one rank only",
      "broadcast",
      "send x[..] from root to root + 1",
      { sizes: [3], root: 1 },
      /^at the end, (?:after round \d+|without any round), rank 0 does not hold x$/,
    ],
    [
      "part of it",
      "send",
      "send x[0 ..< n - 1] from root to target",
      { sizes: [3], root: 1, target: 2 },
      /^at the end, (?:after round \d+|without any round), rank 2 does not hold x\[2\]/,
    ],
    [
      "too far",
      "shift",
      "send x[rank] to rank + d + 1",
      { sizes: [4], offset: 1 },
      /^at the end, (?:after round \d+|without any round), rank 0 does not hold x\[3\]/,
    ],
    [
      "a prefix too long",
      "scan",
      "for r in 0 ..< n - 1 { send combine(y, x) from r to y at r + 1 } send x from 2 to y at 2 + 1, combining",
      on(4),
      /^in round 3 rank 3 combines y with rank 2's contribution a second time/,
    ],
    [
      "a prefix that nothing is in yet",
      "scan",
      "send x from 0 to y at 2 send y from 1 to y at 2, combining send x from 1 to y at 2, combining send x from 0 to y at 1",
      on(3),
      /^in round 1 rank 1 sends y, which comes there only in round 3/,
    ],
    [
      "what is not part of it",
      "scan",
      "send x from 2 to y at 1 send x from 0 to y at 1, combining",
      on(3),
      /^at the end, (?:after round \d+|without any round), y on rank 1 has the contribution of rank 2, which is not part of it/,
    ],
    [
      "out of order",
      "scan",
      "send x from 0 to y at 2 send x from 1 to y at 2, combining send x from 2 to y at 0, combining",
      { sizes: [3], ordered: true },
      /^at the end, (?:after round \d+|without any round), y on rank 0 has the contribution of rank 2/,
    ],
    [
      "neighbours around the end",
      "reduce_scatter",
      ring("send x[rank - s - 1] to rank + 1, combining"),
      { sizes: [4], ordered: true },
      /^in round \d what reaches x\[\d\] on rank \d does not stand beside what is there/,
    ],
    [
      "a size it is not for",
      "all_gather",
      "require n % 3 == 0 send x[rank] to rank + 1",
      on(4),
      /^it requires `n % 3 == 0`/,
    ],
    [
      "a division by zero",
      "all_gather",
      "send x[rank / (n - 2)] to rank + 1",
      on(2),
      /^its rank arithmetic comes to a division by zero/,
    ],
    [
      "a logarithm of nothing",
      "all_gather",
      "for k in 0 ..< log2(n - 2) { send x[rank] to rank + 1 }",
      on(2),
      /^its rank arithmetic comes to log2\(0\)/,
    ],
    [
      "a loop without end",
      "all_gather",
      "for s in 0 ..< 1000000000 { send x[rank] to rank + 1 }",
      on(2),
      /^it has more than 65536 rounds/,
    ],
    [
      "loops in loops",
      "all_gather",
      "for s in 0 ..< 100000 { for t in 0 ..< 100000 { send x[rank] to rank } }",
      on(2),
      /^its loops go on for more than/,
    ],
    [
      "rounds without end",
      "all_gather",
      "for s in 0 ..< 70000 { send x[rank] to rank + 1 + s % 2 }",
      on(3),
      /^it has more than 65536 rounds/,
    ],
    [
      "a number out of bounds",
      "all_gather",
      "send x[pow(10, 40)] to rank + 1",
      on(2),
      /^its rank arithmetic comes to a number that is not whole, or too large/,
    ],
    [
      "a range of more than there are",
      "broadcast",
      "send x[0 ..< n + 1] from root to root + 1",
      on(2),
      /^a range of 3 chunks, where there are 2/,
    ],
  ];
  test.each(cases)("%s", (_name, word, body, use, said) => {
    const collective = collectiveOf(word, body);
    expect(bodyOf(collective).mistakes).toEqual([]);
    expect(describeProblem(runCollective(collective, { word, root: 0, target: 0, ...use }).problems[0]!)).toMatch(said);
  });
});

test("what stands apart by mesh axes is refused where there are more or fewer", () => {
  const collective = { ...collectiveOf("all_gather", "send x[rank] to rank + 1"), levels: ["a", "b"] };
  const { problems } = runCollective(collective, { word: "all_gather", sizes: [2] });
  expect(problems.map(describeProblem)).toEqual(["it is over 2 mesh axes (a, b), and here there is one mesh axis"]);
});

describe("text that no size could make sense of is refused where it stands", () => {
  const cases: readonly [string, Word, string, RegExp, string][] = [
    ["a name nobody declared", "all_gather", "send x[here] to rank + 1", /unknown name here/, "here"],
    ["one index for two", "all_to_all", "send x[rank] to rank + 1", /x\[\.\.\] with two indices/, "x[rank]"],
    ["another value", "all_gather", "send z[rank] to rank + 1", /x\[\.\.\] with one index/, "z[rank]"],
    ["a part of a number", "all_gather", "send x[rank] to rank + 0.5", /whole numbers/, "0.5"],
    ["bytes", "all_gather", "send x[rank] to rank + 1 B", /whole numbers/, "1 B"],
    [
      "a condition for a number",
      "all_gather",
      "send x[rank == 1] to rank + 1",
      /a condition, not a number/,
      "rank == 1",
    ],
    [
      "a number for a condition",
      "all_gather",
      "send x[rank] to rank + 1 when rank",
      /a number, not a condition/,
      "rank",
    ],
    [
      "a function there is not",
      "all_gather",
      "send x[gcd(rank, 2)] to rank + 1",
      /log2\(a\), pow\(a, b\)/,
      "gcd(rank, 2)",
    ],
    ["too few arguments", "all_gather", "send x[pow(rank)] to rank + 1", /log2\(a\), pow\(a, b\)/, "pow(rank)"],
    ["a name that every object has", "all_gather", "send x[toString(1)] to rank + 1", /log2\(a\)/, "toString(1)"],
    [
      "bounds that differ",
      "all_gather",
      "for s in 0 ..< rank { send x[s] to rank + 1 }",
      /the same on all ranks/,
      "rank",
    ],
    ["a sender that is several", "all_gather", "let me = rank send x[0] from me to 1", /the same on all ranks/, "me"],
    ["no range", "all_gather", "for s in n { send x[s] to rank + 1 }", /takes a range/, "n"],
    ["a size for each rank", "all_gather", "require rank == 0", /about sizes/, "rank == 0"],
    [
      "a sum of nothing",
      "all_gather",
      "send x[rank] to rank + 1, combining",
      /`all_gather` combines nothing/,
      "send x[rank] to rank + 1, combining",
    ],
    ["into what is not there", "all_gather", "send x[rank] to z at rank + 1", /`to x at \.\.`/, "z"],
    ["a scan that delivers into x", "scan", "send x to rank + 1", /`to y at \.\.`/, "send x to rank + 1"],
    ["a scan by index", "scan", "send x[0] to y at rank + 1", /x, y or combine\(y, x\)/, "x[0]"],
    ["another n", "all_gather", "let n = 3 send x[rank] to rank + 1", /`n` stands for something here already/, "n"],
    [
      "a loop over the variable of one around it",
      "all_gather",
      "for s in 0 ..< n { for s in 0 ..< 2 { send x[s] to s } }",
      /`s` stands for something here already/,
      "s",
    ],
    [
      "a name after its block",
      "all_gather",
      "for s in 0 ..< 1 { let t = s } send x[t] to rank + 1",
      /unknown name t/,
      "t",
    ],
  ];
  test.each(cases)("%s", (_name, word, body, said, at) => {
    const [mistake] = bodyOf(collectiveOf(word, body)).mistakes;
    expect(mistake?.message).toMatch(said);
    const opening = /^.*\{\n/.exec(`collective mine(${signatures[word]}) over n {\n`)![0];
    const { start, end } = mistake!.span;
    expect(body.slice(start - opening.length, end - opening.length)).toBe(at);
  });
});

describe("signatures that are no word's", () => {
  const refused = [
    "x: [c] -> [c]",
    "x: [c/n] -> [c/n]",
    "x: [c/n] -> [d]",
    "x: [c/n] -> [c] pending u over n",
    "x: [c] at n(root) -> [c] at n(root)",
    "x: [c] at n(2) -> [c]",
    "x: [c/n] at n(root) -> [c]",
    "x: [c/n] -> y: [c/n], y[i] = x[j - d]",
    "x: [c/n] -> y: [c/n], y[i] = x[i + d]",
    "x: [n/n] -> y: [n/n], y[i] = fold u x[j] for j > i",
    "x: [n/n] -> y: [n/n], y[i] = fold u x[i] for i < i",
    "x: [c/n] -> [c], x[i] = x[i - d]",
  ];
  test.each(refused)("%s", (signature) => {
    const { diagnostics } = checkText(`collective mine(${signature}) over n {}\n`);
    expect(diagnostics.map(({ name }) => name)).toContain("collective-signature");
  });
});

test("two collectives of one name are of different words, or over different numbers of mesh axes", () => {
  const ring = "(x: [c/n] -> [c]) over n { for s in 0 ..< n - 1 { send x[rank - s] to rank + 1 } }";
  const levels = "(x: [c/n] -> [c]) over n = a * b { for s in 0 ..< n - 1 { send x[rank - s] to rank + 1 } }";
  const folding =
    "(x: [c] pending u over n -> [c/n]) over n { for s in 0 ..< n - 1 { send x[rank - s - 1] to rank + 1, combining } }";
  const namesIn = (...bodies: string[]): string[] =>
    checkText(bodies.map((body) => `collective mine${body}\n`).join("")).diagnostics.map(({ name }) => name);
  expect(namesIn(ring, levels, folding)).toEqual([]);
  expect(namesIn(ring, folding, ring)).toEqual(["duplicate-name"]);
});
