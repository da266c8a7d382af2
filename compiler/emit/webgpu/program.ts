/**
 * A schedule for WebGPU: kernels, and for each rank its memory, its tables and what each task dispatches. Plain data, made
 * before the run: whoever executes it has nothing left to decide, and allocates nothing on the way.
 */

export interface DeviceProgram {
  readonly kernels: readonly DeviceKernel[];
  readonly ranks: readonly RankProgram[];
  /** What an adapter must have beyond the limits that every WebGPU adapter has. */
  readonly needs: DeviceNeeds;
}

/** What an adapter may have that kernels make use of. */
export type DeviceFeature = "shader-f16" | "subgroups";

export interface DeviceNeeds {
  readonly features: readonly DeviceFeature[];
  /** Lanes that every subgroup must have, no more and no less; absent where no kernel uses subgroups. */
  readonly subgroupLanes?: number;
  /** Bytes of the largest buffer, and of the largest part of one that a kernel sees. */
  readonly bufferBytes: number;
  readonly bindingBytes: number;
  readonly storageBuffers: number;
  /** Bytes that the invocations of a workgroup share. */
  readonly workgroupBytes: number;
}

export interface DeviceKernel {
  /** What it computes and how: a file name. */
  readonly name: string;
  readonly source: string;
  /**
   * Group 0 has the numbers of the task (binding 0, a uniform with a dynamic offset) and the rank's tables (binding 1, read-only
   * storage); group 1 has these arrays, in order.
   */
  readonly arrays: readonly { readonly name: string; readonly access: "read" | "write" }[];
  /** Numbers of a task, 4 bytes each. */
  readonly fieldCount: number;
  readonly features: readonly DeviceFeature[];
  readonly subgroupLanes?: number;
  /** Bytes that its workgroups share, each for itself. */
  readonly workgroupBytes: number;
}

/** A part of one of a rank's buffers; offset and bytes are multiples of 4, of what a kernel sees the offset of 256. */
export interface Place {
  readonly buffer: number;
  readonly offset: number;
  readonly bytes: number;
}

export interface RankProgram {
  /** Bytes of each buffer. */
  readonly buffers: readonly number[];
  /** Of what the proof counts, values and what words keep; not what kernels and transfers need beside it. */
  readonly valueBytes: number;
  /** `tables` of all kernels. */
  readonly tables: Uint32Array;
  /** Numbers of all steps: those of step s begin at byte `steps.fields[s]`, a multiple of 256. */
  readonly fields: Uint32Array;
  readonly steps: Steps;
  /** What each task does here, by task. */
  readonly tasks: ReadonlyMap<number, TaskProgram>;
  /** Before the run, when the inputs are there. */
  readonly prepare: StepRange;
  readonly inputs: readonly HostTensor[];
  readonly outputs: readonly HostTensor[];
}

/** Struct of arrays: dispatch s runs `kernel[s]` over `workgroups[3 s ..]`, on arrays `places[first[s] .. first[s + 1])`. */
export interface Steps {
  readonly kernel: Uint32Array;
  readonly fields: Uint32Array;
  readonly workgroups: Uint32Array;
  readonly firstPlace: Uint32Array;
  readonly places: readonly Place[];
}

/** Steps first .. end - 1. */
export interface StepRange {
  readonly first: number;
  readonly end: number;
}

export type TaskProgram =
  | ({ readonly kind: "compute" } & StepRange)
  /**
   * Runs the steps, then sends the payload, its parts one behind the other; where it `forwards` what a transfer brought, it sends
   * that, which is the same.
   */
  | {
      readonly kind: "send";
      readonly target: number;
      readonly pack: StepRange;
      readonly payload: readonly Place[];
      readonly forwards?: number;
    }
  /** Puts the payload there, then runs the steps. */
  | {
      readonly kind: "receive";
      readonly source: number;
      readonly payload: readonly Place[];
      readonly unpack: StepRange;
    };

/** Bytes of a payload. */
export function payloadSize(payload: readonly Place[]): number {
  return payload.reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * A tensor as it comes from or goes to the host: `rows` of `columns` elements, row-major, one behind the other there; in the
 * device's memory in its dtype, a row at each multiple of `pitch` elements. Components of a state are tensors of their own.
 */
export interface HostTensor {
  /** Number of the plan's buffer, and where in its elements this begins. */
  readonly planBuffer: number;
  readonly firstElement: number;
  readonly dtype: string;
  readonly rows: number;
  readonly columns: number;
  readonly pitch: number;
  readonly place: Place;
}
