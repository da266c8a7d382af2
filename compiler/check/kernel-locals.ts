/**
 * Local equations that are read in one place only, once for each of their elements, are computed there: nothing is
 * computed twice, and nothing is kept that need not be (the scores of an attention).
 */
import { exactVariable, indexVariables, renumberIndex } from "../kernels/index-math.js";
import type { KernelIR, LocalIR, MonoidIR, ScalarIR } from "./ir.js";
import { ownIndices, rewriteScalar, scalarParts } from "../kernels/walk.js";

/** One reading of a local equation: where it stands, which variables have a value there, and how deep in it. */
interface LocalUse {
  readonly scalar: Extract<ScalarIR, { kind: "local" }>;
  /** The local equation that reads it; undefined for the body. */
  readonly reader: number | undefined;
  readonly scope: readonly number[];
  readonly depth: number;
}

/** A chain of equations is not made one expression beyond this depth: what walks expressions calls itself. */
const deepest = 100;

/** The kernel without such local equations. */
export function inlineLocals(kernel: KernelIR, monoids: (name: string) => MonoidIR | undefined): KernelIR {
  const uses = usesIn(kernel, monoids);
  // The axes of such a state are the last of the equation it stands in, and would be another's there.
  const hasOwnAxes = (scalar: ScalarIR): boolean =>
    (scalar.kind === "reduce" && (monoids(scalar.monoid)?.axes.length ?? 0) > 0) ||
    scalarParts(scalar).some(hasOwnAxes);
  const chosen = new Map<number, { readonly use: LocalUse; readonly depth: number }>();
  // Readers stand after what they read, so theirs are chosen first.
  for (let local = kernel.locals.length - 1; local >= 0; local--) {
    const [use, ...more] = uses[local]!;
    if (!use || more.length > 0 || !readsEachElementOnce(use) || hasOwnAxes(kernel.locals[local]!.body)) continue;
    const depth = use.depth + (use.reader === undefined ? 0 : (chosen.get(use.reader)?.depth ?? 0));
    if (depth + depthOf(kernel.locals[local]!.body) <= deepest) chosen.set(local, { use, depth });
  }
  if (chosen.size === 0) return kernel;
  const numbers = new Map<number, number>();
  const bodies: ScalarIR[] = [];
  const rewrite = {
    scalar: (scalar: ScalarIR): ScalarIR => {
      if (scalar.kind !== "local") return scalar;
      const { local } = scalar;
      if (!chosen.has(local)) return { ...scalar, local: numbers.get(local)! };
      const { indices } = kernel.locals[local]!;
      const renamed = new Map(indices.map((variable, dimension) => [variable, exactVariable(scalar.at[dimension]!)!]));
      const variable = (old: number) => renamed.get(old) ?? old;
      return rewriteScalar(bodies[local]!, { index: (index) => renumberIndex(index, variable), variable });
    },
  };
  const locals: LocalIR[] = [];
  kernel.locals.forEach(({ body, ...local }, number) => {
    bodies.push(rewriteScalar(body, rewrite));
    if (chosen.has(number)) return;
    numbers.set(number, locals.length);
    locals.push({ ...local, body: bodies[number]! });
  });
  return { ...kernel, locals, body: rewriteScalar(kernel.body, rewrite) };
}

/** Where each local equation is read. */
function usesIn(kernel: KernelIR, monoids: (name: string) => MonoidIR | undefined): LocalUse[][] {
  const uses: LocalUse[][] = kernel.locals.map(() => []);
  const inEquation = (body: ScalarIR, own: readonly number[], reader: number | undefined): void => {
    const visit = (scalar: ScalarIR, scope: readonly number[], depth: number): void => {
      if (scalar.kind === "local") uses[scalar.local]!.push({ scalar, reader, scope, depth });
      if (scalar.kind !== "reduce") return scalarParts(scalar).forEach((part) => visit(part, scope, depth + 1));
      const monoid = monoids(scalar.monoid);
      scalar.bodies.forEach((part, component) => {
        const absent = absentVariables(monoid, component, own);
        const known = scope.filter((variable) => !absent.includes(variable));
        visit(part, [...known, ...scalar.variables], depth + 1);
      });
    };
    visit(body, own, 0);
  };
  kernel.locals.forEach(({ body, indices }, number) => inEquation(body, indices, number));
  const outputs = Array.from({ length: kernel.outputRank }, (_, variable) => variable);
  inEquation(kernel.body, outputs, undefined);
  return uses;
}

/** Of the variables of an equation, those that a component of a reduction's state has no axis for. */
export function absentVariables(
  monoid: Pick<MonoidIR, "axes" | "components"> | undefined,
  component: number,
  equation: readonly number[],
): number[] {
  if (!monoid) return [];
  const first = equation.length - monoid.axes.length;
  return monoid.axes.flatMap((_, axis) =>
    monoid.components[component]!.axes.includes(axis) ? [] : [equation[first + axis]!],
  );
}

/** The first component of a state that depends on a variable it has no axis for, or whose guard does; local equations read through. */
export function dependsOnAbsent(
  kernel: KernelIR,
  monoids: (name: string) => MonoidIR | undefined,
): { readonly monoid: string; readonly component: string; readonly index: string } | undefined {
  let found: { monoid: string; component: string; index: string } | undefined;
  const visit = (scalar: ScalarIR, own: readonly number[]): void => {
    scalarParts(scalar).forEach((part) => visit(part, own));
    const monoid = scalar.kind === "reduce" ? monoids(scalar.monoid) : undefined;
    if (scalar.kind !== "reduce" || !monoid || monoid.axes.length === 0) return;
    const tooFew = monoid.axes.slice(0, Math.max(0, monoid.axes.length - own.length));
    monoid.components.forEach(({ name }, component) => {
      const absent = tooFew.length > 0 ? [] : absentVariables(monoid, component, own);
      const used = new Set([...variablesIn(scalar.bodies[component]!), ...ownIndices(scalar).flatMap(indexVariables)]);
      const index =
        tooFew[0] ??
        absent.map((variable) => (used.has(variable) ? kernel.variables[variable]!.name : "")).find(Boolean);
      if (index !== undefined) found ??= { monoid: monoid.name, component: name, index };
    });
  };
  const outputs = Array.from({ length: kernel.outputRank }, (_, variable) => variable);
  for (const { body, indices } of kernel.locals) visit(body, indices);
  visit(kernel.body, outputs);
  return found;
}

function variablesIn(scalar: ScalarIR): number[] {
  return [...ownIndices(scalar).flatMap(indexVariables), ...scalarParts(scalar).flatMap(variablesIn)];
}

function depthOf(scalar: ScalarIR): number {
  return 1 + Math.max(0, ...scalarParts(scalar).map(depthOf));
}

function readsEachElementOnce({ scalar, scope }: LocalUse): boolean {
  const read = new Set(scalar.at.map(exactVariable));
  return read.size === scalar.at.length && read.size === scope.length && scope.every((variable) => read.has(variable));
}
