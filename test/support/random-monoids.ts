/** Monoids of a user's, made of parts whose folds are known in closed form: a product of monoids is one. */
import type { Draw } from "./random-draw.js";

/** A monoid as its declaration has it, beside a fold of its terms one after another in float64. */
interface MonoidPart {
  readonly ordered?: true;
  /** Whether its first component has the value's last axis, where the others have not. */
  readonly wide?: true;
  readonly identity: readonly string[];
  /** Of states a and b, whose components are called a.p0, a.p1, .. with the part's prefix p. */
  readonly combine: (a: (component: number) => string, b: (component: number) => string) => readonly string[];
  /** The state of the term at index t, from its element x and, where the part is wide, its score w. */
  readonly term: readonly string[];
  readonly finish: (a: (component: number) => string) => string;
  /** What all terms come to. */
  readonly fold: (x: readonly number[], w: readonly number[]) => number;
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, x) => sum + x, 0);

const parts: Readonly<Record<string, MonoidPart>> = {
  sum: {
    identity: ["0"],
    combine: (a, b) => [`${a(0)} + ${b(0)}`],
    term: ["x"],
    finish: (a) => a(0),
    fold: total,
  },
  greatest: {
    identity: ["-inf"],
    combine: (a, b) => [`max(${a(0)}, ${b(0)})`],
    term: ["x"],
    finish: (a) => a(0),
    fold: (x) => Math.max(...x),
  },
  mean: {
    identity: ["0", "0"],
    combine: (a, b) => [`${a(0)} + ${b(0)}`, `${a(1)} + ${b(1)}`],
    term: ["x", "1"],
    finish: (a) => `${a(0)} / ${a(1)}`,
    fold: (x) => total(x) / x.length,
  },
  // The place of the greatest, the first of equals.
  argmax: {
    identity: ["-inf", "-1"],
    combine: (a, b) => [`max(${a(0)}, ${b(0)})`, `if(${a(0)} >= ${b(0)}, ${a(1)}, ${b(1)})`],
    term: ["x", "t"],
    finish: (a) => a(1),
    fold: (x) => x.indexOf(Math.max(...x)),
  },
  logsumexp: {
    identity: ["-3e38", "0"],
    combine: (a, b) => {
      const top = `max(${a(0)}, ${b(0)})`;
      return [top, `${a(1)} * exp(${a(0)} - ${top}) + ${b(1)} * exp(${b(0)} - ${top})`];
    },
    term: ["x", "1"],
    finish: (a) => `${a(0)} + log(${a(1)})`,
    fold: (x) => Math.log(total(x.map(Math.exp))),
  },
  // Chan, Golub and LeVeque 1979: count, mean, sum of squared distances from it.
  variance: {
    identity: ["0", "0", "0"],
    combine: (a, b) => {
      const count = `max(${a(0)} + ${b(0)}, 1)`;
      const apart = `(${b(1)} - ${a(1)})`;
      return [
        `${a(0)} + ${b(0)}`,
        `${a(1)} + ${apart} * ${b(0)} / ${count}`,
        `${a(2)} + ${b(2)} + ${apart} * ${apart} * ${a(0)} * ${b(0)} / ${count}`,
      ];
    },
    term: ["1", "x", "0"],
    finish: (a) => `${a(2)} / ${a(0)}`,
    fold: (x) => total(x.map((one) => (one - total(x) / x.length) ** 2)) / x.length,
  },
  // z -> x z + 1/2, one after another, from 1: the order counts.
  chain: {
    ordered: true,
    identity: ["1", "0"],
    combine: (a, b) => [`${b(0)} * ${a(0)}`, `${b(0)} * ${a(1)} + ${b(1)}`],
    term: ["x", "0.5"],
    finish: (a) => `${a(0)} + ${a(1)}`,
    fold: (x) => x.reduce((z, one) => one * z + 0.5, 1),
  },
  softened: {
    wide: true,
    identity: ["0", "-3e38", "0"],
    combine: (a, b) => {
      const top = `max(${a(1)}, ${b(1)})`;
      const [left, right] = [`exp(${a(1)} - ${top})`, `exp(${b(1)} - ${top})`];
      return [`${a(0)} * ${left} + ${b(0)} * ${right}`, top, `${a(2)} * ${left} + ${b(2)} * ${right}`];
    },
    term: ["x", "w", "1"],
    finish: (a) => `${a(0)} / ${a(2)}`,
    fold: (x, w) => total(x.map((one, t) => one * Math.exp(w[t]!))) / total(w.map(Math.exp)),
  },
};

export interface RandomMonoid {
  readonly names: readonly string[];
  readonly ordered: boolean;
  /** `monoid u(..) { .. }`. */
  readonly text: string;
  /** The term's state, of `x` and `w`, as a reduction's body has it. */
  readonly term: (x: string, w: string) => string;
  readonly fold: (x: readonly number[], w: readonly number[]) => number;
}

/** One to three parts side by side; finished as the sum of what each comes to. */
export function randomMonoid(draw: Draw): RandomMonoid {
  const names = Array.from({ length: draw.integer(1, 3) }, () => draw.pick(Object.keys(parts)));
  const chosen = names.map((name) => parts[name]!);
  const ordered = chosen.some((part) => part.ordered);
  const anyWide = chosen.some((part) => part.wide);
  const of = (state: string, part: number) => (component: number) => `${state}.p${part}_${component}`;
  const list = (texts: readonly string[]): string => (texts.length === 1 ? texts[0]! : `(${texts.join(", ")})`);
  // With one part wide, components that have the last axis must say so.
  const state = chosen.flatMap((part, number) =>
    part.identity.map((_, component) => {
      const hasAxis = anyWide && (part.wide === undefined || component === 0);
      return `p${number}_${component}: f32${hasAxis ? "[last]" : ""}`;
    }),
  );
  const combined = chosen.flatMap((part, number) => part.combine(of("a", number), of("b", number)));
  const finished = chosen.map((part, number) => part.finish(of("a", number))).join(" + ");
  return {
    names,
    ordered,
    text: `${ordered ? "ordered " : ""}monoid u(${state.join(", ")}) {
  identity = ${list(chosen.flatMap((part) => part.identity))}
  combine(a, b) = ${list(combined)}
  finish(a) = ${finished}
}`,
    term: (x, w) =>
      list(chosen.flatMap((part) => part.term.map((text) => (text === "x" ? x : text === "w" ? w : text)))),
    fold: (x, w) => total(chosen.map((part) => part.fold(x, w))),
  };
}
