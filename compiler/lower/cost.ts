/**
 * Cost of a block of an op, derived from its mathematics: every arithmetic operation and function counts one flop; a
 * sum of products of two operands is matrix work (a multiply and an add an element, at the operands' rate), and so is
 * what combines states with coefficients (see combination-work.ts); all else is vector work at the f32 rate. "Flops count unmasked elements, time counts whole tiles": a block's work is that of
 * the whole tiles it is executed as.
 */
import { negateCondition } from "../kernels/conditions.js";
import type { KernelIR, MonoidIR, ReduceIR, ScalarIR } from "../check/ir.js";
import { absentVariables } from "../check/kernel-locals.js";
import { combinationWork } from "./combination-work.js";
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
  /** How many such extents an equation with these variables is computed in, each of its elements once; one unless stated. */
  times?(variables: readonly number[]): number;
  monoid(name: string): MonoidIR | undefined;
}

/** Work of each equation for as many passes over an extent as it takes: one, unless stated. */
export function kernelWork(kernel: KernelIR, extent: Extent): Work {
  const total: Work = { matrixFlops: 0, vectorFlops: 0 };
  const outputs = Array.from({ length: kernel.outputRank }, (_, i) => i);
  const uses = localUses(kernel);
  const equation = (indices: readonly number[], guards: Guards, body: ScalarIR): void => {
    const pass: Work = { matrixFlops: 0, vectorFlops: 0 };
    add(pass, body, scopeOf(indices, guards, extent), extent);
    const times = extent.times?.(indices) ?? 1;
    total.matrixFlops += pass.matrixFlops * times;
    total.vectorFlops += pass.vectorFlops * times;
  };
  kernel.locals.forEach(({ indices, body }, local) => equation(indices, together(uses[local]!), body));
  equation(outputs, [], kernel.body);
  return total;
}

/** Variables and guards around a part of a kernel, and how often it is evaluated. */
interface Scope {
  /** Those of the equation that it stands in. */
  readonly equation: readonly number[];
  readonly variables: readonly number[];
  readonly guards: Guards;
  readonly times: number;
}

function scopeOf(
  equation: readonly number[],
  guards: Guards,
  extent: Extent,
  variables: readonly number[] = equation,
): Scope {
  const all = product(variables.map((variable) => extent.length(variable)));
  return { equation, variables, guards, times: guards.length === 0 ? all : all * extent.share(guards, variables) };
}

function add(total: Work, node: ScalarIR, scope: Scope, extent: Extent): void {
  const { equation, variables, guards, times } = scope;
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
      add(total, node.whenTrue, scopeOf(equation, [...guards, node.condition], extent, variables), extent);
      add(
        total,
        node.whenFalse,
        scopeOf(equation, [...guards, negateCondition(node.condition)], extent, variables),
        extent,
      );
      return;
    case "reduce": {
      const inside = node.where === undefined ? guards : [...guards, node.where];
      const monoid = extent.monoid(node.monoid);
      if (monoid !== undefined && monoid.components.length > 1) return addStates(total, node, monoid, scope, extent);
      const inner = scopeOf(equation, inside, extent, [...variables, ...node.variables]);
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

/** Each component is looked over without the variables that it has no axis for. */
function addStates(total: Work, node: ReduceIR, monoid: MonoidIR, scope: Scope, extent: Extent): void {
  const { equation, variables } = scope;
  const guards = node.where === undefined ? scope.guards : [...scope.guards, node.where];
  const inner = monoid.components.map((_, component) => {
    const absent = absentVariables(monoid, component, equation);
    const own = variables.filter((variable) => !absent.includes(variable));
    return scopeOf(equation, guards, extent, [...own, ...node.variables]);
  });
  node.bodies.forEach((body, component) => add(total, body, inner[component]!, extent));
  const times = inner.map((one) => one.times);
  const work = combinationWork(monoid, times, (component) => isTermOfProduct(node.bodies[component]!));
  total.matrixFlops += work.matrixFlops;
  total.vectorFlops += work.vectorFlops;
}

/** `sum` of one operand's element times another's: what matrix units do. */
function isProductOfReads({ monoid, bodies }: ReduceIR): boolean {
  const body = bodies[0]!;
  return (
    monoid === "sum" &&
    body.kind === "binary" &&
    body.operator === "*" &&
    isFactor(body.left) &&
    isFactor(body.right) &&
    !(body.left.kind === body.right.kind && sourceOf(body.left) === sourceOf(body.right))
  );
}

type Factor = Extract<ScalarIR, { kind: "read" | "local" }>;

function isFactor(scalar: ScalarIR): scalar is Factor {
  return scalar.kind === "read" || scalar.kind === "local";
}

function sourceOf(factor: Factor): number {
  return factor.kind === "read" ? factor.operand : factor.local;
}

/** What a matrix unit multiplies by the coefficients of terms: elements, or products of two. */
function isTermOfProduct(body: ScalarIR): boolean {
  return (
    isFactor(body) || (body.kind === "binary" && body.operator === "*" && isFactor(body.left) && isFactor(body.right))
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
        const { left, right } = node.bodies[0] as { left: Factor; right: Factor };
        found = left.kind === "read" ? left.operand : right.kind === "read" ? right.operand : undefined;
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
