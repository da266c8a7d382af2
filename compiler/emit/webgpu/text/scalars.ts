/** Arithmetic as WGSL: on f32 or, where a kernel computes in it, f16; on one number, or a vec4 of four lanes at once. */
import type { ScalarIR } from "../../../check/ir.js";
import { bitsOf, f32 } from "./formats.js";
import type { NumberType } from "./formats.js";

/** A number at a place of a kernel. */
export interface Value {
  readonly text: string;
  /** A vec4, a number a lane; else a single number. */
  readonly wide: boolean;
  readonly type: NumberType;
}

export const narrow = (text: string, type: NumberType = "f32"): Value => ({ text, wide: false, type });
export const wide = (text: string, type: NumberType = "f32"): Value => ({ text, wide: true, type });

export function typeOf(isWide: boolean, type: NumberType): "f32" | "f16" | "vec4f" | "vec4<f16>" {
  if (!isWide) return type;
  return type === "f32" ? "vec4f" : "vec4<f16>";
}

/** Without the parentheses around all of it, where nothing stands beside it. */
export function bare(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (let at = 0; at < text.length - 1; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")") depth--;
    if (depth === 0) return text;
  }
  return text.slice(1, -1);
}

/** As a vec4. */
export const splat = ({ text, wide: isWide, type }: Value): string =>
  isWide ? text : `${typeOf(true, type)}(${bare(text)})`;

/** As a number, or numbers, of a type. */
export function converted(value: Value, type: NumberType): Value {
  if (value.type === type) return value;
  return { ...value, type, text: `${typeOf(value.wide, type)}(${bare(value.text)})` };
}

/** Numbers of another type as f32, exactly: four, or one. */
export const foursAsF32 = (text: string, from: NumberType): string => converted(wide(text, from), "f32").text;
export const oneAsF32 = (text: string, from: NumberType): string => converted(narrow(text, from), "f32").text;

/** `notFinite`: text of the f32 with those bits, which WGSL does not let a constant be. */
export function literal(value: number, type: NumberType, notFinite: (bits: number) => string): Value {
  const kept = Math.fround(value);
  if (!Number.isFinite(kept)) return converted(narrow(notFinite(bitsOf(kept))), type);
  const text = type === "f32" ? f32(kept) : `${Object.is(kept, -0) ? "-0" : kept}h`;
  return narrow(text.startsWith("-") ? `(${text})` : text, type);
}

/**
 * A function or an operator applied to values of one type. tanh is held to where it is not yet 1 in f32, because
 * implementations by exponentials overflow beyond.
 */
export function arithmetic(node: Extract<ScalarIR, { kind: "call" | "binary" }>, parts: readonly Value[]): Value {
  const isWide = parts.some((part) => part.wide);
  const made = (text: string): Value => ({ text, wide: isWide, type: parts[0]!.type });
  if (node.kind === "binary") return made(`(${parts[0]!.text} ${node.operator} ${parts[1]!.text})`);
  const even = parts.map((part) => (isWide ? splat(part) : part.text));
  const list = even.map(bare).join(", ");
  switch (node.function) {
    case "neg":
      return made(`(-${even[0]})`);
    case "ifLess":
      return made(`select(${bare(even[3]!)}, ${bare(even[2]!)}, ${even[0]} < ${even[1]})`);
    case "ifEqual":
      return made(`select(${bare(even[3]!)}, ${bare(even[2]!)}, ${even[0]} == ${even[1]})`);
    case "tanh":
      return made(`tanh(clamp(${list}, ${isWide ? "vec4f(-10), vec4f(10)" : "-10.0, 10.0"}))`);
    default:
      return made(`${node.function}(${list})`);
  }
}
