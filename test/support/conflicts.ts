/** Which tasks of a plan touch an element in common, found element by element by the interpreter. */
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { execute, topologicalOrder } from "./plan-interpreter.js";
import { seededDraw } from "./random-draw.js";

/** As the interpreter has it: whoever writes passes on. */
export function passedOnByWriters(plan: ExecutionPlan): ExecutionPlan {
  const buffers = plan.buffers.map((buffer) => ({
    ...buffer,
    aliases: buffer.aliases.map((alias) => ({ ...alias, by: undefined })),
  }));
  return { ...plan, buffers };
}

/** Pairs of tasks that touch an element in common, of which one writes, element by element: `a < b`, as `a * tasks + b`. */
export function conflictsOf(plan: ExecutionPlan, mesh: Parameters<typeof execute>[1]): Set<number> {
  const { reads, writes, addressing } = execute(plan, mesh, topologicalOrder(plan.graph, seededDraw(1))!);
  const touched = addressing.map(({ elements }) =>
    Array.from({ length: elements }, (): { task: number; writes: boolean }[] => []),
  );
  reads.forEach((own, task) =>
    own.forEach(({ buffer, address }) => touched[buffer]![address]!.push({ task, writes: false })),
  );
  writes.forEach((own, task) =>
    own.forEach(({ buffer, address }) => touched[buffer]![address]!.push({ task, writes: true })),
  );
  const pairs = new Set<number>();
  for (const buffer of touched)
    for (const element of buffer)
      for (const a of element)
        for (const b of element)
          if (a.task < b.task && (a.writes || b.writes)) pairs.add(a.task * plan.graph.taskCount + b.task);
  return pairs;
}

export function areUnordered(closure: readonly bigint[], pair: number): boolean {
  const [a, b] = [Math.floor(pair / closure.length), pair % closure.length];
  return (closure[b]! & (1n << BigInt(a))) === 0n && (closure[a]! & (1n << BigInt(b))) === 0n;
}
