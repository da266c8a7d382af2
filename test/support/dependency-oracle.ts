/**
 * The dependencies of a plan, element by element: each task is interpreted, every element it reads is looked up in a
 * record of who wrote it. Nothing of the compiler's derivation is used, only the plan's actions.
 */
import type { LayerIR, MeshModel } from "../../compiler/check/ir.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { EdgeReason } from "../../compiler/graph/task-graph.js";
import { coordinates, execute, topologicalOrder, unsharded, type Execution } from "./plan-interpreter.js";
import type { Draw } from "./random-draw.js";

/**
 * Everything that is wrong with a plan, one sentence each; empty where its dependencies are exact, it does what is
 * demanded and no more, and the order drawn computes the layer on every rank.
 */
export function faultsOf(plan: ExecutionPlan, layer: LayerIR, mesh: MeshModel, draw: Draw): string[] {
  const order = topologicalOrder(plan.graph, draw);
  if (order === undefined) return ["the edges have a cycle"];
  const execution = execute(plan, mesh, order);
  return [
    ...dependencyFaults(plan, execution, order),
    ...demandFaults(plan, execution, order),
    ...resultFaults(plan, execution, layer, mesh),
  ];
}

/** A join that does nothing stands for several tasks; one that combines is a task: of a block, as a transfer is. */
const standsForOthers = (plan: ExecutionPlan, task: number): boolean => plan.action(task).kind === "none";

function dependencyFaults(plan: ExecutionPlan, execution: Execution, order: readonly number[]): string[] {
  /** By element: who wrote it; all contributions, where it is accumulated. */
  const writers = execution.addressing.map((a) => Array.from<number[] | undefined>({ length: a.elements }));
  const needed: Set<number>[] = [];
  for (const task of order) {
    const required = new Set<number>();
    for (const { buffer, address } of execution.reads[task]!)
      for (const writer of writers[buffer]![address] ?? []) required.add(writer);
    needed[task] = required;
    for (const { buffer, address } of execution.writes[task]!) (writers[buffer]![address] ??= []).push(task);
  }
  const derived = dataPredecessors(plan);
  const faults: string[] = [];
  for (const task of order) {
    if (standsForOthers(plan, task)) continue;
    for (const writer of needed[task]!)
      if (!derived[task]!.has(writer)) faults.push(`missing: ${tell(plan, task)} needs ${tell(plan, writer)}`);
    for (const writer of derived[task]!)
      if (!needed[task]!.has(writer)) faults.push(`spare: ${tell(plan, task)} waits for ${tell(plan, writer)}`);
  }
  return faults;
}

/** Tasks behind each task's data edges, joins that do nothing followed to what is behind them. */
export function dataPredecessors(plan: ExecutionPlan): Set<number>[] {
  const { graph } = plan;
  const direct: number[][] = Array.from({ length: graph.taskCount }, () => []);
  for (let task = 0; task < graph.taskCount; task++)
    for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++)
      if (graph.reason[edge] === EdgeReason.data) direct[graph.successor[edge]!]!.push(task);
  const behind: (Set<number> | undefined)[] = [];
  const expand = (task: number): Set<number> => {
    const known = behind[task];
    if (known !== undefined) return known;
    const found = new Set<number>();
    for (const before of direct[task]!) {
      if (!standsForOthers(plan, before)) found.add(before);
      else for (const further of expand(before)) found.add(further);
    }
    return (behind[task] = found);
  };
  return Array.from({ length: graph.taskCount }, (_, task) => expand(task));
}

function demandFaults(plan: ExecutionPlan, execution: Execution, order: readonly number[]): string[] {
  const faults: string[] = [];
  const needed = execution.addressing.map((a) => new Uint8Array(a.elements));
  const written = execution.addressing.map((a) => new Uint8Array(a.elements));
  for (const { buffer, address } of [execution.given, ...execution.writes].flat()) written[buffer]![address] = 1;
  for (const { buffer } of plan.outputs) needed[buffer]!.fill(1);
  for (const task of order.toReversed()) {
    if (standsForOthers(plan, task)) continue;
    if (!execution.writes[task]!.some(({ buffer, address }) => needed[buffer]![address] === 1))
      faults.push(`nobody needs what ${tell(plan, task)} writes`);
    for (const { buffer, address } of execution.reads[task]!) needed[buffer]![address] = 1;
  }
  needed.forEach((elements, buffer) => {
    const missing = elements.findIndex((one, address) => one === 1 && written[buffer]![address] === 0);
    if (missing >= 0)
      faults.push(`element ${missing} of ${plan.buffers[buffer]!.name}, rank ${plan.buffers[buffer]!.rank}: unwritten`);
  });
  return faults;
}

function resultFaults(plan: ExecutionPlan, execution: Execution, layer: LayerIR, mesh: MeshModel): string[] {
  const faults: string[] = [];
  const expected = unsharded(plan, layer, mesh);
  for (const output of layer.outputs) {
    const value = layer.values[output]!;
    const over = value.pending.flatMap((p) => p.over);
    const monoid = value.pending[0]?.monoid ?? "sum";
    /** By position off the axes it is pending over: folded elements. */
    const folded = new Map<string, Map<string, number>>();
    for (const { value: id, buffer } of plan.outputs) {
      if (id !== output) continue;
      const place = coordinates(mesh, plan.buffers[buffer]!.rank).map((c, m) => (over.includes(m) ? 0 : c));
      const elements = folded.get(place.join()) ?? new Map<string, number>();
      folded.set(place.join(), elements);
      execution.addressing[buffer]!.indices.forEach((at, address) => {
        const before = elements.get(at.join());
        const own = execution.elements[buffer]![address]!;
        const both = monoid === "max" ? Math.max(before ?? -Infinity, own) : (before ?? 0) + own;
        elements.set(at.join(), before === undefined ? own : both);
      });
    }
    const wanted = expected.get(output)!;
    const covered = new Set<string>();
    for (const [place, elements] of folded)
      for (const [at, found] of elements) {
        covered.add(at);
        const right = wanted.get(at)!;
        if (!same(found, right)) faults.push(`${value.name}[${at}] at (${place}) is ${found}, not ${right}`);
      }
    if (covered.size !== wanted.size)
      faults.push(`${value.name}: ${covered.size} of ${wanted.size} elements somewhere`);
  }
  return faults;
}

/** Whole numbers exactly; others but for the order in which they are summed. */
function same(a: number, b: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b));
}

/** `task 12 (h[0] rank 1 block 3)`. */
export function tell({ graph }: ExecutionPlan, task: number): string {
  const name = graph.instances[graph.instance[task]!]?.name ?? "join";
  return `task ${task} (${name} rank ${graph.rank[task]} block ${graph.block[task]})`;
}
