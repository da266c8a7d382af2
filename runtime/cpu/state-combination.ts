/**
 * Text that combines two states of a monoid, component by component. A component with axes of its own stands in loops over
 * them; what does not depend on those axes is computed outside: of `lse`, the two exponentials once for all of `dim`.
 */
import { reductionKey } from "../../compiler/kernels/accumulation.js";
import type { MonoidIR, ScalarIR } from "../../compiler/check/ir.js";
import { scalarParts } from "../../compiler/kernels/walk.js";
import type { KernelText } from "./kernel-text.js";
import type { KernelWriter } from "./kernel-writer.js";

/** A loop over a variable that components have as an axis; `place` counts its indices from 0. */
export interface StateLoop {
  /** Opens it, and returns how many blocks that were. */
  open(place: string): number;
  /** How many indices it visits. */
  readonly extent: string;
}

/** Text of component c of a state, inside the loops over that component's axes. */
export type StateText = (component: number) => string;

export interface StateWriter {
  /** Axes of the monoid that a component is looped over here; none where all its axes are fixed outside. */
  readonly axesOf: (component: number) => readonly number[];
  /** Name of the count of a loop over an axis, inside it. */
  readonly place: (axis: number) => string;
  /** Opens the loops over some axes and closes them after `inside`. */
  within(axes: readonly number[], inside: () => void): void;
  /** Writes `store(c, combine(left, right))` for all components; of either state, none is written before it was read. */
  combine(left: StateText, right: StateText, store: (component: number, value: string) => void): void;
}

/** @param loops by axis of the monoid; empty where the axes are fixed outside */
export function createStateWriter(
  monoid: MonoidIR,
  loops: readonly StateLoop[],
  { arithmetic, literal }: KernelText,
  { line, close, unique }: KernelWriter,
): StateWriter {
  const number = unique();
  const count = monoid.components.length;
  const axesOf = (component: number): readonly number[] => (loops.length > 0 ? monoid.components[component]!.axes : []);
  const place = (axis: number): string => `place${number}_${axis}`;
  const within: StateWriter["within"] = (axes, inside) => {
    const opened = axes.reduce((blocks, axis) => blocks + loops[axis]!.open(place(axis)), 0);
    inside();
    close(opened);
  };

  /** Every component in the loops over its axes, those with most axes first: they read the others' values from before. */
  const byAxes = new Map<string, number[]>();
  for (let component = 0; component < count; component++) {
    const key = axesOf(component).join();
    byAxes.set(key, [...(byAxes.get(key) ?? []), component]);
  }
  const groups = [...byAxes.values()]
    .map((components) => ({ components, axes: axesOf(components[0]!) }))
    .sort((a, b) => b.axes.length - a.axes.length);

  const fits = (scalar: ScalarIR, opened: readonly number[]): boolean => {
    if (scalar.kind === "argument") return axesOf(scalar.argument % count).every((axis) => opened.includes(axis));
    return scalarParts(scalar).every((part) => fits(part, opened));
  };

  return {
    axesOf,
    place,
    within,
    combine(left, right, store) {
      const value = (scalar: ScalarIR, known: Map<string, string>): string => {
        if (scalar.kind === "constant") return literal(scalar.value);
        const key = reductionKey(scalar);
        let name = known.get(key);
        if (name !== undefined) return name;
        name = `part${unique()}`;
        const text =
          scalar.kind === "argument"
            ? scalar.argument < count
              ? left(scalar.argument)
              : right(scalar.argument - count)
            : scalar.kind === "binary" || scalar.kind === "call"
              ? arithmetic(
                  scalar,
                  scalarParts(scalar).map((part) => value(part, known)),
                )
              : "NaN";
        line(`const ${name} = ${text};`);
        known.set(key, name);
        return name;
      };
      /** Writes the largest parts of a scalar that depend on opened axes alone. */
      const hoist = (scalar: ScalarIR, opened: readonly number[], known: Map<string, string>): void => {
        if (fits(scalar, opened)) value(scalar, known);
        else for (const part of scalarParts(scalar)) hoist(part, opened, known);
      };
      const outside = new Map<string, string>();
      for (const { components, axes } of groups) {
        const inLoops = (opened: readonly number[], known: Map<string, string>): void => {
          for (const component of components) hoist(monoid.combine[component]!, opened, known);
          const next = axes[opened.length];
          if (next !== undefined) return within([next], () => inLoops([...opened, next], new Map(known)));
          const made = components.map((component) => value(monoid.combine[component]!, known));
          components.forEach((component, i) => store(component, made[i]!));
        };
        inLoops([], outside);
      }
    },
  };
}
