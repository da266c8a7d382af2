import { expect, test } from "vitest";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import type { CheckedProgram, ScheduleIR, VerbIR } from "../../compiler/check/ir.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import { lower } from "../../compiler/lower/lower.js";
import { executionPlan } from "../../compiler/plan/execution.js";
import { plan } from "../../compiler/plan/plan.js";
import { settingsOf } from "../../compiler/plan/settings.js";
import { checkFile } from "../../compiler/program.js";
import { prove } from "../../compiler/prove/prove.js";
import { namesOf, standardHost } from "../support/bind-text.js";

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
