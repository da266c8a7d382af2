import type { LineRange, TimelineBar } from "../../../lsp/protocol.js";

/** One statement, on whatever ranks it runs. */
export interface Series {
  readonly name: string;
  readonly communicates: boolean;
  readonly range: LineRange;
}

/** What is drawn on one line: bars that do not overlap. */
export interface Row {
  readonly pieces: readonly Piece[];
}
/** The bars of one statement in a row: `start, end` pairs in nanoseconds, ascending. */
export interface Piece {
  /** Index into the series. */
  readonly series: number;
  readonly times: Float64Array;
}

/** An engine of a rank. */
export interface Lane {
  readonly rank: number;
  readonly engine: string;
  readonly communicates: boolean;
  readonly rows: readonly Row[];
}

export interface Lanes {
  readonly series: readonly Series[];
  readonly lanes: readonly Lane[];
}

/** Bars as lanes: engines of ranks in order of appearance, in each as many rows as statements are at work at once. */
export function lanesOf(bars: readonly TimelineBar[]): Lanes {
  const series: Series[] = [];
  const numbers = new Map<string, number>();
  const lanes = new Map<string, { first: TimelineBar; bars: Map<number, TimelineBar[]> }>();
  for (const bar of bars) {
    const known = `${bar.name} ${bar.range.start.line}`;
    const number = numbers.get(known) ?? series.push(bar) - 1;
    numbers.set(known, number);
    const key = `${bar.rank} ${bar.engine}`;
    const lane = lanes.get(key) ?? { first: bar, bars: new Map<number, TimelineBar[]>() };
    lanes.set(key, lane);
    const own = lane.bars.get(number) ?? [];
    lane.bars.set(number, own);
    own.push(bar);
  }
  const found = [...lanes.values()].map(({ first, bars: of }) => ({
    rank: first.rank,
    engine: first.engine,
    communicates: [...of.keys()].every((number) => series[number]!.communicates),
    rows: rowsOf([...of].map(([number, own]) => ({ series: number, times: joined(own) }))),
  }));
  return {
    series: series.map(({ name, communicates, range }) => ({ name, communicates, range })),
    lanes: found.sort((a, b) => a.rank - b.rank),
  };
}

/** Bars of one statement that touch or overlap are one. */
function joined(bars: readonly TimelineBar[]): Float64Array {
  const times: number[] = [];
  for (const { start_ns, end_ns } of [...bars].sort((a, b) => a.start_ns - b.start_ns)) {
    if (times.length > 0 && start_ns <= times.at(-1)!) times[times.length - 1] = Math.max(times.at(-1)!, end_ns);
    else times.push(start_ns, end_ns);
  }
  return Float64Array.from(times);
}

/** Each statement is in the first row that has room for all of it. */
function rowsOf(pieces: readonly Piece[]): Row[] {
  const rows: Piece[][] = [];
  for (const piece of [...pieces].sort((a, b) => a.times[0]! - b.times[0]!)) {
    const free = rows.find((row) => row.every((other) => !overlap(other.times, piece.times)));
    if (free === undefined) rows.push([piece]);
    else free.push(piece);
  }
  return rows.map((row) => ({ pieces: row }));
}

function overlap(a: Float64Array, b: Float64Array): boolean {
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    if (a[i + 1]! <= b[j]!) i += 2;
    else if (b[j + 1]! <= a[i]!) j += 2;
    else return true;
  }
  return false;
}
