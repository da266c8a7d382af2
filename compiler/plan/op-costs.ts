import type { CheckedProgram, LayerIR, OpStatement } from "../check/ir.js";
import type { ComputeClass } from "../graph/task-graph.js";
import { runsLength } from "../graph/runs.js";
import { createLoweringContext, type OpInstance } from "../lower/context.js";
import { product } from "../lower/cost.js";
import type { Domains } from "../lower/domains.js";
import { accessesOf, lowerOpOnRank } from "../lower/lower-op.js";
import { defaultSettings } from "./settings.js";

/** Ranks that are looked at. */
const mostRanks = 16;

/**
 * What an op of a layer costs as one block, all that it reads given: on each rank where it has something to do, or, where
 * those are many, on those with the most elements of the result and on some that stand far apart.
 *
 * @param program on the mesh of the layer
 */
export function opCosts(
  program: CheckedProgram,
  layer: LayerIR,
  statement: OpStatement,
): ReadonlyMap<number, ComputeClass> {
  const alone: LayerIR = { ...layer, statements: [statement] };
  const settings = defaultSettings(program, alone);
  const context = createLoweringContext(program, alone, settings);
  const { domains, writer } = context;
  const instance: OpInstance = {
    ...{ kind: "op", statement: 0, part: [], selections: [], name: layer.values[statement.result]!.name },
    ...{ settings: settings.statements[0]!, ir: statement, accesses: accessesOf(statement), onRank: [] },
  };
  const costs = new Map<number, ComputeClass>();
  for (const rank of ranksToLookAt(program, layer, statement, domains)) {
    lowerOpOnRank(context, instance, 0, rank);
    const newest = writer.count - 1;
    const cost =
      newest >= 0 && writer.rank.data[newest] === rank ? writer.classes[writer.classOf.data[newest]!] : undefined;
    if (cost?.kind === "compute") costs.set(rank, cost);
  }
  return costs;
}

function ranksToLookAt(
  { mesh: { rankCount } }: CheckedProgram,
  layer: LayerIR,
  { result }: OpStatement,
  domains: Domains,
): number[] {
  const all = Array.from({ length: rankCount }, (_, rank) => rank);
  if (rankCount <= mostRanks) return all;
  const value = layer.values[result]!;
  const elements = all.map((rank) =>
    domains.present(value, rank) ? product(value.axes.map((_, d) => runsLength(domains.ofValue(value, d, rank)))) : 0,
  );
  const largest = all.toSorted((a, b) => elements[b]! - elements[a]! || a - b).slice(0, mostRanks / 2);
  const apart = largest.map((_, step) => rankCount - 1 - Math.floor((step * rankCount) / largest.length));
  return [...new Set([...largest, ...apart])];
}
