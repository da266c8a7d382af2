import type { ReadResult } from "../../compiler/bind/source-host.js";

/** All that was read of a program as it was at one time, by path, but for the standard library. */
export interface Snapshot {
  readonly path: string;
  readonly texts: readonly (readonly [string, ReadResult])[];
  readonly profileIfThere?: string;
  readonly machine?: string;
}
