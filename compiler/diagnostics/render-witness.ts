/**
 * A witness for a terminal: ranks side by side, steps downward, an arrow for what one rank sends another, and below it the
 * steps in words:
 *
 *          rank 2    rank 3
 *            |         |
 *       1    o-------->|       waits for 3
 *       2    |         *       waits for 1
 */
import { printable } from "./excerpt.js";
import type { Location, Witness, WitnessStep } from "./types.js";
import { shownSteps, stepInWords } from "./witness.js";

/** Ranks that have a column; the rest is counted. */
const shownRanks = 8;
const narrowestColumn = 9;
const margin = 6;

export interface WitnessInk {
  /** `a.stretto:3:14`. */
  place(location: Location): string;
  /** With an ANSI colour, where there is any. */
  paint(colour: number, text: string): string;
}

const titles: Readonly<Record<Witness["kind"], string>> = {
  cycle: "Each of these steps waits for another one of them, so that none ever begins:",
  interleaving: "Nothing forbids this order:",
  "lost contribution": "Where it goes, step by step:",
  "doubled contribution": "The ways it comes in, step by step:",
  missing: "Step by step:",
};

export function witnessLines(witness: Witness, ink: WitnessInk): string[] {
  const steps = witness.steps.slice(0, shownSteps);
  const ranks = ranksOf(steps);
  const columns = ranks.slice(0, shownRanks).toSorted((a, b) => a - b);
  const left = witness.steps.length - steps.length;
  const words = steps.map(
    (step, index) =>
      `${String(index + 1).padStart(4)}. ${printable(stepInWords(step))}  ${ink.paint(2, ink.place(step.location))}`,
  );
  return [
    `  ${titles[witness.kind]}`,
    "",
    ...pictureLines(witness, steps, columns).map((line) => (line === "" ? line : ink.paint(36, line))),
    "",
    ...words,
    ...(left > 0 ? [`      and ${left} more ${left === 1 ? "step" : "steps"}`] : []),
    ...restOfRanks(witness.rankCount, ranksOf(witness.steps).length, columns.length),
  ];
}

/** Those that take part in steps, in order of their first. */
function ranksOf(steps: readonly WitnessStep[]): number[] {
  return [...new Set(steps.flatMap(({ rank, target }) => (target === undefined ? [rank] : [rank, target])))];
}

function restOfRanks(all: number, taking: number, drawn: number): string[] {
  const idle = all - taking;
  const rest = [
    ...(taking > drawn ? [`${taking - drawn} more take part`] : []),
    ...(idle > 0 ? [`${idle} of ${all} ranks ${idle === 1 ? "takes" : "take"} no part`] : []),
  ];
  return rest.length === 0 ? [] : [`      ${rest.join("; ")}`];
}

function pictureLines({ kind }: Witness, steps: readonly WitnessStep[], columns: readonly number[]): string[] {
  const names = columns.map((rank) => `rank ${rank}`);
  const width = Math.max(narrowestColumn, ...names.map((name) => name.length + 2));
  const middle = (column: number): number => margin + column * width + Math.floor(width / 2);
  const blank = (): string[] => Array.from({ length: margin + columns.length * width }, () => " ");
  const write = (row: string[], at: number, text: string): void => {
    for (let i = 0; i < text.length; i++) row[at + i] = text[i]!;
  };
  const lanes = (): string[] => {
    const row = blank();
    columns.forEach((_, column) => write(row, middle(column), "|"));
    return row;
  };

  const heading = blank();
  names.forEach((name, column) => write(heading, middle(column) - Math.floor(name.length / 2), name));
  const rows = steps.map((step, index) => {
    const row = lanes();
    write(row, 0, String(index + 1).padStart(4));
    const from = columns.indexOf(step.rank);
    const to = step.target === undefined ? from : columns.indexOf(step.target);
    if (from >= 0 && to >= 0) drawStep(row, middle(from), middle(to));
    else if (from >= 0 || to >= 0) write(row, middle(Math.max(from, to)), "*");
    return row.join("") + remarkOf(kind, step, from, to);
  });
  return [heading, lanes(), ...rows.map((row) => [row])].map((row) => row.join("").trimEnd());
}

function drawStep(row: string[], from: number, to: number): void {
  if (from === to) {
    row[from] = "*";
    return;
  }
  const step = Math.sign(to - from);
  for (let at = from + step; at !== to; at += step) row[at] = "-";
  row[from] = "o";
  row[to - step] = step > 0 ? ">" : "<";
}

function remarkOf(kind: Witness["kind"], { rank, target, after }: WitnessStep, from: number, to: number): string {
  const hidden = [
    ...(from < 0 ? [`from rank ${rank}`] : []),
    ...(to < 0 && target !== undefined ? [`to rank ${target}`] : []),
  ];
  const numbers = (after ?? []).map((index) => index + 1).join(", ");
  const waits = numbers === "" ? [] : [kind === "cycle" ? `waits for ${numbers}` : `after ${numbers}`];
  return [...hidden, ...waits].join(", ");
}
