import type { TaskGraph } from "../compiler/graph/task-graph.js";
import { drawPicture } from "./picture.js";
import type { Picture, RankPicture, Row } from "./picture.js";
import { formatTime } from "../compiler/diagnostics/quantities.js";
import { colourOf, escapeText, ticksOf } from "./render-support.js";
import type { TimelineSummary } from "./summary.js";
import type { Timeline } from "./timeline.js";

/** One schedule to be drawn. */
export interface TimelineEntry {
  readonly title: string;
  readonly graph: TaskGraph;
  readonly timeline: Timeline;
  readonly result: TimelineSummary & LowerBound;
}

/** Of a prediction; what is measured has none. */
interface LowerBound {
  readonly bound_ns?: number;
  readonly bound_by?: string;
}

const fullWidth = 1360;
const gutter = 168;
const right = 24;
const boundStroke = `stroke="var(--bound)" stroke-dasharray="4 3" stroke-width="1.5"`;
const rowHeight = { compute: 36, communication: 20 };
const exposedHeight = 5;

export interface PictureOptions {
  /** So many ranks of each schedule are drawn at most: the first, and the slowest. */
  readonly ranks?: number;
  /** Pixels; 1360 if absent. */
  readonly width?: number;
  /** Each compute task has its rank's device alone, as where a run was measured, and is drawn as high as the row. */
  readonly wholeDevice?: boolean;
}

/** Colours that follow the reader's choice of light or dark; bars have the same in both. */
const style = `
  .stretto { --paper: #ffffff; --ink: #1f2328; --faint: #6b7280; --rule: #e5e7eb; --lane: #f5f6f8; --exposed: #d1242f; --bound: #1f2328; font: 12px/1.3 system-ui, sans-serif; }
  @media (prefers-color-scheme: dark) { .stretto { --paper: #14171c; --ink: #e6e8eb; --faint: #9aa3ae; --rule: #2b3038; --lane: #1d2128; --exposed: #ff6b70; --bound: #f0f2f4; } }
  .stretto text { fill: var(--ink); } .stretto .faint { fill: var(--faint); } .stretto .name { fill: #fff; font-weight: 600; pointer-events: none; paint-order: stroke; stroke: #0005; stroke-width: 2px; }
  .stretto .title { font-size: 15px; font-weight: 600; }
`;

/**
 * Timelines as one picture, one below the other over the same axis: ranks and their engines, an area a statement as high
 * as the slots that it holds, red below a rank where its communication is exposed, a dashed line at the lower bound.
 * Its size is bounded whatever that of the graphs.
 */
export function renderSvg(entries: readonly TimelineEntry[], options: PictureOptions = {}): string {
  const { width = fullWidth } = options;
  const span = spanOf(entries);
  const blocks: string[] = [];
  let top = 12;
  for (const entry of entries) {
    const block = drawEntry(entry, span, top, options);
    blocks.push(block.text);
    top = block.bottom + 24;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="stretto" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img" aria-label="Timeline">`,
    `<style>${style}</style>`,
    `<rect width="100%" height="100%" fill="var(--paper)"/>`,
    ...blocks,
    `</svg>\n`,
  ].join("\n");
}

/** Length of an axis for all of them. */
export function spanOf(entries: readonly TimelineEntry[]): number {
  return Math.max(1e-9, ...entries.map(({ timeline }) => timeline.makespanNs));
}

function drawEntry(
  entry: TimelineEntry,
  span: number,
  top: number,
  { ranks, width = fullWidth, wholeDevice }: PictureOptions,
): { text: string; bottom: number } {
  const { result } = entry;
  const drawing = { ...(ranks !== undefined && { ranks }), ...(wholeDevice && { wholeDevice }) };
  const picture = drawPicture(entry.graph, entry.timeline, span, result.slowest_rank, drawing);
  const x = (time: number): number => gutter + (time / span) * (width - gutter - right);
  const bound = result.bound_ns === undefined ? "" : `, bound ${formatTime(result.bound_ns)} (${result.bound_by})`;
  const summary = `${formatTime(result.makespan_ns)}${bound}, ${(result.hidden * 100).toFixed(1)} % of communication hidden`;
  const parts = [
    `<text class="title" x="16" y="${top + 14}">${escapeText(entry.title)}<tspan class="faint" font-size="12" font-weight="400" dx="10">${escapeText(summary)}</tspan></text>`,
  ];
  const legend = drawLegend(picture, width, top + 26, result.bound_ns !== undefined);
  parts.push(legend.text);
  const plotTop = legend.bottom + 22;
  let y = plotTop;
  const rows: string[] = [];
  for (const rank of picture.ranks) {
    const drawn = drawRank(rank, picture, x, y, width - gutter - right);
    rows.push(drawn.text);
    y = drawn.bottom + 8;
  }
  if (picture.omittedRanks > 0) {
    rows.push(`<text class="faint" x="16" y="${y + 10}">${picture.omittedRanks} more ranks are not drawn</text>`);
    y += 18;
  }
  parts.push(drawAxis(span, x, plotTop, y), ...rows, drawBound(result, x, plotTop, y));
  return { text: parts.join("\n"), bottom: y };
}

function drawLegend(picture: Picture, width: number, top: number, hasBound: boolean): { text: string; bottom: number } {
  const shown = new Set(picture.ranks.flatMap(({ rows }) => rows.flatMap(({ areas }) => areas.map((a) => a.series))));
  const labels = [...shown].toSorted((a, b) => a - b).slice(0, 24);
  const items: string[] = [];
  let left = gutter;
  let y = top;
  const place = (name: string, mark: (x: number, y: number) => string): void => {
    const advance = 26 + name.length * 6.6;
    if (left + advance > width - 16) {
      left = gutter;
      y += 18;
    }
    items.push(mark(round(left), y));
    items.push(`<text x="${round(left + 17)}" y="${y + 10}">${escapeText(name)}</text>`);
    left += advance;
  };
  const box = (fill: string) => (x: number, y: number) =>
    `<rect x="${x}" y="${y}" width="12" height="12" rx="2" fill="${fill}"/>`;
  for (const series of labels) place(picture.series[series]!.name, box(colourOf(picture.series, series)));
  place("exposed communication", box("var(--exposed)"));
  if (hasBound) place("lower bound", (x, y) => `<path d="M${x + 6} ${y - 1}v14" ${boundStroke}/>`);
  return { text: items.join(""), bottom: y + 12 };
}

function drawRank(
  rank: RankPicture,
  picture: Picture,
  x: (time: number) => number,
  top: number,
  plotWidth: number,
): { text: string; bottom: number } {
  const parts = [`<text x="16" y="${top + 14}" font-weight="600">rank ${rank.rank}</text>`];
  let y = top;
  for (const row of rank.rows) {
    const height = row.communicates ? rowHeight.communication : rowHeight.compute;
    parts.push(
      `<rect x="${gutter}" y="${y}" width="${plotWidth}" height="${height}" fill="var(--lane)"/>`,
      `<text class="faint" x="${gutter - 8}" y="${y + height / 2 + 4}" text-anchor="end">${escapeText(row.name)}</text>`,
      drawAreas(row, rank.rank, picture, x, y, height),
    );
    y += height + 2;
  }
  parts.push(`<path fill="var(--exposed)" d="${exposedPath(rank.exposed, x, y)}"><title>exposed</title></path>`);
  return { text: parts.join("\n"), bottom: y + exposedHeight };
}

/** Areas stacked from the bottom; neighbours of the same height are one, and the widest bears the name. */
function drawAreas(
  row: Row,
  rank: number,
  picture: Picture,
  x: (time: number) => number,
  top: number,
  height: number,
): string {
  const cells = row.breaks.length - 1;
  const floor = new Float64Array(Math.max(0, cells));
  const parts: string[] = [];
  const names: string[] = [];
  for (const area of row.areas) {
    const series = picture.series[area.series]!;
    let path = "";
    let [widest, middle] = [0, 0];
    for (let cell = 0; cell < cells;) {
      const [low, high] = [quarter(floor[cell]! * height), quarter((floor[cell]! + area.share[cell]!) * height)];
      let end = cell;
      while (
        end < cells &&
        quarter(floor[end]! * height) === low &&
        quarter((floor[end]! + area.share[end]!) * height) === high
      ) {
        floor[end]! += area.share[end]!;
        end++;
      }
      const [left, right] = [x(row.breaks[cell]!), x(row.breaks[end]!)];
      if (high > low) {
        path += `M${round(left)} ${round(top + height - high)}H${round(right)}V${round(top + height - low)}H${round(left)}z`;
        if (right - left > widest && high - low >= height / 2) {
          [widest, middle] = [right - left, (left + right) / 2];
        }
      }
      cell = end;
    }
    const about = `${series.name} on ${row.name} of rank ${rank}: ${area.tasks} tasks`;
    parts.push(
      `<path fill="${colourOf(picture.series, area.series)}" d="${path}"><title>${escapeText(about)}</title></path>`,
    );
    if (widest > series.name.length * 7.5 + 6) {
      names.push(
        `<text class="name" x="${round(middle)}" y="${round(top + height / 2 + 4)}" text-anchor="middle">${escapeText(series.name)}</text>`,
      );
    }
  }
  return [...parts, ...names].join("\n");
}

/** Intervals closer than half a pixel are drawn as one, and none narrower than that. */
function exposedPath(exposed: Float64Array, x: (time: number) => number, y: number): string {
  let path = "";
  for (let index = 0; index < exposed.length;) {
    const left = x(exposed[index]!);
    let right = x(exposed[index + 1]!);
    index += 2;
    while (index < exposed.length && x(exposed[index]!) - right < 0.5) {
      right = x(exposed[index + 1]!);
      index += 2;
    }
    path += `M${round(left)} ${y}H${round(Math.max(right, left + 0.5))}v${exposedHeight}H${round(left)}z`;
  }
  return path;
}

function drawAxis(span: number, x: (time: number) => number, top: number, bottom: number): string {
  return ticksOf(span)
    .map(
      ({ time, label }) =>
        `<path d="M${round(x(time))} ${top - 4}V${bottom}" stroke="var(--rule)"/><text class="faint" x="${round(x(time))}" y="${top - 8}" text-anchor="middle">${label}</text>`,
    )
    .join("\n");
}

function drawBound(result: TimelineEntry["result"], x: (time: number) => number, top: number, bottom: number): string {
  const end = `<path d="M${round(x(result.makespan_ns))} ${top - 4}V${bottom}" stroke="var(--bound)" stroke-width="1"><title>end</title></path>`;
  if (result.bound_ns === undefined) return end;
  const about = `lower bound ${formatTime(result.bound_ns)}, set by ${result.bound_by}`;
  return (
    `<path d="M${round(x(result.bound_ns))} ${top - 4}V${bottom}" ${boundStroke}><title>${escapeText(about)}</title></path>` +
    end
  );
}

const quarter = (value: number): number => Math.round(value * 4) / 4;
const round = (value: number): number => Math.round(value * 100) / 100;
