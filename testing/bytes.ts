import { unitNamed } from "../grammar/units.js";
import { StrettoError } from "./error.js";
import type { Bytes } from "./types.js";

/** @throws StrettoError where it is neither a number nor text with a unit of the language */
export function bytesOf(given: Bytes): number {
  if (typeof given === "number" && given >= 0) return given;
  const [, digits, name] = /^\s*(\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([A-Za-z]+)\s*$/.exec(String(given)) ?? [];
  const unit = name === undefined ? undefined : unitNamed(name);
  if (unit?.dimension === "bytes") return Number(digits!.replaceAll("_", "")) * unit.factor;
  throw new StrettoError(`\`${given}\` is no number of bytes: write 80e9, or "80 GB", "1.5 MiB".`);
}
