import { describe, expect, test } from "vitest";
import { bindText, namesOf } from "../support/bind-text.js";
import { checkFiles } from "../support/check-text.js";
import { namesOver, rankBody } from "../support/machine-text.js";
import { plannedText, planText } from "../support/plan-text.js";
import { simulate } from "../../simulator/simulate.js";

const box = `machine box { rank g[4] { ${rankBody} }\nlink g <-> g: full { 100 GB/s each way, 1 us } }
machine c { level n: box[3]\nlink n <-> n: switch { 10 GB/s each way, 5 us } }`;

/** Names of what the hops go over from position to position of the first mesh. */
function hops(text: string, ...pairs: readonly (readonly [number, number])[]): string[][] {
  const { bound, diagnostics } = bindText(text);
  expect(diagnostics).toEqual([]);
  const machine = bound.machine!;
  return pairs.map(([source, target]) => namesOver(machine, machine.route(source, target)));
}

describe("a mesh", () => {
  test("lies on a part of a machine: one instance, or the same rank of each", () => {
    expect(hops(`${box}\nmesh on c.n[2] { tp: 4 }`, [0, 3])).toEqual([["n[2].g[0] -> n[2].g[3]"]]);
    expect(hops(`${box}\nmesh on c.n.g[1] { dp: 3 }`, [0, 2])).toEqual([["n[0] out", "n[2] in"]]);
  });

  test("takes counts of levels, of their ranks, and of what it lies on", () => {
    const sizes = (text: string) => bindText(`${box}\nmesh ${text}`).bound.mesh?.axes.map(({ size }) => size);
    expect(sizes("on c { dp: n.count, tp: n.g.count }")).toEqual([3, 4]);
    expect(sizes("on c.n[0] { tp: g.count / 2 }")).toEqual([2]);
    expect(namesOf(bindText(`${box}\nmesh on c { tp: g.count }`).diagnostics)).toEqual(["not-a-value"]);
  });

  test("maps positions to ranks by an expression over its axes", () => {
    const ring = `machine r { rank g[5] { ${rankBody} }\nlink g -> g: ring { 1 GB/s } }\nparam step = 3`;
    expect(hops(`${ring}\nmesh on r { p: 5 } at rank (p * step) % 5`, [0, 1], [1, 2])).toEqual([
      ["g[0] -> g[1]", "g[1] -> g[2]", "g[2] -> g[3]"],
      ["g[3] -> g[4]", "g[4] -> g[0]", "g[0] -> g[1]"],
    ]);
    const turned = `${box}\nmesh on c { tp: 4, dp: 3 } at rank dp * 4 + tp`;
    expect(hops(turned, [0, 1], [0, 3])).toEqual([["n[0] out", "n[1] in"], ["n[0].g[0] -> n[0].g[1]"]]);
  });

  test("maps positions of a part to ranks of that part", () => {
    const text = `${box}\nmesh on c.n[1] { tp: 4 } at rank 3 - tp`;
    expect(hops(text, [0, 1])).toEqual([["n[1].g[3] -> n[1].g[2]"]]);
  });

  test.each([
    ["p * 2", "value-out-of-range"],
    ["(p * 2) % 4", "mesh-rank-twice"],
    ["p / 2", "size-not-whole"],
    ["p - 1", "value-out-of-range"],
    ["p * 1 GB", "wrong-unit"],
    ["q", "unknown-name"],
  ])("`at rank %s` of four is %s", (ranks, name) => {
    const { bound, diagnostics } = bindText(`${box}\nmesh on box { p: 4 } at rank ${ranks}`);
    expect(namesOf(diagnostics)).toEqual([name]);
    expect(bound.mesh).toBeUndefined();
  });

  test("that takes one kind of rank knows no other", () => {
    const text = `machine two { rank cpu { ${rankBody} }\nrank gpu[2] { ${rankBody.replace("sms 4", "sms 9")} } }`;
    const layer = "param rows = 6\nlayer f(x: f32[rows]) -> out: f32[rows] { return x }";
    const kinds = (place: string) => {
      const { program } = checkFiles({ "main.stretto": `${text}\nmesh on ${place}\n${layer}` });
      return program!.machine.kinds.map(({ sms }) => sms);
    };
    expect(kinds("two { p: 3 }")).toEqual([4, 9]);
    expect(kinds("two { p: 1 }")).toEqual([4]);
    expect(kinds("two.gpu { p: 2 }")).toEqual([9]);
    expect(kinds("two { p: 2 } at rank p + 1")).toEqual([9]);
  });
});

describe("several meshes of a file", () => {
  const text = `${box}
import { gelu } from "std/ops"
mesh wide on c.n.g[0] { dp: 3 }
mesh flat on c { tp: 4 }
mesh other on box { tp: 2 }
param rows = 12, cols = 8
layer first(x: f32[rows/dp, cols]) -> out: f32[rows, cols] { return all_gather(x, rows) }
layer second(x: f32[rows/tp, cols]) -> out: f32[rows, cols] { return all_gather(x, rows) }
layer third(x: f32[rows/tp, cols] on other) -> out: f32[rows, cols] on other { return all_gather(x, rows) }
layer alone(x: f32[rows, cols]) -> out: f32[rows, cols] { return gelu(x) }
schedule s1 of first { use ring for out }
schedule s2 of second { use ring for out }
schedule s3 of third { use ring for out }
schedule s4 of alone`;

  test.each([
    ["s1", "wide", 3],
    ["s2", "flat", 4],
    ["s3", "other", 2],
    ["s4", "wide", 3],
  ])("%s is planned on %s, which its layer names or whose axes it names", (schedule, mesh, ranks) => {
    const { planned } = plannedText(text, schedule);
    expect(planned.program.mesh.name).toBe(mesh);
    expect(planned.graph.rankCount).toBe(ranks);
  });

  test("each is simulated on its own ranks", () => {
    const nanoseconds = (schedule: string) => {
      const { planned } = plannedText(text, schedule);
      return simulate(planned.graph, planned.program.machine).makespanNs;
    };
    const bytes = 12 * 8 * 4;
    expect(nanoseconds("s1") / (2 * (5e3 + bytes / 3 / 10))).toBeCloseTo(1, 9);
    expect(nanoseconds("s2") / (3 * (1e3 + bytes / 4 / 100))).toBeCloseTo(1, 9);
    expect(nanoseconds("s3") / (1e3 + bytes / 2 / 100)).toBeCloseTo(1, 9);
  });

  test.each([
    ["layer f(x: f32[rows/tp] on flat) -> out: f32[rows/tp] on other { return gelu(x) }", "other-mesh"],
    ["layer f(x: f32[rows/tp] on none) -> out: f32[rows/tp] { return gelu(x) }", "unknown-name"],
    ["layer f(x: f32[rows/dp, cols/tp]) -> out: f32[rows/dp, cols/tp] { return gelu(x) }", "unknown-mesh-axis"],
    [
      "layer f(x: f32[rows, cols] on flat) -> out: f32[rows, cols] { return g(x) }\n" +
        "layer g(x: f32[rows, cols] on other) -> out: f32[rows, cols] on other { return gelu(x) }",
      "other-mesh",
    ],
  ])("%s is %s", (layer, name) => {
    const { diagnostics } = planText(`${text}\n${layer}`);
    expect(new Set(diagnostics.map((one) => one.name))).toEqual(new Set([name]));
  });
});

test("ranks of two kinds share a layer: each at its own pace, the slower one last", () => {
  const kind = (name: string, rate: string) =>
    `rank ${name}[2] { compute f32 1000 TFLOP/s\nsms 1\nmemory d 1 GB at ${rate}\ncopy engines 1 }`;
  const text = `import { gelu } from "std/ops"
machine two { ${kind("fast", "100 GB/s")}\n${kind("slow", "25 GB/s")}
link fast <-> slow: full { 10 GB/s each way, 1 us }
link fast <-> fast: full { 40 GB/s each way, 1 us }
link slow <-> slow: full { 10 GB/s each way, 1 us } }
mesh on two { p: 4 }
param rows = 4096, cols = 512
layer f(x: f32[rows/p, cols]) -> out: f32[rows, cols] {
  let y = gelu(x)
  return all_gather(y, rows)
}
schedule s of f { use ring for out }`;
  const { planned } = plannedText(text);
  const { graph, program } = planned;
  const { finish } = simulate(graph, program.machine);
  const part = (4096 / 4) * 512 * 4;
  const ended = Array.from({ length: 4 }, (_, rank) =>
    Math.max(...[...finish].filter((_end, task) => graph.kind[task] === 0 && graph.rank[task] === rank)),
  );
  expect(ended[0]! / ((2 * part) / 100)).toBeCloseTo(1, 9);
  expect(ended[3]! / ((2 * part) / 25)).toBeCloseTo(1, 9);
  // A barrier, then three rounds of the ring, the slowest link of which is the one between kinds.
  const ring = 3 * (1e3 + part / 10);
  expect(Math.max(...finish)).toBeLessThanOrEqual(ended[3]! + ring * (1 + 1e-9));
  expect(Math.max(...finish)).toBeGreaterThan(ring);
});

test("a mesh without axes is one rank, and names no axis", () => {
  const text = `import { laptop } from "std/machines"
import { relu } from "std/ops"
param rows = 8
mesh on laptop {}
layer f(x: f32[rows/p]) -> out: f32[rows/p] { return relu(x) }
schedule s of f`;
  expect(namesOf(planText(text).diagnostics)).toContain("unknown-mesh-axis");
  expect(plannedText(text.replaceAll("/p", "")).planned.graph.rankCount).toBe(1);
});
