/** What stands in a call of a word after its value: an axis of it, mesh axes, a change of layout. */
import type { CallExpr, CutRef, Expr, Identifier } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { ValueEntry } from "./elaboration-state.js";
import type { Word } from "./ir.js";
import type { LayerScope } from "./layer-scope.js";
import { meshAxisNamed, tableNamed } from "./type-environment.js";

/** One call of a word, its value known. */
export interface WordCall {
  readonly word: Word;
  readonly operand: ValueEntry;
  readonly call: CallExpr;
  readonly scope: LayerScope;
}

const forms: Readonly<Record<Word, string>> = {
  all_gather: "a value and the axis to gather: `all_gather(v, seq)`, or with its mesh axes: `all_gather(v, seq/sp)`",
  reduce_scatter: "a value and the axis to divide: `reduce_scatter(v, tokens)`, or `reduce_scatter(v, tokens/tp)`",
  all_reduce: "a value, and where it is pending over several, the mesh axes: `all_reduce(v, tp)`",
  all_to_all: "a value and a change of layout: `all_to_all(v, seq/sp -> heads/sp)`, or `by from -> by to` for rows",
};

/** Says what the word takes. */
export function refuseForm({ word, call, scope }: Pick<WordCall, "word" | "call" | "scope">): undefined {
  const place = locate(scope.environment.file, call);
  scope.context.diagnostics.report("word-arguments", place, { word, expected: forms[word] });
  return undefined;
}

/** An axis of the value, and the mesh axes that stand behind it, outermost first. */
export interface AxisReference {
  readonly dimension: number;
  readonly meshes: readonly Identifier[];
}

/** `axis`, `axis/mesh/mesh` or `rows(R)/mesh`. Undefined, and reported, for anything else. */
export function axisReference(expression: Expr, given: WordCall): AxisReference | undefined {
  const meshes: Identifier[] = [];
  let named = expression;
  while (named.kind === "BinaryExpr" && named.operator === "/" && named.right.kind === "NameExpr") {
    meshes.unshift(named.right.name);
    named = named.left;
  }
  if (named.kind === "NameExpr") {
    const dimension = axisDimension(named.name, given);
    return dimension === undefined ? undefined : { dimension, meshes };
  }
  const [table] = named.kind === "CallExpr" ? named.arguments : [];
  if (named.kind === "CallExpr" && named.callee.kind === "NameExpr" && table?.kind === "NameExpr") {
    const { context, environment } = given.scope;
    const rows = named.callee.name.text === "rows" ? tableNamed(table.name, environment, context) : undefined;
    const dimension = given.operand.type.axes.findIndex((axis) => axis.table !== undefined && axis.table === rows);
    if (dimension >= 0) return { dimension, meshes };
  }
  return refuseForm(given);
}

/** The dimension one side of a change names; rows where it names none. */
export function cutDimension(reference: CutRef, given: WordCall): number | undefined {
  if (reference.axis) return axisDimension(reference.axis, given);
  const rows = given.operand.type.axes.findIndex((axis) => axis.table !== undefined);
  if (rows >= 0) return rows;
  const { context, environment } = given.scope;
  context.diagnostics.report("unknown-axis", locate(environment.file, reference), {
    name: "rows",
    owner: "this value",
    known: knownAxes(given.operand),
  });
  return undefined;
}

function axisDimension(name: Identifier, { operand, scope }: WordCall): number | undefined {
  const { context, environment } = scope;
  const bound = environment.axes.get(name.text)?.axis.name ?? name.text;
  const dimension = operand.type.axes.findIndex((axis) => axis.name === bound);
  if (dimension >= 0) return dimension;
  const place = { file: environment.file, span: name.span };
  context.diagnostics.report("unknown-axis", place, {
    name: name.text,
    owner: "this value",
    known: knownAxes(operand),
  });
  return undefined;
}

function knownAxes({ type }: ValueEntry): string {
  return type.axes.length === 0 ? "none" : type.axes.map((axis) => `\`${axis.name}\``).join(", ");
}

/** Indices into mesh.axes; undefined, and reported, where a name is none or stands twice. */
export function meshAxesNamed(names: readonly Identifier[], { scope }: WordCall): number[] | undefined {
  const { context, environment } = scope;
  const found = names.map((name) => meshAxisNamed(name, environment, context));
  if (!found.every((meshAxis) => meshAxis !== undefined)) return undefined;
  const twice = names.find((_, index) => found.indexOf(found[index]!) !== index);
  if (!twice) return found;
  const place = { file: environment.file, span: twice.span };
  context.diagnostics.report("mesh-axis-used-twice", place, { mesh: twice.text });
  return undefined;
}
