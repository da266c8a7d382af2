import fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkFiles, checkText, preamble } from "../support/check-text.js";

const examples = ["comet", "t3", "flux"].map((name) =>
  readFileSync(new URL(`../../examples/${name}.stretto`, import.meta.url), "utf8"),
);
const library = readFileSync(new URL("../../std/ops.stretto", import.meta.url), "utf8");

test("texts cut off anywhere, and texts with a word lost, doubled or exchanged, are read without a fault", () => {
  const words = examples.flatMap((text) => text.match(/\w+|[^\s\w]/g)!);
  fc.assert(
    fc.property(
      fc.constantFrom(...examples, preamble + library),
      fc.array(fc.record({ at: fc.nat(10_000), drop: fc.nat(12), put: fc.constantFrom("", ...words) }), {
        maxLength: 4,
      }),
      fc.option(fc.nat(10_000)),
      (text, changes, cut) => {
        let changed = text;
        for (const { at, drop, put } of changes) {
          const place = at % changed.length;
          changed = `${changed.slice(0, place)} ${put} ${changed.slice(place + drop)}`;
        }
        const { program, diagnostics } = checkFiles(
          { "main.stretto": cut === null ? changed : changed.slice(0, cut) },
          { profile: "small" },
        );
        expect(program !== undefined && diagnostics.some((one) => one.severity === "error")).toBe(false);
      },
    ),
    { numRuns: 150 },
  );
});

test.each<[what: string, text: string]>([
  ["a sum of 100000 terms in an op", `op f(x: T[n]) -> T[n] = x[n]${" + x[n]".repeat(100_000)}`],
  [
    "a size of 100000 terms",
    `op f(x: T[n]) -> T[i: (n${" + 1".repeat(100_000)})] = x[0]\nlayer a(x: f32[tokens]) -> out: f32[tokens] { return f(x) }`,
  ],
  ["an index of 100000 terms", `op f(x: T[n]) -> T[n] = x[n${" + 0".repeat(100_000)}]`],
  ["a name of 100000 members", `layer a(x: f32[tokens]) -> out: f32[tokens] { return relu(x${".y".repeat(100_000)}) }`],
  [
    "100000 divisions in a word",
    `layer a(x: f32[tokens/p]) -> out: f32[tokens] { return all_gather(x, tokens${"/p".repeat(100_000)}) }`,
  ],
  [
    "5000 local equations",
    `op f(x: T[n]) -> T[n] {\n${Array.from({ length: 5000 }, (_, i) => `let t${i}[n] = x[n] + ${i === 0 ? "1" : `t${i - 1}[n]`}`).join("\n")}\nreturn t4999[n]\n}`,
  ],
  [
    "2^200 combinations of guards",
    `op f(x: T[n]) -> T[n] {\n${Array.from({ length: 200 }, (_, i) => `let t${i}[n] = if(n < ${i + 1}, ${i === 0 ? "x" : `t${i - 1}`}[n], ${i === 0 ? "x" : `t${i - 1}`}[n] + 1)`).join("\n")}\nreturn t199[n]\n}\nlayer a(x: f32[tokens]) -> out: f32[tokens] { return f(x) }`,
  ],
  [
    "a layer of 5000 statements",
    `layer a(x: f32[tokens]) -> out: f32[tokens] {\n${Array.from({ length: 5000 }, (_, i) => `let v${i} = relu(${i === 0 ? "x" : `v${i - 1}`})`).join("\n")}\nreturn v4999\n}`,
  ],
  [
    "2^60 calls",
    Array.from(
      { length: 60 },
      (_, i) =>
        `layer l${i}(x: f32[tokens]) -> out: f32[tokens] { return ${i === 59 ? "relu(x)" : `add(l${i + 1}(x), l${i + 1}(x))`} }`,
    ).join("\n"),
  ],
  [
    "100 layers that each call the next",
    Array.from(
      { length: 100 },
      (_, i) => `layer l${i}(x: f32[tokens]) -> out: f32[tokens] { return ${i === 99 ? "relu(x)" : `l${i + 1}(x)`} }`,
    ).join("\n"),
  ],
])("%s", (_, text) => {
  const { diagnostics } = checkText(text);
  for (const one of diagnostics) expect(one.code).toMatch(/^ST[123]/);
});
