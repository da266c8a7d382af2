import type { View } from "./view.js";

const units = [
  { unit: "s", scale: 1e9 },
  { unit: "ms", scale: 1e6 },
  { unit: "us", scale: 1e3 },
  { unit: "ns", scale: 1 },
] as const;

/** Round times of a view, 1, 2 or 5 times a power of ten apart. They keep their labels wherever the view is. */
export function ticksWithin({ from, to }: View): { readonly time: number; readonly label: string }[] {
  const rough = (to - from) / 8;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough)!;
  const { unit, scale } = units.find((each) => to >= each.scale) ?? units[3];
  const ticks = [];
  for (let index = Math.ceil(from / step); index * step <= to; index++)
    ticks.push({ time: index * step, label: `${Number(((index * step) / scale).toPrecision(10))} ${unit}` });
  return ticks;
}
