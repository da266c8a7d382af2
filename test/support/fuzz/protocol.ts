/** What the thread that examines and the one that watches it say to each other. */
import type { FuzzCase } from "./cases.js";
import type { Reached } from "./examine.js";

/** A case of a run, or a text. */
export type Question = { readonly seed: number; readonly number: number } | { readonly content: string | Uint8Array };

export type Answer =
  | { readonly kind: "made"; readonly made: FuzzCase }
  | { readonly kind: "passed"; readonly reached: Reached }
  | { readonly kind: "failed"; readonly failure: string };
