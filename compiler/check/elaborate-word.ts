/** A call of a word: which axis and mesh axes it is about, whether its operand's layout fits, and its result's layout. */
import type { CallExpr, Expr } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import { addSlot, close } from "./elaboration-state.js";
import type { Elaborated, NameNode, ValueEntry } from "./elaboration-state.js";
import type { Word } from "./ir.js";
import type { LayerScope } from "./layer-scope.js";
import { originOf } from "./layer-scope.js";
import { hasColumn } from "./type-environment.js";
import { axisReference, cutDimension, meshAxesNamed, refuseForm } from "./word-arguments.js";
import type { WordCall } from "./word-arguments.js";
import { exchangeAll, gather, reduceAll, reduceScatter } from "./word-layouts.js";
import type { WordResult } from "./word-layouts.js";
import { reportAmbiguousMeshAxis, reportWordProblem } from "./word-reports.js";

export const words: readonly Word[] = ["all_gather", "reduce_scatter", "all_reduce", "all_to_all"];
export const laterWords: readonly string[] = [
  ...["broadcast", "reduce", "shift", "scan", "send", "exchange", "reshard"],
  ...["shard", "spread", "partials", "fan", "parts", "concat", "grad"],
];

export function elaborateWord(
  call: CallExpr,
  word: Word,
  node: NameNode,
  scope: LayerScope,
  evaluate: (expression: Expr) => Elaborated | undefined,
): Elaborated | undefined {
  const [value, ...arguments_] = call.arguments;
  const argument = value && evaluate(value);
  if (!value) return refuseForm({ word, call, scope });
  if (!argument) return undefined;
  const operand = close(argument);
  const applied = apply({ word, operand, call, scope }, arguments_);
  if (!applied) return undefined;
  if ("problem" in applied) {
    reportWordProblem(applied.problem, { word, operand, call, scope });
    return undefined;
  }
  const type = { dtype: operand.type.dtype, ...applied.result };
  const result: ValueEntry = { type, node, location: originOf(call, scope), isInput: false };
  addSlot(scope.state, scope.frame).content = { kind: "word", result, operand, change: applied.change };
  return { kind: "value", entry: result };
}

function apply(given: WordCall, [how, ...more]: readonly Expr[]): WordResult | undefined {
  if (given.word === "all_reduce") return applyReduce(given, how === undefined ? [] : [how, ...more]);
  if (how === undefined || more.length > 0) return refuseForm(given);
  if (given.word === "all_gather") return applyGather(given, how);
  if (given.word === "reduce_scatter") return applyReduceScatter(given, how);
  return applyExchange(given, how);
}

function applyReduce(given: WordCall, named: readonly Expr[]): WordResult | undefined {
  if (named.length === 0) {
    const only = onlyPending(given);
    return only === undefined ? undefined : reduceAll(given.operand.type, [only]);
  }
  const names = named.map((expression) => (expression.kind === "NameExpr" ? expression.name : undefined));
  if (!names.every((name) => name !== undefined)) return refuseForm(given);
  const meshAxes = meshAxesNamed(names, given);
  return meshAxes && reduceAll(given.operand.type, meshAxes);
}

function applyGather(given: WordCall, how: Expr): WordResult | undefined {
  const { type } = given.operand;
  const target = axisReference(how, given);
  const meshAxes = target && meshAxesNamed(target.meshes, given);
  if (!meshAxes) return undefined;
  const { dimension } = target;
  if (meshAxes.length > 0) return gather(type, dimension, meshAxes);
  const last = type.axes[dimension]!.cuts.at(-1);
  return last ? gather(type, dimension, [last.meshAxis]) : { problem: { kind: "not-cut", dimension } };
}

function applyReduceScatter(given: WordCall, how: Expr): WordResult | undefined {
  const { operand, call, scope } = given;
  const target = axisReference(how, given);
  const named = target && meshAxesNamed(target.meshes, given);
  if (!named) return undefined;
  const only = named.length > 0 ? undefined : onlyPending(given);
  if (named.length === 0 && only === undefined) return undefined;
  if (operand.type.axes[target.dimension]!.table !== undefined) {
    scope.context.diagnostics.report("not-built-yet", locate(scope.environment.file, call), {
      what: "`reduce_scatter` along rows of a table",
    });
    return undefined;
  }
  const meshAxes = only === undefined ? named : [only];
  return reduceScatter(
    operand.type,
    target.dimension,
    meshAxes.map((meshAxis) => ({ meshAxis })),
  );
}

function applyExchange(given: WordCall, how: Expr): WordResult | undefined {
  if (how.kind !== "LayoutChangeExpr") return refuseForm(given);
  const { type } = given.operand;
  const from = cutDimension(how.from, given);
  const to = cutDimension(how.to, given);
  if (from === undefined || to === undefined) return undefined;
  const [before, after] = [how.from.by?.text, how.to.by?.text];
  const { cuts } = type.axes[from]!;
  const [first, second] = [how.from.meshes, how.to.meshes];
  if (
    first.length > 0 &&
    second.length > 0 &&
    first.map(({ text }) => text).join() !== second.map(({ text }) => text).join()
  )
    return refuseForm(given);
  const named = meshAxesNamed(first.length > 0 ? first : second, given);
  if (!named) return undefined;
  const last = cuts.findLast((cut) => before === undefined || cut.by === before) ?? cuts.at(-1);
  const meshAxes = named.length > 0 ? named : last ? [last.meshAxis] : [];
  if (meshAxes.length === 0) return { problem: { kind: "not-cut", dimension: from } };
  const { table } = type.axes[to]!;
  if ((table === undefined) !== (after === undefined) || (from === to && (after === undefined || before === after)))
    return refuseForm(given);
  if (table !== undefined && !hasColumn(table, how.to.by!, given.scope.environment, given.scope.context))
    return undefined;
  const other = meshAxes.find(
    (meshAxis) => before !== undefined && !cuts.some((cut) => cut.meshAxis === meshAxis && cut.by === before),
  );
  if (other !== undefined) return { problem: { kind: "not-cut", dimension: from, meshAxis: other } };
  const by = after === undefined ? {} : { by: after };
  return exchangeAll(
    type,
    from,
    to,
    meshAxes.map((meshAxis) => ({ meshAxis, ...by }) as const),
  );
}

/** The mesh axis a value is pending over, where it is one; else that is reported. */
function onlyPending(given: WordCall): number | undefined {
  const over = given.operand.type.pending.flatMap((pending) => pending.over);
  if (over.length === 1) return over[0];
  if (over.length === 0) reportWordProblem({ kind: "not-pending", meshAxis: undefined }, given);
  else reportAmbiguousMeshAxis(over, given);
  return undefined;
}
