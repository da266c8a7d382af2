/** A smaller text that is wrong in the same way. */

export type Content = string | Uint8Array;

/**
 * Deletes chunks, from halves down to single characters, as long as what is left is still wrong in the same way.
 *
 * @param limit of tries
 */
export async function shrink(
  content: Content,
  isWrong: (content: Content) => Promise<boolean>,
  limit = 400,
): Promise<Content> {
  let best = content;
  let tries = 0;
  for (let size = Math.ceil(best.length / 2); size >= 1 && tries < limit; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.length && tries < limit;) {
      const smaller = without(best, at, at + size);
      tries++;
      if (await isWrong(smaller)) best = smaller;
      else at += size;
    }
  }
  return best;
}

function without(content: Content, start: number, end: number): Content {
  if (typeof content === "string") return content.slice(0, start) + content.slice(end);
  const kept = new Uint8Array(Math.max(0, content.length - (Math.min(end, content.length) - start)));
  kept.set(content.subarray(0, start));
  kept.set(content.subarray(end), start);
  return kept;
}

/** Kinds of failure that are one fault: numbers, names and texts in it do not tell faults apart. */
export function signatureOf(failure: string): string {
  const [first = "", ...frames] = failure.split("\n");
  const [, thrown = ""] = /\(?([^\s()]+:\d+):\d+\)?$/.exec(frames.find((line) => /^\s+at /.test(line)) ?? "") ?? [];
  return `${first.replaceAll(/`[^`]*`|"[^"]*"|\d+(\.\d+)?/g, "_").slice(0, 120)} ${thrown}`.trim();
}
