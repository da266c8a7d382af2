/** Layouts in words, and what a value takes on each rank. */
import type { TypedValue } from "../../compiler/check/axis-specs.js";
import type { AxisIR, MeshModel } from "../../compiler/check/ir.js";
import { countHeld, positionsOf } from "../../compiler/check/layout-parts.js";
import { blockBytes } from "../../compiler/check/monoid-components.js";
import { meshAxisName } from "../../compiler/check/type-text.js";
import { formatCount } from "../../compiler/diagnostics/quantities.js";
import type { LayerContext } from "./layer-context.js";

type Mesh = Pick<MeshModel, "axes">;

/** `divided over ep (8) along tokens; replicated over tp (2)`; empty on a mesh without axes. */
export function layoutWords({ axes, pending, at, tier }: TypedValue, mesh: Mesh): string {
  const sized = (meshAxis: number) => `\`${meshAxisName(mesh, meshAxis)}\` (${mesh.axes[meshAxis]?.size ?? "?"})`;
  const divided = axes.flatMap(({ name, cuts }) =>
    cuts.map(({ meshAxis, by }) => ({
      meshAxis,
      text: `divided over ${sized(meshAxis)} along \`${name}\`${by === undefined ? "" : ` by \`${by}\``}`,
    })),
  );
  const folded = pending.flatMap(({ monoid, over }) =>
    over.map((meshAxis) => ({ meshAxis, text: `pending \`${monoid}\` over ${sized(meshAxis)}` })),
  );
  const placed = at.map(({ meshAxis, position }) => ({
    meshAxis,
    text: `only at position ${position} of ${sized(meshAxis)}`,
  }));
  const told = [...divided, ...folded, ...placed];
  const rest = mesh.axes.flatMap((_, meshAxis) => (told.some((one) => one.meshAxis === meshAxis) ? [] : [meshAxis]));
  const replicated = rest.length > 0 ? [`replicated over ${rest.map(sized).join(", ")}`] : [];
  const where = tier === undefined ? [] : [`in \`${tier}\``];
  return [...told.map(({ text }) => text), ...replicated, ...where].join("; ");
}

/** `16,384 x 4,096`; `1` of a number. */
export function sizesText(axes: readonly AxisIR[]): string {
  return axes.length === 0 ? "one number" : axes.map(({ size }) => formatCount(size)).join(" x ");
}

export interface HeldBytes {
  /** Of the rank that has most. */
  readonly most: number;
  /** The first rank that has so much. */
  readonly rank: number;
  readonly least: number;
  /** All ranks together, copies included. */
  readonly all: number;
}

/** Bytes of a value on the ranks of the mesh; undefined where it is pending and the file's monoids are not known. */
export function heldBytes(value: TypedValue, { mesh, tables, monoids }: LayerContext): HeldBytes | undefined {
  if (value.pending.length > 0 && monoids === undefined) return undefined;
  const known = new Map<string, number>();
  const lengthOf = (axis: AxisIR, dimension: number, position: readonly number[]): number => {
    const key = `${dimension} ${axis.cuts.map(({ meshAxis }) => position[meshAxis]).join()}`;
    let length = known.get(key);
    if (length === undefined) known.set(key, (length = countHeld(axis, tables, mesh, position)));
    return length;
  };
  const bytes = positionsOf(mesh).map((position) => {
    if (!value.at.every(({ meshAxis, position: own }) => position[meshAxis] === own)) return 0;
    const lengths = value.axes.map((axis, dimension) => lengthOf(axis, dimension, position));
    return blockBytes(value, lengths, monoids ?? []);
  });
  const most = Math.max(...bytes);
  const all = bytes.reduce((sum, own) => sum + own, 0);
  return { most, rank: bytes.indexOf(most), least: Math.min(...bytes), all };
}
