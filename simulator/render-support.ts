import type { Series } from "./picture.js";

/** Cool colours compute, warm ones communicate; white names read on all of them. */
const computing = ["#3f72af", "#4d9a6a", "#6f5fb0", "#2f8f9d", "#7d8b3f", "#5b7c99"];
const communicating = ["#d9822b", "#b8860b", "#b5527e", "#a0622d", "#c46a4a"];

/** Colour of a series: by its place among those of its sort, so that it is the same on all ranks. */
export function colourOf(series: readonly Series[], index: number): string {
  const communicates = series[index]!.communicates;
  const place = series.slice(0, index).filter((other) => other.communicates === communicates).length;
  const palette = communicates ? communicating : computing;
  return palette[place % palette.length]!;
}

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function unitOf(nanoseconds: number): { unit: string; scale: number } {
  if (nanoseconds < 1e3) return { unit: "ns", scale: 1 };
  if (nanoseconds < 1e7) return { unit: "us", scale: 1e3 };
  if (nanoseconds < 1e10) return { unit: "ms", scale: 1e6 };
  return { unit: "s", scale: 1e9 };
}

/** Round times from 0 to the end of an axis: at most a dozen, 1, 2 or 5 times a power of ten apart. */
export function ticksOf(spanNs: number): { time: number; label: string }[] {
  const { unit, scale } = unitOf(spanNs);
  const rough = spanNs / 10;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const ticks: { time: number; label: string }[] = [];
  for (let index = 0; index * step <= spanNs * (1 + 1e-9); index++) {
    ticks.push({ time: index * step, label: `${Number(((index * step) / scale).toPrecision(6))} ${unit}` });
  }
  return ticks;
}
