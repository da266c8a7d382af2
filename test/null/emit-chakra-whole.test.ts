/** Collectives as one operation of their ranks: what ASTRA-sim is told of each, when they stand, and that none waits for itself. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { replayTimes } from "../../cli/support/replay-times.js";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import { emitChakra } from "../../compiler/emit/chakra/chakra.js";
import type { CollectiveOperation, Operation, Replay } from "../../compiler/emit/replay/operation.js";
import { replayWithCalls } from "../../compiler/emit/replay/replay.js";
import { differences } from "../../compiler/emit/replay/differences.js";
import { findWholeCalls, noCalls } from "../../compiler/emit/replay/whole-calls.js";
import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import { simulate } from "../../simulator/simulate.js";
import { bytesOf, readChakraFolder, readNetwork } from "../support/emitted-schedules.js";
import { collectiveOrderProblems, expectRules, runLanes } from "../support/message-programs.js";
import type { ReadProgram } from "../support/message-programs.js";
import { planLayer } from "../support/plan-layer.js";
import { plannedText } from "../support/plan-text.js";
import { drawFrom, runsOf } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

function writtenOf(graph: TaskGraph, { machine }: CheckedProgram) {
  const times = replayTimes(graph, machine, simulate(graph, machine));
  const files = new Map(
    emitChakra("schedule", graph, machine, times, "whole").map((file) => [file.name, bytesOf(file)]),
  );
  const text = (name: string): string => Buffer.from(files.get(name) ?? []).toString();
  return { files, text, steps: readChakraFolder(files) };
}

function compiled(body: string, schedule = "", settings: Record<string, string> = {}) {
  const source = `import { h800_node } from "std/machines"\nimport { matmul, relu } from "std/ops"\n${body}\n${schedule}`;
  const { planned } = plannedText(source, "s", { set: new Map(Object.entries(settings)) });
  return { graph: planned.graph, ...writtenOf(planned.graph, planned.program) };
}

const replay4 = { rankCount: 4, operations: () => [] };
const callsOf = (steps: ReadProgram, rank: number) =>
  steps[rank]!.flatMap(({ collective, size }) => (collective === undefined ? [] : [{ ...collective, size }]));
const kinds = (steps: ReadProgram): Set<string> => new Set(steps.flat().map(({ kind }) => kind));

describe("sizes as ASTRA-sim counts them", () => {
  const all = [0, 1, 2, 3];
  // 64 x 32 values of two bytes: 4096 bytes, 1024 of them on each of four ranks.
  test.each([
    [
      "all_gather",
      "x: bf16[t/r, c]) -> y: bf16[t, c] { return all_gather(x, t) }",
      { type: 2, size: 1024 },
      ["ring", "bidirectional_ring", "direct", "one_shot", "recursive_doubling", "bruck", "star"],
    ],
    [
      "all_to_all",
      "x: bf16[t/r, c]) -> y: bf16[t, c/r] { return all_to_all(x, t/r -> c/r) }",
      { type: 6, size: 1024 },
      ["ring", "bidirectional_ring", "direct", "bruck"],
    ],
    [
      "reduce_scatter",
      "x: bf16[t, k/r], w: bf16[k/r, c]) -> y: bf16[t/r, c] { return reduce_scatter(matmul(x, w), t) }",
      { type: 7, size: 4096 },
      ["ring", "bidirectional_ring", "direct", "one_shot", "recursive_halving", "star"],
    ],
    [
      "all_reduce",
      "x: bf16[t, k/r], w: bf16[k/r, c]) -> y: bf16[t, c] { return all_reduce(matmul(x, w)) }",
      { type: 0, size: 4096 },
      [
        "ring",
        "bidirectional_ring",
        "direct",
        "one_shot",
        "two_shot",
        "recursive_doubling",
        "recursive_halving",
        "tree",
        "star",
      ],
    ],
  ])("%s", (_, layer, call, algorithms) => {
    const body = `param t = 64, c = 32, k = 16\nmesh on h800_node { r: 4 }\nlayer l(${layer}`;
    for (const collective of algorithms) {
      const { steps, files } = compiled(body, `schedule s of l { use ${collective} for y }`);
      expectRules(steps);
      expect(kinds(steps).has("send")).toBe(false);
      for (const rank of all) expect(callsOf(steps, rank)).toEqual([{ ...call, ranks: all }]);
      expect(files.has("comm_groups.json")).toBe(false);
    }
  });
});

const twoAxes = "param t = 64, c = 32\nmesh on h800_node { a: 2, b: 4 }\n";
const twoWords = `${twoAxes}layer l(x: bf16[t/a/b, c]) -> y: bf16[t, c] {
  let inner = all_gather(x, t/b)
  return all_gather(inner, t/a)
}`;

test("groups of some ranks have a file of their own, each ascending, and the nodes name them", () => {
  const { steps, text } = compiled(twoWords, "schedule s of l");
  expectRules(steps);
  const groups = JSON.parse(text("comm_groups.json")) as Record<string, number[]>;
  expect(Object.values(groups)).toEqual(
    expect.arrayContaining([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [0, 4],
      [1, 5],
      [2, 6],
      [3, 7],
    ]),
  );
  expect(Object.keys(groups)).toHaveLength(6);
  expect(callsOf(steps, 5)).toEqual([
    { type: 2, size: 512, ranks: [4, 5, 6, 7] },
    { type: 2, size: 2048, ranks: [1, 5] },
  ]);
  expect(text("README.txt")).toContain("--comm-group-configuration=comm_groups.json");
});

test("parts of different sizes stay messages, and the README says why", () => {
  const body = "param t = 63, c = 32\nmesh on h800_node { r: 4 }\n";
  const { steps, text } = compiled(
    `${body}layer l(x: bf16[t/r, c]) -> y: bf16[t, c] { return all_gather(x, t) }`,
    "schedule s of l",
  );
  expectRules(steps);
  expect(kinds(steps).has("collective")).toBe(false);
  expect(text("README.txt")).toContain("y is written as messages: its parts are not of one size.");
});

const gathered = `param t = 256, c = 32, f = 64\nmesh on h800_node { r: 4 }
layer l(x: bf16[t/r, c], w: bf16[c, f]) -> y: bf16[t, f] {
  let all = all_gather(x, t)
  return matmul(all, w)
}`;

test("what is sent in blocks is a call for each block of all ranks, in one order everywhere", () => {
  const schedule = "schedule s of l {\n  use ring for all\n  overlap all -> y by c(8)\n}";
  const body = gathered.replace("y: bf16[t, f]", "y: bf16[t, c]").replace("matmul(all, w)", "relu(all)");
  const { steps } = compiled(body, schedule);
  expectRules(steps);
  // 64 rows of 8 columns a block.
  for (let rank = 0; rank < 4; rank++) {
    expect(callsOf(steps, rank)).toEqual(
      Array.from({ length: 4 }, () => ({ type: 2, size: 1024, ranks: [0, 1, 2, 3] })),
    );
  }
});

test("a call whose messages wait for what waits for its messages is written as messages", () => {
  const schedule = "use ring for all\n  overlap all -> y by shard\n  order y as all\n  keep 2 of all";
  const { steps, text, graph } = compiled(gathered, `schedule s of l {\n  ${schedule}\n}`);
  expectRules(steps);
  expect(graph.kind.includes(TaskKind.transfer)).toBe(true);
  expect(kinds(steps).has("collective")).toBe(false);
  expect(text("README.txt")).toContain("all is written as messages: other work comes between its messages");
});

test("without congestion a gather and a product take what ASTRA-sim's ring takes, and the product", () => {
  const { steps, files } = compiled(gathered, "schedule s of l { use ring for all }");
  const { latency, bandwidth } = readNetwork(files);
  const bytesPerNs = (bandwidth[0]! * 2 ** 30) / 1e9;
  const compute = steps[0]!.filter(({ kind }) => kind === "compute").reduce((sum, { size }) => sum + size, 0);
  const end = runLanes(steps, { latencyNs: latency[0]!, bytesPerNs }).endNs;
  expect(end).toBe(3 * Math.trunc(latency[0]! + (64 * 32 * 2) / bytesPerNs) + compute);
});

describe("the network has a dimension a level", () => {
  const machine = `machine box {
  rank gpu[4] { compute bf16 100 TFLOP/s, f32 10 TFLOP/s
    sms 8
    memory hbm 80 GB at 3 TB/s
    copy engines 2 }
  link gpu <-> gpu: switch { 200 GB/s each way, 1 us }
}
machine cluster {
  level node: box[2]
  link node <-> node: switch { 50 GB/s each way, 5 us }
}
param t = 64, c = 32
mesh on cluster { a: 2, b: 4 }
`;
  test("where what is sent stays in one level at a time", () => {
    const layer =
      "layer l(x: bf16[t/a/b, c]) -> y: bf16[t, c] { let i = all_gather(x, t/b)\nreturn all_gather(i, t/a) }";
    const { files, text } = compiled(machine + layer, "schedule s of l");
    const network = readNetwork(files);
    expect(network.topology).toEqual(["FullyConnected", "FullyConnected"]);
    expect(network.counts).toEqual([4, 2]);
    expect(network.latency).toEqual([1000, 5000]);
    expect(network.bandwidth[0]! * 2 ** 30).toBeCloseTo(200e9, -2);
    expect(network.bandwidth[1]! * 2 ** 30).toBeCloseTo(50e9, -2);
    expect(JSON.parse(text("system.json"))["all-reduce-implementation"]).toHaveLength(2);
  });

  test("and one where messages cross levels, for ASTRA-sim would charge the innermost", () => {
    const layer = "layer l(x: bf16[t/a/b, c]) -> y: bf16[t, c] { return all_gather(x, t/a/b) }";
    const body = `${machine}${layer}`.replace("t = 64", "t = 63");
    const { files, text } = compiled(body, "schedule s of l { use direct for y }");
    expect(readNetwork(files)).toMatchObject({ counts: [8], latency: [5000] });
    expect(text("README.txt")).toContain("Messages cross several levels of the machine");
  });
});

test("what a switch adds is said to be sent in full", () => {
  const body = `param t = 64, c = 32\nmesh on h800_node { r: 4 }
layer l(x: bf16[t, c] pending sum over r) -> y: bf16[t, c] { return all_reduce(x) }
schedule s of l { use two_shot for y\n run y on memory }`;
  const { graph } = plannedText(`import { h800_node } from "std/machines"\n${body}`, "s").planned;
  expect(differences(graph, { whole: noCalls(graph), groups: [], heldReceives: 0, notificationCount: 0, ...replay4 }))
    // Each of four ranks receives from three, and sends to three.
    .toContainEqual(expect.stringMatching(/^24 transfers of the schedule add or are copied in the switch/));
});

test("collectives in another order on one rank are found", () => {
  const { steps: parts } = compiled(twoWords, "schedule s of l { split c into 2 }");
  expectRules(parts);
  expect(collectiveOrderProblems(parts)).toEqual([]);
  const swapped = parts.map((rankSteps, rank) => {
    if (rank !== 3) return rankSteps;
    const calls = rankSteps.filter((step) => step.kind === "collective");
    const [first, second] = calls.filter(({ collective }) => collective!.ranks.length === 4);
    return rankSteps.map((step) =>
      step === first ? { ...step, size: step.size + 4 } : step === second ? { ...step, size: step.size - 4 } : step,
    );
  });
  expect(collectiveOrderProblems(swapped)).toHaveLength(1);
});

test("the lanes of the tests hang where ASTRA-sim does: a collective that holds the lane of a send", () => {
  const collective = { type: 0, ranks: [0, 1] };
  const all = { kind: "collective", size: 4000, peer: 0, tag: 0, collective } as const;
  const message = { size: 8, tag: 0, after: [] };
  const waiting: ReadProgram[number] = [
    { ...message, id: 0, kind: "receive", peer: 0 },
    { ...all, id: 1, after: [0] },
  ];
  const network = { latencyNs: 10, bytesPerNs: 1 };
  const program = (callId: number, sendId: number): ReadProgram => [
    [
      { ...all, id: callId, after: [] },
      { ...message, id: sendId, kind: "send", peer: 1 },
    ],
    waiting,
  ];
  expect(runLanes(program(0, 1), network).finished).toBe(0);
  expect(runLanes(program(1, 0), network)).toEqual({ finished: 4, endNs: 18 + 2 * 2010 });
});

/** Steps of all ranks by name, a call being one of all its ranks, and whether one comes before another. */
function reachability(replay: Replay<Operation | CollectiveOperation>) {
  const before = new Map<string, Set<string>>();
  const namesOf = new Map<number, string[]>();
  const senders = new Map<string, string>();
  const receives: [string, string][] = [];
  for (let rank = 0; rank < replay.rankCount; rank++) {
    const operations = [...replay.operations(rank)];
    const names = operations.map((each) =>
      each.kind === "collective" ? `call ${replay.whole.calls.indexOf(each.call)}` : `${rank}.${each.number}`,
    );
    for (const [index, operation] of operations.entries()) {
      const name = names[index]!;
      const waits = before.get(name) ?? new Set<string>();
      before.set(name, waits);
      for (const number of operation.after) waits.add(names[number]!);
      if (operation.kind === "collective") continue;
      namesOf.set(operation.task, [...(namesOf.get(operation.task) ?? []), name]);
      if (operation.kind === "send") senders.set(`${rank} ${operation.peer} ${operation.message}`, name);
      if (operation.kind === "receive") receives.push([`${operation.peer} ${rank} ${operation.message}`, name]);
    }
  }
  for (const [key, receive] of receives) before.get(receive)!.add(senders.get(key)!);
  const all = new Map<string, ReadonlySet<string>>();
  return {
    names(task: number): readonly string[] {
      const call = replay.whole.callOf[task]!;
      return call >= 0 ? [`call ${call}`] : namesOf.get(task)!;
    },
    precedes(first: string, later: string): boolean {
      let seen = all.get(later);
      if (seen === undefined) {
        const found = new Set([later]);
        for (const name of found) for (const each of before.get(name)!) found.add(each);
        all.set(later, (seen = found));
      }
      return seen.has(first);
    },
  };
}

test("random layers and schedules: every order of the graph is kept, every rule holds, and nothing hangs", () => {
  let whole = 0;
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const { settings } = settingsByVerbs(draw, program, layer);
      const { graph } = planLayer(program, layer, settings).planned;
      const timeline = simulate(graph, program.machine);
      fc.pre(timeline.stuck.length === 0);
      expectRules(writtenOf(graph, program).steps);
      const calls = findWholeCalls(graph, () => undefined);
      whole += calls.calls.length;
      const { names, precedes } = reachability(
        replayWithCalls(graph, replayTimes(graph, program.machine, timeline), calls),
      );
      const isDone = (task: number): boolean => graph.kind[task] !== TaskKind.join || calls.callOf[task]! >= 0;
      for (let task = 0; task < graph.taskCount; task++) {
        if (!isDone(task)) continue;
        const seen = new Set([task]);
        for (const at of seen) {
          if (at !== task && isDone(at)) {
            const holds = names(task).some((first) => names(at).some((later) => precedes(first, later)));
            expect(holds, `${task} before ${at}`).toBe(true);
            continue;
          }
          for (const next of graph.successor.subarray(graph.successorStart[at]!, graph.successorStart[at + 1]!))
            seen.add(next);
        }
      }
    }),
    { numRuns: runsOf(120) },
  );
  expect(whole).toBeGreaterThan(10);
});
