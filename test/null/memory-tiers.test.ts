import { describe, expect, test } from "vitest";
import { printLayer } from "../../compiler/check/print-ir.js";
import { measure } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";
import { checkFiles } from "../support/check-text.js";
import { plannedText, planText } from "../support/plan-text.js";

// Values in memory tiers: what a copy costs, what fits, and what is refused.

const latency = 3e-6;

function machine(host = "64 GB", memory = "80 GB"): string {
  return `
import { gelu, matmul } from "std/ops"
machine node {
  rank gpu[4] {
    compute f32 1000 TFLOP/s
    sms 10
    memory hbm ${memory} at 100000 TB/s
    copy engines 1
  }
  link gpu <-> gpu: switch { 100 GB/s each way, 1 us }
  tier host of gpu { ${host}, read 50 GB/s, write 25 GB/s, 3 us }
}
machine two {
  level node: node[2]
  link node <-> node: switch { 10 GB/s each way, 5 us }
  tier ssd of node { 1 TB, read 8 GB/s, write 4 GB/s }
}
mesh on two { p: 8 }
param rows = 8000, cols = 100
`;
}
const bytes = 8000 * 100 * 4;

function predicted(text: string) {
  const { planned } = plannedText(text);
  const { graph, program } = planned;
  const timeline = simulate(graph, program.machine);
  return { seconds: timeline.makespanNs / 1e9, planned, result: measure(graph, program.machine, timeline) };
}

describe("a copy", () => {
  test("from a tier of each rank takes the tier's latency and its part's bytes at the rate of reading", () => {
    const text = `${machine()}
layer f(x: f32[rows/p, cols] in host) -> out: f32[rows/p, cols] { return load(x) }
schedule s of f`;
    const { seconds, result } = predicted(text);
    expect(seconds / (latency + bytes / 8 / 50e9)).toBeCloseTo(1, 6);
    expect(result).toMatchObject({ bytes_moved: 0, messages: 0 });
    expect(result.bound_ns / 1e9).toBeLessThanOrEqual(seconds * (1 + 1e-9));
  });

  test("of a value that all have is of all of it on each rank, to a tier at the rate of writing", () => {
    const text = `${machine()}
layer f(x: f32[rows, cols]) -> out: f32[rows, cols] in host { return store(x, host) }
schedule s of f`;
    expect(predicted(text).seconds / (latency + bytes / 25e9)).toBeCloseTo(1, 6);
  });

  test("from a tier that ranks share goes through one way: four at once take four times as long", () => {
    const text = `${machine()}
layer f(x: f32[rows/p, cols] in ssd) -> out: f32[rows/p, cols] { return load(x) }
schedule s of f`;
    expect(predicted(text).seconds / (((bytes / 8) * 4) / 8e9)).toBeCloseTo(1, 6);
  });

  test("may stand between words, and out of program order", () => {
    const text = `${machine()}
layer f(x: f32[rows/p, cols], w: f32[cols, cols] in host) -> out: f32[rows, cols] {
  let all = all_gather(x, rows)
  let weight = load(w)
  return matmul(all, weight)
}
schedule s of f { use ring for all; async weight }
schedule t of f { use ring for all }`;
    const makespan = (schedule: string) => {
      const { planned } = plannedText(text, schedule);
      return simulate(planned.graph, planned.program.machine).makespanNs;
    };
    const load = (latency + (100 * 100 * 4) / 50e9) * 1e9;
    expect(makespan("t")).toBeGreaterThanOrEqual(load);
    expect(makespan("s")).toBeLessThanOrEqual(makespan("t"));
  });
});

test("what lies in a tier takes none of the rank's own memory", () => {
  const layer = (tier: string, read: string) => `${machine()}
layer f(x: f32[rows/p, cols]${tier}, w: f32[cols, cols]) -> out: f32[rows/p, cols]${tier} { return ${read} }
schedule s of f`;
  const near = plannedText(layer("", "gelu(x)")).planned.peakMemoryBytes;
  const far = plannedText(layer(" in host", "store(gelu(load(x)), host)")).planned.peakMemoryBytes;
  const own = 100 * 100 * 4;
  const part = bytes / 8;
  expect(new Set(near)).toEqual(new Set([own + 2 * part]));
  // In and out are in the host; what is loaded and what is computed of it are live one beside the other.
  expect(new Set(far)).toEqual(new Set([own + 2 * part]));
  const kept = plannedText(layer(" in host", "x").replace("return x", "return store(load(x), host)"));
  expect(new Set(kept.planned.peakMemoryBytes)).toEqual(new Set([own + part]));
});

test("a layer with values in tiers is printed, read, and printed the same", () => {
  const text = `${machine()}
layer f(x: f32[rows/p, cols] in host) -> out: f32[rows/p, cols] in ssd { return store(gelu(load(x)), ssd) }`;
  const { program } = checkFiles({ "main.stretto": text });
  const printed = printLayer(program!.layers[0]!, program!);
  expect(printed).toContain("in host");
  expect(printed).toContain("store(");
  const again = checkFiles({ "main.stretto": `${machine()}\n${printed}` });
  expect(again.diagnostics).toEqual([]);
  expect(printLayer(again.program!.layers[0]!, again.program!)).toBe(printed);
});

describe("the size of a tier", () => {
  const layer = "layer f(x: f32[rows/p, cols] in host) -> out: f32[rows/p, cols] { return load(x) }\nschedule s of f";
  test.each([
    [bytes / 8, []],
    [bytes / 8 - 1, ["tier-too-small"]],
  ])("%d B holds a part of 400000 B: %s", (size, names) => {
    const { diagnostics } = planText(`${machine(`${size} B`)}${layer}`);
    expect(diagnostics.map(({ name }) => name)).toEqual(names);
  });

  test("is told with the values that fill it, the largest first", () => {
    const wide =
      "layer g(x: f32[rows/p, cols] in host, y: f32[rows/p] in host) -> out: f32[rows/p, cols], z: f32[rows/p] { return load(x), load(y) }\nschedule s of g";
    const { diagnostics } = planText(`${machine("1 B")}${wide}`);
    expect(diagnostics).toMatchObject([
      {
        name: "tier-too-small",
        related: [
          { message: expect.stringMatching(/^`x` of rank 0: 400\.0 KB, until the layer ends$/) },
          { message: expect.stringMatching(/^`y` of rank 0: /) },
        ],
      },
    ]);
  });

  test("is shared by the ranks of an instance", () => {
    const text = (size: number) =>
      `${machine().replace("ssd of node { 1 TB", `ssd of node { ${size} B`)}${layer.replace("host", "ssd")}`;
    expect(planText(text(bytes / 2)).diagnostics).toEqual([]);
    const { diagnostics } = planText(text(bytes / 2 - 1));
    expect(diagnostics[0]!.message).toContain("node[0] ssd takes 1.600 MB");
  });
});

describe("is refused", () => {
  test.each([
    ["f(x: f32[rows/p, cols] in host) -> out: f32[rows/p, cols] { return gelu(x) }", "value-in-tier"],
    ["f(x: f32[rows/p, cols] in host) -> out: f32[rows, cols] { return all_gather(x, rows) }", "value-in-tier"],
    ["f(x: f32[rows, cols] in host) -> out: f32[rows/p, cols] { return shard(x, rows/p) }", "value-in-tier"],
    ["f(x: f32[rows, cols] in host) -> out: f32[rows, cols] in ssd { return store(x, ssd) }", "value-in-tier"],
    ["f(x: f32[rows, cols]) -> out: f32[rows, cols] { return load(x) }", "word-arguments"],
    ["f(x: f32[rows, cols]) -> out: f32[rows, cols] in host { return store(x) }", "word-arguments"],
    ["f(x: f32[rows, cols]) -> out: f32[rows, cols] in host { return store(x, tape) }", "unknown-tier"],
    ["f(x: f32[rows, cols] in tape) -> out: f32[rows, cols] { return load(x) }", "unknown-tier"],
    ["f(x: f32[rows, cols]) -> out: f32[rows, cols] in host { return gelu(x) }", "layout-mismatch"],
    ["f(x: f32[rows, cols] in host) -> out: f32[rows, cols] { return x }", "layout-mismatch"],
  ])("layer %s: %s", (layer, name) => {
    const { diagnostics } = planText(`${machine()}\nlayer ${layer}`);
    expect(diagnostics.map((one) => one.name)).toEqual([name]);
  });

  test("a tier of some ranks where others of the mesh have none", () => {
    const text = machine().replace("tier ssd of node", "tier ssd of node[0]");
    const layer = "layer f(x: f32[rows/p] in ssd) -> out: f32[rows/p] { return load(x) }";
    expect(planText(text + layer).diagnostics.map(({ name }) => name)).toEqual(["unknown-tier"]);
    const first = text.replace("mesh on two { p: 8 }", "mesh on two { p: 4 }");
    expect(planText(`${first}${layer}\nschedule s of f`).diagnostics).toEqual([]);
  });

  test("an engine that reaches no tier", () => {
    const layer = "layer f(x: f32[rows/p] in ssd) -> out: f32[rows/p] { let near = load(x)\n return gelu(near) }";
    const said = (engine: string) =>
      planText(`${machine()}\n${layer}\nschedule s of f { run near on ${engine} }`).diagnostics.map(({ name }) => name);
    expect(said("copy")).toEqual([]);
    for (const engine of ["memory", "nic", "stores"]) expect(said(engine)).toEqual(["run-no-such-engine"]);
  });
});
