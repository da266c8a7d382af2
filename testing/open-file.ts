import type { CheckedProgram } from "../compiler/check/ir.js";
import type { StrettoFile } from "./types.js";

/** A checked file, and what its diagnostics need to be shown. */
export interface Checked {
  readonly program: CheckedProgram;
  readonly sources: ReadonlyMap<string, string>;
}

/** A file as schedules see it: at full size, where things are predicted, and small, where they are run. */
export interface OpenFile {
  readonly path: string;
  readonly full: Checked;
  readonly small: () => Checked;
  /** What test authors are given. */
  readonly file: StrettoFile;
}
