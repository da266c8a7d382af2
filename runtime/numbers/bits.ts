/**
 * Numbers of a dtype as the bits that a device keeps them in, little endian. What is encoded is rounded first. IEEE 754
 * formats and those of the Open Compute Project, as in dtypes.ts.
 */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import { roundingOf } from "./dtypes.js";

/** Sign, exponent and significand of a float narrower than f32. */
interface NarrowFloat {
  readonly exponentBits: number;
  readonly significandBits: number;
  readonly hasInfinity: boolean;
}
const narrowFloats: Readonly<Record<string, NarrowFloat>> = {
  f16: { exponentBits: 5, significandBits: 10, hasInfinity: true },
  bf16: { exponentBits: 8, significandBits: 7, hasInfinity: true },
  f8e5m2: { exponentBits: 5, significandBits: 2, hasInfinity: true },
  f8e4m3: { exponentBits: 4, significandBits: 3, hasInfinity: false },
};

interface BitFormat {
  readonly make: (buffer: ArrayBuffer) => Float32Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;
  readonly bytes: number;
  readonly encode: (value: number) => number;
  readonly decode: (bits: number) => number;
}

const same = (value: number): number => value;

function narrowFormat(dtype: string, format: NarrowFloat): BitFormat {
  const { exponentBits, significandBits: m, hasInfinity } = format;
  const round = roundingOf(dtype);
  const bias = 2 ** (exponentBits - 1) - 1;
  const top = 2 ** exponentBits - 1;
  const notANumber = hasInfinity ? (top << m) | (1 << (m - 1)) : 2 ** (exponentBits + m) - 1;
  const bytes = exponentBits + m + 1 > 8 ? 2 : 1;
  return {
    bytes,
    make: (buffer) => (bytes === 2 ? new Uint16Array(buffer) : new Uint8Array(buffer)),
    encode(value) {
      const rounded = round(value);
      const sign = (rounded < 0 || Object.is(rounded, -0) ? 1 : 0) << (exponentBits + m);
      const size = Math.abs(rounded);
      if (Number.isNaN(size)) return sign | notANumber;
      if (size === Infinity) return sign | (top << m);
      const exponent = Math.max(1 - bias, size === 0 ? -Infinity : Math.floor(Math.log2(size)));
      const significand = size / 2 ** (exponent - m);
      // Below 2^m the number is subnormal: its exponent field is 0.
      return sign | (significand < 2 ** m ? significand : ((exponent + bias) << m) + (significand - 2 ** m));
    },
    decode(bits) {
      const sign = bits >> (exponentBits + m) === 0 ? 1 : -1;
      const exponent = (bits >> m) & top;
      const significand = bits & (2 ** m - 1);
      if (hasInfinity && exponent === top) return significand === 0 ? sign * Infinity : NaN;
      if (!hasInfinity && (bits & (2 ** (exponentBits + m) - 1)) === notANumber) return NaN;
      return exponent === 0
        ? sign * significand * 2 ** (1 - bias - m)
        : sign * (significand + 2 ** m) * 2 ** (exponent - bias - m);
    },
  };
}

const integer = (
  dtype: string,
  make: BitFormat["make"],
  bytes: number,
  decode: (bits: number) => number,
): BitFormat => ({
  ...{ make, bytes, decode },
  encode: roundingOf(dtype),
});

const formats: Readonly<Record<string, BitFormat>> = {
  f32: { make: (buffer) => new Float32Array(buffer), bytes: 4, encode: same, decode: same },
  i32: integer("i32", (buffer) => new Int32Array(buffer), 4, same),
  u32: integer("u32", (buffer) => new Uint32Array(buffer), 4, same),
  i16: integer(
    "i16",
    (buffer) => new Uint16Array(buffer),
    2,
    (bits) => (bits << 16) >> 16,
  ),
  u16: integer("u16", (buffer) => new Uint16Array(buffer), 2, same),
  i8: integer(
    "i8",
    (buffer) => new Uint8Array(buffer),
    1,
    (bits) => (bits << 24) >> 24,
  ),
  u8: integer("u8", (buffer) => new Uint8Array(buffer), 1, same),
  bool: integer("bool", (buffer) => new Uint8Array(buffer), 1, same),
  ...Object.fromEntries(Object.entries(narrowFloats).map(([dtype, format]) => [dtype, narrowFormat(dtype, format)])),
};

/** Rows of elements, each beginning at a multiple of `pitch` elements of the dtype. */
export interface RowShape {
  readonly dtype: string;
  readonly rows: number;
  readonly columns: number;
  readonly pitch: number;
}

/** Elements, row after row, from `first` on, as a device keeps them. Throws InternalFault for a dtype that it keeps not. */
export function encodeRows(
  { dtype, rows, columns, pitch }: RowShape,
  elements: ArrayLike<number>,
  first = 0,
): ArrayBuffer {
  const { make, bytes, encode } = formatOf(dtype);
  const buffer = new ArrayBuffer(rows * pitch * bytes);
  const kept = make(buffer);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      kept[row * pitch + column] = encode(elements[first + row * columns + column]!);
  return buffer;
}

/** The inverse of `encodeRows`. */
export function decodeRows(
  { dtype, rows, columns, pitch }: RowShape,
  buffer: ArrayBuffer,
  elements: { [index: number]: number },
  first = 0,
): void {
  const { make, decode } = formatOf(dtype);
  const kept = make(buffer);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      elements[first + row * columns + column] = decode(kept[row * pitch + column]!);
}

function formatOf(dtype: string): BitFormat {
  const format = formats[dtype];
  if (format === undefined) throw new InternalFault("run", `no device keeps dtype ${dtype}`);
  return format;
}
