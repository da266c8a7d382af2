/**
 * Cost of a block of an op, derived from its mathematics: every arithmetic operation and function counts one flop; a
 * sum of products of two operands is matrix work (a multiply and an add an element, at the operands' rate), all else
 * is vector work at the f32 rate. "Flops count unmasked elements, time counts whole tiles": a block's work is that of
 * the whole tiles it is executed as.
 */
import type { KernelIR, ReduceIR, ScalarIR } from "../check/ir.js";

export interface Work {
  matrixFlops: number;
  vectorFlops: number;
}

/** Tile that a block is executed as where the schedule states none: 128 x 128 of the last two axes. */
export const defaultTile = 128;

/** Work for one pass over the given lengths of the kernel's variables (fractions are averages). */
export function kernelWork(kernel: KernelIR, length: (variable: number) => number): Work {
  const total: Work = { matrixFlops: 0, vectorFlops: 0 };
  const outputs = product(Array.from({ length: kernel.outputRank }, (_, i) => length(i)));
  for (const local of kernel.locals) add(total, local.body, product(local.indices.map(length)), length);
  add(total, kernel.body, outputs, length);
  return total;
}

function add(total: Work, node: ScalarIR, times: number, length: (variable: number) => number): void {
  switch (node.kind) {
    case "call":
      total.vectorFlops += times;
      for (const argument of node.arguments) add(total, argument, times, length);
      return;
    case "binary":
      total.vectorFlops += times;
      add(total, node.left, times, length);
      add(total, node.right, times, length);
      return;
    case "reduce": {
      const inner = times * product(node.variables.map(length));
      if (isProductOfReads(node)) {
        total.matrixFlops += 2 * inner;
        return;
      }
      total.vectorFlops += inner;
      for (const body of node.bodies) add(total, body, inner, length);
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
