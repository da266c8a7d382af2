/** What a test author sees of a file, its schedules, and what can be expected of them. */
import type { SimulationResult } from "../simulator/measure.js";

/** Params and tables by name, as `--set` gives them: numbers, or text of the language such as `zipf(1.3) seed 7`. */
export type Settings = Readonly<Record<string, number | string>>;

export interface LoadOptions {
  /** The profile whose sizes are taken. Without one, runs take those of `profile small` where the file has it. */
  readonly profile?: string;
  readonly set?: Settings;
  /** Another machine for the file's meshes, by name: one of the file, or of `std/machines`. */
  readonly machine?: string;
  /** Texts in place of files, by path from the file: what it may import, or read as a table. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A file that was read and checked, with these settings. */
export interface StrettoFile {
  /** As messages name it. */
  readonly path: string;
  /** Names, in the order of the file. */
  readonly schedules: readonly string[];
  readonly layers: readonly string[];
  readonly tables: readonly string[];
  /** Each param's number, in base units (bytes, seconds). */
  readonly params: Readonly<Record<string, number>>;
  /** @throws StrettoError where the file has no such schedule */
  schedule(name: string): ScheduleUnderTest;
  /**
   * The same file with other settings; those given before stay unless they are given again.
   *
   * @throws StrettoError where the file is wrong with them
   */
  with(set: Settings): StrettoFile;
}

/** One schedule of a file. What is wrong with it is thrown when it is first planned. */
export interface ScheduleUnderTest {
  readonly name: string;
  readonly file: StrettoFile;
  /**
   * Lowers, plans and proves it, once.
   *
   * @throws StrettoError with what the compiler says of it
   */
  plan(): Plan;
  /**
   * Simulates it on its machine, once. The words and units are those of `stretto simulate --json`: nanoseconds, bytes.
   *
   * @throws StrettoError where it cannot be planned
   */
  predict(): Prediction;
  /**
   * Runs it on workers of this computer, at the sizes of `profile small` where the file has one and no profile was
   * asked for, and compares with the layer computed whole.
   *
   * @throws StrettoError where it cannot be planned, or is too large to be computed
   */
  run(options?: RunOptions): Promise<Run>;
  /** The schedule of that name in `file.with(set)`. */
  with(set: Settings): ScheduleUnderTest;
}

export interface Plan {
  readonly ranks: number;
  readonly tasks: number;
  readonly edges: number;
  /** Rounds of all words. */
  readonly rounds: number;
  /** Of the rank that needs most. */
  readonly peak_memory_bytes: number;
}

export interface Prediction extends SimulationResult {
  /** Of the rank that needs most. */
  readonly peak_memory_bytes: number;
}

export interface RunOptions {
  /** `cpu` (the default) computes in float64 and rounds as declared; `webgpu` needs the package webgpu; `null` moves nothing. */
  readonly device?: "cpu" | "webgpu" | "null";
}

export interface Run {
  readonly device: "cpu" | "webgpu" | "null";
  readonly ranks: number;
  readonly tasks: number;
  /** max |sharded - whole| / max |whole|, the largest of the outputs; null on device `null`. */
  readonly max_error: number | null;
  /** What a check of the file allows, else what reordering its sums can come to. */
  readonly tolerance: number;
  readonly measured_ns: number;
}

/** Bytes, or text with a unit: `80 GB`, `1.5 MiB`. */
export type Bytes = number | string;

/** What is to be moved between ranks, on the wire, all of it or of the rank that moves most. Exactly one limit is given. */
export type Movement = { readonly perRank?: boolean } & (
  { readonly bytes: Bytes; readonly atMost?: never } | { readonly atMost: Bytes; readonly bytes?: never }
);

export interface MatchOptions extends RunOptions {
  /** The largest max |a - b| / max |b| of an output. Without it, as the file's check says, else what rounding explains. */
  readonly within?: number;
}

/**
 * The expectations that `stretto/testing` adds. Each fails with what was measured, what was asked, and the
 * diagnostic at its line. A schedule that cannot be planned at all throws StrettoError, also after `.not`.
 */
export interface StrettoMatchers<R = unknown> {
  /** It is proved that its tasks cannot wait for each other in a circle. */
  toBeDeadlockFree(): R;
  /** It is proved that all that writes what others read or write is ordered before or after them. */
  toBeRaceFree(): R;
  /** It computes its own layer, or the one named: it is run. Await it. */
  toMatchLayer(layer?: string, options?: MatchOptions): Promise<R>;
  /** At least this share (0 .. 1) of its communication is hidden behind computation, on the machine, as predicted. */
  toHide(share: number): R;
  /** No rank's memory exceeds this. */
  toFitIn(memory: Bytes): R;
  /** It is predicted to be faster than another one: strictly, or so many times. */
  toBeFasterThan(other: string | ScheduleUnderTest, factor?: number): R;
  /** What it moves between ranks. */
  toMove(movement: Movement): R;
  /** It is predicted to take at most so many times the lower bound of its graph on its machine; 1 is the bound itself. */
  toBeWithinOfBound(factor: number): R;
}
