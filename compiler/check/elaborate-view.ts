/** A call of shard, spread, partials or fan: its result has another layout, and nothing moves. */
import type { Expr } from "../../grammar/ast.js";
import { addSlot } from "./elaboration-state.js";
import type { Elaborated, NameNode, ValueEntry } from "./elaboration-state.js";
import type { View } from "./ir.js";
import { originOf } from "./layer-scope.js";
import { fan, partials, shard, spread } from "./view-layouts.js";
import type { ViewResult } from "./view-layouts.js";
import { axisReference, cutsOf, dividedAxis, meshAxesNamed, monoidOf, newAxis, refuseForm } from "./word-arguments.js";
import type { WordCall } from "./word-arguments.js";
import { reportWordProblem } from "./word-reports.js";

export const views: readonly View[] = ["shard", "spread", "partials", "fan"];

export function elaborateView(given: WordCall & { readonly word: View }, node: NameNode): Elaborated | undefined {
  const { operand, call, scope } = given;
  const applied = apply(given, call.arguments.slice(1));
  if (!applied) return undefined;
  if ("problem" in applied) {
    reportWordProblem(applied.problem, given);
    return undefined;
  }
  const type = { dtype: operand.type.dtype, ...applied.result };
  const result: ValueEntry = { type, node, location: originOf(call, scope), isInput: false };
  addSlot(scope.state, scope.frame).content = { kind: "view", result, operand, change: applied.change };
  return { kind: "value", entry: result };
}

function apply(
  given: WordCall & { readonly word: View },
  [how, under, ...rest]: readonly Expr[],
): ViewResult | undefined {
  const { word, operand, scope } = given;
  const { mesh } = scope.context;
  const folds = word === "partials" || word === "fan";
  if (!how || folds !== (under !== undefined) || rest.length > 0) return refuseForm(given);
  if (word === "spread") {
    const leading = newAxis(how, given);
    return leading && spread(operand.type, leading.axis, leading.meshAxes, mesh);
  }
  if (word === "shard") {
    const target = axisReference(how, given);
    const meshAxes = target && (target.meshes.length > 0 ? meshAxesNamed(target.meshes, given) : refuseForm(given));
    const cuts = meshAxes && cutsOf(target, meshAxes, given);
    return cuts && shard(operand.type, target.dimension, cuts);
  }
  const target = dividedAxis(how, given);
  const monoid = monoidOf(under, given);
  if (!target || !monoid) return undefined;
  if (target.meshAxes.length === 0) return { problem: { kind: "not-cut", dimension: target.dimension } };
  return word === "fan"
    ? fan(operand.type, target.dimension, target.meshAxes, monoid)
    : partials(operand.type, target.dimension, target.meshAxes, monoid, mesh);
}
