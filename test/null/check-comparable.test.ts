import { expect, test } from "vitest";
import { diagnose } from "../support/diagnose.js";

const program = (other: string): string => `
import { h100_node } from "std/machines"
param n = 16, m = 8
mesh on h100_node { p: 4 }
layer own(x: bf16[n/p, m]) -> out: bf16[n, m] { return all_gather(x, n) }
layer other${other}
schedule s of own
check s { same result as other }
`;

test.each([
  ["axes of other sizes", "(x: bf16[k: 32/p, m]) -> out: bf16[k: 32, m] { return all_gather(x, k) }", "32 x 8 of bf16"],
  ["axes the other way round", "(x: bf16[m/p, n]) -> out: bf16[m, n] { return all_gather(x, m) }", "8 x 16 of bf16"],
  [
    "whole numbers instead of floats",
    "(x: i32[n/p, m]) -> out: i32[n, m] { return all_gather(x, n) }",
    "16 x 8 of i32",
  ],
  ["an input more", "(x, z: bf16[n/p, m]) -> out: bf16[n, m] { return all_gather(x, n) }", "has 2 inputs, and `own` 1"],
  [
    "an output more",
    "(x: bf16[n/p, m]) -> (out: bf16[n, m], same: bf16[n/p, m]) { return all_gather(x, n), x }",
    "has 2 outputs, and `own` 1",
  ],
])("results of %s are not compared", (_, other, reason) => {
  const found = diagnose({ "main.stretto": program(other) });
  expect(found.map(({ name }) => name)).toEqual(["not-comparable"]);
  expect(found[0]!.message).toContain(reason);
});

test("layers of other names, and of other floats, are", () => {
  const other = "(first: f32[n/p, m]) -> result: f32[n, m] { return all_gather(first, n) }";
  expect(diagnose({ "main.stretto": program(other) })).toEqual([]);
});
