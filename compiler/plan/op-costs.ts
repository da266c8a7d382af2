import type { CheckedProgram, LayerIR, OpStatement } from "../check/ir.js";
import type { ComputeClass } from "../graph/task-graph.js";
import { lower } from "../lower/lower.js";
import { defaultSettings } from "./settings.js";

/**
 * What an op of a layer costs on each rank where it has something to do, as one block: the op is lowered alone, with all
 * that it reads given.
 *
 * @param program on the mesh of the layer
 */
export function opCosts(
  program: CheckedProgram,
  layer: LayerIR,
  statement: OpStatement,
): ReadonlyMap<number, ComputeClass> {
  const { operands, result } = statement;
  const alone: LayerIR = { ...layer, inputs: operands, statements: [statement], outputs: [result] };
  const { tasks, classes } = lower(program, alone, defaultSettings(program, alone));
  const costs = new Map<number, ComputeClass>();
  for (let task = 0; task < tasks.count; task++) {
    const cost = classes[tasks.classOf[task]!];
    if (cost?.kind === "compute") costs.set(tasks.rank[task]!, cost);
  }
  return costs;
}
