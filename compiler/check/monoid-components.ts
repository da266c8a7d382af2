/** The state of a monoid: its components, the last axes of a value that each has, and what may depend on what. */
import type { Parameter, TensorType } from "../../grammar/ast.js";
import { bytesOf, dtypeNames } from "../../grammar/dtypes.js";
import type { BoundProgram, MonoidDefinition } from "../bind/bound-program.js";
import { locate } from "../bind/bound-program.js";
import { walkScalar } from "../kernels/walk.js";
import { componentDimensions, componentDtype, stateMonoid } from "../graph/monoid-states.js";
import type { MonoidState } from "../graph/monoid-states.js";
import type { MonoidComponentIR, MonoidIR, ScalarIR, ValueIR } from "./ir.js";

/** The components a declaration names, in order; undefined where a type means nothing, which is reported. */
export function stateOf({ node, file }: MonoidDefinition, bound: BoundProgram): MonoidState | undefined {
  const axes = axesOf(node.state);
  const components = node.state.map((parameter) => {
    const dtype = dtypeOf(parameter, file, bound);
    const own = axisNames(parameter.type);
    if (dtype === undefined || own === undefined) {
      if (own === undefined) reportAxes(parameter, file, bound);
      return undefined;
    }
    const indices = own.map((name) => axes.indexOf(name)).sort((a, b) => a - b);
    return parameter.names.map((name): MonoidComponentIR => ({ name: name.text, dtype, axes: indices }));
  });
  return components.every((part) => part !== undefined) ? { axes, components: components.flat() } : undefined;
}

/** All axes of the state: those of its widest component first, in the order in which they are named. */
function axesOf(state: readonly Parameter[]): string[] {
  const lists = state.map(({ type }) => axisNames(type) ?? []);
  return [...new Set(lists.toSorted((a, b) => b.length - a.length).flat())];
}

/** Undefined where the type has anything but names for axes, or one name twice. */
function axisNames(type: Parameter["type"]): string[] | undefined {
  if (type.kind !== "TensorType") return undefined;
  const names = type.axes.map((spec) =>
    spec.kind === "AxisSpec" && spec.size.kind === "NameExpr" && spec.cuts.length === 0 && !spec.label
      ? spec.size.name.text
      : undefined,
  );
  const plain = type.pending.length === 0 && type.at.length === 0;
  const known = names.filter((name) => name !== undefined);
  return plain && known.length === names.length && new Set(known).size === known.length ? known : undefined;
}

function reportAxes({ type }: Parameter, file: string, bound: BoundProgram): void {
  bound.diagnostics.report("monoid-component", locate(file, type), {
    what: "A component of a state is a number, `m: f32`, or has names for the last axes of a value, `o: f32[dim]`.",
  });
}

function dtypeOf({ type }: Parameter, file: string, bound: BoundProgram): string | undefined {
  const name = type.kind === "TensorType" ? (type as TensorType).dtype : undefined;
  if (name && dtypeNames.has(name.text)) return name.text;
  if (name) bound.reportUnknownName(name, file, "a dtype", [], [...dtypeNames]);
  else bound.diagnostics.report("dtype-missing", locate(file, type), {});
  return undefined;
}

/** The first component whose combination reads one with an axis that it does not have itself. */
export function widenedComponent(
  { components }: MonoidState,
  combine: readonly ScalarIR[],
): { readonly component: MonoidComponentIR; readonly reads: MonoidComponentIR } | undefined {
  for (const [number, scalar] of combine.entries()) {
    const component = components[number]!;
    let reads: MonoidComponentIR | undefined;
    walkScalar(scalar, (part) => {
      if (part.kind !== "argument") return;
      const other = components[part.argument % components.length]!;
      if (other.axes.some((axis) => !component.axes.includes(axis))) reads ??= other;
    });
    if (reads) return { component, reads };
  }
  return undefined;
}

/** Bytes of one block of a value as it is kept, state and all, from how many indices the block has along each dimension. */
export function blockBytes(
  value: Pick<ValueIR, "pending" | "dtype">,
  lengths: readonly number[],
  monoids: readonly MonoidIR[],
): number {
  const monoid = stateMonoid(value, monoids);
  if (monoid) return stateBytes(monoid, value.dtype, lengths);
  return lengths.reduce((count, length) => count * length, 1) * bytesOf(value.dtype);
}

/** Bytes of the state of one block of a value, from how many indices the block has along each dimension. */
export function stateBytes(state: MonoidState, dtype: string, lengths: readonly number[]): number {
  return state.components.reduce((bytes, _, component) => {
    const dimensions = componentDimensions(state, component, lengths.length);
    const elements = dimensions.reduce((count, dimension) => count * lengths[dimension]!, 1);
    return bytes + elements * bytesOf(componentDtype(state, component, dtype));
  }, 0);
}
