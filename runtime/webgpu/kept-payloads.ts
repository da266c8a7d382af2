/** Payloads that a rank sends on as they came: kept on the host from their coming until the last has gone. */
import type { RankProgram } from "../../compiler/emit/webgpu/program.js";

export interface KeptPayloads {
  /** Whether what a transfer brings is sent on. */
  has(brought: number): boolean;
  /** Keeps a piece of what a transfer brings; the payload has so many bytes. */
  keep(brought: number, offset: number, piece: Uint8Array, size: number): void;
  /** Of a payload all of which has come. */
  payloadOf(brought: number): Uint8Array;
  /** One of those that send it on has. */
  sent(brought: number): void;
}

export function createKeptPayloads({ tasks }: Pick<RankProgram, "tasks">): KeptPayloads {
  /** How often each is still to be sent on. */
  const left = new Map<number, number>();
  for (const task of tasks.values())
    if (task.kind === "send" && task.forwards !== undefined)
      left.set(task.forwards, (left.get(task.forwards) ?? 0) + 1);
  const payloads = new Map<number, Uint8Array>();
  /** Of no payload any more, to be used again: rings send chunks of one size. */
  const free: Uint8Array[] = [];
  return {
    has: (brought) => left.has(brought),
    keep(brought, offset, piece, size) {
      let payload = payloads.get(brought);
      if (payload === undefined) {
        const index = free.findIndex(({ byteLength }) => byteLength === size);
        payload = index < 0 ? new Uint8Array(size) : free.splice(index, 1)[0]!;
        payloads.set(brought, payload);
      }
      payload.set(piece, offset);
    },
    payloadOf: (brought) => payloads.get(brought)!,
    sent(brought) {
      const rest = left.get(brought)! - 1;
      left.set(brought, rest);
      if (rest > 0) return;
      free.push(payloads.get(brought)!);
      payloads.delete(brought);
    },
  };
}
