/** Changes of a file that know nothing of what is in it: what a broken disk, a bad merge or another encoding does. */
import type { Draw } from "../random-draw.js";

type Mutation = (draw: Draw, bytes: Uint8Array, other: Uint8Array) => Uint8Array;

const utf8 = new TextEncoder();

/** A file as long as this is not made longer. */
const longestFile = 200_000;

/** One to three changes of `bytes`; splices take from `other`. */
export function mutateBytes(draw: Draw, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let mutant = bytes;
  for (let count = draw.integer(1, 3); count > 0; count--) mutant = draw.pick(mutations)(draw, mutant, other);
  return mutant.length > longestFile ? mutant.subarray(0, longestFile) : mutant;
}

const mutations: readonly Mutation[] = [
  flipBits,
  truncate,
  splice,
  cutOut,
  double,
  repeat,
  putBytes,
  putNumber,
  nest,
  otherLineBreaks,
  byteOrderMark,
];

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A piece of at most `longest` bytes, as two offsets. */
function piece(draw: Draw, bytes: Uint8Array, longest: number): [number, number] {
  const start = draw.integer(0, bytes.length);
  return [start, Math.min(bytes.length, start + draw.integer(0, longest))];
}

function flipBits(draw: Draw, bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  const mutant = bytes.slice();
  for (let count = draw.integer(1, 8); count > 0; count--) {
    const at = draw.integer(0, bytes.length - 1);
    mutant[at]! ^= 1 << draw.integer(0, 7);
  }
  return mutant;
}

function truncate(draw: Draw, bytes: Uint8Array): Uint8Array {
  const at = draw.integer(0, bytes.length);
  return draw.oneIn(4) ? bytes.subarray(at) : bytes.subarray(0, at);
}

function splice(draw: Draw, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  return join(bytes.subarray(0, draw.integer(0, bytes.length)), other.subarray(draw.integer(0, other.length)));
}

function cutOut(draw: Draw, bytes: Uint8Array): Uint8Array {
  const [start, end] = piece(draw, bytes, draw.pick([1, 8, 80, 800]));
  return join(bytes.subarray(0, start), bytes.subarray(end));
}

function double(draw: Draw, bytes: Uint8Array): Uint8Array {
  const [start, end] = piece(draw, bytes, draw.pick([8, 80, 800]));
  return join(bytes.subarray(0, end), bytes.subarray(start));
}

function repeat(draw: Draw, bytes: Uint8Array): Uint8Array {
  const [start, end] = piece(draw, bytes, draw.pick([1, 4, 20, 100]));
  const once = bytes.subarray(start, end);
  const times = Math.min(draw.pick([10, 300, 10_000]), Math.floor(longestFile / Math.max(1, once.length)));
  return join(bytes.subarray(0, end), ...Array.from({ length: times }, () => once), bytes.subarray(end));
}

/** What no text editor writes: no UTF-8, half a surrogate pair, NULs, an overlong or unfinished sequence. */
const foreignBytes: readonly Uint8Array[] = [
  ...[[0], [0, 0, 0], [0xff], [0xff, 0xfe], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]],
  ...[[0x1b, 0x5b, 0x33, 0x31, 0x6d], [0x0c], [0x0b], [0x08], [0x7f], [0x85]],
].map((bytes) => Uint8Array.from(bytes));

const foreignTexts: readonly string[] = [
  ...["\u2028", "\u2029", "\u00a0", "\u200b", "\u202e", "\uFEFF", "é", "щщ", "表", "👩‍👩‍👧", "e\u0301", "\u{10ffff}"],
  ...["//", "/*", "*/", "///", '"', "\\", "'", "`", "$", "#!", "\t", "\r", ";", "{}", "()", "[]", "<>"],
];

function putBytes(draw: Draw, bytes: Uint8Array): Uint8Array {
  const put = draw.oneIn(2) ? draw.pick(foreignBytes) : utf8.encode(draw.pick(foreignTexts));
  const at = draw.integer(0, bytes.length);
  return join(bytes.subarray(0, at), put, bytes.subarray(at));
}

const numbers: readonly string[] = [
  ...["0", "-1", "9007199254740993", "1e308", "1e309", "1e-320", "0.1", "00", "1_", "1__0", "1e", "1e+", "1.", ".5"],
  ...["99999999999999999999999999", `${"9".repeat(400)}`, `0.${"0".repeat(400)}1`, "4294967296", "2147483648"],
  ...["1e308 TB", "1e300 PFLOP/s", "0 us", "1e-300 GB/s", "100 %", "1e9 %", "12 Gb/s", "1 bit", "3 ns/s", "1e2 x"],
];

/** In place of digits that are there. */
function putNumber(draw: Draw, bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder("latin1").decode(bytes);
  const places = [...text.matchAll(/\d+/g)];
  if (places.length === 0) return bytes;
  const { index, 0: digits } = draw.pick(places);
  return join(bytes.subarray(0, index), utf8.encode(draw.pick(numbers)), bytes.subarray(index + digits.length));
}

function nest(draw: Draw, bytes: Uint8Array): Uint8Array {
  const [open, close] = draw.pick([
    ["(", ")"],
    ["[", "]"],
    ["{", "}"],
    ["f(", ")"],
    ["x[", "]"],
    ["-", ""],
    ["not ", ""],
    ["sum[k] ", ""],
    ["when g {", "}"],
    ["for i in 0 ..< 2 {", "}"],
    ["a +", ""],
    ["a.", ""],
    ["f<", ">"],
  ] as const);
  const levels = draw.pick([3, 30, 300, 3000]);
  const at = draw.integer(0, bytes.length);
  const inside = draw.oneIn(2) ? "1" : "";
  const nested = utf8.encode(open.repeat(levels) + inside + (draw.oneIn(4) ? "" : close.repeat(levels)));
  return join(bytes.subarray(0, at), nested, bytes.subarray(at));
}

function otherLineBreaks(draw: Draw, bytes: Uint8Array): Uint8Array {
  const broken = draw.pick([[0x0d, 0x0a], [0x0d], [], [0x0a, 0x0a, 0x0a]]);
  const every = draw.pick([1, 1, 2, 5]);
  let seen = 0;
  return Uint8Array.from([...bytes].flatMap((byte) => (byte === 0x0a && seen++ % every === 0 ? broken : [byte])));
}

function byteOrderMark(draw: Draw, bytes: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  switch (draw.integer(0, 2)) {
    case 0:
      return join(Uint8Array.of(0xef, 0xbb, 0xbf), bytes);
    case 1:
      return join(Uint8Array.of(0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf), bytes);
    default: {
      const wide = Uint16Array.from(`\uFEFF${text}`, (unit) => unit.charCodeAt(0));
      return new Uint8Array(wide.buffer);
    }
  }
}
