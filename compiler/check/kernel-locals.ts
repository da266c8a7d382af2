/**
 * Local equations that are read in one place only, once for each of their elements, are computed there: nothing is
 * computed twice, and nothing is kept that need not be (the scores of an attention).
 */
import { exactVariable, indexVariables, renumberIndex } from "./index-math.js";
import type { KernelIR, MonoidIR, ScalarIR } from "./ir.js";
import { ownIndices, rewriteScalar, scalarParts } from "./kernel-walk.js";

/** One reading of a local equation, and the variables that have a value where it stands. */
interface LocalUse {
  readonly scalar: Extract<ScalarIR, { kind: "local" }>;
  readonly scope: readonly number[];
}

/** The kernel without such local equations. */
export function inlineLocals(kernel: KernelIR, monoids: (name: string) => MonoidIR | undefined): KernelIR {
  let current = kernel;
  for (let local = kernel.locals.length - 1; local >= 0; local--) {
    const uses = usesOf(current, local, monoids);
    const [use] = uses;
    if (use && uses.length === 1 && readsEachElementOnce(use)) current = inlined(current, local, use);
  }
  return current;
}

function usesOf(kernel: KernelIR, local: number, monoids: (name: string) => MonoidIR | undefined): LocalUse[] {
  const uses: LocalUse[] = [];
  const visit = (scalar: ScalarIR, scope: readonly number[], own: readonly number[]): void => {
    if (scalar.kind === "local" && scalar.local === local) uses.push({ scalar, scope });
    if (scalar.kind !== "reduce") return scalarParts(scalar).forEach((part) => visit(part, scope, own));
    const monoid = monoids(scalar.monoid);
    scalar.bodies.forEach((body, component) => {
      const absent = absentVariables(monoid, component, own);
      visit(body, [...scope.filter((variable) => !absent.includes(variable)), ...scalar.variables], own);
    });
  };
  for (const { body, indices } of kernel.locals) visit(body, indices, indices);
  const outputs = Array.from({ length: kernel.outputRank }, (_, variable) => variable);
  visit(kernel.body, outputs, outputs);
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

function readsEachElementOnce({ scalar, scope }: LocalUse): boolean {
  const read = new Set(scalar.at.map(exactVariable));
  return read.size === scalar.at.length && read.size === scope.length && scope.every((variable) => read.has(variable));
}

function inlined(kernel: KernelIR, local: number, { scalar: use }: LocalUse): KernelIR {
  const { indices, body } = kernel.locals[local]!;
  const renamed = new Map(indices.map((variable, dimension) => [variable, exactVariable(use.at[dimension]!)!]));
  const variable = (old: number) => renamed.get(old) ?? old;
  const inPlace = rewriteScalar(body, { index: (index) => renumberIndex(index, variable), variable });
  const rewrite = {
    scalar: (scalar: ScalarIR): ScalarIR => {
      if (scalar.kind !== "local") return scalar;
      if (scalar.local === local) return inPlace;
      return { ...scalar, local: scalar.local > local ? scalar.local - 1 : scalar.local };
    },
  };
  return {
    ...kernel,
    locals: kernel.locals
      .filter((_, number) => number !== local)
      .map((other) => ({ ...other, body: rewriteScalar(other.body, rewrite) })),
    body: rewriteScalar(kernel.body, rewrite),
  };
}
