import fc from "fast-check";
import { expect, test } from "vitest";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { settingsOf } from "../../compiler/plan/settings.js";
import { dataPredecessors } from "../support/dependency-oracle.js";
import { describeLayer } from "../support/describe-layer.js";
import { planLayer, type PlannedLayer } from "../support/plan-layer.js";
import { topologicalOrder } from "../support/plan-interpreter.js";
import { plannedText, planText } from "../support/plan-text.js";
import { drawFrom, runsOf, seededDraw, type Draw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

/** The most chunks that lie in the slots of a word's block on one rank at once, in one order of execution, by statement. */
function mostLive(
  { planned, execution }: Pick<PlannedLayer, "planned" | "execution">,
  draw: Draw,
): Map<number, number> {
  const { graph, lowered } = planned;
  const order = topologicalOrder(graph, draw)!;
  const readersLeft = new Map<number, number>();
  const readOf: number[][] = [];
  dataPredecessors(execution).forEach((before, task) => {
    if (execution.action(task).kind === "none") return;
    readOf[task] = [...before];
    for (const writer of before) readersLeft.set(writer, (readersLeft.get(writer) ?? 0) + 1);
  });
  const most = new Map<number, number>();
  const live = new Map<string, number>();
  const laneOf = (task: number): string => {
    const instance = lowered.instances[graph.instance[task]!]!;
    const cost = graph.classes[graph.classOf[task]!]!;
    if (instance.kind !== "word" || cost.kind !== "transfer") throw new Error("not a delivery");
    return `${graph.instance[task]} ${cost.target} ${instance.transferBlock.data[graph.block[task]!]}`;
  };
  for (const task of order) {
    if (graph.kind[task] === TaskKind.transfer) {
      const lane = laneOf(task);
      live.set(lane, (live.get(lane) ?? 0) + 1);
      const { statement } = lowered.instances[graph.instance[task]!]!;
      most.set(statement, Math.max(most.get(statement) ?? 0, live.get(lane)!));
    }
    for (const writer of readOf[task] ?? []) {
      readersLeft.set(writer, readersLeft.get(writer)! - 1);
      if (graph.kind[writer] === TaskKind.transfer && readersLeft.get(writer) === 0)
        live.set(laneOf(writer), live.get(laneOf(writer))! - 1);
    }
  }
  return most;
}

test("no more chunks live at once than there are slots, whatever is run first", () => {
  let bounded = 0;
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const { settings } = settingsByVerbs(draw, program, layer);
      const made = planLayer(program, layer, settings);
      if (topologicalOrder(made.planned.graph, seededDraw(1)) === undefined) return;
      const most = mostLive(made, seededDraw(draw.integer(0, 1000)));
      settings.statements.forEach(({ keep }, statement) => {
        if (keep === undefined) return;
        bounded++;
        if ((most.get(statement) ?? 0) > keep)
          expect.fail(`${most.get(statement)} live of ${keep}\n${describeLayer(program, layer, settings)}`);
      });
    }),
    { numRuns: runsOf(600) },
  );
  expect(bounded).toBeGreaterThan(0);
});

const gathered = (keep: string, collective = "ring"): string => `
import { h800_node } from "std/machines"
param ranks = 5, seq = 10, dim = 3
mesh on h800_node { sp: ranks }
op score(q: T[s, d], k: T[t, d]) -> T[s, d] = sum[t] q[s, d] * k[t, d]
layer net(q: f32[seq/sp, dim], k: f32[seq/sp, dim]) -> out: f32[seq/sp, dim] {
  let keys = all_gather(k, seq)
  return score(q, keys)
}
schedule s of net {
  use ${collective} for keys
  accumulate out over seq
  overlap keys -> out by shard
  order out as keys
  ${keep}
}
`;

test.each([
  ["ring", 2],
  ["ring", 3],
  ["direct", 1],
  ["direct", 2],
])("keys by %s in %d slots fill them, and no more", (collective, slots) => {
  const { program, planned } = plannedText(gathered(`keep ${slots} of keys`, collective));
  const settings = settingsOf(program, planned.layer, planned.schedule, createCollector());
  const made = planLayer(program, planned.layer, settings);
  const most = Array.from({ length: 40 }, (_, seed) => mostLive(made, seededDraw(seed)).get(0)!);
  expect(Math.max(...most)).toBe(slots);
});

test("one slot is too few for a ring: what is overwritten is still to be passed on", () => {
  const { planned, diagnostics } = planText(gathered("keep 1 of keys"));
  expect(planned).toBeUndefined();
  expect(diagnostics.map((d) => d.name)).toEqual(["deadlock"]);
});

test("a ring of keys with two slots needs the memory of two chunks, not of all", () => {
  const chunk = 2 * 3 * 4;
  const inputsAndOutput = 3 * chunk;
  const peak = (keep: string): readonly number[] => plannedText(gathered(keep)).planned.peakMemoryBytes;
  expect(peak("keep 2 of keys")).toEqual(Array.from({ length: 5 }, () => inputsAndOutput + 2 * chunk));
  expect(peak("")).toEqual(Array.from({ length: 5 }, () => inputsAndOutput + 5 * chunk));
});
