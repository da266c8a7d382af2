/** Calls of words and views as they are written. */
import type { AxisIR, CheckedProgram, LayerIR, MeshModel, ViewStatement, WordStatement } from "./ir.js";
import { axisText, meshAxisName, suffixText } from "./type-text.js";

type Mesh = Pick<MeshModel, "axes">;
type MoveContext = Pick<CheckedProgram, "mesh" | "params">;

/** `all_gather(v, seq/sp)`. */
export function moveText(layer: LayerIR, statement: WordStatement | ViewStatement, context: MoveContext): string {
  const { name } = layer.values[statement.operand]!;
  const [word, after] =
    statement.kind === "word"
      ? [statement.word, wordArguments(layer, statement, context.mesh)]
      : [statement.view, viewArguments(layer, statement, context)];
  return `${word}(${[name, ...after].join(", ")})`;
}

function wordArguments(layer: LayerIR, statement: WordStatement, mesh: Mesh): string[] {
  const { meshAxes, cutBefore, cutAfter } = statement;
  const before = layer.values[statement.operand]!.axes[cutBefore!]!;
  const after = layer.values[statement.result]!.axes[cutAfter!]!;
  switch (statement.word) {
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
      return placeText(meshAxes, statement.root!, mesh);
    case "send":
      return placeText(meshAxes, statement.target!, mesh);
    case "reshard": {
      const { axes, at } = layer.values[statement.result]!;
      return [`[${axes.map((axis) => axisText(axis, mesh)).join(", ")}]${suffixText({ pending: [], at }, mesh)}`];
    }
    case "shift":
      return [dividedText(before, meshAxes, mesh), String(statement.offset!)];
    case "scan": {
      const inclusive = statement.inclusive ? ["inclusive"] : [];
      return [dividedText(before, meshAxes, mesh), statement.monoid!, ...inclusive];
    }
  }
}

function viewArguments(layer: LayerIR, statement: ViewStatement, { mesh, params }: MoveContext): string[] {
  const { view, meshAxes, dimension, monoid } = statement;
  const operand = layer.values[statement.operand]!;
  const result = layer.values[statement.result]!;
  switch (view) {
    case "shard":
      return [scatteredText(result.axes[dimension]!, meshAxes, mesh)];
    case "spread": {
      const { name, size, cuts } = result.axes[dimension]!;
      return [axisText({ name: params.get(name) === size ? name : String(size), size, cuts }, mesh)];
    }
    case "partials":
    case "fan":
      return [dividedText(operand.axes[dimension]!, meshAxes, mesh), monoid!];
  }
}

export function dividedText(axis: AxisIR, meshAxes: readonly number[], mesh: Mesh): string {
  return axisText({ ...axis, cuts: meshAxes.map((meshAxis) => ({ meshAxis })) }, mesh);
}

/** Of rows with the column, of an axis divided by a factor with that: `rows(gate)/ep by to`. */
export function scatteredText(axis: AxisIR, meshAxes: readonly number[], mesh: Mesh): string {
  const by = axis.cuts.find((cut) => meshAxes.includes(cut.meshAxis))?.by;
  return dividedText(axis, meshAxes, mesh) + (by === undefined ? "" : ` by ${by}`);
}

/** One side of an exchange: of rows, the column. */
export function changeText(axis: AxisIR, meshAxes: readonly number[], mesh: Mesh): string {
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
