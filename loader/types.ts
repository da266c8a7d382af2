/** What a shipped schedule can do: the loader's interface, in Node and in browsers. */

/** A tensor of the layer's signature, whole: all ranks together. */
export interface TensorInfo {
  readonly name: string;
  readonly dtype: string;
  /** Sizes of its axes, outermost first; elements are row-major. */
  readonly shape: readonly number[];
}

export interface ScheduleInfo {
  readonly file: string;
  readonly schedule: string;
  readonly layer: string;
  /** The machine that it was planned for. */
  readonly machine: string;
  readonly ranks: number;
  readonly tasks: number;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Predicted on that machine. */
  readonly predictedNs: number;
}

/** The layer is computed whole; devices are opened and kernels compiled; tasks are run. */
export type Stage = "whole" | "kernels" | "tasks";

export interface RunSettings {
  /**
   * Values of inputs, by name: as many numbers as the shape has. They are rounded at the input's dtype. Inputs that are not
   * given are drawn at random, the same ones each time.
   */
  readonly inputs?: Readonly<Record<string, ArrayLike<number>>>;
  /**
   * Whether to compute the layer whole as well, on one core, and to compare. Absent: where no input is given, and that takes
   * seconds rather than minutes.
   */
  readonly verify?: boolean;
  /** Called several times a second; of tasks, `finished` of `total` have run. */
  readonly onProgress?: (stage: Stage, finished: number, total: number) => void;
  /** Ends the run. */
  readonly signal?: AbortSignal;
}

export interface ScheduleRun {
  /** Results, by name, row-major. */
  readonly outputs: Readonly<Record<string, Float64Array>>;
  /** max |sharded - whole| / max |whole|, the largest of the outputs'; undefined where nothing was compared. */
  readonly maxError?: number;
  /** How far results may be from the whole layer's. */
  readonly tolerance: number;
  /** From the first task's start to the last one's finish. */
  readonly measuredNs: number;
  /** What computed. */
  readonly adapter: string;
  /** When each task ran, ns since the first began, by task. */
  readonly timeline: { readonly start: Float64Array; readonly finish: Float64Array; readonly makespanNs: number };
}

export interface Schedule {
  readonly info: ScheduleInfo;
  /** One at a time. Rejects with an Error that says which rank and task where something goes wrong. */
  run(settings?: RunSettings): Promise<ScheduleRun>;
  /** Ends the workers and their devices. */
  close(): Promise<void>;
}

/** `folder`: where the package's files are; absent: where the loader itself is. Rejects where they cannot be read, or run. */
export type Load = (folder?: URL) => Promise<Schedule>;
