/** Joining kernels: what an elementwise kernel encloses becomes a local equation of it, so nothing is computed twice. */
import { exactVariable, renumberIndex } from "../kernels/index-math.js";
import type { KernelIR, LocalIR, ScalarIR } from "./ir.js";
import { rewriteScalar, walkKernel } from "../kernels/walk.js";

/**
 * Whether every read of an operand is at the kernel's own output indices, in order, and outside reductions' variables:
 * then each element of the result needs one element of that operand.
 */
export function readsElementwise(kernel: KernelIR, operand: number): boolean {
  let elementwise = true;
  walkKernel(kernel, (scalar) => {
    if (scalar.kind !== "read" || scalar.operand !== operand) return;
    if (
      scalar.at.length !== kernel.outputRank ||
      scalar.at.some((index, dimension) => exactVariable(index) !== dimension)
    ) {
      elementwise = false;
    }
  });
  return elementwise && localsAtOutputs(kernel);
}

/** A local read elsewhere than at its own indices would move the reads inside it. */
function localsAtOutputs(kernel: KernelIR): boolean {
  let same = true;
  walkKernel(kernel, (scalar) => {
    if (scalar.kind !== "local") return;
    const { indices } = kernel.locals[scalar.local]!;
    if (scalar.at.some((index, dimension) => exactVariable(index) !== indices[dimension])) same = false;
  });
  return same;
}

/** No reductions: an epilogue, or a kernel that one may stand around. */
export function hasReductions(kernel: KernelIR): boolean {
  let found = false;
  walkKernel(kernel, (scalar) => {
    if (scalar.kind === "reduce") found = true;
  });
  return found;
}

/** A kernel of which nothing is gathered or reduced: each element of the result needs one element of each operand. */
export function isElementwise(kernel: KernelIR, operands: readonly number[]): boolean {
  return !hasReductions(kernel) && operands.every((operand) => readsElementwise(kernel, operand));
}

/**
 * outer with its operand `operand` computed in place by `inner` (outer must read it elementwise). Operands of the result:
 * inner's first, then outer's without `operand`, in order. Operands that are the same value are not merged here.
 */
export function composeKernels(
  outer: KernelIR,
  operand: number,
  inner: KernelIR,
  innerOperands: number,
  name: string,
): KernelIR {
  const rank = outer.outputRank;
  const variables = [...outer.variables.slice(0, rank), ...inner.variables.slice(rank), ...outer.variables.slice(rank)];
  const innerCount = inner.variables.length - rank;
  const outerVariable = (old: number) => (old < rank ? old : old + innerCount);
  const innerLocals = inner.locals.length;
  const enclosed: LocalIR = {
    name: inner.name,
    indices: Array.from({ length: rank }, (_, dimension) => dimension),
    body: inner.body,
  };
  const shift = (scalar: ScalarIR): ScalarIR => {
    if (scalar.kind === "local") return { ...scalar, local: scalar.local + innerLocals + 1 };
    if (scalar.kind !== "read") return scalar;
    if (scalar.operand === operand) return { kind: "local", local: innerLocals, at: scalar.at };
    return { ...scalar, operand: innerOperands + (scalar.operand < operand ? scalar.operand : scalar.operand - 1) };
  };
  const rewrite = {
    index: (index: Parameters<typeof renumberIndex>[0]) => renumberIndex(index, outerVariable),
    variable: outerVariable,
    scalar: shift,
  };
  const outerLocals = outer.locals.map((local) => ({
    name: local.name,
    indices: local.indices.map(outerVariable),
    body: rewriteScalar(local.body, rewrite),
  }));
  return {
    name,
    outputRank: rank,
    variables,
    locals: [...inner.locals, enclosed, ...outerLocals],
    body: rewriteScalar(outer.body, rewrite),
  };
}

/** The kernel with operands that are the same value read as one; `operands` are value ids, the result's are distinct. */
export function mergeOperands(kernel: KernelIR, operands: readonly number[]): { kernel: KernelIR; operands: number[] } {
  const distinct = [...new Set(operands)];
  if (distinct.length === operands.length) return { kernel, operands: distinct };
  const rewrite = {
    scalar: (scalar: ScalarIR): ScalarIR =>
      scalar.kind === "read" ? { ...scalar, operand: distinct.indexOf(operands[scalar.operand]!) } : scalar,
  };
  return {
    kernel: {
      ...kernel,
      locals: kernel.locals.map((local) => ({ ...local, body: rewriteScalar(local.body, rewrite) })),
      body: rewriteScalar(kernel.body, rewrite),
    },
    operands: distinct,
  };
}
