import { describe, expect, test } from "vitest";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import type { CheckedProgram, ScheduleIR, VerbIR } from "../../compiler/check/ir.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import { lower } from "../../compiler/lower/lower.js";
import { executionPlan } from "../../compiler/plan/execution.js";
import { plan } from "../../compiler/plan/plan.js";
import { settingsOf } from "../../compiler/plan/settings.js";
import { checkFile } from "../../compiler/program.js";
import { prove } from "../../compiler/prove/prove.js";
import { EdgeReason, TaskKind } from "../../compiler/graph/task-graph.js";
import { namesOf, standardHost } from "../support/bind-text.js";
import { edgesOf, swapped, withoutEdge, type Edge } from "../support/graph-mutants.js";
import { planByHand, proofOf } from "../support/mutants.js";

// What no hand would write, or no text can say, and the compiler refuses all the same.

const text = `
import { laptop } from "std/machines"
import { gelu } from "std/ops"
param rows = 64, cols = 32
mesh on laptop { tp: 2 }
layer whole(x: f32[rows/tp, cols]) -> out: f32[rows, cols] {
  let full = all_gather(x, rows)
  return gelu(full)
}
schedule s of whole {
  tile out by (8, 8)
  overlap full -> out by rows(8)
  keep 2 of full
}`;

function checked(): { program: CheckedProgram; schedule: ScheduleIR } {
  const { program } = checkFile("main.stretto", createMemoryHost({ "main.stretto": text }, standardHost));
  return { program: program!, schedule: program!.schedules[0]! };
}

/** What is refused once one verb of the schedule is another. */
function refusals(change: (verb: VerbIR) => VerbIR): string[] {
  const { program, schedule } = checked();
  const collector = createCollector();
  const verbs = schedule.verbs.map(change);
  settingsOf(program, program.layers[schedule.layer]!, { ...schedule, verbs }, collector);
  return namesOf(collector.list());
}

test("the schedule as written is accepted", () => {
  expect(refusals((verb) => verb)).toEqual([]);
});

test.each([0, -1, 1.5])("a tile, a grain and a number of slots of %d", (size) => {
  expect(refusals((verb) => (verb.verb === "tile" ? { ...verb, sizes: [8, size] } : verb))).toEqual(["tile-size"]);
  const grain = { kind: "axis", axis: "rows", size } as const;
  expect(refusals((verb) => (verb.verb === "overlap" ? { ...verb, grain } : verb))).toEqual(["overlap-grain-size"]);
  expect(refusals((verb) => (verb.verb === "keep" ? { ...verb, count: size } : verb))).toEqual(["keep-count"]);
});

test("a graph with a block written twice is not complete", () => {
  const { program, schedule } = checked();
  const layer = program.layers[schedule.layer]!;
  const collector = createCollector();
  const planned = plan(lower(program, layer, settingsOf(program, layer, schedule, collector)), collector);
  prove(planned, () => executionPlan(planned), schedule, collector);
  expect(namesOf(collector.list())).toEqual([]);
  const { graph } = planned;
  const out = graph.instances.findIndex((instance) => instance.kind === "op");
  const tasks = [...graph.instance.keys()].filter((task) => graph.instance[task] === out && graph.rank[task] === 0);
  graph.block[tasks[1]!] = graph.block[tasks[0]!]!;
  prove(planned, () => executionPlan(planned), schedule, collector);
  expect(namesOf(collector.list())).toEqual(["not-complete"]);
});

test("mathematics that nests deeper than is read", () => {
  const op = `op many(x: T[n]) -> T[n] = ${"x[n] + ".repeat(900)}x[n]`;
  const { diagnostics } = checkFile("main.stretto", createMemoryHost({ "main.stretto": op }, standardHost));
  expect(namesOf(diagnostics)).toEqual(["mathematics-too-deep"]);
});

test("layers that call each other, over and over", () => {
  const layers = Array.from(
    { length: 80 },
    (_, index) => `layer l${index + 1}(x: f32[rows]) -> out: f32[rows] { return l${index}(x) }`,
  );
  const head = `import { laptop } from "std/machines"\nimport { gelu } from "std/ops"\nparam rows = 4\nmesh on laptop { tp: 2 }`;
  const first = "layer l0(x: f32[rows]) -> out: f32[rows] { return gelu(x) }";
  const files = { "main.stretto": [head, first, ...layers].join("\n") };
  const { diagnostics } = checkFile("main.stretto", createMemoryHost(files, standardHost));
  expect(new Set(namesOf(diagnostics))).toEqual(new Set(["layer-too-large"]));
});

describe("a planned graph that lacks what keeps its tasks apart", () => {
  const made = () => {
    const { program, schedule } = checked();
    return planByHand(program, schedule);
  };
  /** What is proved of it with some of its edges taken out, the first of which is. */
  const proved = (isTaken: (edge: Edge, reason: number) => boolean): string[] => {
    const { planned, schedule } = made();
    const taken = edgesOf(planned.graph).findIndex((edge, e) => isTaken(edge, planned.graph.reason[e]!));
    const mutated = { ...planned, graph: withoutEdge(planned.graph, taken) };
    return namesOf(proofOf(mutated, executionPlan(mutated), schedule));
  };

  test("has a race where a reader does not wait for its writer", () => {
    const { kind } = made().planned.graph;
    const isSend = (task: number): boolean => kind[task] === TaskKind.transfer;
    expect(proved(({ from, to }, reason) => reason === EdgeReason.data && isSend(from) && !isSend(to))).toContain(
      "race",
    );
  });

  test("is out of order where a statement does not wait for the one before", () => {
    const text2 = text.replace("  overlap full -> out by rows(8)\n  keep 2 of full\n", "");
    const { program } = checkFile("main.stretto", createMemoryHost({ "main.stretto": text2 }, standardHost));
    const { planned, schedule } = planByHand(program!, program!.schedules[0]!);
    // The last of them: what the first sends is read, so that data says as much.
    const taken = edgesOf(planned.graph).findLastIndex((_, e) => planned.graph.reason[e] === EdgeReason.order);
    const mutated = { ...planned, graph: withoutEdge(planned.graph, taken) };
    expect(namesOf(proofOf(mutated, executionPlan(mutated), schedule))).toContain("out-of-order");
  });

  test("shares memory too early where values in use at once are said to be apart", () => {
    const { planned, schedule } = made();
    const execution = { ...executionPlan(planned), apart: () => true };
    expect(namesOf(proofOf(planned, execution, schedule))).toContain("shared-too-early");
  });

  test("has a task of another rank's where two sends have changed places", () => {
    const { planned, schedule } = made();
    const { kind, rank } = planned.graph;
    const sends = [...kind.keys()].filter((task) => kind[task] === TaskKind.transfer);
    const [a, b] = [0, 1].map((own) => sends.find((task) => rank[task] === own));
    const mutated = { ...planned, graph: swapped(planned.graph, "block", a!, b!) };
    expect(namesOf(proofOf(mutated, executionPlan(mutated), schedule))).toContain("misplaced-task");
  });
});
