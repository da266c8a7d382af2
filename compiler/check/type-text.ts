/** Types as they are written: `bf16[tokens/ep, hidden] pending sum over tp`. */
import type { AxisIR, MeshModel, ValueIR } from "./ir.js";

type MeshAxes = Pick<MeshModel, "axes">;
type AxisName = (axis: AxisIR) => string;

const ownName: AxisName = (axis) => axis.name;

export function meshAxisName(mesh: MeshAxes, meshAxis: number): string {
  return mesh.axes[meshAxis]?.name ?? `axis ${meshAxis}`;
}

/** `rows(gate)/ep by to`. */
export function axisText(axis: AxisIR, mesh: MeshAxes, name: AxisName = ownName): string {
  const cuts = axis.cuts.map(({ meshAxis, by }) => `/${meshAxisName(mesh, meshAxis)}${by ? ` by ${by}` : ""}`);
  return name(axis) + cuts.join("");
}

/** ` pending sum over tp at stage(0) in host`, with its leading space; empty where none. */
export function suffixText(value: Pick<ValueIR, "pending" | "at" | "tier">, mesh: MeshAxes): string {
  const pending = value.pending.map(({ monoid, over }) => {
    const names = over.map((axis) => meshAxisName(mesh, axis)).join(", ");
    return ` pending ${monoid} over ${over.length > 1 ? `(${names})` : names}`;
  });
  const at = value.at.map(({ meshAxis, position }) => ` at ${meshAxisName(mesh, meshAxis)}(${position})`);
  const tier = value.tier === undefined ? [] : [` in ${value.tier}`];
  return [...pending, ...at, ...tier].join("");
}

export function typeText(
  value: Pick<ValueIR, "dtype" | "axes" | "pending" | "at" | "tier">,
  mesh: MeshAxes,
  name: AxisName = ownName,
): string {
  const axes = value.axes.map((axis) => axisText(axis, mesh, name)).join(", ");
  return `${value.dtype}[${axes}]${suffixText(value, mesh)}`;
}

/** `tokens (16384)`, for messages about sizes. */
export function sizedName(axis: Pick<AxisIR, "name" | "size">): string {
  return axis.name === String(axis.size) ? axis.name : `${axis.name} (${axis.size})`;
}
