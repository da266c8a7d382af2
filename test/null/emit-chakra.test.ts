import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { emitChakra } from "../../compiler/emit/chakra/chakra.js";
import { encodeMetadata, encodeNode } from "../../compiler/emit/chakra/schema.js";
import type { Attribute, NodeType } from "../../compiler/emit/chakra/schema.js";
import { readChakraTrace } from "../support/chakra-reader.js";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { bytesOf, readChakraFolder, readFolder } from "../support/emitted-schedules.js";
import { graphBuilder, switchMachine } from "../support/graph-builder.js";
import { bytesPerPair, expectRules, runLanes } from "../support/message-programs.js";
import { exampleText, plannedText } from "../support/plan-text.js";

const folder = temporaryFolder();
afterAll(() => folder.remove());

// All examples at their small size: emit-examples.test.ts.
const examples = ["flux", "t3"];
const profiles: readonly (readonly [string, readonly string[]])[] = [
  ["small", ["--profile", "small"]],
  ["full", []],
];
const schedulesOf = (name: string): string[] =>
  [...exampleText(name).matchAll(/^schedule (\w+)/gm)].map((match) => match[1]!);

describe.each(examples)("%s", (name) => {
  test.each(profiles)(
    "every trace at %s size is one that ASTRA-sim can run",
    { timeout: 300_000 },
    async (size, args) => {
      const out = join(folder.path, size);
      const { code, errors } = await stretto([
        "compile",
        `examples/${name}.stretto`,
        "--target",
        "chakra",
        ...args,
        "--out",
        out,
      ]);
      expect(code, errors).toBe(0);
      for (const schedule of schedulesOf(name)) {
        const files = readFolder(join(out, `${schedule}.chakra`));
        const program = readChakraFolder(files);
        const options = size === "small" ? { profile: "small" } : {};
        const { planned } = plannedText(exampleText(name), schedule, options);
        const { graph } = planned;
        expect(program.length).toBe(graph.rankCount);
        expectRules(program);

        // As many steps of each kind as the graph has tasks, and every byte of the wire.
        const kinds = { compute: 0, send: 0, receive: 0, collective: 0 };
        for (const step of program.flat()) kinds[step.kind]++;
        const transfers = graph.kind.filter((kind) => kind === 1).length;
        expect(kinds).toEqual({
          compute: graph.kind.filter((kind) => kind === 0).length,
          send: transfers,
          receive: transfers,
          collective: 0,
        });
        const wire: Record<string, number> = {};
        for (let task = 0; task < graph.taskCount; task++) {
          const cost = graph.classes[graph.classOf[task]!];
          if (cost?.kind !== "transfer") continue;
          const pair = `${cost.source} -> ${cost.target}`;
          wire[pair] = (wire[pair] ?? 0) + cost.wireBytes;
        }
        expect(bytesPerPair(program)).toEqual(wire);
        for (const [rank, steps] of program.entries()) {
          // Joins are gone without a fan of edges: each lane learns of each message once.
          const edges = steps.reduce((count, step) => count + step.after.length, 0);
          expect(edges).toBeLessThan(4 * steps.length);
          // What is read, written again, is the same bytes.
          const trace = files.get(`trace.${rank}.et`)!;
          expect(Buffer.from(encodeAgain(trace)).equals(trace)).toBe(true);
        }
      }
    },
  );
});

function encodeAgain(bytes: Uint8Array): Uint8Array {
  const types = { 7: "int32", 9: "int64", 13: "uint64" } as const;
  const { nodes } = readChakraTrace(bytes);
  const encoded = nodes.map((node) =>
    encodeNode({
      id: Number(node.id),
      name: node.name,
      type: node.type as NodeType,
      dataDependencies: node.dataDependencies.map(Number),
      attributes: [...node.attributes].map(([name, { member, value }]): Attribute =>
        member === 27
          ? { name, type: "bool", value: value === 1n }
          : { name, type: types[member as 7 | 9 | 13], value: value as bigint },
      ),
    }),
  );
  return Buffer.concat([encodeMetadata(), ...encoded]);
}

test("a compute task lasts as long as it is told to, and what is rounded off is not lost", () => {
  const build = graphBuilder(2);
  const queues = [build.queue(0), build.queue(1)];
  const step = build.instance("step");
  for (let task = 0; task < 1000; task++) build.compute(queues[0]!, step, {});
  const graph = build.build();
  const times = { start: new Float64Array(graph.taskCount), makespanNs: 10_300, duration: () => 10.3 };
  const files = new Map(
    emitChakra("steps", graph, switchMachine(2, 1e9, 0), times).map((file) => [file.name, bytesOf(file)]),
  );
  const program = readChakraFolder(files);
  expectRules(program);
  const durations = program[0]!.map((each) => each.size);
  expect(durations.reduce((a, b) => a + b)).toBe(10_300);
  expect(new Set(durations)).toEqual(new Set([10, 11]));
  expect(program[1]!.map((each) => each.size)).toEqual([1]);
});

test("a graph with one message at a time takes the same time on the lanes of ASTRA-sim", () => {
  // 0 computes, sends to 1, which computes and sends back: 1000 + (500 + 4000) + 1000 + (500 + 4000) + 1000 ns at 1 byte/ns.
  const build = graphBuilder(2);
  const queues = [build.queue(0), build.queue(1)];
  const wires = [build.queue(0, { engine: "copy" }), build.queue(1, { engine: "copy" })];
  const work = build.instance("work");
  let last = build.compute(queues[0]!, work, {});
  for (const rank of [0, 1]) {
    last = build.transfer(wires[rank]!, work, { target: 1 - rank, wireBytes: 4000 }, [last]);
    last = build.compute(queues[1 - rank]!, work, {}, [last]);
  }
  const graph = build.build();
  const start = Float64Array.from({ length: graph.taskCount }, (_, task) => task);
  const machine = switchMachine(2, 1e9, 500e-9);
  const emitted = emitChakra("there and back", graph, machine, { start, makespanNs: 12_000, duration: () => 1000 });
  const files = new Map(emitted.map((file) => [file.name, bytesOf(file)]));
  const latencyNs = machine.route(0, 1)!.latencySeconds * 1e9;
  expect(runLanes(readChakraFolder(files), { latencyNs, bytesPerNs: 1 }).endNs).toBe(3000 + 2 * (latencyNs + 4000));
  const network = Buffer.from(files.get("network.yml")!).toString();
  expect(network).toContain("npus_count: [ 2 ]");
  // ASTRA-sim counts in 2^30 bytes a second.
  expect(Number(/bandwidth: \[ ([\d.]+) \]/.exec(network)![1])).toBeCloseTo(1e9 / 2 ** 30, 9);
  expect(network).toContain(`latency: [ ${latencyNs.toFixed(1)} ]`);
  const system = JSON.parse(Buffer.from(files.get("system.json")!).toString());
  expect(system).toMatchObject({ "roofline-enabled": 1, "peak-perf": 1, "preferred-dataset-splits": 1 });
});

test("a file where the folder should be is told of, and left as it is", async () => {
  const out = join(folder.path, "taken");
  mkdirSync(out);
  writeFileSync(join(out, "t3.chakra"), "mine");
  const args = ["compile", "examples/t3.stretto", "--target", "chakra", "--schedule", "t3", "--profile", "small"];
  const { code, errors } = await stretto([...args, "--out", out]);
  expect(code).toBe(1);
  expect(errors).toMatch(/output-not-written.*t3\.chakra/s);
  expect(readFileSync(join(out, "t3.chakra"), "utf8")).toBe("mine");
});

test("traces of ranks that are no more are removed, and nothing else is", async () => {
  const out = join(folder.path, "again");
  const compile = (...args: string[]) =>
    stretto(["compile", "examples/t3.stretto", "--target", "chakra", "--schedule", "t3", "--out", out, ...args]);
  await compile();
  writeFileSync(join(out, "t3.chakra", "notes.txt"), "mine");
  expect((await compile("--profile", "small")).code).toBe(0);
  const names = [...readFolder(join(out, "t3.chakra")).keys()];
  expect(names.filter((name) => name.endsWith(".et"))).toEqual([0, 1, 2, 3].map((rank) => `trace.${rank}.et`));
  expect(names).toContain("notes.txt");
});

test(
  "the lanes take about as long as predicted, or the README says that they cannot",
  { timeout: 120_000 },
  async () => {
    const out = join(folder.path, "predicted");
    for (const name of ["flux", "t3"]) {
      await stretto(["compile", `examples/${name}.stretto`, "--target", "chakra", "--out", out]);
      const { output } = await stretto(["simulate", `examples/${name}.stretto`, "--json"]);
      for (const { schedule, makespan_ns: predicted } of JSON.parse(output).results) {
        const files = readFolder(join(out, `${schedule}.chakra`));
        const settings = Buffer.from(files.get("network.yml")!).toString();
        const [, bandwidth, latency] = /bandwidth: \[ ([\d.]+) \]\nlatency: \[ ([\d.]+) \]/.exec(settings)!;
        const network = { latencyNs: Number(latency), bytesPerNs: (Number(bandwidth) * 2 ** 30) / 1e9 };
        const ratio = runLanes(readChakraFolder(files), network).endNs / predicted;
        const saysNothing = Buffer.from(files.get("README.txt")!).toString().includes("says nothing of this schedule");
        expect(saysNothing, `${schedule}: ${ratio}`).toBe(ratio > 1.1);
        expect(ratio, schedule).toBeGreaterThan(0.9);
      }
    }
  },
);

test("a trace comes in chunks, each far smaller than a large graph", () => {
  const build = graphBuilder(1);
  const queue = build.queue(0);
  const step = build.instance("step");
  for (let task = 0; task < 20_000; task++) build.compute(queue, step, {});
  const graph = build.build();
  const times = { start: new Float64Array(graph.taskCount), makespanNs: 20_000, duration: () => 1 };
  const [trace, second] = emitChakra("steps", graph, switchMachine(1, 1e9, 0), times);
  const sizes = [...trace!.chunks].map((chunk) => chunk.length);
  expect(sizes.length).toBeGreaterThan(10);
  expect(Math.max(...sizes)).toBeLessThan(100_000);
  // ASTRA-sim has no network of one.
  expect(readChakraTrace(bytesOf(second!)).nodes.length).toBe(1);
});
