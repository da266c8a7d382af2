/** How the state of a monoid is laid out beside the value that it is the state of: its components' dtypes and dimensions. */
import type { MonoidIR, ValueIR } from "../check/ir.js";

/** As much of a monoid as says what its state looks like. */
export type MonoidState = Pick<MonoidIR, "axes" | "components">;

/** More than the value itself: several components, or one that `finish` makes something else of. */
export function isStateful({ components, finish }: Pick<MonoidIR, "components" | "finish">): boolean {
  return components.length > 1 || finish.kind !== "argument";
}

/**
 * Dtype in which a component of a value's state is kept and sent: the value's for what is as large as the value (the only
 * component, or one with all of the monoid's axes), else the declared one. Of `lse`, o is in the value's, m and l in f32.
 */
export function componentDtype({ axes, components }: MonoidState, component: number, dtype: string): string {
  const own = components[component]!;
  const isWhole = components.length === 1 || (axes.length > 0 && own.axes.length === axes.length);
  return isWhole ? dtype : own.dtype;
}

/** Which of a value's dimensions a component has. Of a value with fewer axes than the monoid's, undefined. */
export function componentDimensions({ axes, components }: MonoidState, component: number, rank: number): number[] {
  const first = rank - axes.length;
  const own = components[component]!.axes.map((axis) => first + axis);
  return [...Array.from({ length: first }, (_, dimension) => dimension), ...own];
}

/** The monoid with a state of its own that a value is pending under; undefined where it is kept as its value. */
export function stateMonoid(value: Pick<ValueIR, "pending">, monoids: readonly MonoidIR[]): MonoidIR | undefined {
  for (const { monoid: name } of value.pending) {
    const monoid = monoids.find((other) => other.name === name);
    if (monoid && isStateful(monoid)) return monoid;
  }
  return undefined;
}

/** What is kept of a value: its state's components where it is pending under a monoid with one, else itself alone. */
export function keptComponents(
  value: Pick<ValueIR, "pending" | "dtype" | "axes">,
  monoids: readonly MonoidIR[],
): { readonly dtype: string; readonly dimensions: readonly number[] }[] {
  const rank = value.axes.length;
  const monoid = stateMonoid(value, monoids);
  if (!monoid) return [{ dtype: value.dtype, dimensions: Array.from({ length: rank }, (_, dimension) => dimension) }];
  return monoid.components.map((_, component) => ({
    dtype: componentDtype(monoid, component, value.dtype),
    dimensions: componentDimensions(monoid, component, rank),
  }));
}
