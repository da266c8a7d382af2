/** Any verb about names of a program, with no care whether it can be. */
import type { Draw } from "../random-draw.js";

export interface Names {
  readonly values: readonly string[];
  readonly axes: readonly string[];
  readonly meshes: readonly string[];
}

export function randomVerb(draw: Draw, names: Names): string {
  const value = (): string => draw.pick(names.values);
  const axis = (): string => draw.pick(names.axes);
  const mesh = (): string => (names.meshes.length === 0 ? "tp" : draw.pick(names.meshes));
  const size = (): string => draw.pick(["1", "2", "3", "4", "8", "16", "100", "0", "7 * 3", axis()]);
  const sizes = (): string => Array.from({ length: draw.integer(1, 3) }, size).join(", ");
  const grain = (): string =>
    draw.pick(["", " by rows", " by tile", " by shard", ` by ${axis()}(${size()})`, ` by bucket(${size()} KB)`]);
  const engine = (): string =>
    draw.pick(["copy", "nic", "stores", "memory", `memory(${size()})`, `sms(${size()})`, "sms(auto in 2 .. 8)", "sms"]);
  const verbs: readonly (() => string)[] = [
    () => `tile ${value()} by (${sizes()})`,
    () => `overlap ${value()} -> ${value()}${grain()}`,
    () => `overlap ${value()} -> ${value()} -> ${value()}${grain()}`,
    () => `overlap ${value()}, ${value()}`,
    () => `order ${value()} as ${value()}`,
    () => `order ${value()} by ${axis()}${draw.oneIn(2) ? `, ${axis()}` : ""}`,
    () => `async ${value()}`,
    () => `accumulate ${value()} over ${axis()}`,
    () => `fuse ${value()} .. ${value()}`,
    () => `use ${draw.pick(["ring", "direct", "one_shot", "two_shot", "star", "hierarchical", "tree"])} for ${value()}`,
    () => `run ${value()} on ${engine()}`,
    () => `keep ${size()} of ${value()}`,
    () => `priority ${value()} above ${value()}`,
    () => `split ${axis()} into ${size()}`,
    () => `split ${axis()} within ${mesh()} into ${size()}${draw.oneIn(3) ? " as a, b" : ""}`,
    () => `split ${axis()} into 2 at ${size()}`,
    () => `recompute ${value()}`,
  ];
  return draw.pick(verbs)();
}
