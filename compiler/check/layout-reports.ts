/** Layout problems of a call, as the user is told of them: what is where, why it cannot be, the words that would do. */
import type { Expr } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { DiagnosticName, DiagnosticParameters } from "../diagnostics/catalogue.js";
import type { RelatedPlace } from "../diagnostics/types.js";
import type { TypedValue } from "./axis-specs.js";
import type { CheckContext } from "./check-context.js";
import { cheapestFirst, repairFixes, wordsText } from "./compare-types.js";
import type { RepairOption } from "./compare-types.js";
import { columnText } from "../graph/table-columns.js";
import type { IndexIR, KernelIR } from "./ir.js";
import { kernelAccesses } from "./kernel-accesses.js";
import type { LayoutProblem, OperandDimension } from "./layout-inference.js";
import { repairLayout, repairMeshAxisToReplicated } from "./layout-repair.js";
import type { Repair } from "./layout-repair.js";
import { axisText, meshAxisName } from "./type-text.js";
import { exchangeAll } from "./word-layouts.js";

export interface CallOperand {
  /** Name of the parameter. */
  readonly name: string;
  readonly type: TypedValue;
  readonly expression: Expr;
}

export interface ReportedCall {
  readonly callee: string;
  readonly kernel: KernelIR;
  readonly operands: readonly CallOperand[];
  readonly expression: Expr;
  readonly file: string;
  /** Where the layer that stands around it was called, if it was. */
  readonly calledFrom: readonly RelatedPlace[];
}

export function reportLayoutProblem(problem: LayoutProblem, call: ReportedCall, context: CheckContext): void {
  const { callee, kernel, operands } = call;
  const mesh = (meshAxis: number) => meshAxisName(context.mesh, meshAxis);
  const axisAt = ({ operand, dimension }: OperandDimension) => operands[operand]!.type.axes[dimension]!;
  const placeText = (place: OperandDimension) =>
    `${axisText(axisAt(place), context.mesh)} of \`${operands[place.operand]!.name}\``;
  switch (problem.kind) {
    case "read-elsewhere": {
      const axis = axisAt(problem.place);
      const options = gatherAll(problem.place, call, context);
      const parameters = {
        callee,
        name: operands[problem.place.operand]!.name,
        index: problem.index ? indexText(problem.index, kernel, context) : "..",
        axis: `\`${axis.name}\``,
        mesh: axis.cuts.map((cut) => mesh(cut.meshAxis)).join("`, `"),
      };
      return report("reads-elsewhere", problem.place.operand, options, (words) => ({ ...parameters, words }));
    }
    case "cut-differently": {
      const { first, second } = problem;
      const options = recut(second, axisAt(first).cuts, call, context);
      const index = kernel.variables[problem.variable]!.name;
      const parameters = { callee, first: placeText(first), second: placeText(second), index };
      return report("cut-differently", second.operand, options, (words) => ({ ...parameters, words }));
    }
    case "divided-twice": {
      const parameters = {
        mesh: mesh(problem.meshAxis),
        first: placeText(problem.first),
        second: placeText(problem.second) + (problem.reduced ? ", which it reduces over" : ""),
      };
      const exchanged = exchangeRows(problem, call, context);
      if (exchanged)
        return report("divided-twice", exchanged.operand, [exchanged.repairs], (words) => ({ ...parameters, words }));
      const { operand } = problem.second;
      // Either of two operands may be gathered, and only what stands around the call says which is wanted.
      const other = problem.first.operand;
      const repairsOf = (place: OperandDimension, like: OperandDimension) =>
        [...exchangeAxes(place, like, call, context), ...replicate(place.operand, problem.meshAxis)].map((repairs) =>
          around(place.operand, repairs),
        );
      const others = other === operand ? [] : repairsOf(problem.first, problem.second);
      const options = cheapestFirst([...repairsOf(problem.second, problem.first), ...others]);
      return report("divided-twice", operand, [], (words) => ({ ...parameters, words }), options);
    }
    case "pending": {
      const { cause, monoid } = problem.problem.partial;
      const operand = "operand" in cause ? cause.operand : (problem.place?.operand ?? 0);
      const name =
        "operand" in cause
          ? `\`${operands[operand]!.name}\``
          : `The reduction over \`${kernel.variables[cause.variable]!.name}\``;
      const parameters = { name, monoid, mesh: mesh(problem.meshAxis), callee, reason: problem.problem.reason };
      const options = replicate(operand, problem.meshAxis);
      const scattered = "operand" in cause ? scatter(operand, problem.meshAxis) : [];
      return report("pending-not-linear", operand, [...options, ...scattered], (words) => ({ ...parameters, words }));
    }
    case "pending-and-divided": {
      const { operand, meshAxis } = problem;
      const parameters = { name: operands[operand]!.name, mesh: mesh(meshAxis), divided: placeText(problem.place) };
      return report("pending-and-divided", operand, replicate(operand, meshAxis), (words) => ({
        ...parameters,
        words,
      }));
    }
    case "positions-differ": {
      const { first, second, meshAxis } = problem;
      const parameters = {
        first: `\`${operands[first]!.name}\``,
        second: `\`${operands[second]!.name}\``,
        mesh: mesh(meshAxis),
      };
      return report("positions-differ", second, [], () => parameters);
    }
  }

  function report<N extends DiagnosticName>(
    name: N,
    operand: number,
    options: readonly (readonly Repair[])[],
    parameters: (words: string) => DiagnosticParameters<N>,
    others: readonly RepairOption[] = [],
  ): void {
    const all = [...options.map((repairs) => around(operand, repairs)), ...others];
    const extras = { fixes: repairFixes(all, call.file, context), related: call.calledFrom };
    const location = locate(call.file, operands[operand]!.expression);
    context.diagnostics.report(name, location, parameters(wordsText(all, call.file, context)), extras);
  }

  function around(operand: number, repairs: readonly Repair[]): RepairOption {
    return { expression: operands[operand]!.expression, repairs };
  }

  function replicate(operand: number, meshAxis: number): Repair[][] {
    const repair = repairMeshAxisToReplicated(operands[operand]!.type, meshAxis, context);
    return repair ? [[repair]] : [];
  }

  function scatter(operand: number, meshAxis: number): Repair[][] {
    const { type } = operands[operand]!;
    const dimension = type.axes.findIndex(
      (axis) => axis.cuts.length === 0 && axis.table === undefined && axis.size > 1,
    );
    if (dimension < 0) return [];
    const cuts = type.axes.map((axis, other) => (other === dimension ? [...axis.cuts, { meshAxis }] : axis.cuts));
    const pending = type.pending
      .map(({ monoid, over }) => ({ monoid, over: over.filter((axis) => axis !== meshAxis) }))
      .filter(({ over }) => over.length > 0);
    const repairs = repairLayout(type, { cuts, pending }, context);
    return repairs ? [repairs] : [];
  }
}

/** Rows that one operand has by one column and another needs by the other: sent to where they are needed. */
function exchangeRows(
  { first, second, meshAxis }: Extract<LayoutProblem, { kind: "divided-twice" }>,
  call: ReportedCall,
  context: CheckContext,
): { operand: number; repairs: Repair[] } | undefined {
  const { accesses } = kernelAccesses(call.kernel);
  for (const [{ operand, dimension }, other] of [
    [first, second],
    [second, first],
  ] as const) {
    const { type } = call.operands[operand]!;
    const { cuts } = type.axes[dimension]!;
    const last = cuts.at(-1);
    if (last?.by === undefined || last.meshAxis !== meshAxis) continue;
    // What the other operand follows: the column it is read at, or that of its own rows.
    const read = accesses.find((one) => one.operand === other.operand && one.dimension === other.dimension)?.index;
    const axis = call.operands[other.operand]!.type.axes[other.dimension]!;
    const by = read?.kind === "column" ? read.column : axis.cuts.find((cut) => cut.meshAxis === meshAxis)?.by;
    if (by === undefined || by === last.by) continue;
    const wanted = type.axes.map((axis, d) => (d === dimension ? [...cuts.slice(0, -1), { meshAxis, by }] : axis.cuts));
    const repairs = repairLayout(type, { cuts: wanted, pending: type.pending }, context);
    if (repairs && repairs.length > 0) return { operand, repairs };
  }
  return undefined;
}

/**
 * Of two operands read at the same indices, one divided along another axis than the other one is: divides it along that
 * axis instead, which moves a part of what a gather does.
 */
function exchangeAxes(
  { operand, dimension }: OperandDimension,
  like: OperandDimension,
  call: ReportedCall,
  context: CheckContext,
): Repair[][] {
  const { type } = call.operands[operand]!;
  const last = call.operands[like.operand]!.type.axes[like.dimension]!.cuts.at(-1);
  const { accesses } = kernelAccesses(call.kernel);
  const indexOf = (place: OperandDimension) =>
    accesses.find((access) => access.operand === place.operand && access.dimension === place.dimension)?.index;
  const index = indexOf(like);
  if (operand === like.operand || last === undefined || index === undefined) return [];
  const to = type.axes.findIndex(
    (_, other) => JSON.stringify(indexOf({ operand, dimension: other })) === JSON.stringify(index),
  );
  if (to < 0) return [];
  const wanted = type.axes.map((axis, other) => {
    if (other === dimension) return axis.cuts.filter((cut) => cut.meshAxis !== last.meshAxis);
    return other === to ? [...axis.cuts, last] : axis.cuts;
  });
  const repairs = repairLayout(type, { cuts: wanted, pending: type.pending }, context);
  return repairs && repairs.length > 0 ? [repairs] : [];
}

/** Gathers one axis of an operand whole. */
function gatherAll({ operand, dimension }: OperandDimension, call: ReportedCall, context: CheckContext): Repair[][] {
  const { type } = call.operands[operand]!;
  const cuts = type.axes.map((axis, other) => (other === dimension ? [] : axis.cuts));
  const repairs = repairLayout(type, { cuts, pending: type.pending }, context);
  return repairs && repairs.length > 0 ? [repairs] : [];
}

/** Makes one dimension of an operand cut as another is: gathered, or for rows exchanged. */
function recut(
  { operand, dimension }: OperandDimension,
  cuts: TypedValue["axes"][number]["cuts"],
  call: ReportedCall,
  context: CheckContext,
): Repair[][] {
  const { type } = call.operands[operand]!;
  const options = gatherAll({ operand, dimension }, call, context);
  const isRows = type.axes[dimension]!.table !== undefined;
  const wanted = cuts.every((cut) => (cut.by !== undefined) === isRows) ? cuts : [];
  const last = type.axes[dimension]!.cuts.at(-1);
  if (!last || wanted.length === 0 || "problem" in exchangeAll(type, dimension, dimension, [wanted.at(-1)!]))
    return options;
  const all = type.axes.map((axis, other) => (other === dimension ? wanted : axis.cuts));
  const repairs = repairLayout(type, { cuts: all, pending: type.pending }, context);
  return repairs && repairs.length > 0 ? [repairs, ...options] : options;
}

/** `i + 1`, `from(r)`. */
function indexText(index: IndexIR, kernel: KernelIR, context: CheckContext): string {
  if (index.kind === "column")
    return columnText(context.tables[index.table]!.name, index.column, indexText(index.at, kernel, context));
  let text = "";
  for (const { variable, coefficient } of index.terms) {
    const { name } = kernel.variables[variable]!;
    const size = Math.abs(coefficient);
    const term = size === 1 ? name : `${size} * ${name}`;
    text += text === "" ? (coefficient < 0 ? `-${term}` : term) : ` ${coefficient < 0 ? "-" : "+"} ${term}`;
  }
  if (text === "") return String(index.offset);
  if (index.offset === 0) return text;
  return `${text} ${index.offset < 0 ? "-" : "+"} ${Math.abs(index.offset)}`;
}
