/** Arithmetic as WGSL: f32, or vec4f for four lanes at once. */
import type { ScalarIR } from "../../../check/ir.js";
import { bitsOf, f32 } from "./formats.js";

/** A number at a place of a kernel. */
export interface Value {
  readonly text: string;
  /** A vec4f, a number a lane; else an f32. */
  readonly wide: boolean;
}

export const narrow = (text: string): Value => ({ text, wide: false });
export const wide = (text: string): Value => ({ text, wide: true });
/** As a vec4f. */
export const splat = ({ text, wide: isWide }: Value): string => (isWide ? text : `vec4f(${text})`);
export const typeOf = (isWide: boolean): string => (isWide ? "vec4f" : "f32");

/** `notFinite`: text of the f32 with those bits, which WGSL does not let a constant be. */
export function literal(value: number, notFinite: (bits: number) => string): Value {
  const kept = Math.fround(value);
  if (!Number.isFinite(kept)) return narrow(notFinite(bitsOf(kept)));
  const text = f32(kept);
  return narrow(text.startsWith("-") ? `(${text})` : text);
}

/**
 * A function or an operator applied to values. tanh is held to where it is not yet 1 in f32, because implementations by
 * exponentials overflow beyond.
 */
export function arithmetic(node: Extract<ScalarIR, { kind: "call" | "binary" }>, parts: readonly Value[]): Value {
  const isWide = parts.some((part) => part.wide);
  if (node.kind === "binary") return { text: `(${parts[0]!.text} ${node.operator} ${parts[1]!.text})`, wide: isWide };
  const even = parts.map((part) => (isWide ? splat(part) : part.text));
  const list = even.join(", ");
  switch (node.function) {
    case "neg":
      return { text: `(-${even[0]})`, wide: isWide };
    case "ifLess":
      return { text: `select(${even[3]}, ${even[2]}, ${even[0]} < ${even[1]})`, wide: isWide };
    case "ifEqual":
      return { text: `select(${even[3]}, ${even[2]}, ${even[0]} == ${even[1]})`, wide: isWide };
    case "tanh":
      return { text: `tanh(clamp(${list}, ${isWide ? "vec4f(-10), vec4f(10)" : "-10.0, 10.0"}))`, wide: isWide };
    default:
      return { text: `${node.function}(${list})`, wide: isWide };
  }
}
