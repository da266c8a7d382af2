/** Which tile suits a task: the one by which it is estimated to end first. */
import type { DeviceTraits } from "../traits.js";
import { edgeRows } from "./generate.js";
import { sharedBytes } from "./shared.js";
import type { ContractionTile } from "./variant.js";

/** `groups`: fours of columns; `work`: products in all. */
export function chooseTile(
  traits: DeviceTraits,
  { rows, groups, work }: { readonly rows: number; readonly groups: number; readonly work: number },
): ContractionTile {
  const possible = traits.tiles.filter(({ tile }) => isPossible(tile, traits));
  const small =
    work < traits.worthwhile.contraction ? possible.filter(({ tile }) => tile.rows * tile.fours <= 8) : possible;
  const candidates = small.length > 0 ? small : possible;
  let best = candidates[0]!;
  let shortest = Infinity;
  for (const candidate of candidates) {
    const time = relativeTime(candidate.tile, rows, groups, traits.busyInvocations) / candidate.rate;
    if (time < shortest) [best, shortest] = [candidate, time];
  }
  return best.tile;
}

/** Whether an adapter has what a tile takes. */
export function isPossible(tile: ContractionTile, traits: DeviceTraits): boolean {
  if (tile.across * tile.down > traits.workgroupInvocations) return false;
  if (tile.by === "subgroups") return tile.lanes === traits.subgroupLanes;
  return tile.by !== "workgroup" || sharedBytes(tile) <= traits.workgroupBytes;
}

/**
 * What invocations compute in turn, in products a step along k: columns beyond the last one count, and so do rows that a
 * workgroup shares; other rows beyond the last are at most those of `edgeRows`. Fewer invocations than keep the device busy
 * take as long as those.
 */
function relativeTime(
  { by, rows, fours, across, down }: ContractionTile,
  count: number,
  groups: number,
  busy: number,
): number {
  const isShared = by === "workgroup";
  const columns = Math.ceil(groups / (across * fours)) * across;
  const tileRows = isShared ? rows * down : rows;
  const whole = Math.floor(count / tileRows) * tileRows;
  const step = isShared ? tileRows : Math.min(rows, edgeRows);
  // Fewer rows at a time share less of what is loaded.
  const slower = isShared ? 1 : Math.max(1, Math.min(2, (rows + 8) / 12));
  const rest = Math.ceil((count - whole) / step) * step * slower;
  const invocations = Math.max(1, Math.ceil(count / rows) * columns);
  return (whole + rest) * 4 * fours * columns * Math.max(1, busy / invocations);
}
