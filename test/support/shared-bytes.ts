/** Buffers of a plan that lie in the same bytes of a device's memory. */
import type { DeviceMemory } from "../../compiler/emit/webgpu/memory.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { closureOf, predecessorsOf } from "./graph-closure.js";
import { isOver, memoryUse } from "./memory-use.js";

export interface SharedPair {
  readonly first: number;
  readonly second: number;
  /** Whether the edges of the graph keep all use of the one before all use of the other. */
  readonly isOrdered: boolean;
}

/** Every pair of one rank, but for what a view makes and what it is made of, which are the same values. */
export function sharedPairs(plan: ExecutionPlan, memory: DeviceMemory): SharedPair[] {
  const { buffers, graph } = plan;
  const closure = closureOf(predecessorsOf(graph));
  const use = memoryUse(plan);
  const precedes = (before: number, after: number): boolean => (closure[after]! & (1n << BigInt(before))) !== 0n;
  /** A state that is made where the delivery was that is combined into it: one task reads the one and writes the other. */
  const replaces = (state: number, delivery: number): boolean =>
    buffers[state]!.replaces === delivery &&
    [...use.used[delivery]!].every((task) =>
      [...use.used[state]!].every((later) => task === later || precedes(task, later)),
    );
  const bytesOf = (buffer: number) => memory.tensors(buffer)[0]!.place;
  const pairs: SharedPair[] = [];
  buffers.forEach((a, first) => {
    if (memory.isWindow(first)) return;
    const own = bytesOf(first);
    for (let second = first + 1; second < buffers.length; second++) {
      const other = bytesOf(second);
      if (buffers[second]!.rank !== a.rank || own.buffer !== other.buffer || memory.isWindow(second)) continue;
      if (own.offset >= other.offset + other.bytes || other.offset >= own.offset + own.bytes) continue;
      const isOrdered =
        isOver(use, first, second, closure) ||
        isOver(use, second, first, closure) ||
        replaces(first, second) ||
        replaces(second, first);
      pairs.push({ first, second, isOrdered });
    }
  });
  return pairs;
}
