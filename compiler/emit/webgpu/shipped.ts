/** A schedule as it is shipped: all that a loader needs to run it and to say whether its results are right. */
import type { LayerIR, MeshModel, MonoidIR, TableData } from "../../check/ir.js";
import type { ExecutionPlan } from "../../graph/execution-plan.js";
import type { DeviceProgram } from "./program.js";

export interface ShippedSchedule {
  readonly file: string;
  readonly schedule: string;
  readonly layer: string;
  readonly machine: string;
  readonly params: readonly (readonly [string, number])[];
  /** Programs by the adapters that they suit, the first that an adapter has enough for is taken. */
  readonly programs: readonly { readonly suits: "software" | "hardware"; readonly program: DeviceProgram }[];
  /** What a run looks at of the plan. */
  readonly plan: Omit<ExecutionPlan, "action" | "kernels">;
  /** The layer as it is run, whose values those of the plan are. */
  readonly runLayer: LayerIR;
  /** The layer as it is written, which results are compared with. */
  readonly reference: {
    readonly layer: LayerIR;
    readonly mesh: MeshModel;
    readonly tables: readonly TableData[];
    readonly monoids: readonly MonoidIR[];
  };
  /** How far results may be from the layer's. */
  readonly tolerance: number;
  /** On the described machine: when each task runs, ns, and what else the picture says. */
  readonly predicted: {
    readonly start: Float64Array;
    readonly finish: Float64Array;
    readonly makespanNs: number;
    readonly boundNs: number;
    readonly boundBy: string;
  };
}
