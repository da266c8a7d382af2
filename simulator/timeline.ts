/** When each task ran, in nanoseconds since the first could have begun; what a simulation and a measured run share. */
export interface Timeline {
  readonly start: Float64Array;
  readonly finish: Float64Array;
  readonly makespanNs: number;
}

/** What a task waited for last, before it began. */
export const Why = { begin: 0, data: 1, reuse: 2, order: 3, queue: 4, launch: 5 } as const;
export type Why = (typeof Why)[keyof typeof Why];

export const whyNames = ["begin", "data", "reuse", "order", "queue", "launch"] as const;

/** A predicted timeline, which also knows why each task began when it did. */
export interface SimulatedTimeline extends Timeline {
  /**
   * The task whose finish let this one begin: `start[t] === finish[cause[t]]`, but for a launch between them where
   * `why[t]` is `launch`; -1 where it began as the graph did.
   */
  readonly cause: Int32Array;
  /** A `Why`. */
  readonly why: Uint8Array;
  /** Tasks that never finish, because of a cycle or a blocked queue; their times are NaN. Empty when all is well. */
  readonly stuck: readonly number[];
}
