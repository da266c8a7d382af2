/** Conditions on global indices: what guards and `if` hold. */
import type { ConditionIR, IndexIR } from "./ir.js";

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
