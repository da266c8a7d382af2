/** Calls of words and views as they are written. */
import type { AxisIR, LayerIR, MeshModel, ViewStatement, WordStatement, WordChange } from "./ir.js";
import type { ViewChange } from "./view-layouts.js";
import type { WordOperand } from "./word-layouts.js";
import { isIdentifier } from "./print-kernel.js";
import { axisText, meshAxisName, suffixText } from "./type-text.js";

type Mesh = Pick<MeshModel, "axes">;
/** `params`: names that sizes may be written by. */
interface MoveContext {
  readonly mesh: Mesh;
  readonly params: ReadonlyMap<string, number>;
}

/** `all_gather(v, seq/sp)`. */
export function moveText(layer: LayerIR, statement: WordStatement | ViewStatement, context: MoveContext): string {
  const operand = layer.values[statement.operand]!;
  const result = layer.values[statement.result]!;
  const { word, after } = moveArguments(operand, result, statement, context);
  return `${word}(${[operand.name, ...after].join(", ")})`;
}

/** The word or view, and what stands behind its value. */
export function moveArguments(
  operand: WordOperand,
  result: WordOperand,
  change: WordChange | ViewChange,
  context: MoveContext,
): { readonly word: string; readonly after: readonly string[] } {
  if ("view" in change) return { word: change.view, after: viewArguments(operand, result, change, context) };
  return { word: change.word, after: wordArguments(operand, result, change, context) };
}

function wordArguments(
  operand: WordOperand,
  result: WordOperand,
  change: WordChange,
  { mesh, params }: MoveContext,
): string[] {
  const { meshAxes, cutBefore, cutAfter } = change;
  const before = operand.axes[cutBefore!]!;
  const after = result.axes[cutAfter!]!;
  switch (change.word) {
    case "all_gather":
      return [dividedText(before, meshAxes, mesh)];
    case "reduce_scatter":
      return [scatteredText(after, meshAxes, mesh)];
    case "all_reduce":
    case "broadcast":
      return meshAxes.map((meshAxis) => meshAxisName(mesh, meshAxis));
    case "all_to_all":
      return [`${changeText(before, meshAxes, mesh)} -> ${changeText(after, meshAxes, mesh)}`];
    case "reduce":
      return placeText(meshAxes, change.root!, mesh);
    case "send":
      return placeText(meshAxes, change.target!, mesh);
    case "load":
      return [];
    case "store":
      return [change.tier!];
    case "reshard": {
      const { axes, at } = result;
      const texts = axes.map((axis) => axisText(axis, mesh, (one) => sizedAxisName(one, params)));
      return [`[${texts.join(", ")}]${suffixText({ pending: [], at }, mesh)}`];
    }
    case "shift":
      return [dividedText(before, meshAxes, mesh), String(change.offset!)];
    case "scan": {
      const inclusive = change.inclusive ? ["inclusive"] : [];
      if (cutBefore === undefined) return [leadingText(after, { mesh, params }), ...inclusive];
      return [dividedText(before, meshAxes, mesh), change.monoid!, ...inclusive];
    }
  }
}

function viewArguments(
  operand: WordOperand,
  result: WordOperand,
  { view, meshAxes, dimension, monoid }: ViewChange,
  { mesh, params }: MoveContext,
): string[] {
  switch (view) {
    case "shard":
      return [scatteredText(result.axes[dimension]!, meshAxes, mesh)];
    case "spread":
      return [leadingText(result.axes[dimension]!, { mesh, params })];
    case "partials":
    case "fan":
      return [dividedText(operand.axes[dimension]!, meshAxes, mesh), monoid!];
  }
}

/** An axis as a type names it: a param of its name, or a table or factors, have its size; else it stands behind it. */
export function sizedAxisName(axis: AxisIR, params: ReadonlyMap<string, number>): string {
  if (axis.table !== undefined || axis.factors !== undefined || params.get(axis.name) === axis.size) return axis.name;
  return isIdentifier(axis.name) ? `${axis.name}: ${axis.size}` : String(axis.size);
}

/** An axis that the result has and the operand has not. */
function leadingText({ name, size, factors, cuts }: AxisIR, { mesh, params }: MoveContext): string {
  return axisText({ name: factors || params.get(name) === size ? name : String(size), size, cuts }, mesh);
}

function dividedText(axis: AxisIR, meshAxes: readonly number[], mesh: Mesh): string {
  return axisText({ ...axis, cuts: meshAxes.map((meshAxis) => ({ meshAxis })) }, mesh);
}

/** Of rows with the column, of an axis divided by a factor with that: `rows(gate)/ep by to`. */
function scatteredText(axis: AxisIR, meshAxes: readonly number[], mesh: Mesh): string {
  const by = axis.cuts.find((cut) => meshAxes.includes(cut.meshAxis))?.by;
  return dividedText(axis, meshAxes, mesh) + (by === undefined ? "" : ` by ${by}`);
}

/** One side of an exchange: of rows, the column. Where cuts follow several columns or factors, the layout says which. */
function changeText(axis: AxisIR, meshAxes: readonly number[], mesh: Mesh): string {
  const columns = new Set(axis.cuts.filter((cut) => meshAxes.includes(cut.meshAxis)).map((cut) => cut.by));
  if (columns.size > 1) return dividedText(axis, meshAxes, mesh);
  const whole = scatteredText(axis, meshAxes, mesh);
  return axis.table === undefined || meshAxes.length > 1 ? whole : whole.slice(whole.indexOf(" by ") + 1);
}

/** `node(0), gpu(2)`. */
function placeText(meshAxes: readonly number[], position: number, mesh: Mesh): string[] {
  let inner = position;
  return meshAxes
    .toReversed()
    .map((meshAxis) => {
      const { size } = mesh.axes[meshAxis]!;
      const own = inner % size;
      inner = Math.floor(inner / size);
      return `${meshAxisName(mesh, meshAxis)}(${own})`;
    })
    .toReversed();
}
