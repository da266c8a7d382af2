/** prove: what is shown of the graph that will run, after the last transformation. Failures carry a witness. */
import type { ScheduleIR } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { ExecutionPlan } from "../graph/execution-plan.js";
import type { Planned } from "../plan/plan.js";
import { findDeadlock } from "./acyclic.js";
import { findIncomplete } from "./complete.js";
import { deadlockWitness, verbsBehind } from "./deadlock-witness.js";
import { incompleteWitness } from "./incomplete-witness.js";
import { findOutOfOrder } from "./kept-order.js";
import type { Misplaced } from "./placed.js";
import { Precedence } from "./precedence.js";
import { reportMissing, reportRaces, reportSharedUse } from "./race-report.js";
import { findRaces } from "./races.js";
import { findSharedUse } from "./shared-memory.js";
import { findUnrouted } from "./routed.js";
import { findPartial } from "./whole-results.js";
import { wantedRegions } from "./wanted-regions.js";

/** @param execution of what is planned; asked for where nothing stands still */
export function prove(
  planned: Planned,
  execution: () => ExecutionPlan,
  schedule: ScheduleIR,
  diagnostics: DiagnosticCollector,
): void {
  proveRouted(planned, diagnostics);
  proveComplete(planned, diagnostics);
  if (!proveNoDeadlock(planned, schedule, diagnostics) || diagnostics.hasErrors()) return;
  const precedence = new Precedence(planned.graph);
  proveKeptOrder(planned, precedence, diagnostics);
  const plan = execution();
  const found = findRaces(plan, precedence, mostRaces);
  // The rest takes a rank's memory to be touched by that rank's tasks.
  if (found.misplaced !== undefined) return reportMisplaced(plan, found.misplaced, diagnostics);
  if (found.missing !== undefined) reportMissing(plan, found.missing, schedule.location, diagnostics);
  reportRaces(plan, found.races, diagnostics);
  for (const use of findSharedUse(planned, plan, found, precedence))
    reportSharedUse(plan, use, schedule.location, diagnostics);
}

function reportMisplaced({ graph }: ExecutionPlan, { task, other }: Misplaced, diagnostics: DiagnosticCollector): void {
  const { name, location } = graph.instances[graph.instance[task]!]!;
  diagnostics.report("misplaced-task", location, { value: name, rank: graph.rank[task]!, other });
}

/** Races that are told. */
const mostRaces = 4;

function proveKeptOrder(planned: Planned, precedence: Precedence, diagnostics: DiagnosticCollector): void {
  const { graph } = planned;
  const found = findOutOfOrder(planned, precedence);
  if (found === undefined) return;
  const [before, after] = [found.first, found.second].map((task) => graph.instances[graph.instance[task]!]!);
  const related = [{ location: before!.location, message: `\`${before!.name}\` may still be at work` }];
  const parameters = { value: after!.name, before: before!.name, rank: found.rank };
  diagnostics.report("out-of-order", after!.location, parameters, { related });
}

function proveComplete(planned: Planned, diagnostics: DiagnosticCollector): void {
  const { graph, lowered } = planned;
  const wanted = wantedRegions(lowered.layer, lowered.domains, graph.rankCount);
  const found = findPartial(lowered) ?? findIncomplete(graph, lowered.instances, wanted);
  if (found === undefined) return;
  const { name, location } = graph.instances[found.instance]!;
  const { rank, problem } = found;
  const witness = incompleteWitness(graph, lowered.instances, found);
  diagnostics.report("not-complete", location, { value: name, rank, problem }, witness && { witness });
}

function proveRouted({ graph, lowered }: Planned, diagnostics: DiagnosticCollector): void {
  const { machine } = lowered.program;
  for (const { instance, source, target } of findUnrouted(graph, machine)) {
    const { name, location } = graph.instances[instance]!;
    diagnostics.report("no-route", location, { value: name, source, target, machine: machine.name });
  }
}

/** Steps of a cycle that the message names; the witness has all of them. */
const namedSteps = 4;

/** Whether there is none. */
function proveNoDeadlock(planned: Planned, schedule: ScheduleIR, diagnostics: DiagnosticCollector): boolean {
  const { graph } = planned;
  const cycle = findDeadlock(graph);
  if (cycle === undefined) return true;
  const witness = deadlockWitness(graph, cycle);
  const { steps } = witness;
  const named = steps.slice(0, namedSteps).map(({ task, rank }) => `\`${task.split(",")[0]}\` on rank ${rank}`);
  const more = steps.length > namedSteps ? [`${steps.length - namedSteps} more`] : [];
  diagnostics.report(
    "deadlock",
    schedule.location,
    { cycle: `${[...named, ...more].join(", then ")}, which waits for the first` },
    { related: verbsBehind(planned, cycle, schedule), witness },
  );
  return false;
}
