import type { Expr } from "../../grammar/ast.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { locate } from "./bound-program.js";
import { describeDimension, plain, sameDimension } from "./quantity.js";
import type { Dimension, Quantity } from "./quantity.js";

/** Sizes of axes and counts of ranks, rows and the like fit in 31 bits. */
export const largestSize = 2 ** 31 - 1;

interface Report {
  readonly diagnostics: DiagnosticCollector;
  readonly file: string;
  readonly expression: Expr;
  /** Opens the message: `The size of \`tokens\``. */
  readonly what: string;
}

/** The value in base units if it has this unit. */
export function expectDimension(quantity: Quantity, dimension: Dimension, report: Report): number | undefined {
  if (sameDimension(quantity.dimension, dimension)) return quantity.value;
  report.diagnostics.report("wrong-unit", locate(report.file, report.expression), {
    what: report.what,
    expected: describeDimension(dimension),
    found: describeDimension(quantity.dimension),
  });
  return undefined;
}

/** A whole number in least .. most. */
export function expectWhole(quantity: Quantity, least: 0 | 1, most: number, report: Report): number | undefined {
  const value = expectDimension(quantity, plain, report);
  if (value === undefined) return undefined;
  const place = locate(report.file, report.expression);
  const { what } = report;
  if (!Number.isInteger(value)) report.diagnostics.report("size-not-whole", place, { what, value });
  else if (value < least && least === 1) report.diagnostics.report("size-not-positive", place, { what, value });
  else if (value < least) {
    report.diagnostics.report("value-out-of-range", place, { what, expected: "at least 0", value });
  } else if (value > most) report.diagnostics.report("size-too-large", place, { what, value, limit: most });
  else return value;
  return undefined;
}

export function expectSize(quantity: Quantity, report: Report): number | undefined {
  return expectWhole(quantity, 1, largestSize, report);
}
