import { expect, test } from "vitest";
import { bindText, namesOf } from "../support/bind-text.js";
import { rankBody } from "../support/machine-text.js";

const leafSpine = "leaves 2, spines 2, nics 1 at 50 GB/s, 5 us, planned";

test.each([
  ["mesh { 1 GB/s }", ["missing-property"]],
  ["torus { dims 4 by 2 }", ["missing-property"]],
  ["mesh { dims 4 by 3, 1 GB/s }", ["value-out-of-range"]],
  ["mesh { dims 4, 1 GB/s }", ["value-out-of-range"]],
  ["mesh { dims 0 by 2, 1 GB/s }", ["size-not-positive"]],
  ["mesh { dims 1.5 by 2, 1 GB/s }", ["size-not-whole"]],
  ["mesh { dims 4 GB by 2, 1 GB/s }", ["wrong-unit"]],
  ["mesh { dims 4 by, 1 GB/s }", ["unknown-property"]],
  ["mesh { dims 4 times 2, 1 GB/s }", ["unknown-property"]],
  ["mesh { dims 4 by 2, dims 4 by 2, 1 GB/s }", ["duplicate-property"]],
  ["ring { dims 8, 1 GB/s }", ["unknown-property"]],
  ["tree { 1 GB/s, uplink 1 GB/s }", ["missing-property"]],
  ["tree { switches 2, 1 GB/s }", ["missing-property"]],
  ["tree { switches 2, uplink 1 GB/s }", ["missing-property"]],
  ["tree { switches 9, 1 GB/s, uplink 1 GB/s }", ["value-out-of-range"]],
  ["tree { switches 2, 1 GB/s, uplink 0 GB/s }", ["value-out-of-range"]],
  ["tree { switches 2, 1 GB/s, uplink 1 us }", ["wrong-unit"]],
  ["leaf_spine { 1 GB/s }", ["unknown-property"]],
  ["leaf_spine { }", ["missing-property"]],
  [`leaf_spine { ${leafSpine.replace(", planned", "")} }`, ["missing-property"]],
  [`leaf_spine { ${leafSpine}, split }`, ["duplicate-property"]],
  [`leaf_spine { ${leafSpine.replace("planned", "ecmp seed 1.5")} }`, ["size-not-whole"]],
  [`leaf_spine { ${leafSpine.replace("planned", "ecmp 1")} }`, ["unknown-property"]],
  [`leaf_spine { ${leafSpine.replace("planned", "adaptive")} }`, ["unknown-property"]],
  [`leaf_spine { ${leafSpine.replace("leaves 2", "leaves 9")} }`, ["value-out-of-range"]],
  [`leaf_spine { ${leafSpine.replace("spines 2", "spines 0")} }`, ["size-not-positive"]],
  [`leaf_spine { ${leafSpine.replace("spines 2", "spines 200000")} }`, ["machine-too-large"]],
  [`leaf_spine { ${leafSpine.replace("1 at", "100000 at")} }`, ["machine-too-large"]],
  [`leaf_spine { ${leafSpine.replace("50 GB/s", "0 GB/s")} }`, ["value-out-of-range"]],
])("%s is refused", (link, names) => {
  const { bound, diagnostics } = bindText(
    `machine m { rank g[8] { ${rankBody} }\nlink g <-> g: ${link} }\nmesh on m { r: 1 }`,
  );
  expect(namesOf(diagnostics)).toEqual(names);
  expect(bound.machine).toBeUndefined();
});

test("what a link takes is said where something else stands", () => {
  const { diagnostics } = bindText(
    `machine m { rank g[8] { ${rankBody} }\nlink g <-> g: torus { dims 4 x 2, 1 GB/s } }`,
  );
  expect(diagnostics[0]!.message).toContain("`dims 4 by 2`, `200 GB/s each way`, `1.5 us`");
});

test("all that is missing is said at once", () => {
  const { diagnostics } = bindText(`machine m { rank g[8] { ${rankBody} }\nlink g <-> g: tree { 1 us } }`);
  expect(diagnostics.map((one) => one.message)).toEqual([
    "This tree link states no `switches`, such as `switches 2`, no bandwidth, such as `200 GB/s each way`, " +
      "no `uplink`, such as `uplink 32 GB/s each way`.",
  ]);
});
