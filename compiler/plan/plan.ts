/** plan: lowered tasks + schedule -> the TaskGraph that will run: order, queues, slots, reuse, memory. */
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { StatementInstance, TaskGraph } from "../graph/task-graph.js";
import type { Lowered } from "../lower/lower.js";
import { addContributionChains, type Contributions } from "./contributions.js";
import { PlannedEdges } from "./edges.js";
import { livenessOf, type Liveness } from "./liveness.js";
import { peakMemory } from "./memory.js";
import { addProgramOrder, programOrder, type RankOrder } from "./program-order.js";
import { planQueues } from "./queues.js";
import { addReuse } from "./reuse.js";
import { planSlots } from "./slots.js";
import { replacedDeliveries, type Replaced } from "./overwrites.js";
import { checkTiers } from "./tiers.js";
import { tasksTouching, type TouchingTasks } from "./touching.js";
import { wordCalls } from "./word-calls.js";

export interface Planned {
  readonly lowered: Lowered;
  readonly graph: TaskGraph;
  readonly contributions: Contributions;
  readonly liveness: Liveness;
  /** Whose place deliveries take. */
  readonly replaced: Replaced;
  readonly touching: TouchingTasks;
  /** What the program keeps in order, by rank. */
  readonly order: readonly RankOrder[];
  /** Bytes by rank. */
  readonly peakMemoryBytes: readonly number[];
  /** Rounds of all words, one after another. */
  readonly rounds: number;
}

export function plan(lowered: Lowered, diagnostics: DiagnosticCollector): Planned {
  checkTiers(lowered, diagnostics);
  const edges = new PlannedEdges(lowered);
  const touching = tasksTouching(lowered);
  const order = programOrder(lowered, touching);
  addProgramOrder(order, touching, edges);
  const replaced = replacedDeliveries(lowered);
  addReuse(lowered, replaced, edges);
  const queues = planQueues(lowered);
  const contributions = addContributionChains(lowered, queues, edges);
  const slots = planSlots(lowered, diagnostics);
  const columns = edges.columns();
  const queue = new Int32Array(columns.taskCount).fill(-1);
  const place = new Int32Array(columns.taskCount);
  queue.set(queues.queue);
  place.set(queues.place);
  const graph: TaskGraph = {
    ...columns,
    queue,
    place,
    classes: lowered.classes,
    queues: queues.queues,
    instances: lowered.instances.map((record, i): StatementInstance => {
      const base = {
        name: record.name,
        kind: record.kind,
        statement: record.statement,
        part: record.part,
        location: record.ir.location,
        slots: slots[i]!,
        launch: i,
      };
      if (record.kind === "op") return base;
      const { run } = record;
      const rounds = Int32Array.from(
        record.transferEvent.data.subarray(0, record.transferEvent.length),
        (event) => run.events[event]!.round,
      );
      const calls = wordCalls(record);
      return {
        ...base,
        collective: record.settings.collective?.name ?? record.ir.word,
        rounds,
        ...(calls && { calls }),
      };
    }),
    rankCount: lowered.program.mesh.rankCount,
  };
  const rounds = lowered.instances.reduce((sum, record) => sum + (record.kind === "word" ? record.run.rounds : 0), 0);
  const liveness = livenessOf(lowered, touching);
  const peakMemoryBytes = peakMemory(lowered, liveness);
  return { lowered, graph, contributions, liveness, replaced, touching, order, peakMemoryBytes, rounds };
}
