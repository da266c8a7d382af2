import { TaskKind, type TaskGraph } from "../../compiler/graph/task-graph.js";
import type { Prediction } from "../../evidence/predict.js";
import { targetOf } from "../../simulator/activity.js";
import type { PredictedSchedule, StatementTime } from "./jobs.js";
import { valueOf } from "./statement-graph.js";

/** @param baseline the first schedule of the same layer, if it is another one */
export function predictedSchedule(
  { planned, timeline, result }: Prediction,
  baseline: Prediction | undefined,
): PredictedSchedule {
  const { makespan_ns, bound_ns, bound_by, hidden, communication_ns } = result;
  return {
    ...{ makespan_ns, bound_ns, bound_by, ranks: planned.program.mesh.rankCount },
    machine: planned.program.machine.name,
    ...(communication_ns > 0 && { hidden }),
    ...(baseline && {
      against: { schedule: baseline.planned.schedule.name, ratio: baseline.result.makespan_ns / makespan_ns },
    }),
    statements: statementTimes(planned.graph, timeline),
  };
}

function statementTimes(
  graph: TaskGraph,
  { start, finish }: { readonly start: Float64Array; readonly finish: Float64Array },
): StatementTime[] {
  const values = graph.instances.map(valueOf);
  const spans = new Map<string, { readonly begin: Float64Array; readonly end: Float64Array }>();
  for (let task = 0; task < graph.taskCount; task++) {
    const instance = graph.instance[task]!;
    if (graph.kind[task] === TaskKind.join || instance < 0) continue;
    const value = values[instance]!;
    let span = spans.get(value);
    if (span === undefined) {
      const none = (time: number) => new Float64Array(graph.rankCount).fill(time);
      spans.set(value, (span = { begin: none(Infinity), end: none(-Infinity) }));
    }
    for (const rank of new Set([graph.rank[task]!, targetOf(graph, task)])) {
      span.begin[rank] = Math.min(span.begin[rank]!, start[task]!);
      span.end[rank] = Math.max(span.end[rank]!, finish[task]!);
    }
  }
  return [...spans].map(([value, { begin, end }]) => {
    const lengths = end.map((time, rank) => time - begin[rank]!);
    const rank = lengths.reduce((longest, length, other) => (length > lengths[longest]! ? other : longest), 0);
    return {
      ...{ value, start_ns: Math.min(...begin), end_ns: Math.max(...end) },
      ...{ longest_ns: lengths[rank]!, rank },
    };
  });
}
