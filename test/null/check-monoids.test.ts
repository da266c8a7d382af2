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
