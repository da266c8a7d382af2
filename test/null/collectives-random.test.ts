import { expect, test } from "vitest";
import type { CollectiveIR, Word } from "../../compiler/check/ir.js";
import { describeProblem } from "../../compiler/lower/collective-problems.js";
import { runCollective } from "../../compiler/lower/collective-run.js";
import type { WordUse } from "../../compiler/lower/word-contract.js";
import { printNode } from "../../grammar/printer.js";
import { bodyOfRounds, collectiveOf, sendsOf, type ExplicitSend } from "../support/collective-builder.js";
import { doesItsWord } from "../support/collective-oracle.js";
import { randomCollective } from "../support/random-collectives.js";
import { runsOf, seededDraw, type Draw } from "../support/random-draw.js";
import { standardCollectives } from "../support/std-collectives.js";

const words: readonly Word[] = [
  ...(["all_gather", "reduce_scatter", "all_reduce", "all_to_all"] as const),
  ...(["broadcast", "reduce", "send", "shift", "scan"] as const),
];

const textOf = (collective: CollectiveIR): string => collective.body.map((s) => printNode(s)).join("\n");
const problemsOf = (collective: CollectiveIR, use: WordUse): string =>
  runCollective(collective, use).problems.map(describeProblem).join("; ");

test.each(words)("random correct collectives of %s are accepted, as trees and as text", (word) => {
  const draw = seededDraw(words.indexOf(word) + 1);
  for (let i = 0; i < runsOf(400); i++) {
    const { use, rounds } = randomCollective(draw, word);
    const collective = collectiveOf(word, bodyOfRounds(rounds), use.inclusive);
    expect(problemsOf(collective, use), `${JSON.stringify(use)}\n${textOf(collective)}`).toBe("");
    if (i % 20 > 0) continue;
    const read = collectiveOf(word, textOf(collective), use.inclusive);
    expect(problemsOf(read, use), textOf(read)).toBe("");
    expect(doesItsWord(collective, use), textOf(collective)).toBe(true);
  }
});

test.each(words)(
  "one send of %s dropped, doubled, sent elsewhere or at another time is judged as it should be",
  (word) => {
    const draw = seededDraw(100 + words.indexOf(word));
    const standard = standardCollectives.filter((c) => c.word === word);
    const verdicts = { right: 0, wrong: 0 };
    for (let i = 0; i < runsOf(200); i++) {
      const drawn = draw.oneIn(2) ? randomCollective(draw, word) : standardRounds(draw, draw.pick(standard));
      const { use } = drawn;
      const rounds = slipped(
        draw,
        drawn.rounds,
        use.sizes.reduce((n, size) => n * size, 1),
      );
      const collective = collectiveOf(word, bodyOfRounds(rounds), use.inclusive);
      const problems = problemsOf(collective, use);
      const right = doesItsWord(collective, use);
      expect(problems === "", `${problems}\n${JSON.stringify(use)}\n${textOf(collective)}`).toBe(right);
      verdicts[right ? "right" : "wrong"]++;
    }
    // Both are drawn often enough to mean something.
    expect(Math.min(verdicts.right, verdicts.wrong)).toBeGreaterThan(runsOf(200) / 20);
  },
);

function standardRounds(draw: Draw, collective: CollectiveIR) {
  const sizes = draw.pick(
    [
      [[2], [4], [8]],
      [],
      [
        [2, 2],
        [2, 3],
      ],
      [[2, 2, 2]],
    ][collective.levels.length]!,
  );
  const { word, inclusive } = collective;
  const use: WordUse = { word, sizes, root: 1, target: 0, offset: 1, ...(inclusive && { inclusive }) };
  return { use, rounds: sendsOf(runCollective(collective, use), word) };
}

/** One slip; sometimes none is possible, and nothing changes. */
function slipped(draw: Draw, rounds: readonly (readonly ExplicitSend[])[], n: number): ExplicitSend[][] {
  const changed = rounds.map((round) => [...round]);
  if (changed.length === 0) return changed;
  const r = draw.integer(0, changed.length - 1);
  const s = draw.integer(0, changed[r]!.length - 1);
  const send = changed[r]![s]!;
  const off = draw.pick([-1, 1]);
  switch (draw.integer(0, 7)) {
    case 0:
      changed[r]!.splice(s, 1);
      break;
    case 1:
      changed[draw.integer(0, changed.length - 1)]!.push(send);
      break;
    case 2:
      changed[r]![s] = { ...send, target: draw.integer(0, n - 1) };
      break;
    case 3:
      changed[r]![s] = { ...send, source: draw.integer(0, n - 1) };
      break;
    case 4: {
      const { what } = send;
      if (typeof what === "string") changed[r]![s] = { ...send, what: draw.pick(["x", "y", "combine(y, x)"]) };
      else changed[r]![s] = { ...send, what: what.with(draw.integer(0, what.length - 1), what.at(-1)! + off) };
      break;
    }
    case 5:
      changed[r]!.splice(s, 1);
      (changed[r + off] ??= []).push(send);
      break;
    case 6:
      changed.splice(draw.integer(0, changed.length - 1), 0, ...changed.splice(r, 1));
      break;
    default: {
      const other = draw.integer(0, changed.length - 1);
      const t = draw.integer(0, changed[other]!.length - 1);
      [changed[r]![s], changed[other]![t]] = [changed[other]![t]!, send];
    }
  }
  return changed;
}
