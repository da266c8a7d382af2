/** Four neighbours that are computed at once, of which some may not be asked for. */
import type { WgslWriter } from "./writer.js";

const isAmong = `/// Which of the indices first .. first + 3 are among low .. low + count - 1.
fn is_among(first: i32, low: i32, count: i32) -> vec4<bool> {
  let away = vec4i(first - low) + vec4i(0, 1, 2, 3);
  return (away >= vec4i(0)) & (away < vec4i(count));
}`;

/** A vec4<bool>: which of the indices first .. first + 3 are among low .. low + count - 1, all of them i32. */
export function lanesAmong(
  { declare }: Pick<WgslWriter<never>, "declare">,
  first: string,
  low: string,
  count: string,
): string {
  declare(isAmong);
  return `is_among(${first}, ${low}, ${count})`;
}
