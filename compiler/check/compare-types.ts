/** A value against a type that was written for it: what differs, and the words that would repair its layout (R1). */
import { formatBytes } from "../diagnostics/quantities.js";
import type { Expr } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { Fix, Location } from "../diagnostics/types.js";
import type { TypedValue } from "./axis-specs.js";
import type { CheckContext } from "./check-context.js";
import { sameFactor } from "./axis-factors.js";
import type { AxisCutIR, ValueIR } from "./ir.js";
import { textOf } from "./kernel-builder.js";
import { repairLayout } from "./layout-repair.js";
import type { Repair } from "./layout-repair.js";
import { sameAxis } from "./type-environment.js";
import { typeText } from "./type-text.js";

export interface Comparison {
  /** What the declared type is of: `out`, `x` of `combine`. */
  readonly name: string;
  readonly found: TypedValue;
  readonly declared: TypedValue;
  /** The value's text, around which words would stand. */
  readonly expression: Expr;
  readonly file: string;
  /** Where the type is written. */
  readonly declaration: Location;
}

/** @returns whether the value is of the declared type; if not, that is reported. */
export function compareTypes(comparison: Comparison, context: CheckContext): boolean {
  const { name, found, declared, expression, file } = comparison;
  const sameShape =
    found.dtype === declared.dtype &&
    found.axes.length === declared.axes.length &&
    found.axes.every((axis, dimension) => sameAxis(axis, declared.axes[dimension]!));
  if (sameShape && sameLayout(found, declared)) return true;
  const place = locate(file, expression);
  const related = [{ location: comparison.declaration, message: `\`${name}\` is declared here` }];
  const texts = { found: typeText(found, context.mesh), needed: typeText(declared, context.mesh) };
  if (!sameShape) {
    const sized = (value: TypedValue) => typeText(value, context.mesh, (axis) => `${axis.name}: ${axis.size}`);
    const differ = texts.found === texts.needed;
    context.diagnostics.report(
      "type-mismatch",
      place,
      { name, declared: differ ? sized(declared) : texts.needed, found: differ ? sized(found) : texts.found },
      { related },
    );
    return false;
  }
  const wanted = { cuts: declared.axes.map((axis) => axis.cuts), pending: declared.pending, at: declared.at };
  const repairs = repairLayout(found, wanted, context);
  const options = repairs && repairs.length > 0 ? [{ expression, repairs }] : [];
  const extras = { related, fixes: repairFixes(options, file, context) };
  const parameters = { name, ...texts, words: wordsText(options, file, context) };
  context.diagnostics.report("layout-mismatch", place, parameters, extras);
  return false;
}

export function sameCuts(a: readonly AxisCutIR[], b: readonly AxisCutIR[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ meshAxis, by, factor }, depth) => {
      const other = b[depth]!;
      return meshAxis === other.meshAxis && by === other.by && sameFactor(factor, other.factor);
    })
  );
}

export function sameLayout(a: TypedValue, b: TypedValue): boolean {
  return (
    a.axes.every((axis, dimension) => sameCuts(axis.cuts, b.axes[dimension]!.cuts)) &&
    samePending(a, b) &&
    sameAt(a, b) &&
    a.tier === b.tier
  );
}

function samePending(a: Pick<ValueIR, "pending">, b: Pick<ValueIR, "pending">): boolean {
  const key = ({ pending }: Pick<ValueIR, "pending">) =>
    pending
      .flatMap(({ monoid, over }) => over.map((meshAxis) => `${meshAxis} ${monoid}`))
      .sort()
      .join();
  return key(a) === key(b);
}

function sameAt(a: Pick<ValueIR, "at">, b: Pick<ValueIR, "at">): boolean {
  const key = ({ at }: Pick<ValueIR, "at">) =>
    at
      .map(({ meshAxis, position }) => `${meshAxis} ${position}`)
      .sort()
      .join();
  return key(a) === key(b);
}

/** What stands around a text once the words of a repair do: the first word innermost. */
function wrapping(repairs: readonly Repair[]): { before: string; after: string } {
  return {
    before: repairs
      .toReversed()
      .map((repair) => repair.before)
      .join(""),
    after: repairs.map((repair) => repair.after).join(""),
  };
}

/** Words that would do, to stand around a value. */
export interface RepairOption {
  readonly expression: Expr;
  readonly repairs: readonly Repair[];
}

/** By the bytes that all ranks receive. */
export function cheapestFirst(options: readonly RepairOption[]): RepairOption[] {
  const bytes = ({ repairs }: RepairOption) => repairs.reduce((sum, repair) => sum + repair.bytesInAll, 0);
  return options.toSorted((a, b) => bytes(a) - bytes(b));
}

/** ` What would repair it: \`all_gather(k, seq/sp)\` (12 MB to a rank, 96 MB in all).`; empty without any. */
export function wordsText(options: readonly RepairOption[], file: string, context: CheckContext): string {
  const described = options.map(({ expression, repairs }) => {
    const { before, after } = wrapping(repairs);
    const perRank = repairs.reduce((sum, repair) => sum + repair.bytesPerRank, 0);
    const inAll = repairs.reduce((sum, repair) => sum + repair.bytesInAll, 0);
    const text = `${before}${textOf(expression.span, file, context)}${after}`;
    return `\`${text}\` (${formatBytes(perRank)} to a rank, ${formatBytes(inAll)} in all)`;
  });
  return described.length === 0 ? "" : ` What would repair it: ${described.join(", or ")}.`;
}

/** One fix an option. Nothing outside the user's own files is changed. */
export function repairFixes(options: readonly RepairOption[], file: string, context: CheckContext): Fix[] {
  if (context.bound.files.get(file)?.isStandard !== false) return [];
  return options.map(({ expression, repairs }) => {
    const { start, end } = expression.span;
    const { before, after } = wrapping(repairs);
    const inAll = repairs.reduce((sum, repair) => sum + repair.bytesInAll, 0);
    return {
      title: `\`${before}${textOf(expression.span, file, context)}${after}\` (moves ${formatBytes(inAll)})`,
      edits: [
        { location: { file, span: { start, end: start } }, newText: before },
        { location: { file, span: { start: end, end } }, newText: after },
      ],
    };
  });
}
