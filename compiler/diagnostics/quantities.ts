/** Times, bytes and shares as people read them: three or four digits and a unit. */

/** @param nanoseconds `1.234 ms`, `12.3 us`, `0 ns` */
export function formatTime(nanoseconds: number): string {
  return withUnit(nanoseconds, 1000, ["ns", "us", "ms", "s"]);
}

/** Decimal, as links and memories are sold: `1.50 MB` is 1,500,000 bytes. */
export function formatBytes(bytes: number): string {
  return withUnit(bytes, 1000, ["B", "KB", "MB", "GB", "TB", "PB"]);
}

/** @param share 0.8512 is `85.1 %` */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** @param ratio `1.29 x` */
export function formatRatio(ratio: number): string {
  return `${ratio.toFixed(2)} x`;
}

/** `16,384`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** An error or a tolerance: `3.1e-4`, `0`. */
export function formatError(error: number): string {
  return error === 0 ? "0" : error.toExponential(1).replace("e+0", "").replace("e+", "e");
}

function withUnit(value: number, step: number, units: readonly string[]): string {
  let scaled = value;
  let unit = 0;
  // 999.95 would print as 1000 with four digits: the next unit reads better.
  while (Math.abs(scaled) >= step * 0.99995 && unit < units.length - 1) {
    scaled /= step;
    unit++;
  }
  const size = Math.abs(scaled);
  const digits = Number.isInteger(scaled) && unit === 0 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3;
  return `${scaled.toFixed(digits)} ${units[unit]}`;
}
