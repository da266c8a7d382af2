/** What stands in a call of a word after its value: an axis of it, mesh axes, places along them, a change of layout. */
import type { CallExpr, CutRef, Expr, Identifier } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import { cutBy, factorNamed } from "./axis-factors.js";
import { resolveAxis } from "./axis-specs.js";
import type { ValueEntry } from "./elaboration-state.js";
import type { AnyWord, AxisCutIR, AxisIR, MonoidIR, View } from "./ir.js";
import type { LayerScope } from "./layer-scope.js";
import type { Place } from "./position-words.js";
import { hasColumn, meshAxisNamed, namedNumbers, tableNamed } from "./type-environment.js";

/** One call of a word, its value known. */
export interface WordCall {
  readonly word: AnyWord | View;
  readonly operand: ValueEntry;
  readonly call: CallExpr;
  readonly scope: LayerScope;
}

/** What each of them takes, with examples of calls in backquotes. */
export const wordForms: Readonly<Record<AnyWord | View, string>> = {
  all_gather: "a value and the axis to gather: `all_gather(v, seq)`, or with its mesh axes: `all_gather(v, seq/sp)`",
  reduce_scatter:
    "a value and the axis to divide: `reduce_scatter(v, tokens)`, or `reduce_scatter(v, tokens/tp)`, and of rows the column: `rows(R)/ep by to`",
  all_reduce: "a value, and where it is pending over several, the mesh axes: `all_reduce(v, tp)`",
  all_to_all: "a value and a change of layout: `all_to_all(v, seq/sp -> heads/sp)`, or `by from -> by to` for rows",
  broadcast: "a value, and where it is at positions along several, the mesh axes: `broadcast(v, stage)`",
  reduce: "a value that is pending and the position it ends at: `reduce(v, tp(0))`",
  send: "a value that is at a position and the one it goes to: `send(v, stage(1))`",
  shift: "a value, an axis with the mesh axes that divide it, and by how many parts: `shift(v, seq/sp, 1)`",
  scan: "a value, an axis with the mesh axes that divide it, and a monoid: `scan(v, chunks/sp, sum)`; or a value that is pending and a new axis: `scan(v, chunks/sp)`; and then perhaps `inclusive`",
  reshard: "a value and the layout it shall have: `reshard(v, [seq/sp, heads])`",
  load: "a value that lies in a memory tier: `load(v)`",
  store: "a value in a rank's memory and a tier: `store(v, host)`",
  shard: "a value and an axis with the mesh axes that shall divide it: `shard(v, tokens/tp)`",
  spread: "a value and a new axis, as large as the mesh axes that divide it: `spread(v, copies/dp)`",
  partials: "a value, an axis that goes, and a monoid: `partials(v, copies, sum)`",
  fan: "a value, an axis that is divided, and a monoid: `fan(v, tokens/tp, sum)`",
};

/** Says what the word takes. */
export function refuseForm({ word, call, scope }: Pick<WordCall, "word" | "call" | "scope">): undefined {
  const place = locate(scope.environment.file, call);
  scope.context.diagnostics.report("word-arguments", place, { word, expected: wordForms[word] });
  return undefined;
}

/** An axis of the value, and the mesh axes that stand behind it, outermost first. */
export interface AxisReference {
  readonly dimension: number;
  readonly meshes: readonly Identifier[];
  /** The column that rows are divided by. */
  readonly by?: Identifier;
}

/** `axis`, `axis/mesh/mesh`, `rows(R)/mesh` or `rows(R)/mesh by to`. Undefined, and reported, for anything else. */
export function axisReference(expression: Expr, given: WordCall): AxisReference | undefined {
  if (expression.kind === "CutRef") {
    const dimension = cutDimension(expression, given);
    const { meshes, by } = expression;
    return dimension === undefined ? undefined : { dimension, meshes, ...(by && { by }) };
  }
  const { axis: named, meshes } = axisAndMeshes(expression);
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

/** An axis of the value, and the mesh axes behind it; where none is named, all that divide it. */
export function dividedAxis(
  expression: Expr,
  given: WordCall,
): { readonly dimension: number; readonly meshAxes: readonly number[] } | undefined {
  const target = axisReference(expression, given);
  const named = target && meshAxesNamed(target.meshes, given);
  if (!named) return undefined;
  const { dimension } = target;
  const own = given.operand.type.axes[dimension]!.cuts.map(({ meshAxis }) => meshAxis);
  return { dimension, meshAxes: named.length > 0 ? named : own };
}

/**
 * The cuts that a reference asks for: of rows by a column of their table, of an axis of factors perhaps by one of them.
 * Undefined, and reported, where that is not there.
 */
export function cutsOf(
  { dimension, by }: AxisReference,
  meshAxes: readonly number[],
  given: WordCall,
): AxisCutIR[] | undefined {
  const { context, environment } = given.scope;
  const axis = given.operand.type.axes[dimension]!;
  if (axis.table !== undefined) {
    if (!by) return refuseForm(given);
    if (!hasColumn(axis.table, by, environment, context)) return undefined;
  } else if (by && !factorNamed(axis, by.text)) return refuseForm(given);
  return meshAxes.map((meshAxis) => cutBy(axis, meshAxis, by?.text));
}

/** `axis/mesh/mesh` taken apart. */
export function axisAndMeshes(expression: Expr): { readonly axis: Expr; readonly meshes: readonly Identifier[] } {
  const meshes: Identifier[] = [];
  let axis = expression;
  while (axis.kind === "BinaryExpr" && axis.operator === "/" && axis.right.kind === "NameExpr") {
    meshes.unshift(axis.right.name);
    axis = axis.left;
  }
  return { axis, meshes };
}

/** `chunks/sp`: an axis that the result has and the value has not, as the mesh axes behind it divide it. */
export function newAxis(
  expression: Expr,
  given: WordCall,
): { readonly axis: AxisIR; readonly meshAxes: readonly number[] } | undefined {
  const { axis: size, meshes } = axisAndMeshes(expression);
  const meshAxes = meshes.length > 0 ? meshAxesNamed(meshes, given) : refuseForm(given);
  const spec = { kind: "AxisSpec", size, cuts: [], span: expression.span } as const;
  const axis = meshAxes && resolveAxis(spec, given.scope.environment, given.scope.context);
  return axis && { axis, meshAxes };
}

/** The dimension one side of a change names; rows where it names none. */
export function cutDimension(reference: CutRef, given: WordCall): number | undefined {
  if (reference.axis) return axisDimension(reference.axis, given);
  const { context, environment } = given.scope;
  const table = reference.rows && tableNamed(reference.rows, environment, context);
  if (reference.rows && table === undefined) return undefined;
  const rows = given.operand.type.axes.findIndex(
    (axis) => axis.table !== undefined && axis.table === (table ?? axis.table),
  );
  if (rows >= 0) return rows;
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

/** Mesh axes that stand as arguments of their own. */
export function meshAxesOf(expressions: readonly Expr[], given: WordCall): number[] | undefined {
  const names = expressions.map((expression) => (expression.kind === "NameExpr" ? expression.name : undefined));
  return names.every((name) => name !== undefined) ? meshAxesNamed(names, given) : refuseForm(given);
}

/** `node(0), gpu(2)`: a position along each mesh axis named. */
export function placeOf(expressions: readonly Expr[], given: WordCall): Place | undefined {
  const { context, environment } = given.scope;
  const names: Identifier[] = [];
  const positions: Expr[] = [];
  for (const expression of expressions) {
    if (expression.kind !== "CallExpr" || expression.callee.kind !== "NameExpr" || expression.arguments.length !== 1)
      return refuseForm(given);
    names.push(expression.callee.name);
    positions.push(expression.arguments[0]!);
  }
  const meshAxes = names.length > 0 ? meshAxesNamed(names, given) : refuseForm(given);
  if (!meshAxes) return undefined;
  const place = meshAxes.map((meshAxis, index) => {
    const position = context.bound.evaluate(positions[index]!, environment.file, namedNumbers(environment))?.value;
    return position === undefined ? undefined : { meshAxis, position };
  });
  if (!place.every((one) => one !== undefined)) return undefined;
  const outside = place.findIndex(({ meshAxis, position }) => {
    return !Number.isInteger(position) || position < 0 || position >= context.mesh.axes[meshAxis]!.size;
  });
  if (outside < 0) return place;
  const { name, size } = context.mesh.axes[meshAxes[outside]!]!;
  const parameters = { what: `A position along \`${name}\``, expected: `from 0 to ${size - 1}` };
  const value = place[outside]!.position;
  context.diagnostics.report("value-out-of-range", locate(environment.file, positions[outside]!), {
    ...parameters,
    value,
  });
  return undefined;
}

/** A whole number; undefined, and reported, where it is none. */
export function wholeNumber(expression: Expr, what: string, { scope }: WordCall): number | undefined {
  const { context, environment } = scope;
  const value = context.bound.evaluate(expression, environment.file, namedNumbers(environment))?.value;
  if (value === undefined || Number.isSafeInteger(value)) return value;
  const place = locate(environment.file, expression);
  context.diagnostics.report("value-out-of-range", place, { what, expected: "a whole number", value });
  return undefined;
}

/** The monoid an argument names; undefined, and reported, where it names none. */
export function monoidOf(expression: Expr | undefined, given: WordCall): MonoidIR | undefined {
  const { context, environment } = given.scope;
  if (expression?.kind !== "NameExpr") return refuseForm(given);
  const monoid = context.monoid(expression.name.text, environment.file);
  if (!monoid) context.bound.reportUnknownName(expression.name, environment.file, "a monoid", ["monoid"]);
  return monoid;
}
