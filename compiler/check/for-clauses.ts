/** `for` clauses of checks: what each ranges over, and its values. That all claims hold at them is shown by the command. */
import type { CheckDecl, Expr, ForBinding, RangeExpr } from "../../grammar/ast.js";
import { units } from "../../grammar/units.js";
import { locate } from "../bind/bound-program.js";
import { describeKind } from "../bind/definitions.js";
import { describeDimension, plain, sameDimension, unitDimensions } from "../bind/quantity.js";
import type { Dimension, Quantity } from "../bind/quantity.js";
import type { CheckContext } from "./check-context.js";
import type { RangeIR, RangeValues } from "./ir.js";

/** What a range is of: of numbers their unit, and what they must be; sources of tables are texts. */
type Subject =
  | { readonly of: "sources" }
  | { readonly of: "numbers"; readonly dimension: Dimension | undefined }
  | { readonly of: "seeds" }
  | { readonly of: "speeds" };

const steps = 100;
/** Seeds that `any` is drawn from. */
const anySeeds = 2 ** 31;

/** Of all clauses of a check together; those with an error, which is reported, are left out. */
export function checkForClauses(node: CheckDecl, context: CheckContext): RangeIR[] {
  const seen = new Set<string>();
  const bindings = node.claims.flatMap((claim) => (claim.kind === "ForClause" ? claim.bindings : []));
  return bindings.flatMap((binding) => {
    const name = settingName(binding);
    const subject = subjectOf(binding, context);
    if (!subject) return [];
    if (seen.has(name)) {
      context.diagnostics.report("duplicate-setting", locate(context.bound.entry, binding.name), { name });
      return [];
    }
    seen.add(name);
    const values = valuesOf(binding, subject, context);
    const location = locate(context.bound.entry, binding);
    return values ? [{ name, text: textOf(binding, context), location, values }] : [];
  });
}

/** As `--set` calls it. */
function settingName({ name, what }: ForBinding): string {
  return what ? `${name.text} ${what.text}` : name.text;
}

function textOf({ span }: { readonly span: { readonly start: number; readonly end: number } }, context: CheckContext) {
  const { bound } = context;
  return bound.sourceText(bound.entry)!.slice(span.start, span.end).replaceAll(/\s+/g, " ");
}

function subjectOf(binding: ForBinding, context: CheckContext): Subject | undefined {
  const { bound, diagnostics } = context;
  const { name, what } = binding;
  const definition = bound.lookup(name.text, bound.entry);
  const found = definition?.kind;
  if (!what) {
    if (found === "table") return { of: "sources" };
    if (found === "axis") return { of: "numbers", dimension: plain };
    if (found === "param") return { of: "numbers", dimension: bound.params.get(name.text)?.dimension };
    const expected = "a param, an axis or a table";
    if (found) reportNoun(binding, found, expected, context);
    else bound.reportUnknownName(name, bound.entry, expected, ["param", "axis", "table"]);
    return undefined;
  }
  if (what.text === "seed") {
    if (found === "table" || name.text === "inputs") return { of: "seeds" };
    const expected = "a table or `inputs`";
    if (found) reportNoun(binding, found, expected, context);
    else bound.reportUnknownName(name, bound.entry, expected, ["table"], ["inputs"]);
    return undefined;
  }
  if (name.text === "links" && what.text === "speed") return { of: "speeds" };
  diagnostics.report("range-of-nothing", locate(bound.entry, binding), { name: settingName(binding) });
  return undefined;
}

function reportNoun(
  { name }: ForBinding,
  kind: Parameters<typeof describeKind>[0],
  expected: string,
  context: CheckContext,
) {
  const parts = { name: name.text, found: describeKind(kind), expected };
  context.diagnostics.report("wrong-noun", locate(context.bound.entry, name), parts);
}

/** Undefined where there are none, which is reported. */
function valuesOf(binding: ForBinding, subject: Subject, context: CheckContext): RangeValues | undefined {
  const { values, step } = binding;
  const refuse = (reason: string): undefined => reportValues(binding, reason, context);
  if (values === "any") {
    if (subject.of !== "seeds") return refuse("only a seed can be `any`");
    return step ? refuse("`any` has no step") : { low: 0, step: 1, count: anySeeds, unit: "" };
  }
  const [first] = values;
  const isRange = values.some(({ kind }) => kind === "RangeExpr");
  if (isRange && values.length > 1) return refuse("a range stands alone, without further values");
  if (step && !isRange) return refuse("a step is of a range");
  if (subject.of === "sources") {
    if (isRange) return refuse("a table takes sources of rows, as `uniform`, and no numbers");
    return { listed: values.map((value) => (value.kind === "StringLiteral" ? "from " : "") + textOf(value, context)) };
  }
  if (first?.kind === "RangeExpr") return rangeOf(first, step, binding, subject, context);
  return listOf(values, binding, subject, context);
}

function reportValues(binding: ForBinding, reason: string, { bound, diagnostics }: CheckContext): undefined {
  diagnostics.report("range-values", locate(bound.entry, binding), { name: settingName(binding), reason });
}

/** The least first: what fails is told at the least of them. */
function listOf(
  values: readonly Expr[],
  binding: ForBinding,
  subject: Subject,
  context: CheckContext,
): RangeValues | undefined {
  const found = values.map((value) => numberOf(value, binding, subject, context));
  const [first] = found;
  const unit = first && unitOf(first.dimension);
  if (found.some((one) => one === undefined) || unit === undefined) return undefined;
  const numbers = [...new Set(found.map((one) => one!.value))].sort((a, b) => a - b);
  return { listed: numbers.map((number) => withUnit(number, unit)) };
}

function rangeOf(
  range: RangeExpr,
  stepped: Expr | undefined,
  binding: ForBinding,
  subject: Subject,
  context: CheckContext,
): RangeValues | undefined {
  const { diagnostics, bound } = context;
  const low = numberOf(range.low, binding, subject, context);
  const high = numberOf(range.high, binding, subject, context);
  const step = stepped && measureOf(stepped, "A step", low?.dimension, context);
  if (!low || !high || (stepped && !step)) return undefined;
  if (step && step.value <= 0) {
    const parts = { what: "A step", expected: "above 0", value: step.value };
    diagnostics.report("value-out-of-range", locate(bound.entry, stepped!), parts);
    return undefined;
  }
  const extent = high.value - low.value;
  if (extent < 0 || (extent === 0 && !range.inclusive)) {
    diagnostics.report("range-empty", locate(bound.entry, range), { name: settingName(binding) });
    return undefined;
  }
  const isWhole = sameDimension(low.dimension, plain) && Number.isInteger(low.value) && Number.isInteger(high.value);
  const distance = step?.value ?? (isWhole ? 1 : extent / steps);
  // What a sum of steps rounds to still reaches the end.
  const count = distance === 0 ? 1 : countOf(extent / distance, range.inclusive);
  if (count > Number.MAX_SAFE_INTEGER) return reportValues(binding, "it has more than 2^53 values", context);
  return { low: low.value, step: distance, count, unit: unitOf(low.dimension)! };
}

function countOf(distances: number, inclusive: boolean): number {
  const rounding = 1e-9;
  return inclusive ? Math.floor(distances + rounding) + 1 : Math.ceil(distances - rounding);
}

/** Undefined where it is no number, or not one that what is ranged over can be, which is reported. */
function numberOf(
  expression: Expr,
  binding: ForBinding,
  subject: Subject,
  context: CheckContext,
): Quantity | undefined {
  const { diagnostics, bound } = context;
  const what = `What \`${settingName(binding)}\` ranges over`;
  const dimension = subject.of === "numbers" ? subject.dimension : plain;
  const found = measureOf(expression, what, dimension, context);
  if (!found || subject.of === "numbers") return found;
  const { value } = found;
  const isLegal = subject.of === "speeds" ? value > 0 : Number.isInteger(value) && value >= 0;
  if (isLegal) return found;
  const expected = subject.of === "speeds" ? "above 0" : "a whole number of at least 0";
  diagnostics.report("value-out-of-range", locate(bound.entry, expression), { what, expected, value });
  return undefined;
}

/** With a unit that can be written; of this dimension, if one is asked for. */
function measureOf(
  expression: Expr,
  what: string,
  dimension: Dimension | undefined,
  { bound, diagnostics }: CheckContext,
): Quantity | undefined {
  const quantity = bound.evaluate(expression, bound.entry);
  if (!quantity) return undefined;
  const isRight = dimension ? sameDimension(quantity.dimension, dimension) : true;
  if (isRight && unitOf(quantity.dimension) !== undefined) return quantity;
  const expected = dimension && !isRight ? describeDimension(dimension) : "a number, or one with a unit";
  const parts = { what, expected, found: describeDimension(quantity.dimension) };
  diagnostics.report("wrong-unit", locate(bound.entry, expression), parts);
  return undefined;
}

/** The base unit as it is written; undefined of a product or a quotient of units that has no name. */
function unitOf(dimension: Dimension): string | undefined {
  if (sameDimension(dimension, plain)) return "";
  const base = units.filter(({ factor, dimension: name }) => {
    const its = unitDimensions[name];
    return factor === 1 && its.scale === 1 && sameDimension(its.dimension, dimension);
  });
  return base.at(-1)?.name;
}

/** The text that `--set` takes for one of the values. */
export function rangeValue(values: RangeValues, index: number): string {
  if ("listed" in values) return values.listed[index]!;
  return withUnit(values.low + index * values.step, values.unit);
}

export function rangeLength(values: RangeValues): number {
  return "listed" in values ? values.listed.length : values.count;
}

/** Sums of steps are rounded to what a person would have written. */
function withUnit(value: number, unit: string): string {
  const number = Number.isInteger(value) ? value : Number(value.toPrecision(12));
  return unit === "" ? String(number) : `${number} ${unit}`;
}
