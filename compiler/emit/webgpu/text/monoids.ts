/** Monoids as WGSL: their identity, how two states are joined, and what a state comes to. */
import type { MonoidIR, ScalarIR } from "../../../check/ir.js";
import { InternalFault } from "../../../diagnostics/internal-fault.js";
import { scalarParts } from "../../../kernels/walk.js";
import type { State } from "./host.js";
import { arithmetic } from "./scalars.js";
import type { Value } from "./scalars.js";

export interface MonoidTexts {
  of(name: string): MonoidIR;
  identity(monoid: MonoidIR): State;
  /** combine(left, right), a value a component; none of the statements written changes either. */
  combine(monoid: MonoidIR, left: State, right: State): State;
  finish(monoid: MonoidIR, state: State): Value;
}

/** `number`: a constant; `named`: a name for a value, so that it is computed once. */
export function createMonoidTexts(
  monoids: ReadonlyMap<string, MonoidIR>,
  number: (value: number) => Value,
  named: (value: Value, prefix: string) => Value,
): MonoidTexts {
  /** The value of a monoid's mathematics, in which what occurs twice is computed once where `keep` names it. */
  const valueOf = (
    monoid: MonoidIR,
    argument: (number: number) => Value,
    keep: (value: Value) => Value,
  ): ((node: ScalarIR) => Value) => {
    const known = new Map<string, Value>();
    const value = (node: ScalarIR): Value => {
      if (node.kind === "argument") return argument(node.argument);
      if (node.kind === "constant") return number(node.value);
      if (node.kind !== "binary" && node.kind !== "call")
        throw new InternalFault("emit", `${monoid.name} is made of what is no arithmetic`);
      const key = JSON.stringify(node);
      let made = known.get(key);
      if (made === undefined) known.set(key, (made = keep(arithmetic(node, scalarParts(node).map(value)))));
      return made;
    };
    return value;
  };

  return {
    of(name) {
      const monoid = monoids.get(name);
      if (monoid === undefined) throw new InternalFault("emit", `${name} is no monoid`);
      return monoid;
    },
    identity: (monoid) => monoid.identity.map(number),
    combine(monoid, left, right) {
      const both = [...left, ...right];
      const value = valueOf(
        monoid,
        (argument) => both[argument]!,
        (made) => named(made, "c"),
      );
      return monoid.combine.map((node) => named(value(node), "c"));
    },
    finish: (monoid, state) =>
      valueOf(
        monoid,
        (argument) => state[argument]!,
        (made) => made,
      )(monoid.finish),
  };
}

/** combine(a, b) = a + b. */
export function isPlainSum(monoid: MonoidIR): boolean {
  const [node] = monoid.combine;
  return (
    monoid.components.length === 1 &&
    node!.kind === "binary" &&
    node!.operator === "+" &&
    node!.left.kind === "argument" &&
    node!.right.kind === "argument" &&
    node!.left.argument !== node!.right.argument
  );
}

/** Which components differ from lane to lane: those of which a term does, and those that combine with such. */
export function wideComponents(monoid: MonoidIR, terms: readonly boolean[]): boolean[] {
  const count = monoid.components.length;
  const result = [...terms];
  const reads = (node: ScalarIR): boolean =>
    node.kind === "argument" ? result[node.argument % count]! : scalarParts(node).some(reads);
  for (let round = 0; round < count; round++) {
    monoid.combine.forEach((node, component) => (result[component] ||= reads(node)));
  }
  return result;
}
