/** Joins pieces of text into chunks large enough to be worth writing. */
export function* chunked(pieces: Iterable<string>, size = 1 << 16): Generator<string> {
  let gathered: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    gathered.push(piece);
    length += piece.length;
    if (length < size) continue;
    yield gathered.join("");
    gathered = [];
    length = 0;
  }
  if (length > 0) yield gathered.join("");
}

/** Items of a JSON array, a line each, without its brackets. */
export function* lines(items: Iterable<unknown>): Generator<string> {
  let separator = "\n";
  for (const item of items) {
    yield separator + JSON.stringify(item);
    separator = ",\n";
  }
}
