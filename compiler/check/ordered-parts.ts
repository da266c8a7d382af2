/** Where an ordered monoid may join what positions have of a reduced axis. */
import type { Division, Layout, OperandDimension } from "./layout-inference.js";
import type { Partial } from "./layout-linearity.js";

/** Why the parts of a reduced axis cannot be joined left to right, in the order of the positions that have them. */
export function unorderedParts(
  { cause, monoid }: Partial,
  meshAxis: number,
  others: number,
  operands: readonly Layout[],
  divisions: readonly Division[],
): { readonly reason: string; readonly place: OperandDimension } | undefined {
  if (!("variable" in cause)) return undefined;
  const { place } = divisions.find((one) => one.meshAxis === meshAxis && one.variable === cause.variable)!;
  if (others > 0) return { reason: `\`${monoid}\` is ordered, and joins what one mesh axis divides`, place };
  const axis = operands[place.operand]!.axes[place.dimension]!;
  const by = axis.cuts.find((cut) => cut.meshAxis === meshAxis)?.by;
  // Rows are in the order of what they go to.
  if (by === undefined || (axis.table !== undefined && by === "to")) return undefined;
  return { reason: `\`${monoid}\` is ordered, and parts by \`${by}\` are not one behind the other`, place };
}
