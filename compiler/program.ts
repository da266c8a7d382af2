/** The whole pipeline on one page: parse, bind, check | rewrite, lower, plan, prove. */
import { bind } from "./bind/bind.js";
import type { BoundProgram } from "./bind/bound-program.js";
import { noMemory, type Memory } from "./bind/memory.js";
import type { SourceHost } from "./bind/source-host.js";
import { check } from "./check/check.js";
import type { CheckedProgram, LayerIR, ScheduleIR } from "./check/ir.js";
import type { LayerOutcome } from "./check/layers.js";
import { onMeshOf } from "./check/mesh-of-layer.js";
import { createCollector, type DiagnosticCollector } from "./diagnostics/collector.js";
import type { Diagnostic } from "./diagnostics/types.js";
import type { ExecutionPlan } from "./graph/execution-plan.js";
import type { TaskGraph } from "./graph/task-graph.js";
import { lower, type Lowered } from "./lower/lower.js";
import { executionPlan } from "./plan/execution.js";
import { applyFusions } from "./plan/fuse.js";
import { memoryPeak, type MemoryPeak } from "./plan/memory.js";
import { plan, type Planned } from "./plan/plan.js";
import { settingsOf } from "./plan/settings.js";
import { estimateTasks, maximalTasks } from "./plan/size-limit.js";
import { proveCollectives } from "./prove/collectives.js";
import { prove } from "./prove/prove.js";

export interface CompileOptions {
  readonly profile?: string;
  /** Where no profile is asked for: the one to take if the file has it. */
  readonly profileIfThere?: string;
  readonly set?: ReadonlyMap<string, string>;
  readonly machine?: string;
}

export interface CheckedFile {
  /** What names mean; absent where the file cannot be read. */
  readonly bound?: BoundProgram;
  /** Layers of the file that stand by themselves, by name, as far as they are known. */
  readonly layers: ReadonlyMap<string, LayerOutcome>;
  /** Absent where errors leave nothing to plan. */
  readonly program?: CheckedProgram;
  /** Texts of the files read, by path, for rendering diagnostics. */
  readonly sources: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The front: text to checked program. Never throws for a mistake of the user's.
 *
 * @param memory of the last run over the same entry with the same options, for an editor
 */
export function checkFile(
  entry: string,
  host: SourceHost,
  options: CompileOptions = {},
  memory: Memory = noMemory,
): CheckedFile {
  const { bound, diagnostics } = bind(entry, host, { ...options, memory });
  if (bound === undefined) return { layers: new Map(), sources: new Map(), diagnostics: diagnostics.list() };
  const { program, layers } = check(bound, memory);
  const listed = diagnostics.list();
  const files = new Set([...bound.files.keys(), ...listed.map(({ location }) => location.file)]);
  const sources = new Map([...files].map((file) => [file, bound.sourceText(file) ?? ""]));
  return { bound, layers, ...(program === undefined ? {} : { program }), sources, diagnostics: listed };
}

export interface PlannedSchedule {
  /** On the mesh of the layer. */
  readonly program: CheckedProgram;
  readonly schedule: ScheduleIR;
  /** The layer as it is run: after `fuse`. */
  readonly layer: LayerIR;
  readonly graph: TaskGraph;
  /** What to execute; made when first asked for. */
  readonly plan: ExecutionPlan;
  /** By rank. */
  readonly peakMemoryBytes: readonly number[];
  /** When a rank keeps most, and what; made when asked for. */
  memoryPeak(rank: number): MemoryPeak;
  readonly rounds: number;
}

/** The back: one schedule of a checked program to a proved graph. */
export function planSchedule(
  checked: CheckedProgram,
  schedule: ScheduleIR,
): { readonly planned?: PlannedSchedule; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics = createCollector();
  const original = checked.layers[schedule.layer]!;
  const program = onMeshOf(checked, original);
  const rewritten = applyFusions(original, schedule, diagnostics);
  const lowered = lowerSchedule(program, rewritten.layer, rewritten.schedule, diagnostics);
  if (lowered === undefined) return { diagnostics: diagnostics.list() };
  const planned = plan(lowered, diagnostics);
  const made = plannedSchedule(planned, schedule);
  prove(planned, () => made.plan, schedule, diagnostics);
  return { ...(!diagnostics.hasErrors() && { planned: made }), diagnostics: diagnostics.list() };
}

function lowerSchedule(
  program: CheckedProgram,
  layer: LayerIR,
  schedule: ScheduleIR,
  diagnostics: DiagnosticCollector,
): Lowered | undefined {
  const settings = settingsOf(program, layer, schedule, diagnostics);
  if (!diagnostics.hasErrors()) proveCollectives(program, layer, settings, schedule, diagnostics);
  if (diagnostics.hasErrors()) return undefined;
  const tasks = estimateTasks(program, layer, settings);
  if (tasks > maximalTasks) {
    diagnostics.report("too-many-tasks", schedule.location, { tasks, limit: maximalTasks });
    return undefined;
  }
  return lower(program, layer, settings);
}

function plannedSchedule(planned: Planned, schedule: ScheduleIR): PlannedSchedule {
  let execution: ExecutionPlan | undefined;
  return {
    program: planned.lowered.program,
    schedule,
    layer: planned.lowered.layer,
    graph: planned.graph,
    get plan() {
      return (execution ??= executionPlan(planned));
    },
    peakMemoryBytes: planned.peakMemoryBytes,
    memoryPeak: (rank) => memoryPeak(planned.lowered, planned.liveness, rank),
    rounds: planned.rounds,
  };
}
