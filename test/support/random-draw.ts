export { drawFrom, seededDraw } from "../../testing/arbitraries/draw.js";
export type { Draw } from "../../testing/arbitraries/draw.js";

/** Cases of a property: its own number times STRETTO_RUNS. */
export function runsOf(cases: number): number {
  const times = Number(process.env["STRETTO_RUNS"] ?? 1);
  return Math.max(1, Math.round(cases * (Number.isFinite(times) && times > 0 ? times : 1)));
}
