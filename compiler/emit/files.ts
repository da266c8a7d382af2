/** A file that a target is made of. */
export interface EmittedFile {
  /** Name within the target's folder. */
  readonly name: string;
  /** In order; made while they are read, so that a large file is never held in memory. */
  readonly chunks: Iterable<string | Uint8Array>;
}

/** Joins pieces into chunks large enough to be worth writing. */
export function* chunkedBytes(pieces: Iterable<Uint8Array>, size = 1 << 16): Generator<Uint8Array> {
  let gathered: Uint8Array[] = [];
  let length = 0;
  const flush = (): Uint8Array => {
    const chunk = new Uint8Array(length);
    let at = 0;
    for (const piece of gathered) {
      chunk.set(piece, at);
      at += piece.length;
    }
    gathered = [];
    length = 0;
    return chunk;
  };
  for (const piece of pieces) {
    gathered.push(piece);
    length += piece.length;
    if (length >= size) yield flush();
  }
  if (length > 0) yield flush();
}
