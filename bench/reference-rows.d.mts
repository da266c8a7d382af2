import type { createNodeHost } from "../compiler/bind/node-host.js";
import type { checkFile, planSchedule } from "../compiler/program.js";
import type { measure } from "../simulator/measure.js";
import type { simulate } from "../simulator/simulate.js";

/** What makes a prediction: of `dist/` for the command, of the sources for tests. */
export interface Pipeline {
  readonly checkFile: typeof checkFile;
  readonly planSchedule: typeof planSchedule;
  readonly createNodeHost: typeof createNodeHost;
  readonly simulate: typeof simulate;
  readonly measure: typeof measure;
}

export function referenceTables(pipeline: Pipeline): string;
export function withTables(text: string, tables: string): string;
