/** Names in a layer: its signature, and its statements in order. */
import type { ForExpr, LayerDecl, LayerStatement, LetStatement } from "../../grammar/ast.js";
import { walkValue } from "./call-names.js";
import type { LayerScope } from "./call-names.js";
import { membersOf } from "./layer-values.js";
import { meshOf } from "./members.js";
import { walkNumber } from "./numbers.js";
import { signatureOf } from "./signature.js";
import { numbersOf, walkParameters, walkType, walkTypeParameters } from "./types.js";
import type { Walk } from "./walk.js";

export function walkLayer(node: LayerDecl, walk: Walk): void {
  walk.declare(node.name, "layer", { node });
  const members = membersOf(node, walk.file);
  const signature = signatureOf(node, walk, meshOf(node, walk.scope));
  walkTypeParameters(node.typeParameters, node, walk);
  walkParameters(node.parameters, "parameter", node, signature, walk);
  for (const { names } of node.results)
    for (const name of names) {
      const symbol = members.named.get(name.text)?.symbol;
      if (symbol?.kind === "value") walk.refer(name, symbol, "declaration");
    }
  walkParameters(node.results, "result", node.results, signature, walk);
  if (node.approximate) {
    const { segments } = node.approximate.base;
    for (const { name } of segments) walk.refer(name, walk.scope.find("layers", name.text));
  }
  const values = new Map(
    [...members.inside].flatMap(([name, member]) => (member.isParameter ? [[name, member.symbol]] : [])),
  );
  const scope: LayerScope = { layer: node, signature, values, loop: (loop, around) => walkLoop(loop, around, walk) };
  walkStatements(node.body, scope, walk);
}

function walkStatements(statements: readonly LayerStatement[], scope: LayerScope, walk: Walk): void {
  for (const statement of statements) {
    switch (statement.kind) {
      case "LetStatement":
        walkLet(statement, scope, walk);
        break;
      case "NextStatement":
        walkValue(statement.value, scope, walk);
        walk.refer(statement.name, scope.values.get(statement.name.text), "write");
        break;
      case "WhenStatement":
        walkNumber(statement.condition, walk, numbersOf(scope.signature));
        walkStatements(statement.body, scope, walk);
        break;
      case "ReturnStatement":
        for (const value of statement.values) walkValue(value, scope, walk);
    }
  }
}

/** A value is named after what computes it is read. */
function walkLet(statement: LetStatement, scope: LayerScope, walk: Walk): void {
  walkValue(statement.value, scope, walk);
  for (const { name, type } of statement.targets) {
    if (type) walkType(type, scope.signature, walk);
    const last = name.segments.at(-1);
    if (!last) continue;
    const text = name.segments.map((segment) => segment.name.text).join(".");
    const { named } = membersOf(scope.layer, walk.file);
    for (const { name: earlier } of name.segments.slice(0, -1))
      walk.refer(earlier, scope.values.get(earlier.text) ?? named.get(earlier.text)?.symbol);
    const symbol = walk.declare(last.name, "value", { node: statement, within: scope.layer });
    if (!scope.values.has(text)) scope.values.set(text, symbol);
  }
}

/** `for t in 0 ..< steps with w = w0 { .. next w = .. }`. */
function walkLoop(loop: ForExpr, around: LayerScope, walk: Walk): void {
  walkNumber(loop.range, walk, numbersOf(around.signature));
  for (const { value } of loop.carried) walkValue(value, around, walk);
  const values = new Map(around.values);
  values.set(loop.variable.text, walk.declare(loop.variable, "loop variable", { node: loop }));
  for (const { name } of loop.carried) values.set(name.text, walk.declare(name, "carried value", { node: loop }));
  walkStatements(loop.body, { ...around, values }, walk);
}
