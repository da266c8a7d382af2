/** Rings of staging buffers: between a device's memory and the host's, several transfers under way at once. */
import type { Place } from "../../compiler/emit/webgpu/program.js";
import { usage } from "./device-buffers.js";
import type { RankMemory } from "./rank-memory.js";

/** How many pieces are under way at once, and bytes of the largest. */
export interface RingSize {
  readonly pieces: number;
  readonly pieceBytes: number;
}

/** Pieces on their way from the device to the host. */
export interface ReadbackRing {
  isFree(): boolean;
  /** Copies some ranges, after all that was submitted before; `done` gets the bytes, which stay until `release` is called. */
  read(ranges: readonly Place[], done: (data: Uint8Array, release: () => void) => void): void;
}

export function createReadbackRing(
  device: GPUDevice,
  { buffers, all }: Pick<RankMemory, "buffers" | "all">,
  { pieces, pieceBytes }: RingSize,
): ReadbackRing {
  const { mapRead, copyTarget } = usage;
  const free = Array.from({ length: pieces }, () =>
    all.create({ label: "readback", size: pieceBytes, usage: mapRead | copyTarget }),
  );
  return {
    isFree: () => free.length > 0,
    read(ranges, done) {
      const staging = free.pop()!;
      const encoder = device.createCommandEncoder();
      let bytes = 0;
      for (const range of ranges) {
        encoder.copyBufferToBuffer(buffers[range.buffer]!, range.offset, staging, bytes, range.bytes);
        bytes += range.bytes;
      }
      device.queue.submit([encoder.finish()]);
      staging.mapAsync(1, 0, bytes).then(
        () =>
          done(new Uint8Array(staging.getMappedRange(0, bytes)), () => {
            staging.unmap();
            free.push(staging);
          }),
        () => {}, // The device is lost, or the run has ended: whoever owns the device says so.
      );
    },
  };
}

/** Pieces on their way from the host to the device. */
export interface UploadRing {
  isFree(): boolean;
  /** None is with the device. */
  isIdle(): boolean;
  /** Puts bytes into some ranges, before all that is submitted after. They are read before this returns. */
  write(data: Uint8Array, ranges: readonly Place[]): void;
}

export function createUploadRing(
  device: GPUDevice,
  { buffers, all }: Pick<RankMemory, "buffers" | "all">,
  { pieces, pieceBytes }: RingSize,
  freed: () => void,
): UploadRing {
  const { mapWrite, copySource } = usage;
  const free = Array.from({ length: pieces }, () =>
    all.create({ label: "upload", size: pieceBytes, usage: mapWrite | copySource, mappedAtCreation: true }),
  );
  return {
    isFree: () => free.length > 0,
    isIdle: () => free.length === pieces,
    write(data, ranges) {
      const staging = free.pop()!;
      new Uint8Array(staging.getMappedRange(0, data.byteLength)).set(data);
      staging.unmap();
      const encoder = device.createCommandEncoder();
      let at = 0;
      for (const range of ranges) {
        encoder.copyBufferToBuffer(staging, at, buffers[range.buffer]!, range.offset, range.bytes);
        at += range.bytes;
      }
      device.queue.submit([encoder.finish()]);
      staging.mapAsync(2).then(
        () => {
          free.push(staging);
          freed();
        },
        () => {},
      );
    },
  };
}
