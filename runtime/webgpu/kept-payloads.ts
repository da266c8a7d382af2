/** Payloads that a rank sends on as they came: kept on the host from their coming until the last has gone. */
import { payloadSize } from "../../compiler/emit/webgpu/program.js";
import type { RankProgram, TaskProgram } from "../../compiler/emit/webgpu/program.js";

export interface KeptPayloads {
  /** Whether what a transfer brings is sent on. */
  has(brought: number): boolean;
  /** Keeps a piece of what a transfer brings. */
  keep(brought: number, offset: number, piece: Uint8Array): void;
  /** Of a payload all of which has come. */
  payloadOf(brought: number): Uint8Array;
  /** One of those that send it on has. */
  sent(brought: number): void;
}

/**
 * All that may be kept is allocated here, before the first task. What was sent is the first to be used again, so that of a ring's
 * chunks few are ever touched, and the system gives memory to no others.
 */
export function createKeptPayloads({ tasks }: Pick<RankProgram, "tasks">): KeptPayloads {
  const sizeOf = (task: number): number =>
    payloadSize((tasks.get(task) as Extract<TaskProgram, { kind: "receive" }>).payload);
  /** How often each is still to be sent on. */
  const left = new Map<number, number>();
  for (const task of tasks.values())
    if (task.kind === "send" && task.forwards !== undefined)
      left.set(task.forwards, (left.get(task.forwards) ?? 0) + 1);
  /** By size: of no payload yet, or of none any more. */
  const free = new Map<number, Uint8Array[]>();
  for (const brought of left.keys()) {
    const size = sizeOf(brought);
    const own = free.get(size) ?? [];
    free.set(size, own);
    own.push(new Uint8Array(size));
  }
  const payloads = new Map<number, Uint8Array>();
  return {
    has: (brought) => left.has(brought),
    keep(brought, offset, piece) {
      const payload = payloads.get(brought) ?? free.get(sizeOf(brought))!.pop()!;
      payloads.set(brought, payload);
      payload.set(piece, offset);
    },
    payloadOf: (brought) => payloads.get(brought)!,
    sent(brought) {
      const rest = left.get(brought)! - 1;
      left.set(brought, rest);
      if (rest > 0) return;
      const payload = payloads.get(brought)!;
      payloads.delete(brought);
      free.get(payload.byteLength)!.push(payload);
    },
  };
}
