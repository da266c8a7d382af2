/**
 * Memory that all workers of a run see. A page that may share none (it is not cross-origin isolated) has no workers to run either: what
 * is executed there is on one thread, which memory of its own is enough for.
 */
export function sharedBytes(length: number): ArrayBufferLike {
  return typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(length) : new SharedArrayBuffer(length);
}

/** A typed array that all workers of a run see. */
export function shared<T extends Int32Array | Uint32Array | Uint8Array>(
  make: { new (buffer: ArrayBufferLike): T; readonly BYTES_PER_ELEMENT: number },
  values: ArrayLike<number>,
): T {
  const array = new make(sharedBytes(values.length * make.BYTES_PER_ELEMENT));
  array.set(values);
  return array;
}
