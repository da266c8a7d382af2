/** Whether the results of two layers can be compared: each is given the other's inputs, and what they make is laid side by side. */
import type { LayerIR, ValueId, ValueIR } from "./ir.js";

const floats: ReadonlySet<string> = new Set(["f64", "f32", "f16", "bf16", "f8e4m3", "f8e5m2"]);

/** Why they cannot, as part of a sentence about `other`; undefined where they can. Inputs and outputs are paired by their places. */
export function whyNotComparable(layer: LayerIR, other: LayerIR): string | undefined {
  return (
    firstDifference("input", layer, layer.inputs, other, other.inputs) ??
    firstDifference("output", layer, layer.outputs, other, other.outputs)
  );
}

function firstDifference(
  what: string,
  layer: LayerIR,
  ids: readonly ValueId[],
  other: LayerIR,
  otherIds: readonly ValueId[],
): string | undefined {
  const counted = (count: number): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  if (ids.length !== otherIds.length) return `has ${counted(otherIds.length)}, and \`${layer.name}\` ${ids.length}`;
  for (const [place, id] of ids.entries()) {
    const [own, theirs] = [layer.values[id]!, other.values[otherIds[place]!]!];
    if (isAlike(own, theirs)) continue;
    return `has an ${what} \`${theirs.name}\` that is ${shapeText(theirs)}, where \`${own.name}\` of \`${layer.name}\` is ${shapeText(own)}`;
  }
  return undefined;
}

function isAlike(one: ValueIR, other: ValueIR): boolean {
  const sizes = (value: ValueIR): string => value.axes.map(({ size }) => size).join();
  return (
    sizes(one) === sizes(other) && (one.dtype === other.dtype || (floats.has(one.dtype) && floats.has(other.dtype)))
  );
}

function shapeText({ dtype, axes }: ValueIR): string {
  return axes.length === 0 ? `one ${dtype}` : `${axes.map(({ size }) => size).join(" x ")} of ${dtype}`;
}
