/** Which tile suits a task: the one by which it is estimated to end first. */
import type { DeviceTraits } from "../traits.js";
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

function isPossible(tile: ContractionTile, traits: DeviceTraits): boolean {
  if (tile.across * tile.down > traits.workgroupInvocations) return false;
  if (tile.by === "subgroups") return tile.lanes === traits.subgroupLanes;
  return tile.by !== "workgroup" || sharedBytes(tile) <= traits.workgroupBytes;
}

/**
 * What invocations compute in turn, in products a step along k: edge columns count whole, edge rows one by one, and fewer
 * invocations than keep the device busy take as long as those.
 */
function relativeTime(
  { by, rows, fours, across, down }: ContractionTile,
  count: number,
  groups: number,
  busy: number,
): number {
  const columns = Math.ceil(groups / (across * fours)) * across;
  const whole = Math.floor(count / rows);
  const rest = count - whole * rows;
  // A row by itself has each element of the right operand for itself: loads that a tile would share.
  const restRows = by === "workgroup" ? (rest > 0 ? rows : 0) : rest * Math.min(rows, 3);
  const products = (whole * rows + restRows) * 4 * fours * columns;
  const invocations = Math.ceil(Math.max(1, count / rows)) * columns;
  const idle = Math.max(1, busy / Math.max(1, invocations));
  void down;
  return products * idle;
}
