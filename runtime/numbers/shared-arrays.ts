/** Typed arrays that all workers of a run see. */
export function shared<T extends Int32Array | Uint32Array | Uint8Array>(
  make: { new (buffer: SharedArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
  values: ArrayLike<number>,
): T {
  const array = new make(new SharedArrayBuffer(values.length * make.BYTES_PER_ELEMENT));
  array.set(values);
  return array;
}
