import type { Operation } from "../replay/operation.js";

/**
 * What GOAL says of an operation. Computing, sending and receiving are three cpus, so that none waits for another;
 * one network interface a rank sends one message after the other.
 */
export const cpuOf = { compute: 0, send: 1, receive: 2 } as const;

/**
 * A tag that no other message between the same ranks has. ATLAHS hashes tags by their upper half and never frees a
 * queue, so a message's number goes there first.
 */
export function tagOf(operation: Operation): number {
  return (((operation.message & 0xffff) << 16) | (operation.message >>> 16)) >>> 0;
}
