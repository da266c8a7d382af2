/** Joins with work of their own that become ready on another rank's account than the one whose device does the work. */
import { wake } from "../protocol/protocol.js";
import type { SharedControl } from "../protocol/protocol.js";

export interface SharedHandover {
  /** Those of rank r are `list[start[r] .. start[r + 1])`, task + 1, as many of them as `tail[r]` says; 0 is not written yet. */
  readonly start: Int32Array;
  readonly list: Int32Array;
  readonly tail: Int32Array;
}

/** `beginsOn` of the joins alone is looked at. */
export function createHandover(isJoin: Uint8Array, beginsOn: Int32Array, rankCount: number): SharedHandover {
  const start = new Int32Array(new SharedArrayBuffer(4 * (rankCount + 1)));
  beginsOn.forEach((rank, task) => {
    if (isJoin[task] && rank >= 0) start[rank + 1]!++;
  });
  for (let rank = 0; rank < rankCount; rank++) start[rank + 1]! += start[rank]!;
  return {
    start,
    list: new Int32Array(new SharedArrayBuffer(4 * Math.max(1, start[rankCount]!))),
    tail: new Int32Array(new SharedArrayBuffer(4 * rankCount)),
  };
}

export function handOver(
  { start, list, tail }: SharedHandover,
  control: SharedControl,
  rank: number,
  task: number,
): void {
  const at = start[rank]! + Atomics.add(tail, rank, 1);
  Atomics.store(list, at, task + 1);
  wake(control, rank);
}

/** Takes what was handed over to a rank, one by one; undefined when there is none. */
export function handoverReader({ start, list }: SharedHandover, rank: number): () => number | undefined {
  let head = start[rank]!;
  const end = start[rank + 1]!;
  return () => {
    if (head === end) return undefined;
    const task = Atomics.load(list, head) - 1;
    if (task < 0) return undefined;
    head++;
    return task;
  };
}
