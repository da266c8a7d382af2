/**
 * lower: layer IR + mesh + tables + how work is cut -> tasks and data edges. A pure function; order, queues and
 * buffers come later (compiler/plan).
 */
import type { CheckedProgram, LayerIR, WordStatement } from "../check/ir.js";
import { runCollective, type CollectiveRun } from "./collective-run.js";
import { createLoweringContext, type InstanceRecord, type LoweringContext } from "./context.js";
import { demanded, type TaskColumns } from "./demand.js";
import type { Domains } from "./domains.js";
import { accessesOf, lowerOp } from "./lower-op.js";
import { lowerView } from "./lower-view.js";
import { lowerWord } from "./lower-word.js";
import { partsOf } from "./parts.js";
import type { Settings, StatementSettings } from "./settings.js";
import { GrowingInt32 } from "./task-writer.js";
import { reshardRun } from "./reshard-run.js";
import { tierCopy } from "./tier-copy.js";
import { isCollective, useOf } from "./word-contract.js";
import { forEachWriter } from "./writers.js";
import type { TaskClass } from "../graph/task-graph.js";

export interface Lowered {
  readonly program: CheckedProgram;
  readonly layer: LayerIR;
  readonly settings: Settings;
  readonly domains: Domains;
  readonly instances: readonly InstanceRecord[];
  readonly tasks: TaskColumns;
  readonly classes: readonly TaskClass[];
}

export function lower(program: CheckedProgram, layer: LayerIR, settings: Settings): Lowered {
  const context = createLoweringContext(program, layer, settings);
  const { domains } = context;
  layer.statements.forEach((ir, statement) => {
    if (ir.kind === "view") return lowerView(context, ir);
    const own = settings.statements[statement]!;
    for (const { part, selections, suffix } of partsOf(program, layer, domains, settings.splits, ir)) {
      const base = { statement, part, selections, name: layer.values[ir.result]!.name + suffix, settings: own };
      const id = context.instances.length;
      if (ir.kind === "op") {
        const instance = { ...base, kind: "op" as const, ir, accesses: accessesOf(ir), onRank: [] };
        context.instances.push(instance);
        lowerOp(context, instance, id);
      } else {
        const instance = {
          ...base,
          kind: "word" as const,
          ir,
          run: runOf(program, domains, layer, ir, own),
          groups: [],
          transferGroup: new GrowingInt32(),
          transferEvent: new GrowingInt32(),
          transferBlock: new GrowingInt32(),
          transferRest: new Map<number, readonly number[]>(),
          combinations: [],
        };
        context.instances.push(instance);
        lowerWord(context, instance, id);
      }
    }
  });
  const tasks = demanded(context.writer, outputWriters(context));
  return { program, layer, settings, domains, instances: context.instances, tasks, classes: context.writer.classes };
}

function runOf(
  program: CheckedProgram,
  domains: Domains,
  layer: LayerIR,
  ir: WordStatement,
  { collective }: StatementSettings,
): CollectiveRun {
  if (isCollective(ir)) return runCollective(collective!, useOf(program, ir));
  if (ir.tier !== undefined) return tierCopy;
  return reshardRun(domains, program.mesh, layer.values[ir.operand]!, layer.values[ir.result]!);
}

/** Every task that writes a part of an output: what a run is for. */
function outputWriters(context: LoweringContext): Set<number> {
  const { layer, program, domains } = context;
  const wanted = new Set<number>();
  for (const output of layer.outputs) {
    const value = layer.values[output]!;
    for (let rank = 0; rank < program.mesh.rankCount; rank++) {
      if (!domains.present(value, rank)) continue;
      const region = value.axes.map((_, d) => domains.ofValue(value, d, rank));
      forEachWriter(context, value, rank, region, (task) => wanted.add(task));
    }
  }
  return wanted;
}
