/** A call of a word: which axis and mesh axes it is about, whether its operand's layout fits, and its result's layout. */
import { cutBy, factorNamed } from "./axis-factors.js";
import type { Expr, LayoutExpr } from "../../grammar/ast.js";
import { resolveType } from "./axis-specs.js";
import { addSlot } from "./elaboration-state.js";
import type { Elaborated, NameNode, ValueEntry } from "./elaboration-state.js";
import type { AnyWord, WordChange } from "./ir.js";
import { originOf } from "./layer-scope.js";
import { hasColumn, sameAxis } from "./type-environment.js";
import { endsInnermost } from "./ordered-parts.js";
import { scan, scanPending, shift } from "./part-words.js";
import { isTier, load, store } from "./tiers.js";
import { broadcast, reduceTo, sendTo } from "./position-words.js";
import {
  axisReference,
  cutDimension,
  cutsOf,
  dividedAxis,
  meshAxesNamed,
  meshAxesOf,
  monoidOf,
  newAxis,
  placeOf,
  refuseForm,
  wholeNumber,
} from "./word-arguments.js";
import type { WordCall } from "./word-arguments.js";
import { exchangeAll, gather, reduceAll, reduceScatter, reshard } from "./word-layouts.js";
import type { WordProblem, WordResult } from "./word-layouts.js";
import { reportAmbiguousMeshAxis, reportWordProblem } from "./word-reports.js";

export const words: readonly AnyWord[] = [
  ...(["all_gather", "reduce_scatter", "all_reduce", "all_to_all"] as const),
  ...(["broadcast", "reduce", "send", "shift", "scan", "reshard"] as const),
  ...(["load", "store"] as const),
];
export const laterWords: readonly string[] = ["parts", "concat", "grad"];

/** A call of a word whose value is known; undefined where it has an error, which is reported. */
export function elaborateWord(given: WordCall & { readonly word: AnyWord }, node: NameNode): Elaborated | undefined {
  const { operand, call, scope } = given;
  const applied = apply(given, call.arguments.slice(1));
  if (!applied) return undefined;
  const problem = "problem" in applied ? applied.problem : orderProblem(applied.change, given);
  if ("problem" in applied || problem) {
    reportWordProblem(problem!, given);
    return undefined;
  }
  const type = { dtype: operand.type.dtype, ...applied.result };
  const result: ValueEntry = { type, node, location: originOf(call, scope), isInput: false };
  addSlot(scope.state, scope.frame).content = { kind: "word", result, operand, change: applied.change };
  return { kind: "value", entry: result };
}

/** Of an ordered monoid, what lies inside is joined before what lies outside. */
function orderProblem({ monoid, meshAxes }: WordChange, { operand, scope }: WordCall): WordProblem | undefined {
  const { context, environment } = scope;
  if (monoid === undefined || !context.monoid(monoid, environment.file)?.ordered) return undefined;
  if (endsInnermost(operand.type, monoid, meshAxes)) return undefined;
  return { kind: "monoid", monoid, reason: "it is ordered, and joins what the innermost mesh axes divide first" };
}

function apply(given: WordCall & { readonly word: AnyWord }, more: readonly Expr[]): WordResult | undefined {
  const [how, ...rest] = more;
  const only = rest.length === 0 ? how : undefined;
  switch (given.word) {
    case "all_reduce":
      return applyReduce(given, more);
    case "broadcast":
      return applyBroadcast(given, more);
    case "reduce":
    case "send": {
      const place = placeOf(more, given);
      const { mesh } = given.scope.context;
      return place && (given.word === "send" ? sendTo : reduceTo)(given.operand.type, place, mesh);
    }
    case "shift":
      return applyShift(given, more);
    case "scan":
      return applyScan(given, more);
    case "all_gather":
      return only ? applyGather(given, only) : refuseForm(given);
    case "reduce_scatter":
      return only ? applyReduceScatter(given, only) : refuseForm(given);
    case "all_to_all":
      return only ? applyExchange(given, only) : refuseForm(given);
    case "load":
      return how || !given.operand.type.tier ? refuseForm(given) : load(given.operand.type, given.operand.type.tier);
    case "store": {
      if (only?.kind !== "NameExpr") return refuseForm(given);
      const { context, environment } = given.scope;
      return isTier(only.name, environment, context) && store(given.operand.type, only.name.text);
    }
    case "reshard":
      return only?.kind === "LayoutExpr" ? applyReshard(given, only) : refuseForm(given);
  }
}

function applyReshard(given: WordCall, layout: LayoutExpr): WordResult | undefined {
  const { type } = given.operand;
  const { context, environment } = given.scope;
  const dtype = { kind: "Identifier", text: type.dtype, span: layout.span } as const;
  const { axes, at, span } = layout;
  const written = { kind: "TensorType", dtype, axes, pending: [], at, span } as const;
  const wanted = resolveType(written, environment, context);
  if (!wanted) return undefined;
  const same = wanted.axes.length === type.axes.length && wanted.axes.every((axis, d) => sameAxis(axis, type.axes[d]!));
  return same ? reshard(type, wanted, context.mesh) : { problem: { kind: "other-axes" } };
}

function applyBroadcast(given: WordCall, named: readonly Expr[]): WordResult | undefined {
  const { type } = given.operand;
  const { mesh } = given.scope.context;
  const meshAxes = named.length > 0 ? meshAxesOf(named, given) : type.at.map(({ meshAxis }) => meshAxis);
  if (!meshAxes) return undefined;
  if (meshAxes.length === 0) return { problem: { kind: "not-at", meshAxis: undefined } };
  if (named.length > 0 || meshAxes.length === 1) return broadcast(type, meshAxes, mesh);
  reportAmbiguousMeshAxis(meshAxes, given);
  return undefined;
}

function applyShift(given: WordCall, [how, by, ...rest]: readonly Expr[]): WordResult | undefined {
  if (!how || !by || rest.length > 0) return refuseForm(given);
  const target = dividedAxis(how, given);
  const offset = wholeNumber(by, "How many parts `shift` moves by", given);
  if (!target || offset === undefined) return undefined;
  return shift(given.operand.type, target.dimension, target.meshAxes, offset, given.scope.context.mesh);
}

function applyScan(given: WordCall, [how, under, mode, ...rest]: readonly Expr[]): WordResult | undefined {
  if (how && (!under || (isInclusive(under) && !mode))) return applyScanPending(given, how, under !== undefined);
  const inclusive = mode !== undefined && isInclusive(mode);
  if (!how || !under || (mode && !inclusive) || rest.length > 0) return refuseForm(given);
  const target = dividedAxis(how, given);
  const monoid = monoidOf(under, given);
  if (!target || !monoid) return undefined;
  return scan(given.operand.type, target.dimension, target.meshAxes, monoid, inclusive, given.scope.context.mesh);
}

function isInclusive(expression: Expr): boolean {
  return expression.kind === "NameExpr" && expression.name.text === "inclusive";
}

function applyScanPending(given: WordCall, how: Expr, inclusive: boolean): WordResult | undefined {
  const { environment, context } = given.scope;
  const leading = newAxis(how, given);
  if (!leading) return undefined;
  const { pending } = given.operand.type;
  const monoids = pending
    .map(({ monoid }) => context.monoid(monoid, environment.file))
    .filter((one) => one !== undefined);
  return scanPending(given.operand.type, leading.axis, leading.meshAxes, monoids, inclusive, context.mesh);
}

function applyReduce(given: WordCall, named: readonly Expr[]): WordResult | undefined {
  if (named.length === 0) {
    const only = onlyPending(given);
    return only === undefined ? undefined : reduceAll(given.operand.type, [only]);
  }
  const meshAxes = meshAxesOf(named, given);
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
  const target = axisReference(how, given);
  const named = target && meshAxesNamed(target.meshes, given);
  if (!named) return undefined;
  const only = named.length > 0 ? undefined : onlyPending(given);
  if (named.length === 0 && only === undefined) return undefined;
  const cuts = cutsOf(target, only === undefined ? named : [only], given);
  return cuts && reduceScatter(given.operand.type, target.dimension, cuts);
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
  if (table !== undefined && after === undefined) return refuseForm(given);
  if (table === undefined && after !== undefined && !factorNamed(type.axes[to]!, after)) return refuseForm(given);
  const gone = cuts.filter((cut) => meshAxes.includes(cut.meshAxis)).map((cut) => before ?? cut.by);
  if (from === to && gone.length > 0 && gone.every((by) => by === after)) return refuseForm(given);
  if (table !== undefined && !hasColumn(table, how.to.by!, given.scope.environment, given.scope.context))
    return undefined;
  const other = meshAxes.find(
    (meshAxis) => before !== undefined && !cuts.some((cut) => cut.meshAxis === meshAxis && cut.by === before),
  );
  if (other !== undefined) return { problem: { kind: "not-cut", dimension: from, meshAxis: other } };
  return exchangeAll(
    type,
    from,
    to,
    meshAxes.map((meshAxis) => cutBy(type.axes[to]!, meshAxis, after)),
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
