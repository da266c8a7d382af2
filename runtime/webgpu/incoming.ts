/** The receiving half of a rank's transfers: takes due pieces out of channels, uploads them, and unpacks payloads. */
import type { RankProgram, TaskProgram } from "../../compiler/emit/webgpu/program.js";
import type { SharedControl } from "../protocol/protocol.js";
import { channelReceiver } from "./channels.js";
import type { ChannelReceiver, SharedChannels } from "./channels.js";
import type { KeptPayloads } from "./kept-payloads.js";
import { payloadSize } from "../../compiler/emit/webgpu/program.js";
import { rangesOf } from "./rank-memory.js";
import type { RankMemory } from "./rank-memory.js";
import { createUploadRing } from "./staging.js";

type ReceiveProgram = Extract<TaskProgram, { kind: "receive" }>;

export interface Incoming {
  /** Does what can be done now; whether that was anything. */
  pump(): boolean;
  /** When the next piece that is on its way is there, ns; Infinity where none is known of. */
  nextDue(): number;
  isUploading(): boolean;
}

export interface IncomingOptions {
  readonly rank: number;
  readonly device: GPUDevice;
  readonly memory: RankMemory;
  readonly program: RankProgram;
  readonly channels: SharedChannels;
  readonly kept: KeptPayloads;
  readonly control: SharedControl;
  readonly clock: () => number;
  /** Called when a staging buffer is free again. */
  readonly changed: () => void;
  /** Called when all of a payload has been submitted. */
  readonly delivered: (task: number) => void;
}

export function createIncoming(options: IncomingOptions): Incoming {
  const { rank, device, memory, program, channels, kept, control, clock } = options;
  const receivers: ChannelReceiver[] = [];
  let largest = 4;
  channels.target.forEach((target, channel) => {
    if (target !== rank) return;
    receivers.push(channelReceiver(channels, channel, control));
    largest = Math.max(largest, channels.slotBytes[channel]!);
  });
  const ring = createUploadRing(device, memory, { pieces: channels.slotCount, pieceBytes: largest }, options.changed);
  /** Bytes of a payload that are still to come, by task. */
  const missing = new Map<number, number>();

  const take = (receiver: ChannelReceiver): boolean => {
    const piece = receiver.peek();
    if (piece === undefined || piece.due > clock() || !ring.isFree()) return false;
    const { task, offset, bytes, data } = piece;
    const own = program.tasks.get(task) as ReceiveProgram;
    if (bytes > 0) ring.write(data, rangesOf(own.payload, offset, bytes));
    const size = payloadSize(own.payload);
    if (kept.has(task)) kept.keep(task, offset, data);
    receiver.release();
    const left = (missing.get(task) ?? size) - bytes;
    missing.set(task, left);
    if (left > 0) return true;
    missing.delete(task);
    if (own.unpack.end > own.unpack.first) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      memory.encode(own.unpack, pass);
      pass.end();
      device.queue.submit([encoder.finish()]);
    }
    options.delivered(task);
    return true;
  };

  return {
    pump() {
      let progressed = false;
      for (const receiver of receivers) while (take(receiver)) progressed = true;
      return progressed;
    },
    nextDue() {
      let next = Infinity;
      for (const receiver of receivers) {
        const due = receiver.peek()?.due ?? Infinity;
        // What is due and still there waits for a staging buffer, not for time to pass.
        if (due > clock()) next = Math.min(next, due);
      }
      return next;
    },
    isUploading: () => !ring.isIdle(),
  };
}
