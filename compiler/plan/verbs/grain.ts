/** The grain of an overlap: in what blocks each statement of the overlapped group hands on its result. */
import type { GrainIR, OpStatement } from "../../check/ir.js";
import { isOfIndex } from "../../graph/table-columns.js";
import type { Location } from "../../diagnostics/types.js";
import { collectAccesses, pureVariable } from "../../lower/access.js";
import { blockBytes } from "../../check/monoid-components.js";
import { defaultTile } from "../../lower/cost.js";
import { reductionVariableOf } from "../../lower/lower-op.js";
import type { DimensionCut } from "../../lower/settings.js";
import { operandsOf, opOf, quoteList, resultName, wordOf, type VerbContext } from "./context.js";
import { longestPart } from "./extent.js";
import { chunkLayouts, inPlace, type ChunkLayout } from "./word-chunks.js";

export function applyGrain(
  context: VerbContext,
  location: Location,
  statements: readonly number[],
  grain: GrainIR,
): void {
  endBlocksWithChunks(context, location, statements, grain.kind === "shard");
  switch (grain.kind) {
    case "shard":
      return;
    case "axis":
      return byAxis(context, location, statements, grain.axis, grain.size);
    case "bucket":
      return byBucket(context, location, statements, grain.bytes);
    case "tile":
      return byTilesOf(context, location, statements, firstOp(context, statements), "all");
    case "rows":
      return byTilesOf(context, location, statements, firstOp(context, statements.toReversed()), "first");
  }
}

/** Blocks of a word's producer and of its consumers end where its chunks do. By shard, chunks are all there is to wait for. */
function endBlocksWithChunks(
  context: VerbContext,
  location: Location,
  statements: readonly number[],
  byShard: boolean,
): void {
  const { layer, settings, diagnostics } = context;
  const words = statements.filter((s) => wordOf(layer, s) !== undefined);
  if (words.length === 0 && byShard)
    diagnostics.report("overlap-no-word", location, { values: quoteList(statements.map((s) => resultName(layer, s))) });
  for (const w of words) {
    const word = wordOf(layer, w)!;
    const { taken, delivered } = chunkLayouts(context, word);
    const sources = inPlace(layer, word.operand);
    const copies = inPlace(layer, word.result);
    for (const s of statements) {
      const op = opOf(layer, s);
      if (op === undefined) continue;
      if (sources.has(op.result))
        for (const { dimension, axis } of taken) settings.statements[s]!.cuts[dimension]!.restarts.push(axis);
      if (op.operands.some((operand) => copies.has(operand)))
        for (const chunks of delivered) restartConsumer(context, byShard ? location : undefined, s, op, copies, chunks);
    }
  }
}

/** Cuts the consumer where it reads the delivered dimension; where it reduces over it whole, an R6 error at `refuseAt`. */
function restartConsumer(
  context: VerbContext,
  refuseAt: Location | undefined,
  s: number,
  op: OpStatement,
  copies: ReadonlySet<number>,
  delivered: ChunkLayout,
): void {
  const own = context.settings.statements[s]!;
  for (const access of collectAccesses(op.kernel)) {
    if (!copies.has(op.operands[access.operand]!)) continue;
    const index = access.at[delivered.dimension]!;
    if (index.kind === "column") {
      const row = pureVariable(index.at);
      if (row === undefined || row >= op.kernel.outputRank || isOfIndex(index.column)) continue;
      const rows = context.layer.values[op.result]!.axes[row]!;
      const cuts = delivered.axis.cuts.map(({ meshAxis }) => ({ meshAxis, by: index.column }));
      own.cuts[row]!.restarts.push({ ...rows, table: index.table, cuts });
      continue;
    }
    const variable = pureVariable(index);
    if (variable === undefined) continue;
    if (variable < op.kernel.outputRank) own.cuts[variable]!.restarts.push(delivered.axis);
    else if (access.bindings.some((binding) => binding.variable === variable)) continue;
    else if (own.accumulate?.axis === delivered.axis.name) own.accumulate.cut.restarts.push(delivered.axis);
    else if (refuseAt !== undefined) reportHeld(context, refuseAt, s, delivered.axis.name);
  }
}

/** Blocks of `size` elements along the axis of that name, wherever it occurs. */
function byAxis(
  context: VerbContext,
  location: Location,
  statements: readonly number[],
  name: string,
  size: number,
): void {
  const { layer, diagnostics } = context;
  if (!Number.isInteger(size) || size < 1) {
    diagnostics.report("overlap-grain-size", location, { least: 1, size });
    return;
  }
  let carried = 0;
  for (const s of statements) {
    const value = layer.values[layer.statements[s]!.result]!;
    value.axes.forEach((axis, d) => {
      if (axis.name !== name) return;
      carried++;
      setGrain(context, location, s, d, size);
    });
    const op = opOf(layer, s);
    if (op !== undefined && readsProducedAxis(context, statements, op, name))
      accumulateOrRefuse(context, location, s, op, name, size);
  }
  if (carried > 0) return;
  const axes = new Set(statements.flatMap((s) => layer.values[layer.statements[s]!.result]!.axes.map((a) => a.name)));
  diagnostics.report("overlap-no-such-axis", location, { axis: name, axes: quoteList([...axes]) });
}

/** Whether the op reads, by that axis name, a value that a statement of the group makes. */
function readsProducedAxis(
  context: VerbContext,
  statements: readonly number[],
  op: OpStatement,
  name: string,
): boolean {
  return statements.some((s) => {
    const { result } = context.layer.statements[s]!;
    return op.operands.includes(result) && context.layer.values[result]!.axes.some((axis) => axis.name === name);
  });
}

function accumulateOrRefuse(
  context: VerbContext,
  location: Location,
  s: number,
  op: OpStatement,
  name: string,
  size: number,
): void {
  if (reductionVariableOf(context, op, collectAccesses(op.kernel), name) === undefined) return;
  const { accumulate } = context.settings.statements[s]!;
  if (accumulate?.axis === name) accumulate.cut.step = size;
  else reportHeld(context, location, s, name);
}

/** R6: the consumer reduces over the axis, so no block of it starts before the last of the producer's. */
function reportHeld(context: VerbContext, location: Location, s: number, axis: string): void {
  const { layer } = context;
  const consumer = resultName(layer, s);
  const names = layer.values[layer.statements[s]!.result]!.axes.map((a) => a.name).filter((name) => name !== axis);
  const op = opOf(layer, s);
  const bare = op !== undefined && isBareReduction(context, op, axis);
  const kept = `take a grain along an axis that it keeps: ${quoteList(names)}`;
  let remedy = bare ? `say \`accumulate ${consumer} over ${axis}\`` : "what is applied to it needs the whole result";
  if (names.length > 0) remedy += `${bare ? ", or" : ";"} ${kept}`;
  context.diagnostics.report("overlap-held-by-reduction", location, { consumer, axis, axisAgain: axis, remedy });
}

/** Whether `accumulate` may be said of the axis: nothing is applied to the reduction over it. */
function isBareReduction(context: VerbContext, op: OpStatement, axis: string): boolean {
  const variable = reductionVariableOf(context, op, collectAccesses(op.kernel), axis);
  const { body } = op.kernel;
  return variable !== undefined && body.kind === "reduce" && body.variables.includes(variable);
}

function setGrain(context: VerbContext, location: Location, s: number, dimension: number, size: number): void {
  const { layer, program, settings, diagnostics } = context;
  const own = settings.statements[s]!;
  const cut: DimensionCut = own.cuts[dimension]!;
  const axis = layer.values[layer.statements[s]!.result]!.axes[dimension]!;
  const extent = longestPart(program, axis);
  const tile = own.tile?.[dimension];
  if (tile === undefined) {
    cut.step = Math.min(cut.step ?? size, size);
    return;
  }
  if (size >= extent || size % Math.min(tile, extent) === 0) return;
  const below = Math.max(tile, Math.floor(size / tile) * tile);
  const above = Math.ceil(size / tile) * tile;
  const nearest = below === above || size - below <= above - size ? below : above;
  const value = resultName(layer, s);
  diagnostics.report("overlap-grain-not-tiles", location, { grain: size, axis: axis.name, value, tile, nearest });
}

/** Buckets of at most so many bytes, along the first axis of what each word moves. */
function byBucket(context: VerbContext, location: Location, statements: readonly number[], bytes: number): void {
  const { layer, program, diagnostics } = context;
  if (!(bytes >= 1)) {
    diagnostics.report("overlap-grain-size", location, { least: "1 byte", size: bytes });
    return;
  }
  const words = statements.filter((s) => wordOf(layer, s) !== undefined);
  if (words.length === 0)
    diagnostics.report("overlap-no-word", location, { values: quoteList(statements.map((s) => resultName(layer, s))) });
  for (const w of words) {
    const value = layer.values[layer.statements[w]!.result]!;
    const rest = blockBytes(
      value,
      [1, ...value.axes.slice(1).map((axis) => longestPart(program, axis))],
      program.monoids,
    );
    const most = Math.max(1, Math.floor(bytes / rest));
    const cut = statements.filter((s) => {
      const { axes } = layer.values[layer.statements[s]!.result]!;
      return axes.length > 0 && axes[0]!.name === value.axes[0]?.name;
    });
    // A bucket is full when the next tile no longer fits.
    const tiles = cut.map((s) => context.settings.statements[s]!.tile?.[0] ?? 1).filter((tile) => tile <= most);
    const size = tiles.reduce((fitting, tile) => fitting - (fitting % tile), most);
    for (const s of cut) setGrain(context, location, s, 0, size);
  }
}

/** The tile of one op, along its first axis or along all, as the grain of what is overlapped with it. */
function byTilesOf(
  context: VerbContext,
  location: Location,
  statements: readonly number[],
  op: number | undefined,
  which: "first" | "all",
): void {
  const { layer, settings } = context;
  if (op === undefined) return;
  const own = settings.statements[op]!;
  const axes = layer.values[layer.statements[op]!.result]!.axes;
  axes.forEach((axis, d) => {
    if (which === "first" && d > 0) return;
    const size = own.tile?.[d] ?? (d >= axes.length - 2 ? defaultTile : 1);
    own.cuts[d]!.step ??= size;
    for (const s of statements) {
      if (s === op) continue;
      const dimension = layer.values[layer.statements[s]!.result]!.axes.findIndex((other) => other.name === axis.name);
      if (dimension >= 0 && settings.statements[s]!.tile === undefined) setGrain(context, location, s, dimension, size);
      const reader = opOf(layer, s);
      if (reader !== undefined && which === "first" && readsProducedAxis(context, statements, reader, axis.name))
        accumulateOrRefuse(context, location, s, reader, axis.name, size);
    }
  });
}

function firstOp(context: VerbContext, statements: readonly number[]): number | undefined {
  return statements.find(
    (s) => opOf(context.layer, s) !== undefined && operandsOf(context.layer.statements[s]!).length > 0,
  );
}
