/** Which part of the time axis is seen, in nanoseconds. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Nothing shorter is looked at: it would be less than a pixel of anything measured. */
const shortestNs = 1;

/** The view with `factor` times its length, in which the time under the pointer stays there. */
export function zoomed({ from, to }: View, factor: number, at: number, spanNs: number): View {
  const length = Math.min(spanNs, Math.max(shortestNs, (to - from) * factor));
  const share = (at - from) / (to - from);
  return moved({ from: at - share * length, to: at - share * length + length }, 0, spanNs);
}

/** Moved by some nanoseconds, as far as there is anything. */
export function moved({ from, to }: View, byNs: number, spanNs: number): View {
  const length = to - from;
  const begin = Math.max(0, Math.min(from + byNs, spanNs - length));
  return { from: begin, to: begin + length };
}
