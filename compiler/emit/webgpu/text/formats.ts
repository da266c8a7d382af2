/**
 * Number formats in a device's memory, as WGSL: four neighbouring elements at a time, or one. All arithmetic is f32; what
 * is narrower is stored as such and converted on the way. Rounding is to nearest, ties to even, with subnormals, as the
 * runtime rounds on the cpu: floats overflow to infinity (f8e4m3, which has none, to not a number), integers saturate.
 *
 * Four elements lie in one vec4 of 32-bit elements, in a vec2<u32> of 16-bit ones, in a u32 of 8-bit ones.
 */
import { InternalFault } from "../../../diagnostics/internal-fault.js";

export interface DeviceFormat {
  readonly dtype: string;
  /** Of an element in memory: 4, 2 or 1. */
  readonly bytes: 1 | 2 | 4;
  /** WGSL type of four elements, and of what one element lies in. */
  readonly four: string;
  readonly one: string;
  /** Functions that the texts below call. */
  readonly functions: readonly string[];
  /** Four elements from `w`, of type `four`, as a vec4f; and back. */
  readonly decode: (w: string) => string;
  readonly encode: (v: string) => string;
  /** The f32 of the 32 bits, or of the low 16 or 8 bits, of a u32; and back, the rest 0. */
  readonly decodeOne: (bits: string) => string;
  readonly encodeOne: (value: string) => string;
}

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
    dtype,
    bytes,
    four: bytes === 2 ? "vec2u" : "u32",
    one: "u32",
    functions: [...packing[bytes], ...functions],
    decode: (w) => `decode_${dtype}(${unpack}(${w}))`,
    encode: (v) => `${pack}(encode_${dtype}(${v}))`,
    decodeOne: (bits) => `decode_${dtype}(vec4u(${bits})).x`,
    encodeOne: (value) => `encode_${dtype}(vec4f(${value})).x`,
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

const plain = (dtype: "f32" | "i32" | "u32", functions: readonly string[]): DeviceFormat => {
  const short = dtype[0]!;
  const isFloat = dtype === "f32";
  return {
    dtype,
    bytes: 4,
    four: `vec4${short}`,
    one: dtype,
    functions,
    decode: (w) => (isFloat ? w : `vec4f(${w})`),
    encode: (v) => (isFloat ? v : `encode_${dtype}(${v})`),
    decodeOne: (bits) => (isFloat ? `bitcast<f32>(${bits})` : `f32(bitcast<${dtype}>(${bits}))`),
    encodeOne: (value) => (isFloat ? `bitcast<u32>(${value})` : `bitcast<vec4u>(encode_${dtype}(vec4f(${value}))).x`),
  };
};

const formats: Readonly<Record<string, DeviceFormat>> = {
  f32: plain("f32", []),
  i32: plain("i32", [
    `fn encode_i32(v: vec4f) -> vec4i {
  return select(vec4i(clamp(round(v), vec4f(-2147483648), vec4f(2147483520))), vec4i(2147483647), v >= vec4f(2147483648));
}`,
  ]),
  u32: plain("u32", [
    `fn encode_u32(v: vec4f) -> vec4u {
  return select(vec4u(clamp(round(v), vec4f(0), vec4f(4294967040))), vec4u(0xffffffffu), v >= vec4f(4294967296));
}`,
  ]),
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

/** Throws InternalFault for a dtype that no device executes. */
export function formatOf(dtype: string): DeviceFormat {
  const format = formats[dtype];
  if (format === undefined) throw new InternalFault("emit", `no device has dtype ${dtype}`);
  return format;
}

/** A number as a WGSL literal of type f32, exactly. Infinities and not a number have none: null. */
export function f32(value: number): string {
  const kept = Math.fround(value);
  const text = Object.is(kept, -0) ? "-0" : String(kept);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
