import fc from "fast-check";
import { expect, test } from "vitest";
import type { LayerIR } from "../../compiler/check/ir.js";
import type { ExecutionPlan, TaskAction } from "../../compiler/graph/execution-plan.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { describeLayer } from "../support/describe-layer.js";
import { planLayer } from "../support/plan-layer.js";
import { plannedText } from "../support/plan-text.js";
import { topologicalOrder } from "../support/plan-interpreter.js";
import { drawFrom, runsOf, seededDraw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";
import { settingsByVerbs } from "../support/random-settings.js";

const written = (action: TaskAction): number[] =>
  action.kind === "compute"
    ? [action.output]
    : action.kind === "copy"
      ? [action.to]
      : action.kind === "combine"
        ? [action.into]
        : [];
const read = (action: TaskAction): readonly number[] =>
  action.kind === "compute"
    ? action.operands
    : action.kind === "copy"
      ? [action.from]
      : action.kind === "combine"
        ? [action.left, action.right]
        : [];

/**
 * The most bytes in use on each rank while the tasks run in this order: inputs and outputs always, a value or a delivery
 * from the first task that writes it to the last that reads it. A combined state takes the place of what was delivered.
 */
function mostInUse(plan: ExecutionPlan, layer: LayerIR, order: readonly number[], ranks: number): number[] {
  const always = plan.buffers.map(
    ({ role, value }) => role === "input" || (role === "value" && layer.outputs.includes(value)),
  );
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  // What a view makes lies where its operand does; only fan has something beside it.
  const origin = new Map<number, number>();
  const laid = new Set(layer.statements.flatMap((s) => (s.kind === "view" && s.view !== "fan" ? [s.result] : [])));
  plan.buffers.forEach(({ aliases }, b) => {
    for (const alias of aliases) if (laid.has(plan.buffers[alias.buffer]!.value)) origin.set(alias.buffer, b);
  });
  const lies = (buffer: number): number => {
    const under = origin.get(buffer);
    return under === undefined ? buffer : lies(under);
  };
  plan.buffers.forEach((_, b) => {
    if (always[b]) always[lies(b)] = true;
    if (laid.has(plan.buffers[b]!.value)) always[b] = false;
  });
  order.forEach((task, time) => {
    const action = plan.action(task);
    for (const buffer of written(action).map(lies)) if (!first.has(buffer)) first.set(buffer, time);
    for (const buffer of [...written(action), ...read(action)].map(lies)) last.set(buffer, time);
  });
  return Array.from({ length: ranks }, (_, rank) => {
    let most = 0;
    for (let time = 0; time <= order.length; time++) {
      let bytes = 0;
      plan.buffers.forEach((buffer, b) => {
        if (buffer.rank !== rank || buffer.role === "state") return;
        const live = first.has(b) && first.get(b)! <= time && time <= last.get(b)!;
        if (always[b] || live) bytes += buffer.bytes;
      });
      most = Math.max(most, bytes);
    }
    return most;
  });
}

test("no order of execution needs more memory than is said", () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { program, layer } = randomLayer(draw);
      const { settings } = settingsByVerbs(draw, program, layer);
      for (const own of settings.statements) delete own.keep;
      const { planned, execution } = planLayer(program, layer, settings);
      if (planned.graph.taskCount > 200) return;
      const { kind } = planned.graph;
      const isJoin = (task: number): boolean => kind[task] === TaskKind.join;
      const order = topologicalOrder(planned.graph, seededDraw(draw.integer(0, 1000)), isJoin)!;
      const most = mostInUse(execution, layer, order, program.mesh.rankCount);
      most.forEach((bytes, rank) => {
        if (bytes > planned.peakMemoryBytes[rank]!)
          expect.fail(
            `rank ${rank}: ${bytes} > ${planned.peakMemoryBytes[rank]}\n${describeLayer(program, layer, settings)}`,
          );
      });
    }),
    { numRuns: runsOf(500) },
  );
});

const chain = `
import { laptop } from "std/machines"
import { matmul, relu } from "std/ops"
param n = 8
mesh on laptop { tp: 1 }
layer net(x: f32[a: n, n], w: f32[b: n, n]) -> out: f32[a: n, n] {
  let p = relu(x)
  let q = relu(p)
  let r = relu(q)
  return relu(r)
}
schedule barrier of net
schedule overlapped of net { overlap p -> out }
`;

test("barriers let a value go when its last reader is done; overlapped, all may be live", () => {
  const value = 8 * 8 * 4;
  // Two inputs and the output throughout.
  expect(plannedText(chain, "barrier").planned.peakMemoryBytes).toEqual([3 * value + 2 * value]);
  expect(plannedText(chain, "overlapped").planned.peakMemoryBytes).toEqual([3 * value + 3 * value]);
});

test("a peak is what its values come to, and says while which statement", () => {
  const value = 8 * 8 * 4;
  const { planned } = plannedText(chain, "barrier");
  const { bytes, statement, held } = planned.memoryPeak(0);
  expect(bytes).toBe(planned.peakMemoryBytes[0]);
  expect(held.map((one) => one.bytes)).toEqual(Array.from({ length: 5 }, () => value));
  const names = held.map((one) => planned.layer.values[one.value]!.name);
  // What the statement reads and what it makes are among them.
  const running = planned.layer.statements[statement]!;
  expect(names).toContain(planned.layer.values[running.result]!.name);
});
