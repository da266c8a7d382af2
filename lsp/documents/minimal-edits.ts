/** From one text to another by changing only lines that differ, and of those only what differs, so that a cursor stays put. */
import type { Replacement } from "../../grammar/format-range.js";

/** Of texts with more differing lines than this on both sides (their product), all of them are replaced together. */
const mostComparisons = 4_000_000;

/**
 * In order and apart.
 *
 * @param offset of the texts in their document
 */
export function minimalEdits(before: string, after: string, offset = 0): Replacement[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let low = 0;
  while (low < old.length && low < now.length && old[low] === now[low]) low++;
  let same = 0;
  const shorter = Math.min(old.length, now.length) - low;
  while (same < shorter && old[old.length - 1 - same] === now[now.length - 1 - same]) same++;
  let at = offset + lengthOf(old.slice(0, low));
  const edits: Replacement[] = [];
  for (const { removed, added } of hunks(old.slice(low, old.length - same), now.slice(low, now.length - same))) {
    const [gone, come] = [removed.join(""), added.join("")];
    if (gone !== come) edits.push(trimmed(gone, come, at));
    at += gone.length;
  }
  return edits;
}

/** With their line breaks. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

interface Hunk {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Lines that stay and lines that are replaced, in turns, so that as many as can stay. */
function hunks(old: readonly string[], now: readonly string[]): Hunk[] {
  if (old.length * now.length > mostComparisons) return [{ removed: old, added: now }];
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i * width + j] =
        old[i] === now[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const found: Hunk[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [fromOld, fromNow] = [i, j];
    while (i < old.length && j < now.length && old[i] === now[j]) {
      i++;
      j++;
    }
    if (i > fromOld) found.push({ removed: old.slice(fromOld, i), added: now.slice(fromNow, j) });
    const [goneFrom, comeFrom] = [i, j];
    while ((i < old.length || j < now.length) && (i === old.length || j === now.length || old[i] !== now[j])) {
      if (j === now.length || (i < old.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) i++;
      else j++;
    }
    if (i > goneFrom || j > comeFrom) found.push({ removed: old.slice(goneFrom, i), added: now.slice(comeFrom, j) });
  }
  return found;
}

/** Without what is the same at both ends. */
function trimmed(gone: string, come: string, at: number): Replacement {
  const shorter = Math.min(gone.length, come.length);
  let head = 0;
  while (head < shorter && gone[head] === come[head]) head++;
  let tail = 0;
  while (tail < shorter - head && gone[gone.length - 1 - tail] === come[come.length - 1 - tail]) tail++;
  return {
    span: { start: at + head, end: at + gone.length - tail },
    newText: come.slice(head, come.length - tail),
  };
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}
