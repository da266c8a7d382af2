import type { Location } from "./types.js";

/** Where a diagnostic stands that is about no file: about the command line, or a call of the library. */
export const noPlace: Location = { file: "", span: { start: 0, end: 0 } };
