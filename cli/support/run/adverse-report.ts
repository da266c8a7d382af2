/** What many orders came to: for people, and as JSON. */
import { formatCount, formatError } from "../../../compiler/diagnostics/quantities.js";
import { coloursFor } from "../colours.js";
import type { LoadedProgram } from "../../../evidence/load.js";
import { rankCounts } from "../places.js";
import type { Session } from "../session.js";
import { formatTable } from "../../../evidence/table.js";
import type { AdverseOptions, AdverseRan } from "./adverse.js";

/** One object; of `all`, one with a list of results. */
export function adverseJson(
  file: string,
  { all, adversarySeed }: AdverseOptions & { readonly all?: boolean },
  ran: readonly AdverseRan[],
): string {
  const results = ran.map(({ planned, maxError, tolerance, orders, identical }) => ({
    schedule: planned.schedule.name,
    layer: planned.layer.name,
    device: "cpu",
    ranks: planned.program.mesh.rankCount,
    tasks: planned.graph.taskCount,
    max_error: maxError ?? null,
    tolerance,
    orders,
    first_seed: adversarySeed,
    identical_orders: identical,
  }));
  return `${JSON.stringify(all ? { file, results } : { file, ...results[0] })}\n`;
}

export function adverseText(
  session: Session,
  { file, program }: LoadedProgram,
  { adversary, adversarySeed }: AdverseOptions,
  ran: readonly AdverseRan[],
): string {
  const colours = coloursFor(session, session.output);
  const columns = ["schedule", "layer", "tasks", "error", "tolerance", "orders", "of the same bits"].map((title, i) => {
    return { title, align: i < 2 ? ("left" as const) : ("right" as const) };
  });
  const rows = ran.map(({ planned, maxError, tolerance, orders, identical }) => [
    planned.schedule.name,
    planned.layer.name,
    formatCount(planned.graph.taskCount),
    maxError === undefined ? "-" : formatError(maxError),
    formatError(tolerance),
    formatCount(orders),
    formatCount(identical),
  ]);
  const ranks = rankCounts(ran.map(({ planned }) => planned));
  const seeds =
    adversary === 1 ? `seed ${adversarySeed}` : `seeds ${adversarySeed} to ${adversarySeed + adversary - 1}`;
  const sizes = [...program.params].map(([name, value]) => `${name} ${formatCount(value)}`).join(", ");
  return [
    `${colours.bold(`${file}: ${ranks}, in the planned order and in others, of ${seeds}`)}\n`,
    colours.dim(`${sizes}\n`),
    `\n${formatTable(columns, rows, colours)}`,
    `\n${verdict(ran, colours)}\n`,
  ].join("");
}

function verdict(ran: readonly AdverseRan[], colours: ReturnType<typeof coloursFor>): string {
  if (ran.some(({ orders, identical }) => identical < orders))
    return colours.red("An order comes to other bits than the planned one.");
  const same = "Every order comes to the same bits";
  if (ran.some(({ problems }) => problems.length > 0))
    return colours.red(`${same}, and a result is not the whole layer's.`);
  if (ran.some(({ maxError }) => maxError === undefined)) return colours.green(`${same}. They were not compared.`);
  return colours.green(`${same}: the whole layer's, within its tolerance.`);
}
