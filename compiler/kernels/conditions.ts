/** Conditions on global indices: what guards and `if` hold. */
import { addAffine } from "./index-math.js";
import type { AffineIndex } from "./index-math.js";
import type { ConditionIR, IndexIR } from "../check/ir.js";

export type Comparison = Extract<ConditionIR, { kind: "compare" }>;

/** Both sides of every comparison, in order. */
export function conditionIndices(condition: ConditionIR): IndexIR[] {
  return condition.kind === "compare"
    ? [condition.left, condition.right]
    : condition.parts.flatMap((part) => conditionIndices(part));
}

/** The condition with each index replaced. */
export function mapCondition(condition: ConditionIR, index: (index: IndexIR) => IndexIR): ConditionIR {
  if (condition.kind !== "compare")
    return { kind: condition.kind, parts: condition.parts.map((part) => mapCondition(part, index)) };
  return { ...condition, left: index(condition.left), right: index(condition.right) };
}

/** What holds exactly where the condition does not. */
export function negateCondition(condition: ConditionIR): ConditionIR {
  if (condition.kind !== "compare")
    return { kind: condition.kind === "and" ? "or" : "and", parts: condition.parts.map(negateCondition) };
  const { operator, left, right } = condition;
  if (operator === "==" || operator === "!=") return { ...condition, operator: operator === "==" ? "!=" : "==" };
  return { kind: "compare", operator: operator === "<" ? "<=" : "<", left: right, right: left };
}

export function holds(condition: ConditionIR, valueOf: (index: IndexIR) => number): boolean {
  switch (condition.kind) {
    case "and":
      return condition.parts.every((part) => holds(part, valueOf));
    case "or":
      return condition.parts.some((part) => holds(part, valueOf));
    case "compare": {
      const [left, right] = [valueOf(condition.left), valueOf(condition.right)];
      const { operator } = condition;
      if (operator === "<") return left < right;
      if (operator === "<=") return left <= right;
      return (left === right) === (operator === "==");
    }
  }
}

/** What comparisons that all hold say of an index, each by itself: `t <= s` of `s - t`, `1 <= i` of `i - 1`. */
export function boundsUnder(
  index: AffineIndex,
  conditions: readonly ConditionIR[],
): { readonly low: number; readonly high: number } {
  let [low, high] = [-Infinity, Infinity];
  const judge = (condition: ConditionIR): void => {
    if (condition.kind !== "compare") {
      if (condition.kind === "and") condition.parts.forEach(judge);
      return;
    }
    if (condition.operator === "!=") return;
    const { operator, left, right } = condition;
    if (left.kind === "column" || right.kind === "column") return;
    const strict = operator === "<" ? 1 : 0;
    // left - right <= -strict, in terms of the index: left - right = factor * index + rest.
    const difference = addAffine(left, right, -1);
    for (const factor of [1, -1]) {
      const rest = addAffine(difference, index, -factor);
      if (rest.terms.length > 0 || index.terms.length === 0) continue;
      const bound = -strict - rest.offset;
      if (factor === 1 || operator === "==") high = Math.min(high, factor * bound);
      if (factor === -1 || operator === "==") low = Math.max(low, factor * bound);
    }
  };
  conditions.forEach(judge);
  return { low, high };
}
