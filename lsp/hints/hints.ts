/** What is shown between the words of a text: each kind of hint by itself. */
import type { TypedValue } from "../../compiler/check/axis-specs.js";
import { typeText } from "../../compiler/check/type-text.js";
import { formatBytes, formatTime } from "../../compiler/diagnostics/quantities.js";
import type { LayerDecl, LayerStatement, Span } from "../../grammar/ast.js";
import type { PredictedSchedule, StatementTime } from "../background/jobs.js";
import { callsIn, statementsOfCall } from "../facts/calls.js";
import type { LayerContext } from "../facts/layer-context.js";
import { layoutWords, sizesText } from "../facts/layout.js";
import { statementFacts } from "../facts/statement-costs.js";
import { heldLines, statementLines, timeWords } from "../hover/values.js";

export type HintKind = "types" | "bytes" | "times";

export interface Hint {
  readonly kind: HintKind;
  readonly offset: number;
  readonly label: string;
  /** More about it, made when somebody asks. */
  tooltip(): readonly string[];
}

const overlaps = (a: Span, b: Span): boolean => a.start <= b.end && b.start <= a.end;

/** The type and layout of what a `let` names without saying them. */
export function typeHints(context: LayerContext, within: Span): Hint[] {
  return statementsWithin(context.node, within).flatMap((statement) =>
    statement.kind !== "LetStatement"
      ? []
      : statement.targets.flatMap(({ name, type: written }): Hint[] => {
          const type = written ? undefined : context.outcome.types.get(name.span);
          if (type === undefined) return [];
          const label = `: ${typeText(type, context.mesh)}`;
          return [{ kind: "types", offset: name.span.end, label, tooltip: () => typeLines(type, context) }];
        }),
  );
}

function typeLines(type: TypedValue, context: LayerContext): string[] {
  const layout = layoutWords(type, context.mesh);
  return [sizesText(type.axes) + (layout === "" ? "" : `, ${layout}`), ...heldLines(type, context)];
}

/** The bytes that words move, after the word, or after the call of the layer that they stand in. */
export function byteHints(context: LayerContext, within: Span): Hint[] {
  return callsIn(context.node).flatMap((call): Hint[] => {
    if (!overlaps(call.callee.span, within)) return [];
    const statements = statementsOfCall(context, call).filter(({ kind }) => kind === "word");
    const facts = statements.flatMap((statement) => statementFacts(statement, context) ?? []);
    const bytes = facts.reduce((sum, one) => sum + (one.kind === "word" ? one.bytesInAll : 0), 0);
    if (bytes === 0) return [];
    return [
      {
        ...{ kind: "bytes", offset: call.callee.span.end, label: `: ${formatBytes(bytes)}` },
        tooltip: () => statements.flatMap((statement) => statementLines(statement, context, statements.length > 1)),
      },
    ];
  });
}

/** When statements run, as predicted of one schedule: from the first task of any rank to the last. */
export function timeHints(
  context: LayerContext,
  within: Span,
  schedule: string,
  { statements: times }: PredictedSchedule,
): Hint[] {
  const byValue = new Map(times.map((time) => [time.value, time]));
  return statementsWithin(context.node, within).flatMap((statement): Hint[] => {
    const own = valuesOf(statement, context).flatMap((value) => byValue.get(value) ?? []);
    if (own.length === 0) return [];
    const start = Math.min(...own.map(({ start_ns }) => start_ns));
    const end = Math.max(...own.map(({ end_ns }) => end_ns));
    return [
      {
        ...{ kind: "times", offset: statement.span.end, label: formatTime(end - start) },
        tooltip: () => [`predicted of schedule \`${schedule}\``, ...own.map((time: StatementTime) => timeWords(time))],
      },
    ];
  });
}

/** The values that a statement of the text makes: what it names, and what is made on the way. */
function valuesOf(statement: LayerStatement, { node, layer }: LayerContext): string[] {
  if (layer === undefined) return [];
  const names =
    statement.kind === "LetStatement"
      ? statement.targets.map(({ name }) => name.segments.map((segment) => segment.name.text).join("."))
      : statement.kind === "ReturnStatement"
        ? returnedNames(statement.values, node)
        : [];
  const made = names.flatMap((name) => layer.names.get(name)?.statements ?? []);
  return [...new Set(made)].map((index) => layer.ir.values[layer.ir.statements[index]!.result]!.name);
}

/** The results that are computed where they are returned; a name alone was computed before. */
function returnedNames(values: readonly { readonly kind: string }[], { results }: LayerDecl): string[] {
  const names = results.flatMap((result) => result.names.map(({ text }) => text));
  return names.filter((_, index) => values[index] !== undefined && values[index].kind !== "NameExpr");
}

function statementsWithin({ body }: LayerDecl, within: Span): readonly LayerStatement[] {
  return body
    .flatMap((statement) => (statement.kind === "WhenStatement" ? statement.body : [statement]))
    .filter(({ span }) => overlaps(span, within));
}
