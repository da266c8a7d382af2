import { emitTrace } from "../../compiler/emit/trace.js";
import { renderHtml } from "../../simulator/render-html.js";
import type { PredictedEntry } from "../../simulator/render-html.js";
import { renderSvg } from "../../simulator/render-svg.js";
import type { LoadedProgram } from "../../evidence/load.js";
import { placesText } from "./places.js";
import type { Prediction } from "../../evidence/predict.js";
import { positionsIn } from "../../evidence/source-places.js";

/** How the name of a file of timelines may end. */
export const timelineForms = [".html", ".svg", ".json"] as const;

/** A file to be written. */
export interface TimelineFile {
  readonly path: string;
  readonly chunks: Iterable<string>;
}

/**
 * A page or a picture holds all schedules over one axis. Chrome trace JSON holds one: of several, each has a file of its
 * own, `out.comet.json` for `out.json`.
 */
export function timelineFiles(
  path: string,
  { file, sources }: LoadedProgram,
  predictions: readonly Prediction[],
): TimelineFile[] {
  if (path.endsWith(".json")) {
    const stem = path.slice(0, -".json".length);
    return predictions.map(({ planned, timeline }) => ({
      path: predictions.length === 1 ? path : `${stem}.${planned.schedule.name}.json`,
      chunks: emitTrace(planned.graph, timeline, { positionOf: positionsIn(sources) }),
    }));
  }
  const entries = predictions.map(({ planned, timeline, result }): PredictedEntry => ({
    title: planned.schedule.name,
    graph: planned.graph,
    timeline,
    result,
  }));
  if (path.endsWith(".svg")) return [{ path, chunks: [renderSvg(entries)] }];
  const heading = `${file}: ${placesText(predictions.map(({ planned }) => planned))}`;
  return [{ path, chunks: [renderHtml(heading, entries)] }];
}
