/** Names in what a word is told after its value: axes of the value, mesh axes, positions, a monoid, a tier. */
import { axisAndMeshes } from "../../compiler/check/word-arguments.js";
import type { CutRef, Expr, Identifier } from "../../grammar/ast.js";
import type { LayerScope } from "./call-names.js";
import { tierNamed, walkColumn, walkFactor } from "./members.js";
import { walkNumber } from "./numbers.js";
import { axisNamed, numbersOf, tableNamed, walkLayout, walkMeshAxis } from "./types.js";
import type { Walk } from "./walk.js";

export function walkWordArguments(word: string, told: readonly Expr[], scope: LayerScope, walk: Walk): void {
  const [first, second, third] = told;
  switch (word) {
    case "all_reduce":
    case "broadcast":
      for (const axis of told) walkMesh(axis, scope, walk);
      return;
    case "reduce":
    case "send":
      for (const place of told) walkPosition(place, scope, walk);
      return;
    case "shift":
      if (first) walkAxisReference(first, scope, walk);
      if (second) walkNumber(second, walk, numbersOf(scope.signature));
      return;
    case "scan":
    case "partials":
    case "fan":
      if (first) walkAxisReference(first, scope, walk);
      for (const more of [second, third]) if (more) walkMonoidOrMode(more, scope, walk);
      return;
    case "store":
      if (first?.kind === "NameExpr")
        walk.refer(first.name, tierNamed(first.name.text, scope.signature.mesh, walk.scope));
      return;
    default:
      for (const argument of told) walkAxisReference(argument, scope, walk);
  }
}

function walkMesh(axis: Expr, scope: LayerScope, walk: Walk): void {
  if (axis.kind === "NameExpr") walkMeshAxis(axis.name, scope.signature, walk);
  else walkNumber(axis, walk, numbersOf(scope.signature));
}

/** `stage(1)`. */
function walkPosition(place: Expr, scope: LayerScope, walk: Walk): void {
  if (place.kind !== "CallExpr" || place.callee.kind !== "NameExpr") return walkMesh(place, scope, walk);
  walkMeshAxis(place.callee.name, scope.signature, walk);
  for (const position of place.arguments) walkNumber(position, walk, numbersOf(scope.signature));
}

function walkMonoidOrMode(expression: Expr, scope: LayerScope, walk: Walk): void {
  if (expression.kind !== "NameExpr") return walkNumber(expression, walk, numbersOf(scope.signature));
  const { name } = expression;
  const declared = scope.signature.declared.get(name.text);
  const found = declared ?? walk.scope.find("names", name.text);
  if (name.text === "inclusive" && "length" in found && found.length === 0) walk.builtIn(name, "setting");
  else walk.refer(name, found);
}

/** `seq`, `seq/sp`, `rows(R)/ep by to`, `seq/sp -> heads/sp`, `[seq/sp, heads]`. */
function walkAxisReference(expression: Expr, scope: LayerScope, walk: Walk): void {
  switch (expression.kind) {
    case "CutRef":
      return walkCut(expression, scope, walk);
    case "LayoutChangeExpr":
      walkCut(expression.from, scope, walk);
      return walkCut(expression.to, scope, walk);
    case "LayoutExpr":
      return walkLayout(expression, scope.signature, walk);
    default:
      break;
  }
  const { axis, meshes } = axisAndMeshes(expression);
  for (const mesh of meshes) walkMeshAxis(mesh, scope.signature, walk);
  if (axis.kind === "NameExpr") return walkAxisName(axis.name, scope, walk);
  walkNumber(axis, walk, numbersOf(scope.signature));
}

function walkCut({ axis, rows, meshes, by }: CutRef, scope: LayerScope, walk: Walk): void {
  for (const mesh of meshes) walkMeshAxis(mesh, scope.signature, walk);
  const table = rows && tableNamed(rows.text, scope.signature, walk);
  if (rows) walk.refer(rows, table);
  if (axis) walkAxisName(axis, scope, walk);
  if (by && axis) walkFactor(by, axisNamed(axis.text, scope.signature, walk), walk);
  else if (by) walkColumn(by, table, walk);
}

/** An axis of a value: of the signature, a param or an axis, or what only the value has. */
function walkAxisName(name: Identifier, scope: LayerScope, walk: Walk): void {
  const found = axisNamed(name.text, scope.signature, walk);
  if (found.length > 0) walk.refer(name, found);
  else walk.leave(name, "axis of a value");
}
