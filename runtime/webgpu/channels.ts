/**
 * How payloads go from rank to rank: a channel for each pair of ranks that has transfers, of a few slots in shared memory. A
 * payload goes in pieces, in order, one payload after another; a sender waits for a free slot, a receiver empties what is
 * due whatever else it does, so that no channel ever blocks another.
 */
import { wake } from "../protocol/protocol.js";
import type { SharedControl } from "../protocol/protocol.js";

export interface SharedChannels {
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly slotCount: number;
  /** Bytes of a slot, by channel. */
  readonly slotBytes: Int32Array;
  /** Slots of channel c, one behind the other. */
  readonly data: readonly SharedArrayBuffer[];
  /** By channel and slot: whether it is full; of which task, where in its payload, how long, and when it is there, ns. */
  readonly full: Int32Array;
  readonly task: Int32Array;
  readonly offset: Float64Array;
  readonly bytes: Int32Array;
  readonly due: Float64Array;
}

/** Enough that a piece is read back, one is on its way and one is uploaded at once; of links with a latency, more are on their way. */
const freeSlots = 4;
const shapedSlots = 16;
const largestSlot = 1 << 20;
const smallestSlot = 1 << 12;

/** Pairs of ranks and the largest payload that goes from the one to the other. */
export interface ChannelNeed {
  readonly source: number;
  readonly target: number;
  readonly payloadBytes: number;
}

/** `largestPiece`: bytes that a piece may have, where links are shaped and transfers that share one are to take turns. */
export function createChannels(needs: readonly ChannelNeed[], largestPiece?: number): SharedChannels {
  const slotCount = largestPiece === undefined ? freeSlots : shapedSlots;
  const slots = needs.length * slotCount;
  const int32 = (count: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * count));
  const float64 = (count: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * count));
  const slotBytes = int32(needs.length);
  needs.forEach(({ payloadBytes }, channel) => {
    const wanted = Math.min(payloadBytes, largestPiece ?? largestSlot, largestSlot);
    slotBytes[channel] = Math.max(smallestSlot, 4 * Math.ceil(wanted / 4));
  });
  const source = int32(needs.length);
  const target = int32(needs.length);
  source.set(needs.map((need) => need.source));
  target.set(needs.map((need) => need.target));
  return {
    ...{ source, target, slotCount, slotBytes },
    data: Array.from(slotBytes, (bytes) => new SharedArrayBuffer(bytes * slotCount)),
    ...{ full: int32(slots), task: int32(slots), offset: float64(slots), bytes: int32(slots), due: float64(slots) },
  };
}

export interface Piece {
  readonly task: number;
  /** Where in the payload it lies, bytes. */
  readonly offset: number;
  readonly bytes: number;
  /** When it is there, by the clock of the run, ns. */
  readonly due: number;
}

/** The sending end of a channel. */
export interface ChannelSender {
  readonly slotBytes: number;
  isFree(): boolean;
  /** Puts a piece into the next slot, which is free, and wakes the receiver. */
  put(data: Uint8Array, piece: Omit<Piece, "bytes">): void;
}

export function channelSender(channels: SharedChannels, channel: number, control: SharedControl): ChannelSender {
  const { slotBytes, full, task, offset, bytes, due, data, target } = channels;
  const size = slotBytes[channel]!;
  let next = 0;
  const slot = (): number => channel * channels.slotCount + next;
  return {
    slotBytes: size,
    isFree: () => Atomics.load(full, slot()) === 0,
    put(piece, about) {
      const at = slot();
      new Uint8Array(data[channel]!, next * size, piece.byteLength).set(piece);
      task[at] = about.task;
      offset[at] = about.offset;
      bytes[at] = piece.byteLength;
      due[at] = about.due;
      Atomics.store(full, at, 1);
      next = (next + 1) % channels.slotCount;
      wake(control, target[channel]!);
    },
  };
}

/** The receiving end of a channel. */
export interface ChannelReceiver {
  /** The next piece, whether due or not; its data stay until `release`. */
  peek(): (Piece & { readonly data: Uint8Array }) | undefined;
  release(): void;
}

export function channelReceiver(channels: SharedChannels, channel: number, control: SharedControl): ChannelReceiver {
  const { slotBytes, full, task, offset, bytes, due, data, source } = channels;
  const size = slotBytes[channel]!;
  let next = 0;
  const slot = (): number => channel * channels.slotCount + next;
  return {
    peek() {
      const at = slot();
      if (Atomics.load(full, at) === 0) return undefined;
      const length = bytes[at]!;
      const piece = new Uint8Array(data[channel]!, next * size, length);
      return { task: task[at]!, offset: offset[at]!, bytes: length, due: due[at]!, data: piece };
    },
    release() {
      Atomics.store(full, slot(), 0);
      next = (next + 1) % channels.slotCount;
      wake(control, source[channel]!);
    },
  };
}
