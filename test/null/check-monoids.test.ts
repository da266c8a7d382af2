import { expect, test } from "vitest";
import { monoidKind } from "../../compiler/check/monoid-kinds.js";
import { checkText } from "../support/check-text.js";

const monoids = (text: string) => {
  const { program, diagnostics } = checkText(`${text}\nlayer a(x: f32[tokens]) -> out: f32[tokens] { return x }`);
  expect(diagnostics).toEqual([]);
  return new Map(program!.monoids.map((monoid) => [monoid.name, monoid]));
};

test("sum and max are read from their declarations", () => {
  const found = monoids("");
  expect(found.get("sum")).toMatchObject({ identity: [0], commutative: true, ordered: false });
  expect(found.get("max")).toMatchObject({ identity: [-Infinity], commutative: true });
  expect(monoidKind(found.get("sum")!)).toBe("additive");
  expect(monoidKind(found.get("max")!)).toBe("maximum");
});

test("a state of several components, with local equations, is one scalar a component", () => {
  const found = monoids(`
monoid lse(o: f32, m: f32, l: f32) {
  identity = (0, -3e38, 0)
  combine(a, b) = { let m = max(a.m, b.m)
                    (a.o * exp(a.m - m) + b.o * exp(b.m - m), m, a.l * exp(a.m - m) + b.l * exp(b.m - m)) }
  finish(a) = a.o / a.l
}
ordered monoid last(x: f32) { identity = 0 combine(a, b) = b }
monoid scaled(x: f32) { identity = 0 combine(a, b) = a + b finish(a) = 2 * a }`);
  const lse = found.get("lse")!;
  expect(lse.identity).toEqual([0, -3e38, 0]);
  expect([lse.combine.length, lse.components.length, lse.commutative]).toEqual([3, 3, true]);
  expect(found.get("last")).toMatchObject({ ordered: true, commutative: false });
  // A sum that is scaled when finished is no sum: adding two finished ones is not finishing what was added.
  expect(monoidKind(found.get("scaled")!)).toBe("stateful");
});

test("a value pending under a monoid of no known kind takes no arithmetic", () => {
  const text = `
monoid product(x: f32) { identity = 1 combine(a, b) = a * b }
layer a(x: f32[tokens] pending product over p) -> out: f32[tokens] pending product over p { return scale(x, 2) }`;
  expect(checkText(text).diagnostics.map((one) => one.name)).toEqual(["pending-not-linear"]);
});

const last = "ordered monoid last(x: f32) { identity = 0 combine(a, b) = b }";

const chain = `
ordered monoid chain(x: f32, y: f32) {
  identity = (1, 0)
  combine(a, b) = (a.x * b.x, b.x * a.y + b.y)
  finish(a) = a.x + a.y
}
op chained(x: T[t, c]) -> T[c] = chain[t] (x[t, c], 1)`;

test.each([
  [
    "a component that is no number",
    "monoid m(o: f32[16]) { identity = 0 combine(a, b) = a + b }",
    "has names for the last axes",
  ],
  [
    "a component made of one with more axes",
    "monoid m(o: f32[n], l: f32) { identity = (0, 0) combine(a, b) = (a.o + b.o, a.l + b.o) finish(a) = a.o }",
    "`l` of `m` is made of `o`, which has an axis that it has not",
  ],
  [
    "an identity that changes itself",
    "monoid m(t: f32, l: f32) { identity = (-inf, 0) combine(a, b) = (max(a.t, b.t), a.l * exp(a.t - b.t) + b.l) finish(a) = a.l }",
    "combines its identity with itself to (-inf, NaN), not to (-inf, 0)",
  ],
  [
    "several components and no finish",
    "monoid m(a: f32, b: f32) { identity = (0, 0) combine(a, b) = a }",
    "has no `finish`",
  ],
  [
    "a term of too few components",
    "monoid m(a: f32, b: f32) { identity = (0, 0) combine(a, b) = (a.a + b.a, a.b + b.b) finish(a) = a.a }\nop f(x: T[n, k]) -> T[k] = m[n] x[n, k]\nlayer a(x: f32[tokens, hidden]) -> out: f32[hidden] { return f(x) }",
    "`m` has 2 components here; this gives 1",
  ],
  [
    "a score that depends on the last axis",
    "op f(x: T[t, h, d]) -> T[h, d] = lse[t] (x[t, h, d], x[t, h, d], 1)\nlayer a(x: f32[tokens, heads, hidden]) -> out: f32[heads, hidden] { return f(x) }",
    "`m` of `lse` has no axis for `d`",
  ],
  [
    "a guard that depends on the last axis",
    "op f(x: T[t, h, d]) -> T[h, d] = lse[t where t <= d] (x[t, h, d], 0, 1)\nlayer a(x: f32[tokens, heads, hidden]) -> out: f32[heads, hidden] { return f(x) }",
    "`m` of `lse` has no axis for `d`",
  ],
  [
    "two states at once",
    "layer a(x: f32[tokens, hidden] pending lse over p pending sum over q) -> out: f32[tokens, hidden] pending lse over p pending sum over q { return x }",
    "cannot be pending under another monoid too",
  ],
  [
    "an ordered monoid over two mesh axes",
    `${chain}\nlayer a(x: f32[tokens/q/p, hidden]) -> out: f32[hidden] { return all_reduce(chained(x), q, p) }`,
    "`chain` is ordered, and joins what mesh axes divide one inside the other, as the mesh has them",
  ],
  [
    "an ordered monoid over two mesh axes, the outer one first",
    `${chain}\nlayer a(x: f32[tokens/p/q, hidden]) -> out: f32[hidden] { return all_reduce(all_reduce(chained(x), p), q) }`,
    "joins what the innermost mesh axes divide first",
  ],
  [
    "an ordered monoid of two axes, the inner one divided",
    `${chain}\nop f(x: T[t, h, c]) -> T[c] = chain[t, h] (x[t, h, c], 1)\nlayer a(x: f32[tokens, heads/p, hidden]) -> out: f32[hidden] { return all_reduce(f(x)) }`,
    "each `t` has all of `h`: parts of it are not one behind the other",
  ],
  [
    "an ordered monoid over indices of two mesh axes",
    `${last}\nlayer a(x: f32[copies: 8/p/q, tokens]) -> out: f32[tokens] { return all_reduce(partials(x, copies, last), q, p) }`,
    "`last` does not fit: it is ordered, and a value is pending under it over one mesh axis",
  ],
  [
    "an ordered monoid over indices of what is pending under it",
    `${last}\nlayer a(x: f32[copies: 4/p, tokens] pending last over q) -> out: f32[tokens] { return all_reduce(partials(x, copies, last), p, q) }`,
    "`last` does not fit: it is ordered, and a value is pending under it over one mesh axis",
  ],
  [
    "rows that are not in order",
    `${chain}\nop f<R: table>(x: T[r: rows(R), c]) -> T[c] = chain[r] (x[r, c], 1)\nlayer a(x: f32[rows(gate)/p by from, hidden]) -> out: f32[hidden] { return all_reduce(f(x)) }`,
    "parts by `from` are not one behind the other",
  ],
])("components and their axes: %s", (_, text, message) => {
  const { diagnostics } = checkText(text);
  expect(diagnostics[0]?.message).toContain(message);
});

test("a guard and a score may depend on what all of a state shares", () => {
  const text = `
op f(x: T[t, h, d], w: T[t, h]) -> T[h, d] = lse[t where t <= 2 * h] (x[t, h, d], w[t, h], 1)
layer a(x: f32[tokens, heads, hidden], w: f32[tokens, heads]) -> out: f32[heads, hidden] { return f(x, w) }`;
  expect(checkText(text).diagnostics).toEqual([]);
});
