/**
 * Work of combining states under a monoid of several components, a term at a time.
 *
 * Terms are taken in blocks, as associativity allows and as FlashAttention does: what depends on terms is done once a term,
 * what depends only on the state before and the state after (the factor that rescales what was there) once a block. A
 * component that is a sum a.o * A + b.o * B, whose coefficients have not its last axis, is a product of matrices over the
 * terms of a block: of B, and of b.o.
 */
import type { MonoidIR, ScalarIR } from "../check/ir.js";
import { scalarParts } from "../kernels/walk.js";

export interface CombinationWork {
  readonly matrixFlops: number;
  readonly vectorFlops: number;
}

/** Terms that one block of an evaluation takes. */
const termsOfBlock = 128;

/** What a part of a combination depends on, and the component that has all its axes. */
interface Dependence {
  readonly onState: boolean;
  readonly onTerm: boolean;
  readonly axes: ReadonlySet<number>;
}

/**
 * @param times how often each component's terms are combined
 * @param isTermOfProduct whether a matrix unit can multiply the component's terms
 */
export function combinationWork(
  monoid: Pick<MonoidIR, "components" | "combine">,
  times: readonly number[],
  isTermOfProduct: (component: number) => boolean,
): CombinationWork {
  const { components, combine } = monoid;
  const count = components.length;
  const keyOf = (scalar: ScalarIR): string => JSON.stringify(scalar);
  const made = new Map(combine.map((scalar, component) => [keyOf(scalar), component]));

  /** A part that is another component of the result counts as the state after, which is there once a block. */
  const dependence = (scalar: ScalarIR, root: ScalarIR): Dependence => {
    const component = scalar === root ? undefined : made.get(keyOf(scalar));
    if (component !== undefined && scalar.kind !== "argument") {
      return { onState: true, onTerm: false, axes: new Set(components[component]!.axes) };
    }
    if (scalar.kind === "argument") {
      const axes = new Set(components[scalar.argument % count]!.axes);
      return { onState: scalar.argument < count, onTerm: scalar.argument >= count, axes };
    }
    const parts = scalarParts(scalar).map((part) => dependence(part, root));
    return {
      onState: parts.some((part) => part.onState),
      onTerm: parts.some((part) => part.onTerm),
      axes: new Set(parts.flatMap((part) => [...part.axes])),
    };
  };
  /** As often as the least of the components that have these axes. */
  const timesOf = (axes: ReadonlySet<number>): number => {
    const wide = components.flatMap((component, number) =>
      [...axes].every((axis) => component.axes.includes(axis)) ? [times[number]!] : [],
    );
    return wide.length === 0 ? Math.max(...times) : Math.min(...wide);
  };

  let matrixFlops = 0;
  let vectorFlops = 0;
  const counted = new Set<string>();
  const countWork = (scalar: ScalarIR, root: ScalarIR): void => {
    if (scalar.kind !== "binary" && scalar.kind !== "call") return;
    const key = keyOf(scalar);
    if (counted.has(key)) return;
    counted.add(key);
    const { onTerm, axes } = dependence(scalar, root);
    vectorFlops += onTerm ? timesOf(axes) : timesOf(axes) / termsOfBlock;
    for (const part of scalarParts(scalar)) countWork(part, root);
  };
  // Components with few axes first: what they compute, others find done.
  const order = components.map((_, component) => component).sort((a, b) => axesOf(a) - axesOf(b));
  function axesOf(component: number): number {
    return components[component]!.axes.length;
  }
  for (const component of order) {
    const scalar = combine[component]!;
    const product = isTermOfProduct(component) ? productOf(monoid, component) : undefined;
    if (product === undefined) {
      countWork(scalar, scalar);
      continue;
    }
    matrixFlops += 2 * times[component]!;
    vectorFlops += times[component]! / termsOfBlock;
    for (const coefficient of product) countWork(coefficient, scalar);
  }
  return { matrixFlops, vectorFlops };
}

/** The coefficients of a component that is a sum of its state and its term, each times one that has not its last axis. */
function productOf(
  { components, combine }: Pick<MonoidIR, "components" | "combine">,
  component: number,
): readonly ScalarIR[] | undefined {
  const count = components.length;
  const last = components[component]!.axes.at(-1);
  const scalar = combine[component]!;
  if (last === undefined || scalar.kind !== "binary" || scalar.operator !== "+") return undefined;
  const found = new Map<number, ScalarIR>();
  for (const side of [scalar.left, scalar.right]) {
    const factors = side.kind === "binary" && side.operator === "*" ? [side.left, side.right] : [side];
    const own = factors.findIndex((factor) => factor.kind === "argument" && factor.argument % count === component);
    if (own < 0) return undefined;
    const coefficient = factors[1 - own] ?? ({ kind: "constant", value: 1 } as const);
    if (hasAxis(coefficient, last, components)) return undefined;
    found.set((factors[own] as { argument: number }).argument, coefficient);
  }
  return found.size === 2 ? [...found.values()] : undefined;
}

function hasAxis(scalar: ScalarIR, axis: number, components: MonoidIR["components"]): boolean {
  if (scalar.kind === "argument") return components[scalar.argument % components.length]!.axes.includes(axis);
  return scalarParts(scalar).some((part) => hasAxis(part, axis, components));
}
