/**
 * Tables of lengths: consecutive indices of `from` (tokens) belong to consecutive ones of `to` (documents), one row an
 * index, each of weight 1.
 */
import type { CallExpr, Expr, Identifier } from "../../grammar/ast.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Location } from "../diagnostics/types.js";
import { locate } from "./bound-program.js";
import { cellsOf, linesOf, shown } from "./csv-lines.js";
import { drawLengths, lengthDistributions } from "./length-distributions.js";
import type { LengthDistribution } from "./length-distributions.js";
import { isValueFunction } from "./functions.js";
import { plain } from "./quantity.js";
import { expectDimension, expectWhole, largestSize } from "./sizes.js";
import { didYouMean, nearestName } from "./suggest.js";
import type { GeneratedRows } from "./table-rows.js";
import { isSmallEnough, nameOf } from "./table-scope.js";
import type { MakeRows, TableScope } from "./table-scope.js";
import type { TableSizes } from "./tables-recorded.js";

/** The distribution that `lengths(..)` draws from; undefined where it lists lengths. */
export function lengthDistribution(source: Expr): LengthDistribution | undefined {
  const [argument, ...others] = source.kind === "CallExpr" ? source.arguments : [];
  const name = others.length === 0 && argument?.kind === "CallExpr" ? nameOf(argument) : "";
  return Object.hasOwn(lengthDistributions, name) ? lengthDistributions[name] : undefined;
}

/** The name in `lengths(zipf(2))`, which is of no such distribution; a list of lengths may well call `floor`. */
function unknownDistribution([argument, ...others]: readonly Expr[]): Identifier | undefined {
  if (others.length > 0 || argument?.kind !== "CallExpr" || argument.callee.kind !== "NameExpr") return undefined;
  const { name } = argument.callee;
  return isValueFunction(name.text) ? undefined : name;
}

/** `lengths(lognormal(512, 0.8))`, or `lengths(5, 3, 8)`. */
export function lengthRows(source: Expr, seed: number, scope: TableScope): MakeRows | undefined {
  const { where, values, diagnostics } = scope;
  const at = locate(where, source);
  const written = source.kind === "CallExpr" ? source.arguments : [];
  if (written.length === 0) {
    const parts = { name: "lengths", expected: "a distribution of lengths, or the lengths", found: 0 };
    diagnostics.report("wrong-argument-count", at, parts);
    return undefined;
  }
  const distribution = lengthDistribution(source);
  if (distribution) {
    const parameters = parametersOf(written[0] as CallExpr, distribution, scope);
    if (!parameters) return undefined;
    return (sizes) => {
      const { fromSize: total, toSize: most } = sizes;
      if (!isSmallEnough(Math.max(total, most), scope)) return undefined;
      const lengths = drawLengths(distribution, parameters, { total, most, seed });
      const hint = " More of them, or longer ones, would fill it.";
      return rowsOfLengths(lengths, sizes, at, diagnostics, hint);
    };
  }
  const unknown = unknownDistribution(written);
  if (unknown) {
    const known = Object.keys(lengthDistributions);
    const expected = `a distribution of lengths (${known.join(", ")})`;
    const parts = { name: unknown.text, expected, hint: didYouMean(nearestName(unknown.text, known)) };
    diagnostics.report("unknown-name", locate(where, unknown), parts);
    return undefined;
  }
  const lengths = written.map((expression) => {
    const quantity = values.evaluate(expression, where);
    return (
      quantity && expectWhole(quantity, 0, largestSize, { diagnostics, file: where, expression, what: "A length" })
    );
  });
  if (!lengths.every((length) => length !== undefined)) return undefined;
  return (sizes) =>
    isSmallEnough(Math.max(sizes.fromSize, sizes.toSize), scope)
      ? rowsOfLengths(lengths, sizes, at, diagnostics)
      : undefined;
}

function parametersOf(call: CallExpr, distribution: LengthDistribution, scope: TableScope): number[] | undefined {
  const { where: file, values, diagnostics } = scope;
  const { parameters } = distribution;
  if (call.arguments.length !== parameters.length) {
    const expected = parameters.map(({ what }) => what[0]!.toLowerCase() + what.slice(1)).join(" and ");
    const parts = { name: nameOf(call), expected, found: call.arguments.length };
    diagnostics.report("wrong-argument-count", locate(file, call), parts);
    return undefined;
  }
  const found = call.arguments.map((expression, number) => {
    const { what, isWhole } = parameters[number]!;
    const quantity = values.evaluate(expression, file);
    const report = { diagnostics, file, expression, what };
    if (!quantity) return undefined;
    if (isWhole) return expectWhole(quantity, 1, largestSize, report);
    const value = expectDimension(quantity, plain, report);
    if (value === undefined || value >= 0) return value;
    diagnostics.report("value-out-of-range", locate(file, expression), { what, expected: "at least 0", value });
    return undefined;
  });
  if (!found.every((value) => value !== undefined)) return undefined;
  const [least, most] = found;
  if (nameOf(call) !== "uniform" || least! <= most!) return found;
  const parts = { what: parameters[1]!.what, expected: `at least ${least}`, value: most! };
  diagnostics.report("value-out-of-range", locate(file, call.arguments[1]!), parts);
  return undefined;
}

/** Whether a table's file is one of lengths: its first line is `length`. */
export function isLengthsFile(text: string): boolean {
  return linesOf(text).next().value?.text === "length";
}

/** A line `length`, then the length of each document in order, a line each. */
export function readRecordedLengths(
  text: string,
  file: string,
  sizes: TableSizes,
  place: Location,
  diagnostics: DiagnosticCollector,
): GeneratedRows | undefined {
  const lengths: number[] = [];
  let refused = false;
  for (const line of [...linesOf(text)].slice(1)) {
    if (diagnostics.isFull(file)) return undefined;
    const cells = cellsOf(line);
    const at: Location = { file, span: { start: line.start, end: line.start + line.text.length } };
    if (cells.length !== 1) {
      diagnostics.report("table-row-width", at, { expected: 1, found: cells.length });
      refused = true;
    } else if (!/^\d+$/.test(line.text) || Number(line.text) > largestSize) {
      const parts = { column: "length", expected: "a whole number from 0", found: shown(line.text) };
      diagnostics.report("table-cell", at, parts);
      refused = true;
    } else lengths.push(Number(line.text));
  }
  return refused ? undefined : rowsOfLengths(lengths, sizes, place, diagnostics);
}

/** Undefined where the lengths do not come to what there is, which is reported; documents without one are empty. */
function rowsOfLengths(
  lengths: readonly number[],
  { fromAxis, fromSize, toAxis, toSize }: TableSizes,
  place: Location,
  diagnostics: DiagnosticCollector,
  hint = "",
): GeneratedRows | undefined {
  const count = lengths.length;
  if (count > toSize) {
    diagnostics.report("lengths-count", place, { count, to: toAxis, size: toSize });
    return undefined;
  }
  const sum = lengths.reduce((total, length) => total + length, 0);
  if (sum !== fromSize) {
    diagnostics.report("lengths-sum", place, { count, to: toAxis, sum, from: fromAxis, size: fromSize, hint });
    return undefined;
  }
  const toStart = new Int32Array(toSize + 1);
  for (let to = 0; to < toSize; to += 1) toStart[to + 1] = toStart[to]! + (lengths[to] ?? 0);
  const to = new Int32Array(fromSize);
  for (let document = 0; document < count; document += 1) to.fill(document, toStart[document], toStart[document + 1]);
  const from = Int32Array.from({ length: fromSize }, (_, index) => index);
  return { from, to, weight: new Float64Array(fromSize).fill(1), toStart };
}
