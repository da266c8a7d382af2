/**
 * Which ops are computed in f16, where WGSL has it: those whose results are the same bits as f32's. All else is computed in
 * f32, whose result alone is rounded to f16.
 *
 * One sum, difference or product of numbers of f16 is: f32 has 24 bits, twice the 11 of f16 and two more, so that rounding to
 * it on the way to f16 changes nothing (Figueroa, "When is double rounding innocuous?", 1995). A quotient is not, of which
 * WGSL asks less than that it is rounded correctly; nor is what takes an operation more. Choosing one of several numbers, and
 * changing signs, rounds nothing.
 */
import type { KernelIR, ScalarIR } from "../../../check/ir.js";
import { scalarParts } from "../../../kernels/walk.js";
import type { KernelVariant } from "./variant.js";

/** A number that is one of f16; or that is rounded to f16 once; or neither. */
type Standing = "exact" | "rounded" | "other";

const least = (parts: readonly Standing[]): Standing =>
  parts.includes("other") ? "other" : parts.includes("rounded") ? "rounded" : "exact";

export function computesInF16(kernel: KernelIR, variant: KernelVariant): boolean {
  const { hasF16, stage, writesState, outputs, operands, arrays } = variant;
  if (!hasF16 || stage !== "whole" || writesState) return false;
  const isF16 = ({ array }: { readonly array: number }): boolean => arrays[array]!.dtype === "f16";
  if (!outputs.every(isF16)) return false;

  // Locals are looked into once each: what reads one twice is no tree of twice its size.
  const locals = new Map<number, Standing>();
  const standingOf = (node: ScalarIR): Standing => {
    const parts = (): Standing => least(scalarParts(node).map(standingOf));
    switch (node.kind) {
      case "constant":
        return isNumberOfF16(node.value) ? "exact" : "other";
      case "read":
        return isF16(operands[node.operand]!) ? "exact" : "other";
      case "local": {
        let known = locals.get(node.local);
        if (known === undefined) locals.set(node.local, (known = standingOf(kernel.locals[node.local]!.body)));
        return known;
      }
      case "binary":
        return node.operator !== "/" && parts() === "exact" ? "rounded" : "other";
      case "call":
        if (node.function === "ifLess" || node.function === "ifEqual") {
          const [left, right, ...chosen] = node.arguments.map(standingOf);
          return least([left!, right!]) === "exact" ? least(chosen) : "other";
        }
        return ["neg", "abs", "min", "max"].includes(node.function) ? parts() : "other";
      case "select":
        return parts();
      default:
        return "other";
    }
  };
  return standingOf(kernel.body) !== "other";
}

/** Whether a number has at most 11 bits, the last of them 2^-24 or more, and is at most 65504. */
function isNumberOfF16(value: number): boolean {
  if (value === 0) return true;
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
  return Math.abs(value) <= 65504 && Number.isInteger(value * 2 ** (10 - exponent));
}
