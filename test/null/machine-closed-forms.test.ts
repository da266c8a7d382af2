import { describe, expect, test } from "vitest";
import type { TransferClass } from "../../compiler/graph/task-graph.js";
import { lowerBound } from "../../simulator/bound.js";
import { measure } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";
import { plannedText, planText } from "../support/plan-text.js";

// Programs on machines with structure, from text to predicted time and bytes, against what one can work out by hand.

const near = { latency: 1e-6, rate: 100e9 };
const far = { latency: 5e-6, rate: 10e9 };
const rank = `
    compute f32 1 TFLOP/s
    sms 10
    memory hbm 80 GB at 100000 TB/s
    copy engines 1`;
const widths = 960;

interface Levels {
  readonly nodes: number;
  readonly ranks: number;
  /** NICs of a node, each at the far rate. */
  readonly nics?: number;
}

function cluster({ nodes, ranks, nics = ranks }: Levels): string {
  return `
machine box {
  rank gpu[${ranks}] {${rank}
  }
  link gpu <-> gpu: switch { 100 GB/s each way, 1 us }
}
machine cluster {
  level node: box[${nodes}]
  link node <-> node: leaf_spine { leaves 1, spines 1, nics ${nics} at 10 GB/s, 5 us, planned }
}
`;
}

function secondsOf(text: string, schedule?: string): number {
  const { planned } = plannedText(text, schedule);
  const timeline = simulate(planned.graph, planned.program.machine);
  expect(timeline.stuck).toEqual([]);
  const { bound_ns } = measure(planned.graph, planned.program.machine, timeline);
  expect(bound_ns).toBeLessThanOrEqual(timeline.makespanNs * (1 + 1e-9));
  return timeline.makespanNs / 1e9;
}

describe.each([
  { nodes: 2, ranks: 4 },
  { nodes: 4, ranks: 2 },
  { nodes: 3, ranks: 3 },
  { nodes: 8, ranks: 8 },
])("$nodes nodes of $ranks", ({ nodes, ranks }) => {
  const n = nodes * ranks;
  const chunk = widths * 4;
  const mesh = `mesh on cluster { node: ${nodes}, gpu: ${ranks} }`;

  test("a ring over all of them goes at the pace of the links between nodes: (n - 1)(alpha + c / B)", () => {
    const text = `${cluster({ nodes, ranks })}${mesh}
param rows = ${n}, cols = ${widths}
layer whole(x: f32[rows/node/gpu, cols]) -> out: f32[rows, cols] { return all_gather(x, rows/node/gpu) }
schedule s of whole { use ring for out }`;
    expect(secondsOf(text) / ((n - 1) * (far.latency + chunk / far.rate))).toBeCloseTo(1, 9);
  });

  test("gathered within the node, then across: (r - 1)(a + c / b) + (N - 1)(A + r c / B)", () => {
    const text = `${cluster({ nodes, ranks })}${mesh}
param rows = ${n}, cols = ${widths}
layer whole(x: f32[rows/node/gpu, cols]) -> out: f32[rows, cols] {
  let near = all_gather(x, rows/gpu)
  return all_gather(near, rows/node)
}
schedule s of whole { use ring for near, out }`;
    const within = (ranks - 1) * (near.latency + chunk / near.rate);
    const across = (nodes - 1) * (far.latency + (ranks * chunk) / far.rate);
    expect(secondsOf(text) / (within + across)).toBeCloseTo(1, 9);
  });
});

test.each([
  [8, 1],
  [4, 2],
  [2, 4],
  [1, 8],
])("%d NICs of eight ranks: an exchange between two nodes shares each among %d", (nics, sharers) => {
  const text = `${cluster({ nodes: 2, ranks: 8, nics })}
mesh on cluster { node: 2, gpu: 8 }
param rows = 16, cols = ${widths}
layer whole(x: f32[rows/gpu/node, cols]) -> out: f32[rows/gpu, cols] { return all_gather(x, rows/node) }
schedule s of whole { use ring for out }`;
  expect(secondsOf(text) / (far.latency + (sharers * widths * 4) / far.rate)).toBeCloseTo(1, 9);
});

describe("a switch that adds and multicasts", () => {
  const machine = (ranks: number, work: string) => `
machine node {
  rank gpu[${ranks}] {${rank}
  }
  link gpu <-> gpu: switch { 100 GB/s each way${work} }
}
mesh on node { tp: ${ranks} }
param rows = 2520, cols = 16
`;
  const reduced = `
layer whole(x: f32[rows, cols] pending sum over tp) -> out: f32[rows, cols] { return all_reduce(x) }
schedule plain of whole { use two_shot for out }
schedule inside of whole { use two_shot for out; run out on memory }`;
  const bytes = 2520 * 16 * 4;
  const able = ", reduces sum, multicasts";

  /** Bytes over each port, by the weights that the simulator's contract gives them. */
  function throughPorts(text: string, schedule: string): number[] {
    const { planned } = plannedText(text, schedule);
    const { graph, program } = planned;
    const through = program.machine.linkResources.map(() => 0);
    for (let task = 0; task < graph.taskCount; task++) {
      const cost = graph.classes[graph.classOf[task]!];
      if (cost?.kind !== "transfer") continue;
      const { wireBytes, merged } = cost satisfies TransferClass;
      const [out, into] = [2 * cost.source, 2 * cost.target + 1];
      through[out]! += merged?.by === "copying" ? wireBytes / merged.sends : wireBytes;
      through[into]! += merged?.by === "combining" ? wireBytes / merged.sends : wireBytes;
      if (merged?.by === "copying") through[2 * cost.source + 1]! += wireBytes / merged.sends;
      if (merged?.by === "combining") through[2 * cost.target]! += wireBytes / merged.sends;
    }
    return through;
  }

  test.each([3, 4, 5, 6, 7, 8])(
    "an all_reduce over %d ranks moves V (1 + 1/n) through each port, not 2 V (n - 1)/n",
    (n) => {
      const text = machine(n, able) + reduced;
      for (const moved of throughPorts(text, "inside")) expect(moved / (bytes * (1 + 1 / n))).toBeCloseTo(1, 12);
      for (const moved of throughPorts(text, "plain")) expect(moved / ((2 * bytes * (n - 1)) / n)).toBeCloseTo(1, 12);
    },
  );

  test.each([3, 5, 8])("and takes V / B for each of its halves, against V (n - 1)/n / B, over %d ranks", (n) => {
    const text = machine(n, able).replace("copy engines 1", `copy engines ${n}`) + reduced;
    expect(secondsOf(text, "inside") / ((2 * bytes) / 100e9)).toBeCloseTo(1, 9);
    expect(secondsOf(text, "plain") / ((2 * bytes * (n - 1)) / n / 100e9)).toBeCloseTo(1, 9);
  });

  test("in parts that overlap its halves run beside one another: V (1 + 1/n) / B and the ends of one part", () => {
    const n = 8;
    const parts = 40;
    const split = `schedule parts of whole { split rows into ${parts}; use two_shot for out; run out on memory; async out }`;
    const text = machine(n, able).replace("copy engines 1", "copy engines 64") + reduced.split("schedule")[0] + split;
    const seconds = secondsOf(text) / (bytes / 100e9);
    expect(seconds).toBeGreaterThanOrEqual(1 + 1 / n);
    expect(seconds).toBeLessThanOrEqual(1 + 1 / n + 2 / parts + 0.15);
  });

  test("merges nothing where it cannot, of one that only adds what is added, of one that multicasts what is copied", () => {
    const kinds = (work: string, word: string) => {
      const { planned } = plannedText(machine(4, work) + word, "inside");
      return new Set(planned.graph.classes.map((cost) => (cost.kind === "transfer" ? cost.merged?.by : undefined)));
    };
    expect(kinds(", reduces sum", reduced)).toEqual(new Set(["combining", undefined]));
    expect(kinds(able, reduced)).toEqual(new Set(["combining", "copying"]));
    expect(kinds(able, reduced.replace(/two_shot/g, "ring"))).toEqual(new Set([undefined]));
    const gather = `
layer whole(x: f32[rows/tp, cols]) -> out: f32[rows, cols] { return all_gather(x, rows) }
schedule inside of whole { use one_shot for out; run out on memory }`;
    expect(kinds(", multicasts", gather)).toEqual(new Set(["copying"]));
    expect(kinds(", reduces sum", gather)).toEqual(new Set([undefined]));
    // One round after the other.
    expect(kinds(able, gather.replace("one_shot", "direct"))).toEqual(new Set([undefined]));
    expect(kinds(able, reduced.replace(/two_shot/g, "direct"))).toEqual(new Set([undefined]));
  });

  test.each(["", ", reduces max", ", reduces max min", ", multicasts"])(
    "is not one with `%s`, so a sum cannot run on it",
    (work) => {
      const { diagnostics } = planText(machine(4, work) + reduced, "inside");
      expect(diagnostics.map(({ name }) => name)).toEqual(["run-no-such-engine"]);
    },
  );

  describe.each([3, 5, 8])("issued to by k SMs of 1 GB/s each, over %d ranks", (n) => {
    const ports = 100e9;
    const each = 1e9;
    const text = (verbs: string) =>
      machine(n, able).replace("sms 10", "sms 132, each moves 1 GB/s") +
      reduced.split("schedule")[0]! +
      `schedule issued of whole { ${verbs} }`;
    const half = (k: number) => Math.max(bytes / ports, bytes / n / (k * each));

    test("each half takes the longer of V / B and V / n over what they move: what merges counts once", () => {
      const crossover = ports / each / n;
      const few = Math.ceil(crossover) - 1;
      expect(half(few)).toBeGreaterThan(bytes / ports);
      expect(half(few + 1)).toBe(bytes / ports);
      for (const k of [1, 2, few - 1, few, few + 1, few + 2, 131]) {
        const seconds = secondsOf(text(`use two_shot for out; run out on memory(${k})`));
        expect(seconds / (2 * half(k)), `${k} SMs`).toBeCloseTo(1, 9);
      }
    });

    test("without merging they move each copy themselves, as `sms(k)` does", () => {
      for (const k of [1, 40, 99, 131]) {
        const copies = (2 * bytes * (n - 1)) / n;
        const wanted = Math.max(copies / ports, copies / (k * each));
        for (const engine of ["memory", "sms"])
          expect(secondsOf(text(`use ring for out; run out on ${engine}(${k})`)) / wanted).toBeCloseTo(1, 9);
      }
    });

    test("the bound counts as they do, and names them where they are too few", () => {
      const { graph, program } = plannedText(text("use two_shot for out; run out on memory(2)")).planned;
      const { boundNs, setBy } = lowerBound(graph, program.machine);
      expect(boundNs / 1e9 / (2 * half(2))).toBeCloseTo(1, 9);
      expect(setBy).toMatch(/^memory\(2\) out of rank \d$/);
    });

    test("`auto` is the least in its range that moves as fast as a port", () => {
      const share = (range: string) => {
        const { planned } = plannedText(text(`use two_shot for out; run out on memory(auto in ${range})`));
        return planned.graph.queues.find(({ engine }) => engine === "memory")!;
      };
      expect(share("8 .. 64")).toMatchObject({ name: "memory(64) out", bytesPerSecond: 64e9, width: 1 });
      expect(share("8 .. 128")).toMatchObject({ name: "memory(100) out", bytesPerSecond: 100e9 });
      expect(share("110 .. 128")).toMatchObject({ name: "memory(110) out" });
    });
  });

  test("may add under several monoids", () => {
    expect(planText(machine(4, ", reduces max sum") + reduced, "inside").diagnostics).toEqual([]);
  });

  test("what does not run on it costs what it costs without", () => {
    expect(secondsOf(machine(6, able) + reduced, "plain")).toBe(secondsOf(machine(6, "") + reduced, "plain"));
  });
});
