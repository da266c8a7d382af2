import { element } from "../svg.js";
import type { Lane, Lanes, Piece } from "./lanes.js";
import { ticksWithin } from "./ticks.js";
import type { View } from "./view.js";

export const gutter = 132;
const right = 12;
const axisHeight = 22;
const rowHeight = { computing: 18, communicating: 12 };
const laneGap = 2;
const rankGap = 8;

export interface Drawing {
  readonly lanes: Lanes;
  readonly colours: readonly string[];
  readonly view: View;
  /** Pixels. */
  readonly width: number;
}

export function plotWidth(width: number): number {
  return Math.max(50, width - gutter - right);
}

/** The whole picture: an axis, and a path for each statement in each row, which knows its series. */
export function drawTimeline({ lanes, colours, view, width }: Drawing): SVGSVGElement {
  const svg = element("svg", { class: "timeline", width, role: "img", "aria-label": "Timeline" });
  const x = (time: number): number => gutter + ((time - view.from) / (view.to - view.from)) * plotWidth(width);
  const axis = svg.appendChild(element("g", { class: "axis" }));
  let y = axisHeight;
  let rank = -1;
  for (const lane of lanes.lanes) {
    if (lane.rank !== rank) {
      if (rank !== -1) y += rankGap;
      rank = lane.rank;
      svg.append(element("text", { class: "rank", x: 8, y: y + 12 }, `rank ${rank}`));
    }
    y = drawLane(svg, lane, { lanes, colours, view, width }, x, y) + laneGap;
  }
  for (const { time, label } of ticksWithin(view)) {
    axis.append(
      element("path", { d: `M${round(x(time))} ${axisHeight - 4}V${y}` }),
      element("text", { x: round(x(time)), y: 12, "text-anchor": "middle" }, label),
    );
  }
  svg.setAttribute("height", String(y + 8));
  return svg;
}

function drawLane(svg: SVGSVGElement, lane: Lane, drawing: Drawing, x: (time: number) => number, top: number): number {
  const height = lane.communicates ? rowHeight.communicating : rowHeight.computing;
  const bottom = top + lane.rows.length * height;
  const room = { x: gutter, y: top, width: plotWidth(drawing.width), height: bottom - top };
  svg.append(
    element("rect", { class: "lane", ...room }),
    element("text", { class: "engine", x: gutter - 8, y: top + height / 2 + 4, "text-anchor": "end" }, lane.engine),
  );
  for (const [index, row] of lane.rows.entries()) {
    for (const piece of row.pieces) {
      const d = barsPath(
        piece,
        drawing.view,
        x,
        top + index * height + 1,
        height - 2,
        gutter + plotWidth(drawing.width),
      );
      if (d === "") continue;
      const { name } = drawing.lanes.series[piece.series]!;
      const label = barLabel(piece, name, drawing, x, top + index * height + height / 2 + 4);
      const bar = element("path", {
        class: "bar",
        d,
        fill: drawing.colours[piece.series]!,
        "data-series": piece.series,
      });
      bar.append(element("title", {}, `${name} on ${lane.engine} of rank ${lane.rank}`));
      svg.append(bar, ...label);
    }
  }
  return bottom;
}

/** The name of a statement on its longest bar, where there is room for it. */
function barLabel(
  { series, times }: Piece,
  name: string,
  { view, width }: Drawing,
  x: (time: number) => number,
  y: number,
): SVGTextElement[] {
  let longest = { from: 0, to: 0 };
  for (let index = 0; index < times.length; index += 2) {
    const from = Math.max(gutter, x(Math.max(view.from, times[index]!)));
    const to = Math.min(gutter + plotWidth(width), x(Math.min(view.to, times[index + 1]!)));
    if (to - from > longest.to - longest.from) longest = { from, to };
  }
  if (longest.to - longest.from < name.length * 7 + 8) return [];
  const middle = round((longest.from + longest.to) / 2);
  return [element("text", { class: "name", x: middle, y, "text-anchor": "middle", "data-series": series }, name)];
}

/** Bars closer than half a pixel are drawn as one, and none narrower than that. */
function barsPath(
  { times }: Piece,
  view: View,
  x: (time: number) => number,
  top: number,
  height: number,
  rightmost: number,
): string {
  let path = "";
  for (let index = 0; index < times.length;) {
    const begin = times[index]!;
    if (begin >= view.to) break;
    let end = x(times[index + 1]!);
    index += 2;
    while (index < times.length && x(times[index]!) - end < 0.5) {
      end = x(times[index + 1]!);
      index += 2;
    }
    if (end <= gutter) continue;
    const left = Math.max(gutter, x(begin));
    path += `M${round(left)} ${top}H${round(Math.min(rightmost, Math.max(end, left + 0.5)))}v${height}H${round(left)}z`;
  }
  return path;
}

const round = (value: number): number => Math.round(value * 100) / 100;
