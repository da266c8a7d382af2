/** Plans for the adversary, by hand, and orders of them as text. */
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import type { AdverseEvent, AdverseResult } from "../../runtime/adversary/adversary.js";
import { differencesOf } from "../../runtime/adversary/outputs.js";
import { drawInputs } from "../../runtime/reference/reference.js";
import type { Reference } from "../../runtime/reference/reference.js";
import { binary, kernel, read, standardMonoids } from "./kernel-builder.js";
import { oneAxisMesh, planBuilder, run as interval, value } from "./plan-builder.js";
import { haloOfTwo } from "./plans.js";
import type { PlanWithLayer } from "./plans.js";

export const seedsTo = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);

export const inputsOf = ({ layer, ranks }: PlanWithLayer): Reference =>
  drawInputs({ layer, mesh: oneAxisMesh(ranks), monoids: standardMonoids });

/** All tasks ran, and came to the same bits. */
export const isSame = (expected: AdverseResult, found: AdverseResult): boolean =>
  found.stuck === undefined && differencesOf(expected.outputs, found.outputs).length === 0;

/** `start 3`, `finish 3`, `start 3 reads`: a task that does not read at its start does so at its finish. */
export function eventsOf(texts: readonly string[]): AdverseEvent[] {
  return texts.map((text) => eventOf(text, texts));
}

function eventOf(text: string, all: readonly string[]): AdverseEvent {
  const [at, task, reads] = text.split(" ") as ["start" | "finish", string, string | undefined];
  const isEarly = all.includes(`start ${task} reads`);
  return { task: Number(task), at, reads: at === "start" ? reads !== undefined : !isEarly };
}

/** b = 2 a where a = 2 x, then d = 2 c where c = 2 x lies in a's memory: task 2 destroys what task 1 reads. */
export function memoryInTurn() {
  const twice = kernel(1, [["i", 3]], binary(read(0, 0), "+", read(0, 0)));
  const names = ["x", "a", "b", "c", "d"];
  const values = names.map((name, id) => value(id, name, [3]));
  const builder = planBuilder({ ranks: 1, values, kernels: [twice], outputs: [2, 4] });
  const whole = interval(0, 3);
  const [x, a, b, c, d] = names.map((name) =>
    builder.buffer(0, name, [whole], name === "x" ? { role: "input" } : {}),
  ) as [number, number, number, number, number];
  const first = builder.compute("one", a, [x], [whole]);
  const reader = builder.compute("two", b, [a], [whole], { after: [first] });
  const destroyer = builder.compute("three", c, [x], [whole], { after: [first, reader] });
  builder.compute("three", d, [c], [whole], { after: [destroyer] });
  const plan: ExecutionPlan = {
    ...builder.build(),
    overwrites: (task) => (task === destroyer ? [{ buffer: a, region: [whole] }] : []),
  };
  const layer = { ...haloOfTwo().layer, values, inputs: [0], outputs: [2, 4], statements: [] };
  return { plan, inputs: drawInputs({ layer, mesh: oneAxisMesh(1), monoids: standardMonoids }), reader, destroyer };
}
