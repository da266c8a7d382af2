/** Names in imports, params, profiles, axes, meshes, records, assumptions. */
import type {
  Assignment,
  AssumeDecl,
  AxisDecl,
  Expr,
  Identifier,
  ImportDecl,
  MemberExpr,
  MeshDecl,
  ParamDecl,
  ProfileDecl,
  RecordDecl,
} from "../../grammar/ast.js";
import { aliasAt, symbolOf } from "./file-scope.js";
import { machineNamed, partNamed, walkParts } from "./members.js";
import { walkNumber } from "./numbers.js";
import { importTarget } from "./program-scopes.js";
import { noSignature } from "./signature.js";
import { withoutAliases } from "./symbols.js";
import type { NameSymbol } from "./symbols.js";
import { walkSource } from "./table-names.js";
import { walkType } from "./types.js";
import type { Walk } from "./walk.js";

const namespaces = ["names", "layers", "schedules", "collectives"] as const;

/** A name of an import stands for all of that name in the other file, whatever they are. */
export function walkImport(node: ImportDecl, walk: Walk): void {
  const target = importTarget(node.from.value, walk.file);
  for (const imported of node.names) {
    const { name, as } = imported;
    const other = target === undefined ? undefined : walk.scope.in(target);
    const found = namespaces.flatMap((namespace) => other?.definitions(namespace, name.text) ?? []);
    const brought = found.filter(({ file }) => file === target).map(symbolOf);
    walk.refer(name, brought);
    if (as) walk.refer(as, aliasAt(imported, brought, walk.file));
  }
}

export function walkParams(node: ParamDecl, walk: Walk): void {
  for (const param of node.params) {
    walk.declare(param.name, "param", { node: param });
    walkNumber(param.value, walk);
  }
}

export function walkProfile(node: ProfileDecl, walk: Walk): void {
  walk.declare(node.name, "profile", { node });
  for (const setting of node.settings) walkSetting(setting, walk);
}

/** A param, an axis or a table, and what stands in the place of its own value. */
function walkSetting({ name, value }: Assignment, walk: Walk): void {
  const found = walk.scope.find("names", name.text);
  walk.refer(name, found, "write");
  walkSettingValue(value, found, walk);
}

export function walkSettingValue(value: Expr, of: readonly NameSymbol[], walk: Walk): void {
  if (withoutAliases(of)[0]?.kind === "table") walkSource(value, walk);
  else walkNumber(value, walk);
}

export function walkAxis(node: AxisDecl, walk: Walk): void {
  walk.declare(node.name, "axis", { node });
  if (node.size) walkNumber(node.size, walk);
  for (const factor of node.factors ?? []) {
    walk.declare(factor.name, "axis factor", { node: factor, within: node });
    if (factor.size) walkNumber(factor.size, walk);
  }
}

export function walkMesh(node: MeshDecl, walk: Walk): void {
  if (node.name) walk.declare(node.name, "mesh", { node });
  const [first, ...rest] = node.machine.segments;
  const machine = first && machineNamed(first.name.text, walk.scope);
  if (first) walk.refer(first.name, walk.scope.find("names", first.name.text));
  walkParts({ segments: rest }, machine, walk);
  for (const { index } of node.machine.segments) if (index && index !== "*") walkNumber(index, walk);
  const axes = new Map<string, NameSymbol>();
  for (const axis of node.axes) {
    axes.set(axis.name.text, walk.declare(axis.name, "mesh axis", { node: axis, within: node }));
    walkNumber(axis.size, walk, { member: walkCount });
  }
  if (node.ranks) walkNumber(node.ranks, walk, { local: (name) => axes.get(name) });

  /** `gpu.count`, `node.gpu.count`: of the machine that the mesh lies on. */
  function walkCount(expression: MemberExpr): void {
    const names: Identifier[] = [];
    let object: Expr = expression.object;
    for (; object.kind === "MemberExpr"; object = object.object) names.unshift(object.member);
    if (object.kind === "NameExpr") names.unshift(object.name);
    let place = machine;
    for (const { name } of rest) place = place && partNamed(name.text, place)?.inner;
    walkParts({ segments: names.map((name) => ({ kind: "PathSegment", name, span: name.span })) }, place, walk);
    walk.oneOf(expression.member, ["count"], "property");
  }
}

export function walkRecord(node: RecordDecl, walk: Walk): void {
  walk.declare(node.name, "record", { node });
  for (const field of node.fields) {
    for (const name of field.names) walk.declare(name, "field", { node: field, within: node });
    walkType(field.type, noSignature, walk);
  }
}

/** `assume gate = zipf(1.1)`: of a value that is not built yet. */
export function walkAssumption(node: AssumeDecl, walk: Walk): void {
  for (const { name } of node.name.segments) walk.leave(name, "not built yet");
  walkSource(node.value, walk);
}
