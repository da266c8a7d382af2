/** Where the rows of a table come from: drawn by a distribution, read from a file, laid out by lengths, all pairs, or made from other tables. */
import type { Expr, StringLiteral } from "../../grammar/ast.js";
import type { Location } from "../diagnostics/types.js";
import { locate } from "./bound-program.js";
import { distributions } from "./distributions.js";
import { lengthDistributions } from "./length-distributions.js";
import { reportReadProblem } from "./load.js";
import { resolveTableFile } from "./paths.js";
import { plain } from "./quantity.js";
import { expectDimension, expectWhole, largestSize } from "./sizes.js";
import { didYouMean, nearestName } from "./suggest.js";
import { isLengthsFile, lengthDistribution, lengthRows, readRecordedLengths } from "./table-lengths.js";
import { allPairs, composed, projected } from "./table-derived.js";
import { isSmallEnough, nameOf } from "./table-scope.js";
import type { MakeRows, TableScope } from "./table-scope.js";
import { readRecordedRows } from "./tables-recorded.js";
import type { TableSizes } from "./tables-recorded.js";

/** Sources that are no distributions, by the name they are called. */
const derived: ReadonlyMap<string, (call: Expr, scope: TableScope) => MakeRows | undefined> = new Map([
  ["all", allPairs],
  ["project", projected],
  ["then", composed],
]);

export const derivedSources: readonly string[] = [...derived.keys()];

/** Whether its rows are drawn or recorded: a choice for each `from`, `top(k)` of them. */
export function takesTop(source: Expr): boolean {
  return source.kind === "StringLiteral" || !(derived.has(nameOf(source)) || isLengths(source));
}

/** Whether a seed makes other rows of it. */
export function isSeeded(source: Expr): boolean {
  if (isLengths(source)) return lengthDistribution(source)?.isDrawn ?? false;
  return source.kind !== "StringLiteral" && !derived.has(nameOf(source));
}

function isLengths(source: Expr): boolean {
  return nameOf(source) === "lengths";
}

/** Undefined where the source means nothing, which is reported. */
export function rowSource(scope: TableScope): MakeRows | undefined {
  const { source, definition, diagnostics } = scope;
  if (!source) {
    const { name } = definition;
    diagnostics.report("table-without-rows", locate(definition.file, definition.node.name), { name });
    return undefined;
  }
  if (source.kind === "MissingExpr") return undefined;
  if (!isSeeded(source) && scope.seed) {
    diagnostics.report("recorded-with-seed", locate(scope.seedFile, scope.seed), {});
    return undefined;
  }
  if (source.kind === "StringLiteral") return recorded(source, scope);
  const make = derived.get(nameOf(source));
  if (make) return make(source, scope);
  const seed = seedOf(scope);
  if (seed === undefined) return undefined;
  return isLengths(source) ? lengthRows(source, seed, scope) : drawn(source, seed, scope);
}

// ---------------------------------------------------------------- drawn and recorded

function drawn(source: Expr, seed: number, scope: TableScope): MakeRows | undefined {
  const { diagnostics } = scope;
  const found = distributionOf(source, scope);
  if (!found) return undefined;
  const { distribution, parameter, at } = found;
  return (shape) => {
    const { count } = shape;
    if (count === "any") {
      const place = locate(scope.definition.file, scope.definition.node.columns[0]!);
      const drawn = `\`${nameOf(source)}\` draws rows: say how many with \`top(k)\``;
      diagnostics.report("any-not-recorded", place, { source: drawn });
      return undefined;
    }
    if (distribution.parameter === "index" && parameter >= shape.toSize) {
      const what = `The \`${shape.toAxis}\` of a distribution`;
      const expected = `at most ${shape.toSize - 1}`;
      diagnostics.report("value-out-of-range", at, { what, expected, value: parameter });
      return undefined;
    }
    if (!fits(shape, distribution.available(shape.toSize), at, scope)) return undefined;
    return distribution.rows({ ...shape, count, seed }, parameter);
  };
}

function recorded(path: StringLiteral, scope: TableScope): MakeRows | undefined {
  const { definition, where, context, diagnostics } = scope;
  const at = locate(where, path);
  const base = where === definition.file ? definition.file : context.entry;
  const target = resolveTableFile(path.value, base, context.entry);
  if ("refused" in target) {
    const problem = target.refused === "form" ? "table-path-form" : "import-outside-folder";
    diagnostics.report(problem, at, { path: path.value });
    return undefined;
  }
  return (shape) => {
    if (!fits(shape, shape.toSize, at, scope)) return undefined;
    const result = context.read(target.path);
    if ("text" in result) {
      const read = shape.count !== 1 || !isLengthsFile(result.text) ? readRecordedRows : readRecordedLengths;
      return read(result.text, target.path, shape, at, diagnostics);
    }
    if (result.problem.kind === "missing") diagnostics.report("file-not-found", at, { path: target.path });
    else reportReadProblem(target.path, result.problem, at, diagnostics);
    return undefined;
  };
}

/** Whether the table can have so many rows, and each `from` so many different choices. */
function fits(shape: TableSizes, available: number, at: Location, scope: TableScope): boolean {
  const { node, file } = scope.definition;
  const count = shape.count === "any" ? 1 : shape.count;
  if (count > available) {
    const place = node.columns[0] ? locate(file, node.columns[0]) : at;
    const parts = { count, from: shape.fromAxis, to: shape.toAxis, available };
    scope.diagnostics.report("too-many-choices", place, parts);
    return false;
  }
  return isSmallEnough(Math.max(shape.fromSize * count, shape.toSize), scope);
}

function seedOf({ seed, seedFile, values, diagnostics }: TableScope): number | undefined {
  if (!seed) return 0;
  const quantity = values.evaluate(seed, seedFile);
  const report = { diagnostics, file: seedFile, expression: seed, what: "A seed" };
  return quantity && expectWhole(quantity, 0, Number.MAX_SAFE_INTEGER, report);
}

function distributionOf(source: Expr, scope: TableScope) {
  const { where, diagnostics } = scope;
  const callee = source.kind === "CallExpr" ? source.callee : source;
  const written = source.kind === "CallExpr" ? source.arguments : [];
  const name = nameOf(source);
  const distribution = Object.hasOwn(distributions, name) ? distributions[name] : undefined;
  if (!distribution) {
    reportUnknownDistribution(callee, scope);
    return undefined;
  }
  const at = locate(where, source);
  const [argument] = written;
  if (written.length !== (distribution.parameter ? 1 : 0)) {
    const expected = distribution.parameter ? "one argument" : "no argument";
    diagnostics.report("wrong-argument-count", at, { name, expected, found: written.length });
    return undefined;
  }
  if (!argument) return { distribution, parameter: 0, at };
  const parameter = parameterOf(argument, distribution.parameter!, scope);
  return parameter === undefined ? undefined : { distribution, parameter, at: locate(where, argument) };
}

function parameterOf(expression: Expr, kind: "exponent" | "index", scope: TableScope): number | undefined {
  const { where, values, diagnostics } = scope;
  const quantity = values.evaluate(expression, where);
  if (!quantity) return undefined;
  const what = kind === "index" ? `The \`${scope.toAxis}\` of a distribution` : "The exponent of a distribution";
  const report = { diagnostics, file: where, expression, what };
  if (kind === "index") return expectWhole(quantity, 0, largestSize, report);
  const value = expectDimension(quantity, plain, report);
  if (value === undefined || value >= 0) return value;
  diagnostics.report("value-out-of-range", locate(where, expression), { what, expected: "at least 0", value });
  return undefined;
}

function reportUnknownDistribution(callee: Expr, { where, diagnostics }: TableScope): void {
  const known = [...Object.keys(distributions), "lengths", ...derived.keys()];
  const written = callee.kind === "NameExpr" ? callee.name.text : "this";
  const near = nearestName(written, known);
  const place = locate(where, callee);
  const fixes = near ? [{ title: `write \`${near}\``, edits: [{ location: place, newText: near }] }] : [];
  const isLength = Object.hasOwn(lengthDistributions, written);
  const hint = isLength ? ` It is of lengths: write \`lengths(${written}(..))\`.` : didYouMean(near);
  const parts = { name: written, known: known.map((one) => `\`${one}\``).join(", "), hint };
  diagnostics.report("unknown-distribution", place, parts, { fixes });
}
