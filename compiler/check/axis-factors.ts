/** Axes made of factors, divided by one of them. */
import type { AxisCutIR, AxisFactorIR, AxisIR, CutFactorIR } from "./ir.js";

/** Where a factor stands in its axis; undefined where the axis has none of that name. */
export function factorNamed({ factors = [] }: Pick<AxisIR, "factors">, name: string): CutFactorIR | undefined {
  const place = factors.findIndex((factor) => factor.name === name);
  if (place < 0) return undefined;
  const { size, mirrored } = factors[place]!;
  const stride = factors.slice(place + 1).reduce((product, factor) => product * factor.size, 1);
  return { size, stride, ...(mirrored && { mirroredAfter: factors[place - 1]!.size }) };
}

/** A cut by a column of rows, by a factor of an axis that has it, or of the axis itself where `by` is undefined. */
export function cutBy(axis: Pick<AxisIR, "factors">, meshAxis: number, by: string | undefined): AxisCutIR {
  if (by === undefined) return { meshAxis };
  const factor = factorNamed(axis, by);
  return { meshAxis, by, ...(factor && { factor }) };
}

export function factorNames({ factors = [] }: Pick<AxisIR, "factors">): string[] {
  return factors.map((factor: AxisFactorIR) => factor.name);
}

export function sameFactor(a: CutFactorIR | undefined, b: CutFactorIR | undefined): boolean {
  return a?.size === b?.size && a?.stride === b?.stride && a?.mirroredAfter === b?.mirroredAfter;
}
