import { typeText } from "../../compiler/check/type-text.js";
import { formatBytes, formatCount, formatTime } from "../../compiler/diagnostics/quantities.js";
import type { StatementIR } from "../../compiler/check/ir.js";
import { heldBytes, layoutWords, sizesText } from "../facts/layout.js";
import type { LayerContext } from "../facts/layer-context.js";
import { statementFacts, type Roof, type StatementFacts } from "../facts/statement-costs.js";
import type { ValueAt } from "../facts/value-at.js";
import type { StatementTime } from "../background/jobs.js";

/** @param timeOf what is predicted of a statement, if it is known, by the value that it makes */
export function valueText(
  { context, name, type, statements }: ValueAt,
  timeOf: (value: string) => StatementTime | undefined,
): { readonly code: string; readonly facts: readonly string[] } {
  if (type === undefined) return { code: name, facts: [] };
  const layout = layoutWords(type, context.mesh);
  const facts = [
    `${sizesText(type.axes)} of \`${type.dtype}\`${layout === "" ? "" : `, ${layout}`}`,
    ...heldLines(type, context),
    ...statements.flatMap((statement) => statementLines(statement, context, statements.length > 1)),
    ...statements.flatMap((statement) => timeLines(statement, context, timeOf)),
  ];
  return { code: `${name}: ${typeText(type, context.mesh)}`, facts };
}

export function heldLines(type: NonNullable<ValueAt["type"]>, context: LayerContext): string[] {
  const bytes = heldBytes(type, context);
  if (bytes === undefined) return [];
  if (bytes.most === bytes.least) return [`${formatBytes(bytes.most)} on each rank, ${formatBytes(bytes.all)} in all`];
  return [`${formatBytes(bytes.most)} on rank ${bytes.rank}, which has most, ${formatBytes(bytes.all)} in all`];
}

export function statementLines(statement: StatementIR, context: LayerContext, isNamed: boolean): string[] {
  const facts = statementFacts(statement, context);
  if (facts === undefined) return [];
  const name = isNamed ? `\`${context.layer!.ir.values[statement.result]!.name}\`: ` : "";
  return [name + (facts.kind === "op" ? opWords(facts) : wordWords(facts))];
}

function opWords({ rank, flops, bytesRead, bytesWritten, roofs }: Extract<StatementFacts, { kind: "op" }>): string {
  const bytes = bytesRead + bytesWritten;
  const intensity = bytes > 0 && flops > 0 ? `, ${formatIntensity(flops / bytes)}` : "";
  return (
    `${formatFlops(flops)} on rank ${rank}, ${formatBytes(bytesRead)} read, ` +
    `${formatBytes(bytesWritten)} written${intensity}; ${roofWords(roofs)}`
  );
}

function wordWords({ word, bytesInAll, bytesPerRank, roofs }: Extract<StatementFacts, { kind: "word" }>): string {
  if (bytesInAll === 0) return `\`${word}\` moves nothing`;
  const moved = `\`${word}\` moves ${formatBytes(bytesInAll)}, at most ${formatBytes(bytesPerRank)} to one rank`;
  return `${moved}; ${roofWords(roofs)}`;
}

/** `bound by compute: at least 1.2 ms, memory 0.3 ms`. */
function roofWords([first, ...rest]: readonly Roof[]): string {
  const others = rest.map(({ of, ns }) => `, ${of} ${formatTime(ns)}`).join("");
  return `bound by ${first!.of}: ${formatTime(first!.ns)} at its peak${others}`;
}

function timeLines(
  { result }: StatementIR,
  { layer }: LayerContext,
  timeOf: (value: string) => StatementTime | undefined,
): string[] {
  const time = timeOf(layer!.ir.values[result]!.name);
  return time === undefined ? [] : [`predicted: ${timeWords(time)}`];
}

export function timeWords({ value, start_ns, end_ns, longest_ns, rank }: StatementTime): string {
  const over = `from ${formatTime(start_ns)} to ${formatTime(end_ns)} over all ranks`;
  return `\`${value}\` takes ${formatTime(longest_ns)} on rank ${rank}, ${over}`;
}

function formatFlops(flops: number): string {
  const units = ["FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"];
  let unit = 0;
  let scaled = flops;
  while (scaled >= 999.95 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return unit === 0 ? `${formatCount(scaled)} FLOP` : `${scaled.toPrecision(3)} ${units[unit]}`;
}

function formatIntensity(flopsPerByte: number): string {
  return `${flopsPerByte >= 100 ? flopsPerByte.toFixed(0) : flopsPerByte.toPrecision(2)} FLOP a byte`;
}
