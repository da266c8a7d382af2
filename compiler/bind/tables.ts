import type { Expr, StringLiteral, TableDecl } from "../../grammar/ast.js";
import type { TableData } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Location } from "../diagnostics/types.js";
import { locate } from "./bound-program.js";
import type { TableDefinition } from "./bound-program.js";
import { distributions } from "./distributions.js";
import { reportReadProblem } from "./load.js";
import { resolveTableFile } from "./paths.js";
import { plain } from "./quantity.js";
import type { Setting } from "./settings.js";
import type { ReadResult } from "./source-host.js";
import { expectDimension, expectSize, expectWhole, largestSize } from "./sizes.js";
import { didYouMean, nearestName } from "./suggest.js";
import type { GeneratedRows } from "./table-generator.js";
import { readRecordedRows } from "./tables-recorded.js";
import type { TableSizes } from "./tables-recorded.js";
import type { Values } from "./values.js";

/** Rows of one table: a quarter of a gigabyte of columns. */
export const mostRows = 2 ** 24;

interface TableContext {
  readonly values: Values;
  readonly diagnostics: DiagnosticCollector;
  /** Text of a file, to name axes that are no names. */
  textOf(file: string): string;
  /** The file that was given: paths of tables' files stay below its folder. */
  readonly entry: string;
  /** The text of a table's file. */
  read(path: string): ReadResult;
}

type MakeRows = (shape: TableSizes) => GeneratedRows | undefined;

/** The rows of a table; undefined where something is wrong with it, which is reported. */
export function makeTable(
  definition: TableDefinition,
  setting: Setting | undefined,
  context: TableContext,
): TableData | undefined {
  const { node, file } = definition;
  const { values, diagnostics } = context;
  const name = node.name.text;
  const source = setting?.value ?? node.source;
  const where = setting?.file ?? file;
  const fromSize = sizeOf(node.from);
  const toSize = sizeOf(node.to);
  const count = countOf(node.columns);
  const fromAxis = axisName(node.from);
  const toAxis = axisName(node.to);
  const makeRows = source?.kind === "StringLiteral" ? recorded(source) : generated();
  if (!fromSize || !toSize || !count || !makeRows) return undefined;
  const rowCount = fromSize * count;
  const rows = makeRows({ fromAxis, fromSize, toAxis, toSize, count });
  return (
    rows && {
      name,
      fromAxis,
      fromSize,
      toAxis,
      toSize,
      rowCount,
      ...rows,
      columns: [],
      location: locate(file, node.name),
    }
  );

  /** Rows drawn by a distribution, once sizes are known. */
  function generated(): MakeRows | undefined {
    const seed = seedOf();
    const drawn = distributionOf();
    if (seed === undefined || !drawn) return undefined;
    const { distribution, parameter, at } = drawn;
    return (shape) => {
      if (distribution.parameter === "index" && parameter >= shape.toSize) {
        const what = `The \`${toAxis}\` of a distribution`;
        const expected = `at most ${shape.toSize - 1}`;
        diagnostics.report("value-out-of-range", at, { what, expected, value: parameter });
        return undefined;
      }
      if (!fits(shape, distribution.available(shape.toSize), at)) return undefined;
      return distribution.rows({ ...shape, seed }, parameter);
    };
  }

  /** Rows read from a file, once sizes are known. */
  function recorded(path: StringLiteral): MakeRows | undefined {
    const at = locate(where, path);
    const seed = setting ? setting.seed : node.seed;
    if (seed) diagnostics.report("recorded-with-seed", locate(where, seed), {});
    const target = resolveTableFile(path.value, where === file ? file : context.entry, context.entry);
    if ("refused" in target) {
      const problem = target.refused === "form" ? "table-path-form" : "import-outside-folder";
      diagnostics.report(problem, at, { path: path.value });
      return undefined;
    }
    if (seed) return undefined;
    return (shape) => {
      if (!fits(shape, shape.toSize, at)) return undefined;
      const result = context.read(target.path);
      if ("text" in result) return readRecordedRows(result.text, target.path, shape, at, diagnostics);
      if (result.problem.kind === "missing") diagnostics.report("file-not-found", at, { path: target.path });
      else reportReadProblem(target.path, result.problem, at, diagnostics);
      return undefined;
    };
  }

  /** Whether the table can have so many rows, and each `from` so many different choices. */
  function fits(shape: TableSizes, available: number, at: Location): boolean {
    if (shape.count > available) {
      const place = node.columns[0] ? locate(file, node.columns[0]) : at;
      const parts = { count: shape.count, from: fromAxis, to: toAxis, available };
      diagnostics.report("too-many-choices", place, parts);
      return false;
    }
    const most = Math.max(shape.fromSize * shape.count, shape.toSize);
    if (most <= mostRows) return true;
    diagnostics.report("table-too-large", locate(file, node.name), { name, rows: most, limit: mostRows });
    return false;
  }

  function sizeOf(expression: Expr): number | undefined {
    const quantity = values.evaluate(expression, file);
    const what = `The size of \`${axisName(expression)}\``;
    return quantity && expectSize(quantity, { diagnostics, file, expression, what });
  }

  /** Of a name its text; of another expression what is written. */
  function axisName(expression: Expr): string {
    if (expression.kind === "NameExpr") return expression.name.text;
    return context.textOf(file).slice(expression.span.start, expression.span.end);
  }

  function countOf(columns: TableDecl["columns"]): number | undefined {
    let found: number | undefined = 1;
    columns.forEach((column, index) => {
      const isTop =
        column.kind === "CallExpr" && column.callee.kind === "NameExpr" && column.callee.name.text === "top";
      const [argument] = isTop ? column.arguments : [];
      if (!isTop || !argument || column.arguments.length !== 1) {
        diagnostics.report("unknown-column", locate(file, column), {});
        found = undefined;
      } else if (index > 0) {
        diagnostics.report("duplicate-setting", locate(file, column), { name: "top" });
        found = undefined;
      } else {
        const quantity = values.evaluate(argument, file);
        const what = "The number of choices";
        found = quantity && expectSize(quantity, { diagnostics, file, expression: argument, what });
      }
    });
    return found;
  }

  function seedOf(): number | undefined {
    const expression = setting?.seed ?? node.seed;
    const from = setting?.seed ? setting.file : file;
    if (!expression) return 0;
    const quantity = values.evaluate(expression, from);
    const what = "A seed";
    return quantity && expectWhole(quantity, 0, Number.MAX_SAFE_INTEGER, { diagnostics, file: from, expression, what });
  }

  function distributionOf() {
    if (!source) {
      diagnostics.report("table-without-rows", locate(file, node.name), { name });
      return undefined;
    }
    if (source.kind === "MissingExpr") return undefined;
    const callee = source.kind === "CallExpr" ? source.callee : source;
    const written = source.kind === "CallExpr" ? source.arguments : [];
    const distribution =
      callee.kind === "NameExpr" && Object.hasOwn(distributions, callee.name.text)
        ? distributions[callee.name.text]
        : undefined;
    if (callee.kind !== "NameExpr" || !distribution) {
      reportUnknownDistribution(callee);
      return undefined;
    }
    const at = locate(where, source);
    const [argument] = written;
    if (written.length !== (distribution.parameter ? 1 : 0)) {
      const expected = distribution.parameter ? "one argument" : "no argument";
      diagnostics.report("wrong-argument-count", at, { name: callee.name.text, expected, found: written.length });
      return undefined;
    }
    if (!argument) return { distribution, parameter: 0, at };
    const parameter = parameterOf(argument, distribution.parameter!);
    return parameter === undefined ? undefined : { distribution, parameter, at: locate(where, argument) };
  }

  function parameterOf(expression: Expr, kind: "exponent" | "index"): number | undefined {
    const quantity = values.evaluate(expression, where);
    if (!quantity) return undefined;
    const what = kind === "index" ? `The \`${axisName(node.to)}\` of a distribution` : "The exponent of a distribution";
    const report = { diagnostics, file: where, expression, what };
    if (kind === "index") return expectWhole(quantity, 0, largestSize, report);
    const value = expectDimension(quantity, plain, report);
    if (value === undefined || value >= 0) return value;
    diagnostics.report("value-out-of-range", locate(where, expression), { what, expected: "at least 0", value });
    return undefined;
  }

  function reportUnknownDistribution(callee: Expr): void {
    const known = Object.keys(distributions);
    const written = callee.kind === "NameExpr" ? callee.name.text : "this";
    const near = nearestName(written, known);
    const place = locate(where, callee);
    const fixes = near ? [{ title: `write \`${near}\``, edits: [{ location: place, newText: near }] }] : [];
    const parts = { name: written, known: known.map((one) => `\`${one}\``).join(", "), hint: didYouMean(near) };
    diagnostics.report("unknown-distribution", place, parts, { fixes });
  }
}
