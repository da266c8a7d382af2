/** prove: what is shown of the graph that will run, after the last transformation. Failures carry a witness. */
import type { ScheduleIR } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Planned } from "../plan/plan.js";
import { findDeadlock } from "./acyclic.js";
import { findIncomplete } from "./complete.js";
import { deadlockWitness } from "./deadlock-witness.js";
import { incompleteWitness } from "./incomplete-witness.js";
import { findUnrouted } from "./routed.js";
import { findPartial } from "./whole-results.js";
import { wantedRegions } from "./wanted-regions.js";

export function prove(planned: Planned, schedule: ScheduleIR, diagnostics: DiagnosticCollector): void {
  proveRouted(planned, diagnostics);
  proveComplete(planned, diagnostics);
  proveNoDeadlock(planned, schedule, diagnostics);
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

function proveNoDeadlock(planned: Planned, schedule: ScheduleIR, diagnostics: DiagnosticCollector): void {
  const { graph } = planned;
  const cycle = findDeadlock(graph);
  if (cycle === undefined) return;
  const witness = deadlockWitness(graph, cycle);
  const { steps } = witness;
  const named = steps.slice(0, namedSteps).map(({ task, rank }) => `\`${task.split(",")[0]}\` on rank ${rank}`);
  const more = steps.length > namedSteps ? [`${steps.length - namedSteps} more`] : [];
  diagnostics.report(
    "deadlock",
    schedule.location,
    { cycle: `${[...named, ...more].join(", then ")}, which waits for the first` },
    { witness },
  );
}
