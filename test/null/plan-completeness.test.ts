import fc from "fast-check";
import { expect, test } from "vitest";
import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import { settingsOf } from "../../compiler/plan/settings.js";
import { findIncomplete } from "../../compiler/prove/complete.js";
import { findPartial } from "../../compiler/prove/whole-results.js";
import { wantedRegions } from "../../compiler/prove/wanted-regions.js";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import { standardHost } from "../support/bind-text.js";
import { planLayer } from "../support/plan-layer.js";
import { drawFrom, runsOf } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

/** The graph as if a task were not in it. */
function without(graph: TaskGraph, task: number): TaskGraph {
  const kind = graph.kind.slice();
  kind[task] = TaskKind.join;
  return { ...graph, kind };
}

test("every planned graph writes each block once; without a task that an output is made of, it says what is missing", () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const { settings } = settingsByVerbs(draw, program, layer);
      const { graph, lowered } = planLayer(program, layer, settings).planned;
      const outputs = new Set(layer.outputs);
      const wanted = wantedRegions(layer, lowered.domains, graph.rankCount);
      expect(findIncomplete(graph, lowered.instances, wanted)).toBeUndefined();
      expect(findPartial(lowered)).toBeUndefined();
      for (let task = 0; task < graph.taskCount; task++) {
        if (graph.kind[task] === TaskKind.join) continue;
        const record = lowered.instances[graph.instance[task]!]!;
        if (!outputs.has(record.ir.result)) continue;
        const found = findIncomplete(without(graph, task), lowered.instances, wanted);
        expect(found?.instance).toBe(graph.instance[task]);
        expect(found?.problem).toMatch(/never/);
      }
    }),
    { numRuns: runsOf(300) },
  );
});

test("a block that two tasks write is told", () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const { program, layer } = randomLayer(drawFrom(generate));
      const { settings } = settingsByVerbs(drawFrom(generate), program, layer);
      const { graph, lowered } = planLayer(program, layer, settings).planned;
      const tasks = Array.from({ length: graph.taskCount }, (_, task) => task);
      const pair = tasks.flatMap((a) =>
        tasks
          .slice(a + 1, a + 2)
          .filter((b) => graph.instance[a] === graph.instance[b] && graph.rank[a] === graph.rank[b])
          .filter((b) => graph.kind[a] === TaskKind.compute && graph.kind[b] === TaskKind.compute)
          .map((b) => [a, b] as const),
      )[0];
      fc.pre(pair !== undefined);
      const block = graph.block.slice();
      block[pair[1]] = block[pair[0]]!;
      const found = findIncomplete(
        { ...graph, block },
        lowered.instances,
        wantedRegions(layer, lowered.domains, graph.rankCount),
      );
      expect(found?.problem).toMatch(/written twice/);
    }),
    { numRuns: runsOf(200) },
  );
});

test("what a view leaves out of an output need not be written", () => {
  const plan = (layer: string): string[] => {
    const host = createMemoryHost({ "main.stretto": layer }, standardHost);
    const { program, diagnostics } = checkFile("main.stretto", host);
    const found = program === undefined ? diagnostics : planSchedule(program, program.schedules[0]!).diagnostics;
    return found.map(({ name, message }) => `${name}: ${message}`);
  };
  const layer = (mesh: string, body: string): string =>
    `import { relu } from "std/ops"\nimport { laptop } from "std/machines"\nparam t = 4, h = 6\nmesh on laptop { ${mesh} }\n` +
    `layer net${body}\nschedule plain of net\n`;
  // Of 4 over 3 the last position has nothing.
  const empty = layer("p: 3", "(x: f32[t]) -> out: f32[t/p] {\n  let v = relu(x)\n  return shard(v, t/p)\n}");
  // Position 0 of q has contributions to rows 0 and 1 alone, and position 1 of r is to have rows 3 to 5.
  const apart = layer(
    "q: 3, r: 2",
    "(x: f32[h/q/r]) -> out: f32[h/r] pending sum over q {\n  let v = all_gather(x, h/r)\n  return shard(fan(v, h/q, sum), h/r)\n}",
  );
  expect(plan(empty)).toEqual([]);
  expect(plan(apart)).toEqual([]);
});

test("a rank whose chunks are fewer elements than its layout says is told", () => {
  const text = `
import { h100_node } from "std/machines"
import { scale } from "std/ops"
mesh on h100_node { tp: 4 }
param rows = 10
layer net(x: f32[rows/tp, 3]) -> out: f32[rows, 3] { return scale(all_gather(x, rows), 2) }
schedule plain of net`;
  const { program } = checkFile("net.stretto", createMemoryHost({ "net.stretto": text }, standardHost));
  const layer = program!.layers[0]!;
  const settings = settingsOf(program!, layer, program!.schedules[0]!, createCollector());
  const { lowered } = planLayer(program!, layer, settings).planned;
  expect(findPartial(lowered)).toBeUndefined();
  const instances = lowered.instances.map((record) => {
    if (record.kind === "op") return record;
    const groups = record.groups.map((group) => ({
      ...group,
      placed: (chunk: number) => group.chunk(chunk === 3 ? 2 : chunk),
    }));
    return { ...record, groups };
  });
  expect(findPartial({ ...lowered, instances })).toMatchObject({
    rank: 0,
    problem: "its chunks have 36 of 30 elements",
  });
});
