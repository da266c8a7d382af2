import fc from "fast-check";
import { drawFrom } from "./draw.js";
import type { Draw } from "./draw.js";

/** An arbitrary from a generator that draws step by step; it shrinks as what was drawn does. */
export function drawn<T>(make: (draw: Draw) => T): fc.Arbitrary<T> {
  return fc.gen().map((generate) => make(drawFrom(generate)));
}

/** How fast-check shows it in a counterexample: as its text, to be put into a file. */
export function shownAs<T extends object>(made: T, text: string): T {
  return Object.defineProperty(made, fc.toStringMethod, { value: () => `\n${text}` });
}
