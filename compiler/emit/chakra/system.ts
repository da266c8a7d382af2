/**
 * system.json. Computing at 1000 operations a nanosecond, and memory that never limits it. Every key must be there: some
 * that are missing leave ASTRA-sim with a member that nobody set.
 *
 * An all-to-all sends to one peer after the other (`direct1`): to all at once, as `direct` does, the backend without
 * congestion lets each message have the whole bandwidth.
 *
 * @param dimensionCount dimensions of the network: an implementation each
 */
export function systemOf(dimensionCount: number): Readonly<Record<string, unknown>> {
  const each = (implementation: string): string[] => Array.from({ length: dimensionCount }, () => implementation);
  return {
    "scheduling-policy": "FIFO",
    "endpoint-delay": 10,
    "active-chunks-per-dimension": 1,
    "preferred-dataset-splits": 1,
    "all-reduce-implementation": each("ring"),
    "all-gather-implementation": each("ring"),
    "reduce-scatter-implementation": each("ring"),
    "all-to-all-implementation": each("direct1"),
    "collective-optimization": "baseline",
    "local-mem-bw": 1_000_000,
    "peak-perf": 1,
    "roofline-enabled": 1,
    "replay-only": 0,
    "trace-enabled": 0,
    "boost-mode": 0,
  };
}
