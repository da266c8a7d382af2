import { createLineMap } from "../compiler/diagnostics/line-map.js";
import type { LineMap } from "../compiler/diagnostics/line-map.js";
import type { Location } from "../compiler/diagnostics/types.js";

/** Line and column of a place, both from 1; undefined where its text is not at hand. */
export type PositionOf = (location: Location) => { readonly line: number; readonly column: number } | undefined;

/** Each text is split into lines once, when first asked for. */
export function positionsIn(sources: ReadonlyMap<string, string>): PositionOf {
  const maps = new Map<string, LineMap>();
  return ({ file, span }) => {
    const text = sources.get(file);
    if (text === undefined) return undefined;
    let map = maps.get(file);
    if (map === undefined) maps.set(file, (map = createLineMap(text)));
    return map.positionAt(span.start);
  };
}
