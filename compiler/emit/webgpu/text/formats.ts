/**
 * Number formats in a device's memory, as WGSL: four neighbouring elements at a time, or one. What WGSL has no type for is
 * packed into words of u32, and converted to f32 and back bit by bit: to nearest, ties to even, with subnormals, as the
 * runtime rounds on the cpu; floats overflow to infinity (f8e4m3, which has none, to not a number), integers saturate.
 *
 * Four elements lie in one vec4 of 32-bit elements, in a vec2<u32> of 16-bit ones, in a u32 of 8-bit ones. With the feature
 * `shader-f16` WGSL has a type for f16, whose four are a vec4<f16>, the same bytes.
 */
import { InternalFault } from "../../../diagnostics/internal-fault.js";
import type { DeviceFeature } from "../program.js";

/** WGSL types that kernels compute in. */
export type NumberType = "f32" | "f16";

/** The number that a text of a storage type is, as text; and back. */
export interface Conversion {
  decode(stored: string): string;
  encode(number: string): string;
}

export interface DeviceFormat {
  readonly dtype: string;
  /** Of an element in memory: 4, 2 or 1. */
  readonly bytes: 1 | 2 | 4;
  /** What a load gives and a store takes. */
  readonly number: NumberType;
  readonly feature?: DeviceFeature;
  /** WGSL type of four elements, and of what one element lies in. */
  readonly four: string;
  readonly one: string;
  /** Functions that the conversions call. */
  readonly functions: readonly string[];
  /** Of four elements: between `four` and a vec4 of numbers. */
  readonly fours: Conversion;
  /** Of one element, where `one` holds no other. */
  readonly ones?: Conversion;
  /** Of one element: between all 32, or the low 16 or 8, bits of a u32, the rest 0. */
  readonly bits?: Conversion;
}

const asItIs: Conversion = { decode: (stored) => stored, encode: (number) => number };

/** Bits of a float narrower than f32: sign, exponent, significand. */
interface NarrowFloat {
  readonly exponentBits: number;
  readonly significandBits: number;
  /** What is beyond the largest number, and whether the format has infinities. */
  readonly largest: number;
  readonly hasInfinity: boolean;
}

const narrowFloats: Readonly<Record<string, NarrowFloat>> = {
  f16: { exponentBits: 5, significandBits: 10, largest: 65504, hasInfinity: true },
  f8e5m2: { exponentBits: 5, significandBits: 2, largest: 57344, hasInfinity: true },
  f8e4m3: { exponentBits: 4, significandBits: 3, largest: 448, hasInfinity: false },
};

const view = new DataView(new ArrayBuffer(4));

/** The bits of a number in f32. */
export function bitsOf(value: number): number {
  view.setFloat32(0, value);
  return view.getUint32(0);
}

const hex = (value: number): string => `0x${value.toString(16)}u`;

/** Bits of v as a narrow float, and back, four numbers at a time. */
function narrowFloatFunctions(name: string, format: NarrowFloat): string[] {
  const { exponentBits, significandBits: m, largest, hasInfinity } = format;
  const bias = 2 ** (exponentBits - 1) - 1;
  const sign = exponentBits + m;
  const infinity = (2 ** exponentBits - 1) << m;
  const notANumber = hasInfinity ? infinity | (1 << (m - 1)) : 2 ** (exponentBits + m) - 1;
  const shift = 23 - m;
  /** Adding this leaves the adder to round a subnormal at its last place. */
  const magic = 2 ** (1 - bias - m + 23);
  // Half-way to the number after the largest: a tie that goes up where the largest has an odd significand, else down.
  const tooLarge = largest + 2 ** (Math.floor(Math.log2(largest)) - m - 1);
  const isTooLarge = hasInfinity ? ">=" : ">";
  return [
    `/// ${name} has ${exponentBits} bits of exponent and ${m} of significand.
fn encode_${name}(v: vec4f) -> vec4u {
  let bits = bitcast<vec4u>(v);
  let size = bits & vec4u(0x7fffffffu);
  let odd = (size >> vec4u(${shift}u)) & vec4u(1u);
  let normal = (size - vec4u(${hex((127 - bias) * 2 ** 23)}) + vec4u(${hex(2 ** (shift - 1) - 1)}) + odd) >> vec4u(${shift}u);
  let subnormal = bitcast<vec4u>(bitcast<vec4f>(size) + vec4f(${f32(magic)})) - vec4u(${hex(bitsOf(magic))});
  var code = select(normal, subnormal, size < vec4u(${hex((127 - bias + 1) * 2 ** 23)}));
  code = select(code, vec4u(${hex(hasInfinity ? infinity : notANumber)}), size ${isTooLarge} vec4u(${hex(bitsOf(tooLarge))}));
  code = select(code, vec4u(${hex(notANumber)}), size > vec4u(0x7f800000u));
  return code | ((bits >> vec4u(31u)) << vec4u(${sign}u));
}`,
    `fn decode_${name}(code: vec4u) -> vec4f {
  let size = code & vec4u(${hex(2 ** sign - 1)});
  let normal = bitcast<vec4f>((size << vec4u(${shift}u)) + vec4u(${hex((127 - bias) * 2 ** 23)}));
  let subnormal = vec4f(size) * vec4f(${f32(2 ** (1 - bias - m))});
  var value = bitcast<vec4u>(select(normal, subnormal, size < vec4u(${1 << m}u)));
  ${
    hasInfinity
      ? `value = select(value, (size << vec4u(${shift}u)) | vec4u(0x7f800000u), size >= vec4u(${hex(infinity)}));`
      : `value = select(value, vec4u(0x7fc00000u), size == vec4u(${hex(notANumber)}));`
  }
  return bitcast<vec4f>(value | ((code >> vec4u(${sign}u)) << vec4u(31u)));
}`,
  ];
}

const bf16Functions = [
  `/// The upper half of an f32, rounded to nearest, ties to even; not a number stays so.
fn encode_bf16(v: vec4f) -> vec4u {
  let bits = bitcast<vec4u>(v);
  let rounded = (bits + vec4u(0x7fffu) + ((bits >> vec4u(16u)) & vec4u(1u))) >> vec4u(16u);
  return select(rounded, (bits >> vec4u(16u)) | vec4u(0x40u), (bits & vec4u(0x7fffffffu)) > vec4u(0x7f800000u));
}`,
  `fn decode_bf16(code: vec4u) -> vec4f {
  return bitcast<vec4f>(code << vec4u(16u));
}`,
];

const packing: Readonly<Record<1 | 2, readonly string[]>> = {
  2: [
    `fn pack_halves(code: vec4u) -> vec2u {
  return code.xz | (code.yw << vec2u(16u));
}`,
    `fn unpack_halves(w: vec2u) -> vec4u {
  return vec4u(w.x & 0xffffu, w.x >> 16u, w.y & 0xffffu, w.y >> 16u);
}`,
  ],
  1: [
    `fn pack_bytes(code: vec4u) -> u32 {
  return code.x | (code.y << 8u) | (code.z << 16u) | (code.w << 24u);
}`,
    `fn unpack_bytes(w: u32) -> vec4u {
  return vec4u(w & 0xffu, (w >> 8u) & 0xffu, (w >> 16u) & 0xffu, w >> 24u);
}`,
  ],
};

/** A narrow format by the functions that encode and decode its bits. */
function packed(dtype: string, bytes: 1 | 2, functions: readonly string[]): DeviceFormat {
  const [pack, unpack] = bytes === 2 ? ["pack_halves", "unpack_halves"] : ["pack_bytes", "unpack_bytes"];
  return {
    ...{ dtype, bytes, number: "f32", four: bytes === 2 ? "vec2u" : "u32", one: "u32" },
    functions: [...packing[bytes], ...functions],
    fours: {
      decode: (stored) => `decode_${dtype}(${unpack}(${stored}))`,
      encode: (numbers) => `${pack}(encode_${dtype}(${numbers}))`,
    },
    bits: {
      decode: (bits) => `decode_${dtype}(vec4u(${bits})).x`,
      encode: (number) => `encode_${dtype}(vec4f(${number})).x`,
    },
  };
}

/** Integers are whole numbers in f32: exact up to 2^24. */
function integerFunctions(dtype: string, bits: number, signed: boolean): string[] {
  const low = signed ? -(2 ** (bits - 1)) : 0;
  const high = 2 ** (signed ? bits - 1 : bits) - 1;
  const mask = 2 ** bits - 1;
  const extend = signed
    ? `(vec4i(code << vec4u(${32 - bits}u)) >> vec4u(${32 - bits}u))`
    : `(code & vec4u(${hex(mask)}))`;
  return [
    `fn encode_${dtype}(v: vec4f) -> vec4u {
  return vec4u(vec4i(clamp(round(v), vec4f(${f32(low)}), vec4f(${f32(high)})))) & vec4u(${hex(mask)});
}`,
    `fn decode_${dtype}(code: vec4u) -> vec4f {
  return vec4f(${extend});
}`,
  ];
}

const bool: DeviceFormat = packed("bool", 1, [
  `fn encode_bool(v: vec4f) -> vec4u {
  return select(vec4u(0u), vec4u(1u), v != vec4f(0));
}`,
  `fn decode_bool(code: vec4u) -> vec4f {
  return vec4f(code);
}`,
]);

const f32Format: DeviceFormat = {
  ...{ dtype: "f32", bytes: 4, number: "f32", four: "vec4f", one: "f32", functions: [], fours: asItIs, ones: asItIs },
  bits: { decode: (bits) => `bitcast<f32>(${bits})`, encode: (number) => `bitcast<u32>(${number})` },
};

/** Where the adapter has `shader-f16`. */
const f16Format: DeviceFormat = {
  ...{ dtype: "f16", bytes: 2, number: "f16", feature: "shader-f16", functions: [] },
  ...{ four: "vec4<f16>", one: "f16", fours: asItIs, ones: asItIs },
};

/** Integers of 32 bits are whole numbers in f32 as well. */
const wholeNumbers = (dtype: "i32" | "u32", encode: string): DeviceFormat => {
  const ones: Conversion = {
    decode: (stored) => `f32(${stored})`,
    encode: (number) => `encode_${dtype}(vec4f(${number})).x`,
  };
  return {
    ...{ dtype, bytes: 4, number: "f32", four: `vec4${dtype[0]!}`, one: dtype, functions: [encode], ones },
    fours: { decode: (stored) => `vec4f(${stored})`, encode: (numbers) => `encode_${dtype}(${numbers})` },
    bits: {
      decode: (bits) => ones.decode(`bitcast<${dtype}>(${bits})`),
      encode: (number) => `bitcast<u32>(${ones.encode(number)})`,
    },
  };
};

const formats: Readonly<Record<string, DeviceFormat>> = {
  f32: f32Format,
  i32: wholeNumbers(
    "i32",
    `fn encode_i32(v: vec4f) -> vec4i {
  return select(vec4i(clamp(round(v), vec4f(-2147483648), vec4f(2147483520))), vec4i(2147483647), v >= vec4f(2147483648));
}`,
  ),
  u32: wholeNumbers(
    "u32",
    `fn encode_u32(v: vec4f) -> vec4u {
  return select(vec4u(clamp(round(v), vec4f(0), vec4f(4294967040))), vec4u(0xffffffffu), v >= vec4f(4294967296));
}`,
  ),
  bf16: packed("bf16", 2, bf16Functions),
  ...Object.fromEntries(
    Object.entries(narrowFloats).map(([dtype, format]) => [
      dtype,
      packed(dtype, dtype === "f16" ? 2 : 1, narrowFloatFunctions(dtype, format)),
    ]),
  ),
  i16: packed("i16", 2, integerFunctions("i16", 16, true)),
  u16: packed("u16", 2, integerFunctions("u16", 16, false)),
  i8: packed("i8", 1, integerFunctions("i8", 8, true)),
  u8: packed("u8", 1, integerFunctions("u8", 8, false)),
  bool,
};

/** Those that a device executes; `f64` and `i64` have no arithmetic in WGSL. */
export const deviceDtypes: readonly string[] = Object.keys(formats);

/** `hasF16`: WGSL has the type. Throws InternalFault for a dtype that no device executes. */
export function formatOf(dtype: string, hasF16 = false): DeviceFormat {
  const format = hasF16 && dtype === "f16" ? f16Format : formats[dtype];
  if (format === undefined) throw new InternalFault("emit", `no device has dtype ${dtype}`);
  return format;
}

/** A number as a WGSL literal of type f32, exactly. Infinities and not a number have none: null. */
export function f32(value: number): string {
  const kept = Math.fround(value);
  const text = Object.is(kept, -0) ? "-0" : String(kept);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
