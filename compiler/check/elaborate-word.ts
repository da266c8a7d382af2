/** A call of a word: which axis and mesh axis it is about, whether its operand's layout fits, and its result's layout. */
import type { CallExpr, CutRef, Expr, Identifier } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import { addSlot, close } from "./elaboration-state.js";
import type { Elaborated, NameNode, ValueEntry } from "./elaboration-state.js";
import type { AxisIR, Word } from "./ir.js";
import type { LayerScope } from "./layer-scope.js";
import { originOf } from "./layer-scope.js";
import { meshAxisNamed, tableNamed } from "./type-environment.js";
import { meshAxisName, typeText } from "./type-text.js";
import { exchangeAll, gather, reduceAll, reduceScatter } from "./word-layouts.js";
import type { WordProblem, WordResult } from "./word-layouts.js";

export const words: readonly Word[] = ["all_gather", "reduce_scatter", "all_reduce", "all_to_all"];
export const laterWords: readonly string[] = [
  ...["broadcast", "reduce", "shift", "scan", "send", "exchange", "reshard"],
  ...["shard", "spread", "partials", "fan", "parts", "concat", "grad"],
];

const forms: Readonly<Record<Word, string>> = {
  all_gather: "a value and the axis to gather: `all_gather(v, seq)`",
  reduce_scatter: "a value and the axis to divide: `reduce_scatter(v, tokens)`",
  all_reduce: "a value, and where it is pending over several, the mesh axis: `all_reduce(v, tp)`",
  all_to_all: "a value and a change of layout: `all_to_all(v, seq/sp -> heads/sp)`, or `by from -> by to` for rows",
};

export function elaborateWord(
  call: CallExpr,
  word: Word,
  node: NameNode,
  scope: LayerScope,
  evaluate: (expression: Expr) => Elaborated | undefined,
): Elaborated | undefined {
  const { context, state } = scope;
  const [value, how, ...more] = call.arguments;
  const argument = value && evaluate(value);
  if (!value || more.length > 0 || (!how && word !== "all_reduce")) {
    context.diagnostics.report("word-arguments", locate(scope.environment.file, call), { word, expected: forms[word] });
    return undefined;
  }
  if (!argument) return undefined;
  const operand = close(argument);
  const applied = apply(word, operand, how, call, scope);
  if (!applied) return undefined;
  if ("problem" in applied) {
    reportWordProblem(applied.problem, word, operand, value, scope);
    return undefined;
  }
  const type = { dtype: operand.type.dtype, ...applied.result };
  const result: ValueEntry = { type, node, location: originOf(call, scope), isInput: false };
  addSlot(state, scope.frame).content = { kind: "word", result, operand, change: applied.change };
  return { kind: "value", entry: result };
}

function apply(
  word: Word,
  operand: ValueEntry,
  how: Expr | undefined,
  call: CallExpr,
  scope: LayerScope,
): WordResult | undefined {
  if (word === "all_to_all") return applyExchange(operand, how!, call, scope);
  const { context, environment } = scope;
  if (word === "all_reduce") {
    const meshAxis = how ? meshAxisOf(how, word, call, scope) : onlyPending(operand, word, call, scope);
    return meshAxis === undefined ? undefined : reduceAll(operand.type, meshAxis);
  }
  const target = axisReference(how!, word, operand, call, scope);
  if (!target) return undefined;
  const axis = operand.type.axes[target.dimension]!;
  if (word === "all_gather") {
    const meshAxis = target.mesh ? meshAxisNamed(target.mesh, environment, context) : axis.cuts.at(-1)?.meshAxis;
    if (target.mesh && meshAxis === undefined) return undefined;
    return meshAxis === undefined
      ? { problem: { kind: "not-cut", dimension: target.dimension, meshAxis: -1 } }
      : gather(operand.type, target.dimension, meshAxis);
  }
  const meshAxis = target.mesh
    ? meshAxisNamed(target.mesh, environment, context)
    : onlyPending(operand, word, call, scope);
  if (meshAxis === undefined) return undefined;
  if (axis.table !== undefined) {
    context.diagnostics.report("not-built-yet", locate(environment.file, call), {
      what: "`reduce_scatter` along rows of a table",
    });
    return undefined;
  }
  return reduceScatter(operand.type, target.dimension, { meshAxis });
}

function applyExchange(operand: ValueEntry, how: Expr, call: CallExpr, scope: LayerScope): WordResult | undefined {
  const { context, environment } = scope;
  const refuseForm = (): undefined => {
    const parameters = { word: "all_to_all", expected: forms.all_to_all };
    context.diagnostics.report("word-arguments", locate(environment.file, call), parameters);
    return undefined;
  };
  if (how.kind !== "LayoutChangeExpr") return refuseForm();
  const from = cutDimension(how.from, operand, scope);
  const to = cutDimension(how.to, operand, scope);
  if (from === undefined || to === undefined) return undefined;
  const named = how.from.mesh ?? how.to.mesh;
  const [before, after] = [how.from.by?.text, how.to.by?.text];
  const { cuts } = operand.type.axes[from]!;
  const last = cuts.findLast((cut) => before === undefined || cut.by === before);
  const meshAxis = named ? meshAxisNamed(named, environment, context) : (last ?? cuts.at(-1))?.meshAxis;
  if (named && meshAxis === undefined) return undefined;
  if (how.from.mesh && how.to.mesh && how.from.mesh.text !== how.to.mesh.text) return refuseForm();
  if (meshAxis === undefined) return { problem: { kind: "not-cut", dimension: from, meshAxis: -1 } };
  const isRows = operand.type.axes[to]!.table !== undefined;
  if (isRows !== (after === "from" || after === "to") || (from === to && (!isRows || before === after)))
    return refuseForm();
  if (before !== undefined && !cuts.some((cut) => cut.meshAxis === meshAxis && cut.by === before)) {
    return { problem: { kind: "not-cut", dimension: from, meshAxis } };
  }
  return exchangeAll(
    operand.type,
    from,
    to,
    after === "from" || after === "to" ? { meshAxis, by: after } : { meshAxis },
  );
}

/** The dimension one side of a change names; rows where it names none. */
function cutDimension(reference: CutRef, operand: ValueEntry, scope: LayerScope): number | undefined {
  if (reference.axis) return axisDimension(reference.axis, operand, scope);
  const rows = operand.type.axes.findIndex((axis) => axis.table !== undefined);
  if (rows >= 0) return rows;
  const { context, environment } = scope;
  context.diagnostics.report("unknown-axis", locate(environment.file, reference), {
    name: "rows",
    owner: "this value",
    known: knownAxes(operand),
  });
  return undefined;
}

/** `axis`, `axis/mesh` or `rows(R)/mesh`. */
function axisReference(
  expression: Expr,
  word: Word,
  operand: ValueEntry,
  call: CallExpr,
  scope: LayerScope,
): { dimension: number; mesh?: Identifier } | undefined {
  const { context, environment } = scope;
  const isDivided = expression.kind === "BinaryExpr" && expression.operator === "/";
  if (isDivided && expression.right.kind === "NameExpr" && expression.left.kind !== "BinaryExpr") {
    const target = axisReference(expression.left, word, operand, call, scope);
    return target && { ...target, mesh: expression.right.name };
  }
  if (expression.kind === "NameExpr") {
    const dimension = axisDimension(expression.name, operand, scope);
    return dimension === undefined ? undefined : { dimension };
  }
  const [table] = expression.kind === "CallExpr" ? expression.arguments : [];
  if (expression.kind === "CallExpr" && expression.callee.kind === "NameExpr" && table?.kind === "NameExpr") {
    const rows = expression.callee.name.text === "rows" ? tableNamed(table.name, environment, context) : undefined;
    const dimension = operand.type.axes.findIndex((axis) => axis.table !== undefined && axis.table === rows);
    if (dimension >= 0) return { dimension };
  }
  context.diagnostics.report("word-arguments", locate(environment.file, call), { word, expected: forms[word] });
  return undefined;
}

function axisDimension(name: Identifier, operand: ValueEntry, scope: LayerScope): number | undefined {
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
  return type.axes.length === 0 ? "none" : type.axes.map((axis: AxisIR) => `\`${axis.name}\``).join(", ");
}

function meshAxisOf(expression: Expr, word: Word, call: CallExpr, scope: LayerScope): number | undefined {
  const { context, environment } = scope;
  if (expression.kind === "NameExpr") return meshAxisNamed(expression.name, environment, context);
  context.diagnostics.report("word-arguments", locate(environment.file, call), { word, expected: forms[word] });
  return undefined;
}

/** The mesh axis a value is pending over, where it is one. */
function onlyPending(operand: ValueEntry, word: Word, call: CallExpr, scope: LayerScope): number | undefined {
  const over = operand.type.pending.flatMap((pending) => pending.over);
  if (over.length === 1) return over[0];
  const { context } = scope;
  if (over.length === 0) {
    reportWordProblem({ kind: "not-pending", meshAxis: undefined }, word, operand, call.arguments[0]!, scope);
    return undefined;
  }
  const names = over.map((meshAxis) => `\`${meshAxisName(context.mesh, meshAxis)}\``);
  const mesh = meshAxisName(context.mesh, over[0]!);
  const example = word === "all_reduce" ? `all_reduce(v, ${mesh})` : `reduce_scatter(v, axis/${mesh})`;
  const parameters = { word, choices: names.join(" or "), example };
  context.diagnostics.report("ambiguous-mesh-axis", locate(scope.environment.file, call), parameters);
  return undefined;
}

function reportWordProblem(
  problem: WordProblem,
  word: Word,
  operand: ValueEntry,
  value: Expr,
  scope: LayerScope,
): void {
  const { context, environment, calledFrom } = scope;
  const mesh = (meshAxis: number) => `\`${meshAxisName(context.mesh, meshAxis)}\``;
  const axis = (dimension: number) => `\`${operand.type.axes[dimension]!.name}\``;
  let reason: string;
  if (problem.kind === "not-cut") {
    const cuts = operand.type.axes[problem.dimension]!.cuts;
    const last = cuts.at(-1);
    reason =
      last === undefined
        ? `${axis(problem.dimension)} is not divided`
        : last.meshAxis === problem.meshAxis
          ? `${axis(problem.dimension)} is divided by ${last.by}`
          : `${axis(problem.dimension)} is divided by ${mesh(last.meshAxis)} last, and the last cut must be undone first`;
  } else if (problem.kind === "not-pending") {
    reason = problem.meshAxis === undefined ? "it is not pending" : `it is not pending over ${mesh(problem.meshAxis)}`;
  } else {
    reason = `${mesh(problem.meshAxis)} divides ${problem.dimension === undefined ? "it" : axis(problem.dimension)} already`;
  }
  const parameters = { word, found: typeText(operand.type, context.mesh), reason };
  context.diagnostics.report("word-layout", locate(environment.file, value), parameters, { related: calledFrom });
}
