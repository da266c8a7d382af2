import type { StatementIR } from "../../compiler/check/ir.js";
import type { CallExpr, LayerDecl } from "../../grammar/ast.js";
import type { LayerContext } from "./layer-context.js";

const known = new WeakMap<LayerDecl, readonly CallExpr[]>();

/** The calls that stand in a layer's body, outer ones first. */
export function callsIn(layer: LayerDecl): readonly CallExpr[] {
  let calls = known.get(layer);
  if (calls === undefined) known.set(layer, (calls = findCalls(layer.body)));
  return calls;
}

function findCalls(root: object): CallExpr[] {
  const calls: CallExpr[] = [];
  const visit = (node: object): void => {
    if ("kind" in node && node.kind === "CallExpr") calls.push(node as CallExpr);
    for (const child of Object.values(node) as unknown[]) if (child && typeof child === "object") visit(child);
  };
  visit(root);
  return calls;
}

/** What a call comes to: itself, or where it calls a layer all that is written out in its place. */
export function statementsOfCall({ layer }: LayerContext, { span }: CallExpr): readonly StatementIR[] {
  const statements = layer?.ir.statements ?? [];
  return statements.filter(({ location }) => location.span.start === span.start && location.span.end === span.end);
}
