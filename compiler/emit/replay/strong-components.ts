import type { StepGraph } from "./step-graph.js";

/**
 * Strong components (Tarjan, SIAM J. Comput. 1(2), 1972), without recursion: linear in nodes and edges.
 *
 * @returns the component of each node, and how many nodes each has
 */
export function strongComponents({ nodeCount, start, successor }: StepGraph): {
  readonly component: Int32Array;
  readonly size: readonly number[];
} {
  const component = new Int32Array(nodeCount).fill(-1);
  const size: number[] = [];
  const index = new Int32Array(nodeCount).fill(-1);
  const low = new Int32Array(nodeCount);
  const next = start.slice(0, nodeCount);
  const open = new Int32Array(nodeCount);
  const path = new Int32Array(nodeCount);
  let openCount = 0;
  let pathLength = 0;
  let visited = 0;
  const enter = (node: number): void => {
    index[node] = low[node] = visited++;
    open[openCount++] = node;
    path[pathLength++] = node;
  };
  for (let root = 0; root < nodeCount; root++) {
    if (index[root]! >= 0) continue;
    enter(root);
    while (pathLength > 0) {
      const node = path[pathLength - 1]!;
      if (next[node]! < start[node + 1]!) {
        const other = successor[next[node]!++]!;
        if (index[other]! < 0) enter(other);
        else if (component[other]! < 0) low[node] = Math.min(low[node]!, index[other]!);
        continue;
      }
      pathLength--;
      if (pathLength > 0) low[path[pathLength - 1]!] = Math.min(low[path[pathLength - 1]!]!, low[node]!);
      if (low[node] !== index[node]) continue;
      let members = 0;
      for (;;) {
        const member = open[--openCount]!;
        component[member] = size.length;
        members++;
        if (member === node) break;
      }
      size.push(members);
    }
  }
  return { component, size };
}
