/** broadcast, reduce and send: words from and to one position along mesh axes. */
import type { MeshModel, ValueIR } from "./ir.js";
import { reduceAll } from "./word-layouts.js";
import type { WordOperand, WordProblem, WordResult } from "./word-layouts.js";

/** Positions along some mesh axes, one each. */
export type Place = ValueIR["at"];
type Mesh = Pick<MeshModel, "axes">;

/** Row-major number of a place, the last mesh axis innermost. */
export function positionOf(place: Place, mesh: Mesh): number {
  return place.reduce((number, { meshAxis, position }) => number * mesh.axes[meshAxis]!.size + position, 0);
}

export function broadcast(operand: WordOperand, meshAxes: readonly number[], mesh: Mesh): WordResult {
  const from = placeOf(operand, meshAxes);
  if ("problem" in from) return from;
  return {
    change: { word: "broadcast", meshAxes, root: positionOf(from, mesh) },
    result: { ...operand, at: withoutPlace(operand, meshAxes) },
  };
}

export function reduceTo(operand: WordOperand, place: Place, mesh: Mesh): WordResult {
  const meshAxes = place.map(({ meshAxis }) => meshAxis);
  const reduced = reduceAll(operand, meshAxes);
  if ("problem" in reduced) return reduced;
  return {
    change: { ...reduced.change, word: "reduce", root: positionOf(place, mesh) },
    result: { ...reduced.result, at: [...operand.at, ...place] },
  };
}

export function sendTo(operand: WordOperand, place: Place, mesh: Mesh): WordResult {
  const meshAxes = place.map(({ meshAxis }) => meshAxis);
  const from = placeOf(operand, meshAxes);
  if ("problem" in from) return from;
  const [root, target] = [positionOf(from, mesh), positionOf(place, mesh)];
  if (root === target) return { problem: { kind: "at-already" } };
  const moved = new Map(place.map(({ meshAxis, position }) => [meshAxis, position]));
  const at = operand.at.map((one) => ({ ...one, position: moved.get(one.meshAxis) ?? one.position }));
  return { change: { word: "send", meshAxes, root, target }, result: { ...operand, at } };
}

/** Where along the mesh axes the value is. */
function placeOf(operand: WordOperand, meshAxes: readonly number[]): Place | { readonly problem: WordProblem } {
  const place = meshAxes.map((meshAxis) => operand.at.find((at) => at.meshAxis === meshAxis));
  const lacking = place.indexOf(undefined);
  return lacking < 0 ? (place as Place) : { problem: { kind: "not-at", meshAxis: meshAxes[lacking] } };
}

function withoutPlace(operand: WordOperand, meshAxes: readonly number[]): Place {
  return operand.at.filter(({ meshAxis }) => !meshAxes.includes(meshAxis));
}
