/** Claims of a program's checks, as `stretto check` shows them. */
import { createClaimEvaluator, type ClaimOutcome } from "../../evidence/claims.js";
import type { LoadAttempt } from "../../evidence/load.js";
import type { CaseOptions } from "../../evidence/cases.js";
import { showProperty } from "../../evidence/properties.js";
import { hasError, type Attempt } from "../../evidence/attempt.js";
import type { RankPool } from "../../runtime/ranks/pool.js";
import type { Ask, ClaimAnswer } from "./jobs.js";

/** @param load as of `CaseContext` */
export async function runChecks(
  file: string,
  load: (options: CaseOptions, size: "full" | "small") => LoadAttempt,
  { checks, seed, runs, set = {} }: Extract<Ask, { kind: "checks" }>,
  pool: RankPool | undefined,
): Promise<Attempt<readonly ClaimAnswer[]>> {
  const sized = { set: new Map(Object.entries(set)) };
  const [full, small] = [load(sized, "full"), load(sized, "small")];
  if (full.loaded === undefined) return full;
  if (small.loaded === undefined) return small;
  const { program } = full.loaded;
  const evaluator = createClaimEvaluator(program, small.loaded.program, pool);
  const context = { file, options: { ...sized, seed, runs }, load, pool, say: () => undefined };
  const answers: ClaimAnswer[] = [];
  for (const check of checks) {
    const own = program.checks[check];
    if (own === undefined) continue;
    for (const claim of own.claims) {
      const since = performance.now();
      const outcome = await evaluator.evaluate(own, claim);
      answers.push(answerOf(check, outcome, performance.now() - since));
    }
    const since = performance.now();
    const { outcomes } = await showProperty(program, check, context);
    for (const outcome of outcomes) answers.push(answerOf(check, outcome, performance.now() - since));
  }
  return { value: answers };
}

function answerOf(check: number, outcome: ClaimOutcome, milliseconds: number): ClaimAnswer {
  const { subject, text, claim, state, measuredText, diagnostics, property } = outcome;
  const wrong = diagnostics.filter((diagnostic) => hasError([diagnostic]));
  const found = property?.counterexample;
  return {
    ...{ check, subject, claim: text, span: claim.location.span, holds: state === "holds", measured: measuredText },
    ...(state === "fails" && {
      message: (wrong.length > 0 ? wrong : diagnostics).map(({ message }) => message).join("\n"),
    }),
    isProperty: property !== undefined,
    ...(found && { repeat: found.command, counterexample: found.settings }),
    milliseconds,
  };
}
