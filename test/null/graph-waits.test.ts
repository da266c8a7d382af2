import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findTasks, readTaskName } from "../../compiler/graph/find-tasks.js";
import { listPredecessors } from "../../compiler/graph/predecessors.js";
import { EdgeReason, TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import { waitersOf, waitsOf } from "../../compiler/graph/waits.js";
import { fullName } from "../../evidence/why/answer.js";
import { closureOf, predecessorsOf } from "../support/graph-closure.js";
import { planLayer } from "../support/plan-layer.js";
import { exampleText, plannedText } from "../support/plan-text.js";
import { drawFrom, runsOf, type Draw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

function randomPlan(draw: Draw): TaskGraph {
  const { program, layer } = randomLayer(draw);
  const { settings } = settingsByVerbs(draw, program, layer);
  return planLayer(program, layer, settings).planned.graph;
}

const small = { profile: "small" } as const;
const examples = [
  plannedText(exampleText("comet"), "comet", small),
  plannedText(exampleText("comet"), "pipelined", small),
  plannedText(exampleText("ring-attention"), undefined, small),
].map(({ planned }) => planned.graph);

/** Those whose end is waited for, by what the edges say: backward through joins. */
function awaited(graph: TaskGraph, before: readonly (readonly number[])[], task: number): Set<number> {
  const found = new Set<number>();
  const seen = new Set<number>();
  const visit = (t: number): void => {
    for (const earlier of before[t]!) {
      if (graph.kind[earlier] !== TaskKind.join) found.add(earlier);
      else if (!seen.has(earlier)) visit(seen.add(earlier) && earlier);
    }
  };
  visit(task);
  return found;
}

test("a task waits for what its edges say, joins passed over, and for the one before it in its queue", () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const graph = randomPlan(draw);
      const before = predecessorsOf(graph);
      const dataOnly = predecessorsOf(graph, [EdgeReason.data]);
      const closure = closureOf(before);
      const listed = listPredecessors(graph);
      for (let i = 0; i < 8 && graph.taskCount > 0; i++) {
        const task = draw.integer(0, graph.taskCount - 1);
        if (graph.kind[task] === TaskKind.join) continue;
        const waits = waitsOf(graph, listed, task);
        const queued = waits.filter(({ reasons }) => reasons.includes("queue"));
        const place = graph.place[task]!;
        expect(queued.map((wait) => graph.place[wait.task])).toEqual(place > 0 ? [place - 1] : []);
        const ending = waits.filter(({ reasons }) => reasons.some((reason) => reason !== "queue"));
        const expected = awaited(graph, before, task);
        expect(new Set(ending.map((wait) => wait.task))).toEqual(expected);
        const needed = ending.filter(({ reasons }) => reasons.includes("data"));
        expect(new Set(needed.map((wait) => wait.task))).toEqual(awaited(graph, dataOnly, task));
        for (const wait of ending) {
          const others = [...expected].filter((other) => other !== wait.task);
          expect(wait.implied).toBe(others.some((other) => ((closure[other]! >> BigInt(wait.task)) & 1n) === 1n));
          // Seen from there it is the same.
          const back = waitersOf(graph, wait.task).find((each) => each.task === task);
          expect(new Set(back?.reasons)).toEqual(new Set(wait.reasons));
        }
      }
    }),
    { numRuns: runsOf(150) },
  );
});

test("reasons are told apart: data, slots of keep, program order, one block's contributions, the queue", () => {
  const reasons = new Set<string>();
  const { planned } = plannedText(`
    import { laptop } from "std/machines"
    import { gelu } from "std/ops"
    param ranks = 4, seq = 12, dim = 3
    mesh on laptop { sp: ranks }
    op score(q: T[s, d], k: T[t, d]) -> T[s, d] = sum[t] q[s, d] * k[t, d]
    layer net(q: f32[seq/sp, dim], k: f32[seq/sp, dim]) -> out: f32[seq/sp, dim] {
      let keys = all_gather(k, seq)
      let a = score(q, keys)
      return gelu(a)
    }
    schedule s of net {
      use ring for keys
      accumulate a over seq
      overlap keys -> a by shard
      order a as keys
      keep 2 of keys
    }`);
  const { graph } = planned;
  const before = listPredecessors(graph);
  for (let task = 0; task < graph.taskCount; task++)
    if (graph.kind[task] !== TaskKind.join)
      for (const wait of waitsOf(graph, before, task)) for (const reason of wait.reasons) reasons.add(reason);
  expect([...reasons].toSorted()).toEqual(["contribution", "data", "order", "queue", "reuse"]);
});

describe("names of tasks", () => {
  test.each([
    ["h", { value: "h", indices: [] }],
    ["h[3] on rank 2", { value: "h", indices: ["3"], rank: 2 }],
    ["`h`, block 3, on rank 2", { value: "h", indices: [], block: 3, rank: 2 }],
    ["h rank 2 block 3", { value: "h", indices: [], block: 3, rank: 2 }],
    ["h[a][3]", { value: "h", indices: ["a", "3"] }],
    ["keys 0->1", { value: "keys", indices: [], source: 0, target: 1 }],
    ["keys from 0 to 1", { value: "keys", indices: [], source: 0, target: 1 }],
    ["sent.take 0 -> 1 round 2", { value: "sent.take", indices: [], source: 0, target: 1, round: 2 }],
    [
      "k, block 7, round 1, from rank 0 to rank 2",
      { value: "k", indices: [], block: 7, round: 1, source: 0, target: 2 },
    ],
  ])("%s", (text, name) => {
    expect(readTaskName(text)).toEqual(name);
  });

  test.each(["", "rank 2 of h", "3", "h on", "h on rank", "h[3", "h block x", "h -> 1", "h rank 12345678901", "h; rm"])(
    "%s is none",
    (text) => {
      expect(readTaskName(text)).toBeUndefined();
    },
  );

  test("never throw", () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...examples), (text, graph) => {
        const name = readTaskName(text);
        if (name !== undefined) findTasks(graph, name);
      }),
    );
  });

  test("that are printed lead back to the task, and to no other", () => {
    for (const graph of examples)
      for (let task = 0; task < graph.taskCount; task += 7) {
        if (graph.kind[task] === TaskKind.join) continue;
        const name = fullName(graph, task);
        expect(findTasks(graph, readTaskName(name)!), name).toEqual({ tasks: [task] });
      }
  });

  const find = (graph: TaskGraph, text: string) => findTasks(graph, readTaskName(text)!);
  const [comet, pipelined] = examples as [TaskGraph, TaskGraph];
  const namesOf = (graph: TaskGraph, text: string): string[] => {
    const found = find(graph, text);
    return "tasks" in found ? [...new Set(found.tasks.map((t) => graph.instances[graph.instance[t]!]!.name))] : [];
  };

  test("in brackets stands a part where there are parts, else a block", () => {
    expect(find(comet, "h[3] on rank 2")).toEqual(find(comet, "h, block 3, on rank 2"));
    expect(namesOf(pipelined, "h[1]")).toEqual(["h[1]"]);
    expect(namesOf(pipelined, "h")).toEqual(["h[0]", "h[1]"]);
    expect(find(pipelined, "h[1][0] on rank 0")).toEqual(find(pipelined, "h[1], block 0, on rank 0"));
  });

  test("of transfers on a rank are those from it and those to it", () => {
    const found = find(comet, "sent on rank 2") as { tasks: number[] };
    const ends = found.tasks.map((task) => comet.classes[comet.classOf[task]!]!);
    expect(ends.every((end) => end.kind === "transfer" && [end.source, end.target].includes(2))).toBe(true);
    expect(new Set(ends.map((end) => end.kind === "transfer" && end.source === 2)).size).toBe(2);
  });

  test("may be the end of a longer one where that is the only one", () => {
    expect(find(comet, "take")).toEqual(find(comet, "sent.take"));
  });

  test.each([
    ["hh", { kind: "unknown", value: "hh" }],
    ["h on rank 4", { kind: "nowhere", what: "there is no rank 4", there: "ranks are 0 .. 3" }],
    ["h[1][2]", { kind: "nowhere", there: "it is not split: one number in brackets is a block" }],
    ["h[a]", { kind: "nowhere", what: "`h` has no part `h[a]`" }],
    ["h 0 -> 1", { kind: "nowhere", there: "it sends nothing between ranks" }],
    ["h round 0", { kind: "nowhere", there: "it has no round" }],
    ["sent round 3", { kind: "nowhere", there: "it has rounds 0 .. 2" }],
    ["h[900] on rank 1", { kind: "nowhere", what: "`h` has no block 900 there" }],
  ])("%s: what there is instead", (text, problem) => {
    expect(find(comet, text)).toMatchObject(problem);
  });
});
