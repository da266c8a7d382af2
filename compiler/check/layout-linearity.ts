/**
 * Where a kernel's result is pending. Along one mesh axis, each part of an expression is *complete* (every position that
 * has it has its value) or *partial* under a monoid (the value is the fold over positions of what each has). Reading a
 * pending operand is partial, and so is a reduction over a divided variable; the rules here say what keeps it so.
 */
import type { KernelIR, ReduceIR, ScalarIR } from "./ir.js";
import type { MonoidKind } from "./monoid-kinds.js";

export interface Partial {
  readonly monoid: string;
  /** The pending operand, or the divided variable that was reduced. */
  readonly cause: { readonly operand: number } | { readonly variable: number };
}
export type Completeness = "complete" | Partial;

export interface LinearityProblem {
  readonly partial: Partial;
  /** Why it cannot stay pending: "`exp` of a sum is not the sum of `exp`". */
  readonly reason: string;
}

export interface LinearityInput {
  readonly kernel: KernelIR;
  /** Monoid under which an operand is pending along this mesh axis. */
  readonly pendingOperand: (operand: number) => string | undefined;
  /** Whether this mesh axis divides a reduced variable. */
  readonly divided: (variable: number) => boolean;
  readonly kindOf: (monoid: string) => MonoidKind;
}

/** Completeness of the kernel's result along one mesh axis; the first problem, if there is one, and then "complete". */
export function resultCompleteness(input: LinearityInput): { result: Completeness; problem?: LinearityProblem } {
  const { kernel, kindOf } = input;
  const locals: Completeness[] = [];
  let problem: LinearityProblem | undefined;

  function refuse(partial: Partial, reason: string): Completeness {
    problem ??= { partial, reason };
    return "complete";
  }

  function of(scalar: ScalarIR): Completeness {
    switch (scalar.kind) {
      case "read": {
        const monoid = input.pendingOperand(scalar.operand);
        if (monoid === undefined) return "complete";
        return pendingRead({ monoid, cause: { operand: scalar.operand } });
      }
      case "local":
        return locals[scalar.local]!;
      case "reduce":
        return ofReduce(scalar);
      case "binary":
        return ofBinary(scalar);
      case "call":
        return ofCall(scalar);
      case "select":
        return ofSelect(scalar);
      default:
        return "complete";
    }
  }

  /** Of a state, no element is an element of the value before a word has folded and finished it. */
  function pendingRead(partial: Partial): Completeness {
    if (kindOf(partial.monoid) !== "stateful") return partial;
    return refuse(partial, `what is kept of it is the state of \`${partial.monoid}\`, not its value`);
  }

  function ofReduce(reduce: ReduceIR): Completeness {
    const bodies = reduce.bodies.map(of);
    const body = bodies.find((one) => one !== "complete") ?? "complete";
    const divided = reduce.variables.filter(input.divided);
    if (body === "complete") {
      const [variable] = divided;
      if (variable !== undefined && divided.length > 1) {
        const twice = { monoid: reduce.monoid, cause: { variable } };
        return refuse(twice, `the same mesh axis divides two of the axes that \`${reduce.monoid}\` runs over`);
      }
      return variable === undefined ? "complete" : { monoid: reduce.monoid, cause: { variable } };
    }
    if (bodies.length > 1) return refuse(body, `a component of a state of \`${reduce.monoid}\` is pending itself`);
    if (body.monoid !== reduce.monoid)
      return refuse(body, `\`${reduce.monoid}\` is folded over what is pending \`${body.monoid}\``);
    if (divided.length > 0)
      return refuse(body, `\`${reduce.monoid}\` runs over an axis that the same mesh axis divides`);
    return body;
  }

  function ofBinary(scalar: Extract<ScalarIR, { kind: "binary" }>): Completeness {
    const left = of(scalar.left);
    const right = of(scalar.right);
    if (left === "complete" && right === "complete") return "complete";
    const both = left !== "complete" && right !== "complete";
    const partial = (left === "complete" ? right : left) as Partial;
    const kind = kindOf(partial.monoid);
    const { operator } = scalar;
    if (kind === "additive") {
      if (operator === "+" || operator === "-") {
        if (both && left.monoid === right.monoid) return partial;
        return refuse(partial, `each position would add what is not pending once more`);
      }
      if (operator === "*" && !both) return partial;
      if (operator === "/" && right === "complete") return partial;
      return refuse(partial, operator === "*" ? "a product of two pending values is no sum" : "it is divided by");
    }
    // Of a maximum or minimum: what never reverses an order stays one.
    if ((kind === "maximum" || kind === "minimum") && !both) {
      if (operator === "+") return partial;
      if (operator === "-" && right === "complete") return partial;
      const factor = left === "complete" ? scalar.left : scalar.right;
      if (operator === "*" && factor.kind === "constant" && factor.value > 0) return partial;
      if (operator === "/" && right === "complete" && factor.kind === "constant" && factor.value > 0) return partial;
    }
    return refuse(partial, `\`${operator}\` does not pass through \`${partial.monoid}\``);
  }

  function ofCall(scalar: Extract<ScalarIR, { kind: "call" }>): Completeness {
    const parts = scalar.arguments.map(of);
    const partial = parts.find((part): part is Partial => part !== "complete");
    if (!partial) return "complete";
    const kind = kindOf(partial.monoid);
    if (scalar.function === "neg" && kind === "additive") return partial;
    const folds = { max: "maximum", min: "minimum" } as Record<string, MonoidKind>;
    const idempotent = folds[scalar.function] === kind;
    if (idempotent && parts.every((part) => part === "complete" || part.monoid === partial.monoid)) return partial;
    return refuse(partial, `\`${scalar.function}\` does not pass through \`${partial.monoid}\``);
  }

  /** A choice by indices, which all positions make alike: of what is folded, element by element, the fold. */
  function ofSelect({ whenTrue, whenFalse }: Extract<ScalarIR, { kind: "select" }>): Completeness {
    const [left, right] = [of(whenTrue), of(whenFalse)];
    const partial = left === "complete" ? right : left;
    if (partial === "complete") return "complete";
    const other = left === "complete" ? whenTrue : whenFalse;
    const alike = left !== "complete" && right !== "complete" && left.monoid === right.monoid;
    if (alike || isIdentity(other, kindOf(partial.monoid))) return partial;
    return refuse(partial, `\`if\` chooses between it and what is not pending \`${partial.monoid}\``);
  }

  for (const local of kernel.locals) locals.push(of(local.body));
  let result = of(kernel.body);
  if (result !== "complete" && kernel.body.kind !== "reduce" && kindOf(result.monoid) === "stateful")
    result = refuse(result, `a state of \`${result.monoid}\` is finished before it is used`);
  return problem ? { result: "complete", problem } : { result };
}

function isIdentity(scalar: ScalarIR, kind: MonoidKind): boolean {
  const identities: Readonly<Record<string, number>> = { additive: 0, maximum: -Infinity, minimum: Infinity };
  return scalar.kind === "constant" && scalar.value === identities[kind];
}
