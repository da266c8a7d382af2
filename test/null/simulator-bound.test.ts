import { describe, expect, it } from "vitest";
import { verifyGraph } from "../../compiler/graph/verify-graph.js";
import { lowerBound } from "../../simulator/bound.js";
import { measure } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";
import { graphBuilder, rankKind, switchMachine } from "../support/graph-builder.js";

describe("what sets the lower bound", () => {
  const machine = switchMachine(3, 100e9, 1e-6, rankKind({ launchSeconds: 2e-6 }));

  it("a chain: its tasks, latencies, and a launch of each statement on its rank", () => {
    const build = graphBuilder(3);
    const h = build.compute(build.queue(0, { width: 10 }), build.instance("h"), { matrixFlops: 4e6, tiles: 10 });
    const sent = build.transfer(build.queue(0), build.instance("sent"), { target: 1, wireBytes: 3e5 }, [h]);
    build.compute(build.queue(1, { width: 10 }), build.instance("y"), { matrixFlops: 5e6, tiles: 10 }, [sent]);
    const graph = build.build();
    const bound = lowerBound(graph, machine);
    expect(bound.setBy).toBe("critical path");
    expect(bound.boundNs).toBeCloseTo(3 * 2000 + 4000 + 1000 + 3000 + 5000, 6);
    expect(simulate(graph, machine).makespanNs).toBeCloseTo(bound.boundNs, 6);
  });

  it("an engine with much to do", () => {
    const build = graphBuilder(3);
    const y = build.instance("y");
    const queue = build.queue(2, { width: 10 });
    for (let tile = 0; tile < 95; tile++) build.compute(queue, y, { matrixFlops: 1e6 });
    const bound = lowerBound(build.build(), machine);
    expect(bound.setBy).toBe("sms of rank 2");
    expect(bound.boundNs).toBeCloseTo(95_000, 6);
  });

  it("a port into which many send", () => {
    const build = graphBuilder(3);
    const out = build.instance("out", { kind: "word" });
    for (const rank of [0, 1]) build.transfer(build.queue(rank), out, { target: 2, wireBytes: 1e6 });
    const bound = lowerBound(build.build(), machine);
    expect(bound.setBy).toBe("gpu[2] in");
    expect(bound.boundNs).toBeCloseTo(20_000, 6);
  });

  it("a memory through which much passes", () => {
    const build = graphBuilder(3);
    const y = build.instance("y");
    for (const width of [1, 1]) build.compute(build.queue(1, { width }), y, { bytesRead: 5e6, bytesWritten: 1e6 });
    const bound = lowerBound(build.build(), machine);
    expect(bound.setBy).toBe("hbm of rank 1");
    expect(bound.boundNs).toBeCloseTo(12_000, 6);
  });
});

describe("the critical path", () => {
  it("says what each step waited for", () => {
    const build = graphBuilder(2);
    const kind = rankKind({ launchSeconds: 2e-6 });
    const sms = build.queue(0, { width: 1 });
    const [h, out] = [build.instance("h"), build.instance("out", { kind: "word", rounds: Int32Array.of(0, 0, 0, 7) })];
    const first = build.compute(sms, h, { matrixFlops: 1e6 });
    const second = build.compute(sms, h, { matrixFlops: 1e6 });
    build.transfer(build.queue(0, { engine: "copy" }), out, { target: 1, wireBytes: 1e6 }, [
      build.join(0, [first, second]),
    ]);
    const graph = build.build();
    const machine = switchMachine(2, 100e9, 0, kind);
    const result = measure(graph, machine, simulate(graph, machine));
    expect(result.critical_path.map(({ label, why, tasks }) => [label, why, tasks])).toEqual([
      ["h rank 0 block 0", "launch", 2],
      ["out 0 -> 1 round 7", "launch", 1],
    ]);
    expect(result.messages).toBe(1);
    expect(result.rounds).toBe(8);
    expect(result.bytes_moved).toBe(1e6);
    expect(result.hidden).toBe(0);
  });

  it("is cut in the middle where it is long", () => {
    const build = graphBuilder(2);
    const queues = [build.queue(0), build.queue(1)];
    const out = build.instance("out", { kind: "word" });
    let before: number[] = [];
    for (let hop = 0; hop < 1000; hop++) {
      before = [build.transfer(queues[hop % 2]!, out, { target: (hop + 1) % 2, wireBytes: 1e3 }, before)];
    }
    const machine = switchMachine(2, 100e9, 1e-6);
    const result = measure(build.build(), machine, simulate(build.build(), machine));
    expect(result.critical_path.length).toBe(200);
    expect(result.critical_path_omitted).toBe(800);
    expect(result.critical_path.at(-1)!.finish_ns).toBe(result.makespan_ns);
  });
});

describe("verifyGraph", () => {
  const sound = () => {
    const build = graphBuilder(2);
    const [y, out] = [build.instance("y"), build.instance("out", { kind: "word" })];
    const made = build.compute(build.queue(0), y, { matrixFlops: 1 });
    const sent = build.transfer(build.queue(0), out, { target: 1, wireBytes: 1 }, [made]);
    build.join(1, [sent]);
    return build.build();
  };

  it("accepts a sound graph", () => {
    expect(verifyGraph(sound())).toEqual([]);
  });

  const breaks: readonly [string, (graph: ReturnType<typeof sound>) => object, RegExp][] = [
    ["a column of another length", () => ({ rank: new Int32Array(2) }), /column rank has 2 entries, not 3/],
    ["an edge out of the graph", () => ({ successor: Uint32Array.of(1, 9) }), /1 -> 9 leaves the graph/],
    ["a task that waits for itself", () => ({ successor: Uint32Array.of(0, 2) }), /task 0 waits for itself/],
    ["rows of edges that fall", () => ({ successorStart: Uint32Array.of(0, 2, 1, 2) }), /falls from 2 to 1/],
    ["an unknown reason", () => ({ reason: Uint8Array.of(0, 3) }), /3 is not a reason/],
    ["a join in a queue", () => ({ queue: Int32Array.of(0, 1, 0) }), /a join stands in queue 0/],
    ["a join with a class", () => ({ classOf: Int32Array.of(0, 1, 0) }), /a join has class 0/],
    ["a queue of another rank", (g) => ({ queues: [{ ...g.queues[0]!, rank: 1 }, g.queues[1]!] }), /queue of rank 1/],
    ["a transfer's class on a compute task", () => ({ classOf: Int32Array.of(1, 1, -1) }), /its class is a transfer's/],
    ["a place beyond the queue", () => ({ place: Int32Array.of(1, 0, 0) }), /place 1 in queue 0 of 1 tasks/],
    ["a place taken twice", () => ({ queue: Int32Array.of(0, 0, -1) }), /place 0 of queue 0 is taken twice/],
    ["no tiles", (g) => ({ classes: [{ ...g.classes[0]!, tiles: 0 }, g.classes[1]!] }), /class 0: 0 tiles/],
    ["no slots", (g) => ({ instances: g.instances.map((i) => ({ ...i, slots: 0 })) }), /0 slots/],
  ];
  for (const [what, change, sentence] of breaks) {
    it(`reports ${what}`, () => {
      const graph = sound();
      expect(verifyGraph({ ...graph, ...change(graph) }).join("\n")).toMatch(sentence);
    });
  }
});
