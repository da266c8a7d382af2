import type { TaskGraph } from "../compiler/graph/task-graph.js";

/** Numbers the launches 0, 1, ..; instances that share one have the same number. */
export function numberLaunches(graph: TaskGraph): { count: number; ofInstance: Int32Array } {
  const numbers = new Map<number, number>();
  const ofInstance = Int32Array.from(graph.instances, (instance) => {
    const number = numbers.get(instance.launch) ?? numbers.size;
    numbers.set(instance.launch, number);
    return number;
  });
  return { count: numbers.size, ofInstance };
}
