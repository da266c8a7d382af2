/** What statements of a layer cost in closed form, without planning: an op on its busiest rank, a word at the least. */
import { bytesMoved, type MovedBytes } from "../../compiler/check/word-bytes.js";
import type { CheckedProgram, LayerIR, OpStatement, StatementIR, WordStatement } from "../../compiler/check/ir.js";
import type { ComputeClass } from "../../compiler/graph/task-graph.js";
import { rankAt } from "../../compiler/lower/domains.js";
import type { RankKind } from "../../compiler/machine/model.js";
import { opCosts } from "../../compiler/plan/op-costs.js";
import type { LayerContext } from "./layer-context.js";

/** Nanoseconds that one resource of a rank is held at its peak: the roofline (Williams et al., CACM 52(4), 2009). */
export interface Roof {
  readonly of: "compute" | "memory" | "link";
  readonly ns: number;
}

export interface OpFacts {
  readonly kind: "op";
  /** The one that takes longest, of those that are looked at. */
  readonly rank: number;
  readonly flops: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** The longest first. */
  readonly roofs: readonly Roof[];
}

export interface WordFacts extends MovedBytes {
  readonly kind: "word";
  readonly word: string;
  readonly roofs: readonly Roof[];
}

export type StatementFacts = OpFacts | WordFacts;

/**
 * A statement is another object once anything that it may depend on was edited: its layer and what that mentions, a mesh, a machine, a table
 * (compiler/bind/memory.ts). So what was found of it stays right, and large tables are not gone through again at each edit.
 */
const known = new WeakMap<StatementIR, { readonly facts: StatementFacts | undefined }>();

/** Undefined of a view, of an op that nobody computes, and where the file has an error. */
export function statementFacts(statement: StatementIR, { program, layer }: LayerContext): StatementFacts | undefined {
  if (program === undefined || layer === undefined) return undefined;
  const before = known.get(statement);
  if (before !== undefined) return before.facts;
  const facts = factsOf(statement, layer.ir, program);
  known.set(statement, { facts });
  return facts;
}

function factsOf(statement: StatementIR, layer: LayerIR, program: CheckedProgram): StatementFacts | undefined {
  switch (statement.kind) {
    case "view":
      return undefined;
    case "op":
      return opFacts(statement, layer, program);
    case "word":
      return wordFacts(statement, layer, program);
  }
}

function opFacts(statement: OpStatement, layer: LayerIR, program: CheckedProgram): OpFacts | undefined {
  const { machine } = program;
  let busiest: OpFacts | undefined;
  for (const [rank, cost] of opCosts(program, layer, statement)) {
    const roofs = roofsOf(cost, machine.kinds[machine.kindOfRank[rank]!]!);
    if (busiest && busiest.roofs[0]!.ns >= roofs[0]!.ns) continue;
    const { flops, bytesRead, bytesWritten } = cost;
    busiest = { kind: "op", rank, flops, bytesRead, bytesWritten, roofs };
  }
  return busiest;
}

function roofsOf(cost: ComputeClass, { computeFlopsPerSecond: rates, efficiency, memory }: RankKind): Roof[] {
  const rateOf = (dtype: string) => rates[dtype] ?? rates["f32"] ?? Math.min(...Object.values(rates));
  const seconds = (flops: number, dtype: string) => (flops === 0 ? 0 : flops / (rateOf(dtype) * efficiency));
  const compute = seconds(cost.matrixFlops, cost.matrixDtype) + seconds(cost.vectorFlops, "f32");
  const bytes = cost.bytesRead + cost.bytesWritten;
  return longestFirst([
    { of: "compute", ns: compute * 1e9 },
    { of: "memory", ns: (bytes / memory.bytesPerSecond) * 1e9 },
  ]);
}

function wordFacts(statement: WordStatement, layer: LayerIR, program: CheckedProgram): WordFacts {
  const { mesh, machine, tables, monoids } = program;
  const [operand, result] = [layer.values[statement.operand]!, layer.values[statement.result]!];
  const context = { mesh, tables, monoids: () => monoids };
  const moved = bytesMoved(result.dtype, operand, result, statement, context);
  const memory = Math.min(...machine.kinds.map((kind) => kind.memory.bytesPerSecond));
  const link = linkBytesPerSecond(statement, program);
  const roofs: Roof[] = [{ of: "memory", ns: (moved.bytesPerRank / memory) * 1e9 }];
  if (link !== undefined) roofs.push({ of: "link", ns: (moved.bytesPerRank / link) * 1e9 });
  return { kind: "word", word: statement.word, ...moved, roofs: longestFirst(roofs) };
}

/** Of the slowest link between rank 0 and the next one along the mesh axes of the word; undefined where nothing leaves a rank. */
function linkBytesPerSecond({ meshAxes, tier }: WordStatement, { mesh, machine }: CheckedProgram): number | undefined {
  const rates = meshAxes.flatMap((meshAxis) => {
    const next = mesh.axes.map((_, axis) => (axis === meshAxis ? 1 : 0));
    const route = mesh.axes[meshAxis]!.size > 1 ? machine.route(0, rankAt(mesh, next)) : undefined;
    return (route?.resources ?? []).map((resource) => machine.linkResources[resource]!.bytesPerSecond);
  });
  if (tier !== undefined)
    for (const one of machine.tiers.filter(({ name }) => name === tier))
      rates.push(...one.instances.map(({ read }) => machine.linkResources[read]!.bytesPerSecond));
  const finite = rates.filter((rate) => Number.isFinite(rate));
  return finite.length > 0 ? Math.min(...finite) : undefined;
}

function longestFirst(roofs: readonly Roof[]): Roof[] {
  return roofs.toSorted((a, b) => b.ns - a.ns);
}
