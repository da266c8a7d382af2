/**
 * `priority v above w`
 *
 * Legality. v and w are issued from a queue in common, and v does not wait for w: neither needs it, nor comes after it in
 * program order, nor is below it by other priorities, through whatever else. Each queue issues in order, so it would wait
 * for what stands behind it. Order of issue changes no value (R4).
 *
 * Effect. In every queue that they share all tasks of v are issued before the first of w, and so is what v waits for
 * (priority-order.ts); the rest keeps its order.
 */
import { resultName, type VerbContext, type VerbOf } from "./context.js";
import { shareQueue } from "../shared-queue.js";
import { directWaits, whyWaits, type Wait } from "../waits.js";

export function applyPriority(context: VerbContext, verb: VerbOf<"priority">): void {
  const { layer, settings, diagnostics } = context;
  const names = { value: verb.target.path, other: verb.above.path };
  const pairs = verb.target.statements.flatMap((above) =>
    verb.above.statements
      .filter((below) => shareQueue(layer, settings, above, below))
      .map((below) => ({ above, below })),
  );
  if (pairs.length === 0) {
    const places = {
      engine: engineOf(context, verb.target.statements),
      otherEngine: engineOf(context, verb.above.statements),
    };
    diagnostics.report("priority-apart", verb.location, { ...names, ...places });
    return;
  }
  const waits = directWaits(layer, settings);
  for (const { above, below } of pairs) {
    const needs = waits.map((list) => list.filter(({ kind }) => kind === "need"));
    const steps = whyWaits(needs, above, below) ?? whyWaits(waits, above, below);
    if (above !== below && steps === undefined) continue;
    const reason = above === below ? "they are one" : describe(context, above, steps!);
    diagnostics.report("priority-waits", verb.location, { ...names, reason });
    return;
  }
  settings.priorities.push(...pairs);
}

function engineOf({ settings }: VerbContext, statements: readonly number[]): string {
  const { engine = "no engine", share } = settings.statements[statements.at(-1)!]!;
  return share === undefined ? engine : `${engine}(${share.sms})`;
}

const longestChain = 4;

/** "`v` needs `u`, which comes after `w` in program order: say .." */
function describe({ layer }: VerbContext, from: number, steps: readonly Wait[]): string {
  const name = (statement: number): string => `\`${resultName(layer, statement)}\``;
  if (steps.every(({ kind }) => kind === "need")) return `${name(from)} needs ${name(steps.at(-1)!.for)}`;
  const said = steps.map(({ for: other, kind }) => {
    if (kind === "need") return `needs ${name(other)}`;
    return kind === "priority" ? `has ${name(other)} above it` : `comes after ${name(other)} in program order`;
  });
  const told = said.length <= longestChain ? said : [...said.slice(0, longestChain - 1), `.. ${said.at(-1)}`];
  const later = steps.findIndex(({ kind }) => kind === "program order");
  if (later < 0) return `${name(from)} ${told.join(", which ")}`;
  const [first, then] = [steps[later]!.for, later === 0 ? from : steps[later - 1]!.for];
  return `${name(from)} ${told.join(", which ")}: say \`overlap ${resultName(layer, first)}, ${resultName(layer, then)}\` or \`async ${resultName(layer, first)}\``;
}
