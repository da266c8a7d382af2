import { describe, expect, test } from "vitest";
import { bodyOf } from "../../compiler/check/collective-body.js";
import type { CollectiveIR } from "../../compiler/check/ir.js";
import { describeProblem } from "../../compiler/lower/collective-problems.js";
import { runCollective } from "../../compiler/lower/collective-run.js";
import type { WordUse } from "../../compiler/lower/word-contract.js";
import { printNode } from "../../grammar/printer.js";
import { doesItsWord } from "../support/collective-oracle.js";
import { mutantsOf } from "../support/collective-mutants.js";
import { standardCollectives } from "../support/std-collectives.js";

/** Sizes at which mutants are judged: small ones, as each is judged send by send. */
function usesOf({ word, levels, name, inclusive }: CollectiveIR): WordUse[] {
  const flat = name.startsWith("recursive") && word !== "scan" ? [[2], [4], [8]] : [[2], [3], [5], [8]];
  const sizes = [
    flat,
    flat,
    [
      [2, 2],
      [2, 3],
      [3, 2],
      [2, 4],
    ],
    [
      [2, 2, 2],
      [2, 1, 2],
      [1, 3, 2],
    ],
  ][levels.length]!;
  return sizes.map((axes) => ({
    ...{ word, sizes: axes, root: 1, target: 0, offset: 1 },
    ...(inclusive && { inclusive }),
    ...(word === "scan" && { ordered: true }),
  }));
}

describe("one slip in a collective of std is refused wherever it does not come to the same", () => {
  test.each(standardCollectives.map((c) => [c.word, c.name, c.levels.length, c] as const))(
    "%s %s over %i levels",
    (_word, _name, _levels, standard) => {
      let refused = 0;
      let accepted = 0;
      for (const { what, body } of mutantsOf(standard.body)) {
        const mutant: CollectiveIR = { ...standard, body };
        for (const use of usesOf(standard)) {
          const malformed = bodyOf(mutant).mistakes.length > 0;
          const problems = malformed ? [] : runCollective(mutant, use).problems;
          const right = !malformed && doesItsWord(mutant, use);
          const said = `${what}, at ${use.sizes.join(" * ")}: ${problems.map(describeProblem).join("; ")}\n${body.map((s) => printNode(s)).join("\n")}`;
          expect(!malformed && problems.length === 0, said).toBe(right);
          if (right) accepted++;
          else refused++;
        }
      }
      // What is accepted is the same by another spelling: x[rank] for x[rank + 1 - 1], a loop over nothing.
      expect(refused).toBeGreaterThan(accepted);
    },
  );
});
