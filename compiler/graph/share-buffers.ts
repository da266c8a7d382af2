/**
 * What shares a buffer of a rank's device by turns. A dispatch may not bind a buffer that it writes as one that it reads, so
 * whole buffers are shared: what a dispatch reads and what it writes are in use at once, and lie in different ones.
 */
export interface Tenant {
  readonly bytes: number;
  /** Number of its lifetime in the plan. */
  readonly lifetime: number;
}

export interface SharedBuffers {
  /** Of each buffer. */
  readonly bytes: readonly number[];
  /** Of each tenant. */
  readonly bufferOf: readonly number[];
}

/**
 * The largest first, each in the smallest buffer that has room and whose other tenants are in use at other times. Asks at most
 * once for each pair of tenants, of which a rank has one a value and one a word: no more for more tasks.
 */
export function shareBuffers(
  tenants: readonly Tenant[],
  apart: (lifetime: number, other: number) => boolean,
): SharedBuffers {
  const bytes: number[] = [];
  const bufferOf = new Array<number>(tenants.length);
  const lifetimesIn: number[][] = [];
  const bySize = tenants.map((_, number) => number).toSorted((a, b) => tenants[b]!.bytes - tenants[a]!.bytes || a - b);
  for (const number of bySize) {
    const { lifetime } = tenants[number]!;
    let chosen = -1;
    lifetimesIn.forEach((lifetimes, buffer) => {
      if ((chosen < 0 || bytes[buffer]! < bytes[chosen]!) && lifetimes.every((other) => apart(lifetime, other)))
        chosen = buffer;
    });
    if (chosen < 0) {
      chosen = bytes.push(tenants[number]!.bytes) - 1;
      lifetimesIn.push([]);
    }
    lifetimesIn[chosen]!.push(lifetime);
    bufferOf[number] = chosen;
  }
  return { bytes, bufferOf };
}
