/** The page of the timeline: draws what the extension sends, and tells it what is clicked. */
import { formatTime } from "../../../compiler/diagnostics/quantities.js";
import { colourOf } from "../../../simulator/render-support.js";
import type { Timeline } from "../../../lsp/protocol.js";
import type { FromTimeline, ToTimeline } from "../../src/timeline/messages.js";
import { connect } from "../editor.js";
import { drawTimeline, gutter, plotWidth } from "./draw.js";
import { lanesOf, type Lanes } from "./lanes.js";
import { moved, zoomed, type View } from "./view.js";

interface Shown {
  readonly timeline: Timeline;
  readonly lanes: Lanes;
  readonly colours: readonly string[];
}

const heading = document.createElement("header");
const problem = document.createElement("p");
const legend = document.createElement("nav");
const plot = document.createElement("main");
problem.setAttribute("role", "status");
document.body.append(heading, problem, legend, plot);

let shown: Shown | undefined;
let view: View = { from: 0, to: 1 };
let cursorLine: number | undefined;

const send = connect<ToTimeline, FromTimeline>((message) => {
  if (message.type === "cursor") {
    cursorLine = message.line;
    markCursor();
  } else if (message.type === "problem") problem.textContent = message.text;
  else show(message.timeline);
});
send({ type: "ready" });

function show(timeline: Timeline): void {
  problem.textContent = "";
  const span = spanOf(timeline);
  // The same schedule, edited: what was looked at stays in view.
  const isOther = shown?.timeline.schedule !== timeline.schedule || view.to > span;
  const lanes = lanesOf(timeline.bars);
  shown = { timeline, lanes, colours: lanes.series.map((_, index) => colourOf(lanes.series, index)) };
  if (isOther) view = { from: 0, to: span };
  showHeading(timeline);
  showLegend(shown);
  redraw();
}

const spanOf = ({ makespan_ns }: Timeline): number => Math.max(makespan_ns, 1);

function showHeading(timeline: Timeline): void {
  const { schedule, schedules } = timeline;
  const choice = document.createElement("select");
  choice.setAttribute("aria-label", "Schedule");
  for (const name of schedules.length > 0 ? schedules : [schedule])
    choice.append(new Option(name, name, name === schedule, name === schedule));
  choice.addEventListener("change", () => send({ type: "schedule", name: choice.value }));
  const about = document.createElement("span");
  about.className = "about";
  about.textContent = aboutText(timeline);
  heading.replaceChildren(
    choice,
    about,
    button("+", "Zoom in", () => zoom(0.5)),
    button("\u2212", "Zoom out", () => zoom(2)),
    button("Fit", "Show all of it", () => zoom(Infinity)),
  );
}

function aboutText({ layer, machine, makespan_ns, bound_ns, omitted_ranks }: Timeline): string {
  const times = `${formatTime(makespan_ns)}, bound ${formatTime(bound_ns)}`;
  const omitted = omitted_ranks > 0 ? `; ${omitted_ranks} more ranks are not drawn` : "";
  return `of ${layer} on ${machine}: ${times}${omitted}`;
}

function button(text: string, title: string, act: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.textContent = text;
  made.title = title;
  made.addEventListener("click", act);
  return made;
}

/** A button a statement: with the keyboard, too, one comes to its line. */
function showLegend({ lanes, colours }: Shown): void {
  legend.replaceChildren(
    ...lanes.series.map(({ name, range }, index) => {
      const made = button(name, "Go to its line", () => send({ type: "reveal", range }));
      made.dataset["series"] = String(index);
      made.style.setProperty("--series", colours[index]!);
      return made;
    }),
  );
}

function redraw(): void {
  if (shown === undefined) return;
  plot.replaceChildren(drawTimeline({ ...shown, view, width: Math.max(320, plot.clientWidth) }));
  markCursor();
}

/** What stands on the cursor's line is drawn as it is, all else faint; where nothing does, nothing is. */
function markCursor(): void {
  if (shown === undefined) return;
  const isOn = shown.lanes.series.map(
    ({ range }) => cursorLine !== undefined && range.start.line <= cursorLine && cursorLine <= range.end.line,
  );
  const any = isOn.some(Boolean);
  for (const marked of document.querySelectorAll<HTMLElement | SVGElement>("[data-series]")) {
    const on = isOn[Number(marked.dataset["series"])] === true;
    marked.classList.toggle("here", on);
    marked.classList.toggle("elsewhere", any && !on);
  }
}

plot.addEventListener("click", ({ target }) => {
  const series = (target as Element).closest<SVGElement>("[data-series]")?.dataset["series"];
  const found = shown?.lanes.series[Number(series ?? -1)];
  if (found !== undefined) send({ type: "reveal", range: found.range });
});

plot.addEventListener(
  "wheel",
  (event) => {
    if (shown === undefined) return;
    const perPixel = (view.to - view.from) / plotWidth(plot.clientWidth);
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      const at = view.from + (event.clientX - plot.getBoundingClientRect().left - gutter) * perPixel;
      view = zoomed(view, event.deltaY > 0 ? 1.25 : 0.8, at, spanOf(shown.timeline));
    } else if (sideways !== 0) view = moved(view, sideways * perPixel, spanOf(shown.timeline));
    else return;
    event.preventDefault();
    redraw();
  },
  { passive: false },
);

function zoom(factor: number): void {
  if (shown === undefined) return;
  view = zoomed(view, factor, (view.from + view.to) / 2, spanOf(shown.timeline));
  redraw();
}

new ResizeObserver(redraw).observe(plot);
