/**
 * Links as slow as those of a machine: a piece takes each port and wire of its route for its time, first come first served, and
 * arrives a latency later. Transfers that share one take turns, piece by piece, which is what a fair share comes to.
 */
import type { ShapedRoute } from "../../compiler/machine/link-shape.js";

export interface ShapedLinks {
  /** Until when each resource is taken, ns by the clock of the run; a lock guards them, since a piece takes several at once. */
  readonly takenUntil: Float64Array;
  readonly lock: Int32Array;
}

export function createShapedLinks(resourceCount: number): ShapedLinks {
  return {
    takenUntil: new Float64Array(new SharedArrayBuffer(8 * Math.max(1, resourceCount))),
    lock: new Int32Array(new SharedArrayBuffer(4)),
  };
}

/** Takes a route for a piece that is ready now; returns when it arrives. */
export function takeRoute({ takenUntil, lock }: ShapedLinks, route: ShapedRoute, bytes: number, now: number): number {
  // Held for some hundred nanoseconds, so that spinning is what waiting costs least.
  while (Atomics.compareExchange(lock, 0, 0, 1) !== 0);
  const { resources, nsPerByte, latencyNs } = route;
  let start = now;
  for (const resource of resources) start = Math.max(start, takenUntil[resource]!);
  let end = start;
  resources.forEach((resource, index) => {
    takenUntil[resource] = start + bytes * nsPerByte[index]!;
    end = Math.max(end, takenUntil[resource]!);
  });
  Atomics.store(lock, 0, 0);
  return end + latencyNs;
}
