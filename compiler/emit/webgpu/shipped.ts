/**
 * A schedule as it is shipped, and its files: all that a loader needs to run it and to say whether its results are right.
 * `plan.json` and `plan.bin` are a `ShippedSchedule` as plain data; the source of a kernel stands in a file of its own.
 */
import type { LayerIR, MeshModel, MonoidIR, TableData } from "../../check/ir.js";
import type { ExecutionPlan } from "../../graph/execution-plan.js";
import type { DeviceProgram } from "./program.js";

export interface ShippedSchedule {
  /** Of this description of it; a loader reads its own alone. */
  readonly format: typeof shippedFormat;
  readonly file: string;
  readonly schedule: string;
  readonly layer: string;
  readonly machine: string;
  readonly params: readonly (readonly [string, number])[];
  /** The first is taken that an adapter has enough for, of those that are for its class first. */
  readonly programs: readonly ShippedProgram[];
  /** What a run looks at of the plan. */
  readonly plan: Omit<ExecutionPlan, "action" | "apart" | "overwrites" | "kernels">;
  /** The layer as it is run, whose values those of the plan are. */
  readonly runLayer: LayerIR;
  /** The layer as it is written, which results are compared with. */
  readonly reference: ShippedReference;
  /** How far results may be from the layer's. */
  readonly tolerance: number;
  readonly predicted: ShippedPrediction;
}

export const shippedFormat = 1;

/** Kernels for a class of adapters; a kernel's source is that of its file, and here it is empty. */
export interface ShippedProgram {
  readonly suits: "software" | "hardware";
  readonly program: DeviceProgram;
}

export interface ShippedReference {
  readonly layer: LayerIR;
  readonly mesh: MeshModel;
  readonly tables: readonly TableData[];
  readonly monoids: readonly MonoidIR[];
  /** Arithmetic of all ranks: of the layer whole, it takes a core some nanoseconds each. */
  readonly flops: number;
}

/** On the described machine: when each task runs, ns, and the lower bound. */
export interface ShippedPrediction {
  readonly start: Float64Array;
  readonly finish: Float64Array;
  readonly makespanNs: number;
  readonly boundNs: number;
  readonly boundBy: string;
}

export const planFiles = { text: "plan.json", bytes: "plan.bin" } as const;

export const kernelFile = (suits: ShippedProgram["suits"], kernel: string): string => `kernels/${suits}/${kernel}.wgsl`;
