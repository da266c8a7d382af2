import type { CheckedProgram, LayerIR } from "../../compiler/check/ir.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { verifyGraph } from "../../compiler/graph/verify-graph.js";
import { lower } from "../../compiler/lower/lower.js";
import type { Settings } from "../../compiler/lower/settings.js";
import { executionPlan } from "../../compiler/plan/execution.js";
import { plan, type Planned } from "../../compiler/plan/plan.js";

export interface PlannedLayer {
  readonly planned: Planned;
  readonly execution: ExecutionPlan;
  readonly diagnostics: readonly Diagnostic[];
}

/** Lower and plan with the given settings, the graph's invariants checked. */
export function planLayer(program: CheckedProgram, layer: LayerIR, settings: Settings): PlannedLayer {
  const diagnostics = createCollector();
  const planned = plan(lower(program, layer, settings), diagnostics);
  const failures = verifyGraph(planned.graph);
  if (failures.length > 0) throw new Error(`the graph breaks its invariants: ${failures.join("; ")}`);
  return { planned, execution: executionPlan(planned), diagnostics: diagnostics.list() };
}
