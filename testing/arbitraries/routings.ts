import type fc from "fast-check";
import type { Draw } from "./draw.js";
import { drawn } from "./drawn.js";

export interface ArbitraryRouting {
  readonly tokens: number;
  readonly experts: number;
  readonly topk: number;
  /** `topk` rows of each token, to different experts; the weights of a token sum to 1. */
  readonly rows: readonly { readonly token: number; readonly expert: number; readonly weight: number }[];
  /** The recorded table, for `from "gate.csv"`: `load(path, { files: { "gate.csv": routing.csv }, .. })`. */
  readonly csv: string;
}

/** A number, or the least and the most. */
export type Range = number | readonly [number, number];

/**
 * Routings of tokens to experts, from even ones to those where all tokens choose alike, and experts without any.
 *
 * @param options how many there are of each; `topk` is at most the number of experts
 */
export function routings(
  options: { readonly tokens?: Range; readonly experts?: Range; readonly topk?: Range } = {},
): fc.Arbitrary<ArbitraryRouting> {
  const { tokens = [1, 64], experts = [1, 8], topk = [1, 2] } = options;
  return drawn((draw) => {
    const size = { tokens: within(draw, tokens), experts: within(draw, experts) };
    const chosen = Math.min(within(draw, topk), size.experts);
    // Popularity falls as the power of an expert's place, as Zipf's law has it: 0 is even, 8 is nearly one for all.
    const skew = draw.pick([0, 1, 2, 8]);
    const places = shuffled(draw, size.experts);
    const rows = Array.from({ length: size.tokens }, (_, token) => {
      const taken = chooseSome(draw, places, skew, chosen);
      const parts = taken.map(() => draw.integer(1, 8));
      const whole = parts.reduce((sum, part) => sum + part, 0);
      return taken.map((expert, index) => ({ token, expert, weight: parts[index]! / whole }));
    }).flat();
    const lines = rows.map(({ token, expert, weight }) => `${token},${expert},${weight}`);
    return { ...size, topk: chosen, rows, csv: `from,to,weight\n${lines.join("\n")}\n` };
  });
}

function within(draw: Draw, range: Range): number {
  return typeof range === "number" ? range : draw.integer(range[0], range[1]);
}

function shuffled(draw: Draw, count: number): number[] {
  const left = Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: count }, () => left.splice(draw.integer(0, left.length - 1), 1)[0]!);
}

const steps = 1 << 20;

/** Different experts, one after the other, each in proportion to its popularity among those that are left. */
function chooseSome(draw: Draw, places: readonly number[], skew: number, count: number): number[] {
  const left = places.map((expert, place) => ({ expert, share: (place + 1) ** -skew }));
  return Array.from({ length: count }, () => {
    let rest = (draw.integer(0, steps - 1) / steps) * left.reduce((sum, { share }) => sum + share, 0);
    const found = left.findIndex(({ share }) => (rest -= share) < 0);
    return left.splice(found < 0 ? left.length - 1 : found, 1)[0]!.expert;
  });
}
