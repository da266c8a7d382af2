import { runReference } from "../runtime/reference/reference.js";
import type { ComputeWhole } from "./schedule.js";

/** On the thread that calls it. */
export const computeWhole: ComputeWhole = async ({ layer, mesh, tables, monoids }, { inputs, contributions }) =>
  runReference(layer, tables, monoids, inputs, { mesh, contributions });
