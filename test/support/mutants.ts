/** Seeded faults of a planned schedule: what was done to it, and what is proved of it then. */
import type { CheckedProgram, LayerIR, ScheduleIR } from "../../compiler/check/ir.js";
import { onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { listPredecessors } from "../../compiler/graph/predecessors.js";
import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import { lower } from "../../compiler/lower/lower.js";
import { executionPlan } from "../../compiler/plan/execution.js";
import { applyFusions } from "../../compiler/plan/fuse.js";
import { replacedDeliveries } from "../../compiler/plan/overwrites.js";
import { plan, type Planned } from "../../compiler/plan/plan.js";
import { settingsOf } from "../../compiler/plan/settings.js";
import { Precedence } from "../../compiler/prove/precedence.js";
import { prove } from "../../compiler/prove/prove.js";
import { edgesOf, swapped, withoutEdge, withoutTask, withTaskTwice } from "./graph-mutants.js";
import type { Draw } from "./random-draw.js";

export interface PlannedByHand {
  readonly planned: Planned;
  readonly layer: LayerIR;
  readonly schedule: ScheduleIR;
}

/** Lowered and planned, not proved. Throws where it has anything to say. */
export function planByHand(checked: CheckedProgram, schedule: ScheduleIR): PlannedByHand {
  const collector = createCollector();
  const original = checked.layers[schedule.layer]!;
  const { layer, schedule: rewritten } = applyFusions(original, schedule, collector);
  const program = onMeshOf(checked, original);
  const settings = settingsOf(program, layer, rewritten, collector);
  if (collector.hasErrors())
    throw new Error(
      collector
        .list()
        .map(({ message }) => message)
        .join("\n"),
    );
  return { planned: plan(lower(program, layer, settings), collector), layer, schedule };
}

export function proofOf(planned: Planned, execution: ExecutionPlan, schedule: ScheduleIR): readonly Diagnostic[] {
  const collector = createCollector();
  prove(planned, () => execution, schedule, collector);
  return collector.list();
}

export const faults = [
  "an edge is deleted",
  "two sends are swapped",
  "a send is dropped",
  "a send is doubled",
  "a slot fewer",
  "memory is freed early",
  "an engine is reordered",
] as const;
export type Fault = (typeof faults)[number];

export interface Mutant {
  readonly fault: Fault;
  /** Where, for people. */
  readonly what: string;
  readonly planned: Planned;
  readonly execution: ExecutionPlan;
  /** The edge that is deleted is implied by others. */
  readonly isRedundant?: boolean;
  /** Those whose work is swapped. */
  readonly tasks?: readonly number[];
  /** Values that are said to be apart. */
  readonly lifetimes?: readonly [number, number];
}

/** A mutant of a kind, drawn; undefined where the plan has nothing to do it to. */
export function mutantOf({ planned }: PlannedByHand, fault: Fault, draw: Draw): Mutant | undefined {
  const { graph, lowered } = planned;
  const on = (changed: TaskGraph, what: string): Mutant => {
    const mutated = { ...planned, graph: changed };
    return { fault, what, planned: mutated, execution: executionPlan(mutated) };
  };
  const sends = [...graph.kind.keys()].filter((task) => graph.kind[task] === TaskKind.transfer);
  switch (fault) {
    case "an edge is deleted": {
      if (graph.edgeCount === 0) return undefined;
      const index = draw.integer(0, graph.edgeCount - 1);
      const { from, to } = edgesOf(graph)[index]!;
      const mutant = on(withoutEdge(graph, index), `${from} before ${to}, reason ${graph.reason[index]}`);
      return { ...mutant, isRedundant: isImplied(mutant.planned.graph, from, to) };
    }
    case "two sends are swapped": {
      if (sends.length === 0) return undefined;
      const a = draw.pick(sends);
      const others = sends.filter((b) => b !== a && graph.instance[b] === graph.instance[a]);
      if (others.length === 0) return undefined;
      const b = draw.pick(others);
      return { ...on(swapped(graph, "block", a, b), `${a} and ${b}`), tasks: [a, b] };
    }
    case "a send is dropped": {
      if (sends.length === 0) return undefined;
      const send = draw.pick(sends);
      return on(withoutTask(graph, send), `${send}`);
    }
    case "a send is doubled": {
      if (sends.length === 0) return undefined;
      const send = draw.pick(sends);
      return on(withTaskTwice(graph, send), `${send}`);
    }
    case "a slot fewer": {
      const instances = lowered.instances.map((instance) => {
        const { keep } = instance.settings;
        return instance.kind === "word" && keep !== undefined && keep > 1
          ? { ...instance, settings: { ...instance.settings, keep: keep - 1 } }
          : instance;
      });
      if (instances.every((instance, i) => instance === lowered.instances[i])) return undefined;
      const replaced = replacedDeliveries({ ...lowered, instances });
      if (replaced.size === 0) return undefined;
      const mutated = { ...planned, replaced };
      return { fault, what: "keep one fewer", planned: mutated, execution: executionPlan(mutated) };
    }
    case "memory is freed early": {
      const execution = executionPlan(planned);
      const { buffers } = execution;
      const a = draw.pick(buffers);
      const candidates = buffers.filter(
        (b) => b.rank === a.rank && b.lifetime !== a.lifetime && !execution.apart(a.lifetime, b.lifetime),
      );
      if (candidates.length === 0) return undefined;
      const b = draw.pick(candidates);
      const apart = (one: number, other: number): boolean =>
        (one === a.lifetime && other === b.lifetime) ||
        (one === b.lifetime && other === a.lifetime) ||
        execution.apart(one, other);
      const lifetimes = [a.lifetime, b.lifetime] as const;
      return { fault, what: `${a.name} and ${b.name}`, planned, execution: { ...execution, apart }, lifetimes };
    }
    case "an engine is reordered": {
      const queued = [...graph.queue.keys()].filter((task) => graph.queue[task]! >= 0);
      if (queued.length === 0) return undefined;
      const a = draw.pick(queued);
      const others = queued.filter((b) => b !== a && graph.queue[b] === graph.queue[a]);
      if (others.length === 0) return undefined;
      const b = draw.pick(others);
      return on(swapped(graph, "place", a, b), `${a} and ${b}`);
    }
  }
}

/** Whether all work before one task is still over before all work behind the other: joins that do nothing stand for what is there. */
function isImplied(graph: TaskGraph, from: number, to: number): boolean {
  const { start, task } = listPredecessors(graph);
  const { successorStart, successor } = graph;
  const isWork = (t: number): boolean => graph.kind[t] !== TaskKind.join || graph.block[t]! >= 0;
  /** The work that a task stands for, on one side of it. */
  const workAt = (origin: number, next: (t: number) => Iterable<number>): number[] => {
    const found = new Set([origin]);
    for (const t of found) if (!isWork(t)) for (const other of next(t)) found.add(other);
    return [...found].filter(isWork);
  };
  const precedence = new Precedence(graph);
  const before = workAt(from, (t) => task.subarray(start[t], start[t + 1]));
  const after = workAt(to, (t) => successor.subarray(successorStart[t], successorStart[t + 1]));
  return after.every((b) => before.every((a) => precedence.precedes(a, b)));
}
