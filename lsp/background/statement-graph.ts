/** A task graph by statements: which of them wait for which, and why. */
import { listPredecessors, type Predecessors } from "../../compiler/graph/predecessors.js";
import { EdgeReason, TaskKind, type StatementInstance, type TaskGraph } from "../../compiler/graph/task-graph.js";
import type { StatementEdge, StatementGraph, StatementNode } from "./jobs.js";
import type { WaitingFor } from "../protocol.js";

/** The value that a statement makes, without its part. */
export function valueOf({ name, part }: StatementInstance): string {
  return part.length === 0 ? name : name.slice(0, name.indexOf("["));
}

/** From the least to the most strict: a way through joins is as strict as its strictest edge. */
const reasons: readonly WaitingFor[] = ["data", "order", "reuse"];
const strictness: Readonly<Record<EdgeReason, number>> = {
  [EdgeReason.data]: 0,
  [EdgeReason.order]: 1,
  [EdgeReason.reuse]: 2,
};

/** Linear in the edges: what a join stands for is gathered once. */
export function statementGraph(graph: TaskGraph): StatementGraph {
  const numbers = new Map<string, number>();
  const nodes: { -readonly [K in keyof StatementNode]: StatementNode[K] }[] = [];
  const nodeOf = graph.instances.map((instance) => {
    const value = valueOf(instance);
    let number = numbers.get(value);
    if (number === undefined) {
      numbers.set(value, (number = nodes.length));
      nodes.push({ value, communicates: instance.kind === "word", tasks: 0, span: instance.location.span });
    }
    return number;
  });
  const sources = new Sources(graph, listPredecessors(graph), nodeOf);
  const edges = new Map<string, StatementEdge>();
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] === TaskKind.join) continue;
    const to = nodeOf[graph.instance[task]!]!;
    nodes[to]!.tasks++;
    for (const source of sources.of(task)) {
      const from = Math.floor(source / reasons.length);
      if (from !== to) edges.set(`${source} ${to}`, { from, to, why: reasons[source % reasons.length]! });
    }
  }
  return { nodes, edges: [...edges.values()].toSorted((a, b) => a.to - b.to || a.from - b.from) };
}

/** What tasks wait for: statement * 3 + strictness, each once. */
class Sources {
  private readonly ofJoins = new Map<number, ReadonlySet<number>>();

  constructor(
    private readonly graph: TaskGraph,
    private readonly before: Predecessors,
    private readonly nodeOf: readonly number[],
  ) {}

  of(task: number): ReadonlySet<number> {
    // Joins may stand behind one another in long chains: with a stack of our own.
    const open = [task];
    while (open.length > 0) {
      const next = open.at(-1)!;
      const missing = this.joinsBefore(next).filter((join) => !this.ofJoins.has(join));
      if (missing.length > 0) open.push(...missing);
      else {
        open.pop();
        if (next !== task) this.ofJoins.set(next, this.gather(next));
      }
    }
    return this.gather(task);
  }

  private joinsBefore(task: number): number[] {
    const { start, task: earlier } = this.before;
    const joins: number[] = [];
    for (let at = start[task]!; at < start[task + 1]!; at++)
      if (this.graph.kind[earlier[at]!] === TaskKind.join) joins.push(earlier[at]!);
    return joins;
  }

  private gather(task: number): ReadonlySet<number> {
    const { start, task: earlier, reason } = this.before;
    const found = new Set<number>();
    for (let at = start[task]!; at < start[task + 1]!; at++) {
      const own = strictness[reason[at] as EdgeReason];
      const other = earlier[at]!;
      if (this.graph.kind[other] !== TaskKind.join)
        found.add(this.nodeOf[this.graph.instance[other]!]! * reasons.length + own);
      else
        for (const source of this.ofJoins.get(other)!) {
          const strict = Math.max(own, source % reasons.length);
          found.add(source - (source % reasons.length) + strict);
        }
    }
    return found;
  }
}
