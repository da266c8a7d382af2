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

/**
 * On one rank, one task after another: task k computes twice what an operand holds. A task is given as its result and its operand;
 * all results are outputs of the layer.
 */
export function doublings(
  tasks: readonly (readonly [result: string, operand: string, options?: { readonly after?: readonly number[] }])[],
  {
    aliases = [],
    destroyed = [],
  }: {
    readonly aliases?: readonly (readonly [from: string, to: string])[];
    /** By task: the result that lay in its memory. */
    readonly destroyed?: readonly (string | undefined)[];
  } = {},
): { readonly plan: ExecutionPlan; readonly inputs: Reference } {
  const twice = kernel(1, [["i", 3]], binary(read(0, 0), "+", read(0, 0)));
  const names = ["x", ...tasks.map(([result]) => result), ...aliases.map(([, to]) => to)];
  const values = names.map((name, id) => value(id, name, [3]));
  const outputs = tasks.map((_, task) => task + 1);
  const builder = planBuilder({ ranks: 1, values, kernels: [twice], outputs });
  const whole = interval(0, 3);
  const buffers = new Map(
    names.map((name) => [name, builder.buffer(0, name, [whole], name === "x" ? { role: "input" } : {})]),
  );
  const bufferOf = (name: string): number => buffers.get(name)!;
  for (const [from, to] of aliases) builder.alias(bufferOf(from), bufferOf(to), [whole]);
  tasks.forEach(([result, operand, options], task) =>
    builder.compute(`queue ${task}`, bufferOf(result), [bufferOf(operand)], [whole], options),
  );
  const plan: ExecutionPlan = {
    ...builder.build(),
    overwrites(task) {
      const lost = destroyed[task];
      return lost === undefined ? [] : [{ buffer: bufferOf(lost), region: [whole] }];
    },
  };
  const layer = { ...haloOfTwo().layer, values, inputs: [0], outputs, statements: [] };
  return { plan, inputs: drawInputs({ layer, mesh: oneAxisMesh(1), monoids: standardMonoids }) };
}
