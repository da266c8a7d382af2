/** Names longer than this are not compared. */
const longestName = 64;
/** More candidates than this are not looked at. */
const mostCandidates = 2_000;

/**
 * The candidate nearest to what was written, if it is near enough to be what was meant: a third of the letters may
 * differ, at least one. Ties go to the first.
 */
export function nearestName(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length > longestName) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  let seen = 0;
  for (const candidate of candidates) {
    if ((seen += 1) > mostCandidates) break;
    if (candidate === written || Math.abs(candidate.length - written.length) >= bestDistance) continue;
    const distance = editDistance(written, candidate);
    if (distance < bestDistance && distance < Math.max(written.length, candidate.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` Did you mean \`x\`?`, or nothing: for the `hint` of a message. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? "" : ` Did you mean \`${name}\`?`;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = last[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let distance = Math.min(replaced, last[column]! + 1, current[column - 1]! + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, beforeLast[column - 2]! + 1);
      }
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
