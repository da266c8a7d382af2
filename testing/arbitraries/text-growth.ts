/** A layer that grows, as text: what it has so far, and how a statement is added. */
import type { Draw } from "./draw.js";
import { meshOf, type TextAxis, type TextValue } from "./verbs.js";

export interface Growth {
  readonly draw: Draw;
  readonly dtype: string;
  readonly meshAxes: readonly string[];
  readonly axisNames: readonly string[];
  readonly parameters: string[];
  readonly statements: string[];
  readonly inputs: TextValue[];
  readonly values: TextValue[];
  /** Of each axis and mesh axis. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Where what is made next is. */
  at: readonly string[];
}

/** Axes with one index a position along a mesh axis. */
export const copiesOf: Readonly<Record<string, string>> = { p: "cp", q: "cq" };

export function typeText({ dtype }: Growth, { axes, pending, at }: Pick<TextValue, "axes" | "pending" | "at">): string {
  const inside = axes.map(({ name, cuts }) => [name, ...cuts].join("/")).join(", ");
  const places = at.map((place) => ` at ${place}`).join("");
  return `${dtype}[${inside}]${pending.length > 0 ? ` pending sum over (${pending.join(", ")})` : ""}${places}`;
}

export const usedBy = (value: TextValue): string[] => [
  ...value.axes.flatMap(({ cuts }) => cuts.map(meshOf)),
  ...value.pending,
  ...value.at.map((place) => place[0]!),
];

export function input(growth: Growth, axes: readonly TextAxis[], pending: readonly string[] = []): TextValue {
  const value = { name: `i${growth.inputs.length}`, call: "", axes, pending, at: growth.at };
  growth.inputs.push(value);
  growth.parameters.push(`${value.name}: ${typeText(growth, value)}`);
  return value;
}

export function letValue(
  growth: Growth,
  call: string,
  axes: readonly TextAxis[],
  pending: readonly string[],
): TextValue {
  const value = { name: `v${growth.values.length}`, call, axes, pending, at: growth.at };
  growth.values.push(value);
  growth.statements.push(`let ${value.name} = ${call}`);
  return value;
}
