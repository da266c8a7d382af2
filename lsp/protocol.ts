/** What editor and server say to each other beyond the language server protocol. Types alone, and names of requests. */

export const requests = {
  /** `ScheduleParameters` to a `Timeline`, or null where no schedule can be predicted. */
  timeline: "stretto/timeline",
  /** `ScheduleParameters` to a `TaskGraph`, or null. */
  taskGraph: "stretto/taskGraph",
  /** `FileParameters` to a list of `CheckBlock`. */
  checks: "stretto/checks",
  /** `RunChecksParameters` to a list of `CheckedClaim`. */
  runChecks: "stretto/runChecks",
  /** `WhyParameters` to a `Why`, or null where nothing waits. */
  why: "stretto/why",
  /** `FileParameters`, the uri `stretto:/std/ops.stretto`, to its text. */
  source: "stretto/source",
  /** From server to editor: `ReadParameters` to a text, or null. */
  read: "stretto/read",
  /** From server to editor: `ListParameters` to the uris of all files below a folder whose names end so. */
  list: "stretto/list",
} as const;

/**
 * Commands of code lenses. A client that carries them out itself says so, `experimental: { stretto: { commands: true } }`
 * among its capabilities; to others the server answers `simulate` and `why` with a text.
 */
export const commands = {
  /** (uri, schedule) */
  simulate: "stretto.simulate",
  /** (uri, schedule or layer) */
  check: "stretto.check",
  /** (uri, schedule) */
  run: "stretto.run",
  /** (uri, position) */
  why: "stretto.why",
} as const;

/** As the language server protocol has them: from 0, characters as UTF-16 counts them. */
export interface LinePosition {
  readonly line: number;
  readonly character: number;
}
export interface LineRange {
  readonly start: LinePosition;
  readonly end: LinePosition;
}

export interface FileParameters {
  readonly uri: string;
}
export type ReadParameters = FileParameters;
export interface ListParameters extends FileParameters {
  readonly ending: string;
  readonly limit: number;
}

export interface ScheduleParameters extends FileParameters {
  /** The file's last one if absent. */
  readonly schedule?: string;
  readonly machine?: string;
  readonly profile?: string;
}

export interface Timeline {
  readonly schedule: string;
  readonly layer: string;
  readonly machine: string;
  readonly makespan_ns: number;
  /** No execution of the same tasks on the machine is faster. */
  readonly bound_ns: number;
  /** All of the file, in its order. */
  readonly schedules: readonly string[];
  readonly bars: readonly TimelineBar[];
  /** Tasks that the bars stand for: several of one statement on one engine, without a pause between, are one bar. */
  readonly tasks: number;
  /** Pauses up to this long are drawn over, so that there are not too many bars; mostly 0. */
  readonly gap_ns: number;
  /** The last ranks, where there is no room for all. */
  readonly omitted_ranks: number;
}

/** A statement at work on an engine of a rank. */
export interface TimelineBar {
  readonly rank: number;
  readonly engine: string;
  readonly name: string;
  /** It moves bytes between ranks. */
  readonly communicates: boolean;
  readonly start_ns: number;
  readonly end_ns: number;
  /** Where in the file asked about the statement stands. */
  readonly range: LineRange;
}

export interface TaskGraph {
  readonly schedule: string;
  readonly nodes: readonly TaskNode[];
  readonly edges: readonly TaskEdge[];
}
/** A statement. */
export interface TaskNode {
  readonly id: string;
  readonly name: string;
  readonly communicates: boolean;
  readonly tasks: number;
  readonly range: LineRange;
}
/** Data that it reads; the order of the schedule; memory that it takes over. */
export type WaitingFor = "data" | "order" | "reuse";
export interface TaskEdge {
  readonly from: string;
  readonly to: string;
  readonly why: WaitingFor;
}

export interface WhyParameters extends FileParameters {
  readonly position: LinePosition;
}
/** What the statement at a place waits for. */
export interface Why {
  readonly text: string;
  /** Where what it waits for stands, the nearest first. */
  readonly steps: readonly { readonly uri: string; readonly range: LineRange }[];
}

/** One `check { .. }` of a file. */
export interface CheckBlock {
  readonly subject: string;
  readonly range: LineRange;
  readonly claims: readonly { readonly text: string; readonly range: LineRange }[];
}

export interface RunChecksParameters extends FileParameters {
  /** Only of this schedule or layer. */
  readonly subject?: string;
  readonly seed?: number;
  readonly runs?: number;
  /** What `--set` would give, as a counterexample says it: a `for` over such a name draws nothing. */
  readonly set?: Readonly<Record<string, string>>;
}

export interface CheckedClaim {
  /** Which `CheckBlock` of the file it is of, and which of its claims; what fails of all cases is told at the `for`. */
  readonly check: number;
  readonly place: number;
  readonly subject: string;
  readonly claim: string;
  readonly range: LineRange;
  readonly holds: boolean;
  readonly measured: string;
  /** Where it does not hold: what is wrong. */
  readonly message?: string;
  /** The command line that fails alike. */
  readonly repeat?: string;
  /** What is set where a case of a `for` fails: given as `set`, that case is checked alone. */
  readonly counterexample?: Readonly<Record<string, string>>;
  readonly milliseconds?: number;
}
