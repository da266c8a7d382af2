/**
 * Cost of a block of an op, derived from its mathematics: every arithmetic operation and function counts one flop; a
 * sum of products of two operands is matrix work (a multiply and an add an element, at the operands' rate), all else
 * is vector work at the f32 rate. "Flops count unmasked elements, time counts whole tiles": a block's work is that of
 * the whole tiles it is executed as.
 */
import { negateCondition } from "../check/conditions.js";
import type { KernelIR, ReduceIR, ScalarIR } from "../check/ir.js";
import { localUses, together, type Guards } from "./guarded-work.js";

export interface Work {
  matrixFlops: number;
  vectorFlops: number;
}

/** Tile that a block is executed as where the schedule states none: 128 x 128 of the last two axes. */
export const defaultTile = 128;

/** What a pass over a kernel covers. */
export interface Extent {
  /** Of each variable; fractions are averages. */
  length(variable: number): number;
  /** Share of the values of the variables that the guards let through. */
  share(guards: Guards, variables: readonly number[]): number;
}

/** Work for one pass over an extent. */
export function kernelWork(kernel: KernelIR, extent: Extent): Work {
  const total: Work = { matrixFlops: 0, vectorFlops: 0 };
  const outputs = Array.from({ length: kernel.outputRank }, (_, i) => i);
  const uses = localUses(kernel);
  kernel.locals.forEach(({ indices, body }, local) => {
    add(total, body, scopeOf(indices, together(uses[local]!), extent), extent);
  });
  add(total, kernel.body, scopeOf(outputs, [], extent), extent);
  return total;
}

/** Variables and guards around a part of a kernel, and how often it is evaluated. */
interface Scope {
  readonly variables: readonly number[];
  readonly guards: Guards;
  readonly times: number;
}

function scopeOf(variables: readonly number[], guards: Guards, extent: Extent): Scope {
  const all = product(variables.map((variable) => extent.length(variable)));
  return { variables, guards, times: guards.length === 0 ? all : all * extent.share(guards, variables) };
}

function add(total: Work, node: ScalarIR, scope: Scope, extent: Extent): void {
  const { variables, guards, times } = scope;
  switch (node.kind) {
    case "call":
      total.vectorFlops += times;
      for (const argument of node.arguments) add(total, argument, scope, extent);
      return;
    case "binary":
      total.vectorFlops += times;
      add(total, node.left, scope, extent);
      add(total, node.right, scope, extent);
      return;
    case "select":
      add(total, node.whenTrue, scopeOf(variables, [...guards, node.condition], extent), extent);
      add(total, node.whenFalse, scopeOf(variables, [...guards, negateCondition(node.condition)], extent), extent);
      return;
    case "reduce": {
      const inside = node.where === undefined ? guards : [...guards, node.where];
      const inner = scopeOf([...variables, ...node.variables], inside, extent);
      if (isProductOfReads(node)) {
        total.matrixFlops += 2 * inner.times;
        return;
      }
      total.vectorFlops += inner.times;
      for (const body of node.bodies) add(total, body, inner, extent);
      return;
    }
    default:
      return;
  }
}

/** `sum` of one operand's element times another's: what matrix units do. */
function isProductOfReads({ monoid, bodies }: ReduceIR): boolean {
  const body = bodies[0]!;
  return (
    monoid === "sum" &&
    body.kind === "binary" &&
    body.operator === "*" &&
    body.left.kind === "read" &&
    body.right.kind === "read" &&
    body.left.operand !== body.right.operand
  );
}

/** Operand whose dtype sets the matrix rate, or undefined where the kernel has no matrix work. */
export function matrixOperand(kernel: KernelIR): number | undefined {
  let found: number | undefined;
  const visit = (node: ScalarIR): void => {
    if (found !== undefined) return;
    if (node.kind === "call") node.arguments.forEach(visit);
    else if (node.kind === "binary") [node.left, node.right].forEach(visit);
    else if (node.kind === "select") [node.whenTrue, node.whenFalse].forEach(visit);
    else if (node.kind === "reduce") {
      if (isProductOfReads(node)) {
        const { left } = node.bodies[0] as { left: ScalarIR & { kind: "read" } };
        found = left.operand;
      } else node.bodies.forEach(visit);
    }
  };
  kernel.locals.forEach((local) => visit(local.body));
  visit(kernel.body);
  return found;
}

export function product(factors: readonly number[]): number {
  return factors.reduce((a, b) => a * b, 1);
}
