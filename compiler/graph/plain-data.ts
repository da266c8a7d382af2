/**
 * Plain data as a text and bytes, and back: JSON, in which typed arrays are places in the bytes, with maps and numbers that JSON
 * has not. Arrays that are one object are so again.
 */
const arrayTypes = { Int32Array, Uint32Array, Uint8Array, Float64Array, Float32Array, Uint16Array } as const;
type ArrayName = keyof typeof arrayTypes;
type TypedArray = InstanceType<(typeof arrayTypes)[ArrayName]>;

interface ArrayPlace {
  readonly $array: ArrayName;
  readonly at: number;
  readonly length: number;
}

export interface PlainData {
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** What may be read as any typed array begins at a multiple of this. */
const alignment = 8;

/** Functions are left out; a property whose name begins with `$` is not allowed. */
export function encodePlain(data: unknown): PlainData {
  const chunks: TypedArray[] = [];
  const places = new Map<TypedArray, ArrayPlace>();
  let length = 0;
  const placeOf = (array: TypedArray, name: ArrayName): ArrayPlace => {
    let place = places.get(array);
    if (place === undefined) {
      place = { $array: name, at: length, length: array.length };
      places.set(array, place);
      chunks.push(array);
      length += Math.ceil(array.byteLength / alignment) * alignment;
    }
    return place;
  };
  const text = JSON.stringify(data, (_key, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
    if (value instanceof Map) return { $map: [...value] };
    if (ArrayBuffer.isView(value)) return placeOf(value as TypedArray, value.constructor.name as ArrayName);
    return value;
  });
  const bytes = new Uint8Array(length);
  for (const array of chunks)
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), places.get(array)!.at);
  return { text, bytes };
}

export function decodePlain({ text, bytes }: PlainData): unknown {
  const made = new Map<string, TypedArray>();
  const arrayAt = ({ $array, at, length }: ArrayPlace): TypedArray => {
    const key = `${$array} ${at} ${length}`;
    let array = made.get(key);
    if (array === undefined) {
      const type = arrayTypes[$array];
      // A copy of its own: `slice` of Node's buffers is none.
      const own = Uint8Array.from(bytes.subarray(at, at + length * type.BYTES_PER_ELEMENT));
      array = new type(own.buffer, 0, length) as TypedArray;
      made.set(key, array);
    }
    return array;
  };
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    if ("$array" in value) return arrayAt(value as ArrayPlace);
    if ("$map" in value) return new Map(value.$map as [unknown, unknown][]);
    return "$number" in value ? Number(value.$number) : value;
  });
}
