/** What copies cost on a device, and to be waited for: of nothing else, and with no other rank at work. */
import { createDeviceBuffers, usage } from "../webgpu/device-buffers.js";
import type { OpenDevice } from "../webgpu/device.js";
import type { DeviceHost } from "../webgpu/host.js";
import { createReadbackRing, createUploadRing } from "../webgpu/staging.js";
import { median, timeInTurn } from "./in-turn.js";
import type { Runner, TurnSettings } from "./in-turn.js";

export interface DeviceCosts {
  /** From one of the device's buffers to another. */
  readonly copyBytesPerSecond: number;
  /** From the host to the device, through two staging buffers in turn, as transfers are made. */
  readonly uploadBytesPerSecond: number;
  /** From the device to the host, likewise. */
  readonly readbackBytesPerSecond: number;
  /** From submitting commands that do nothing until it is known that they are done. */
  readonly synchronisationNs: number;
}

/** Bytes of a copy. */
const pieceBytes = 1 << 20;

/** Medians of all rounds. Throws what the device says is wrong. */
export async function measureCosts(
  { device, failure }: Pick<OpenDevice, "device" | "failure">,
  { settled }: Pick<DeviceHost, "settled">,
  settings: TurnSettings = { rounds: 5, sampleMs: 100 },
): Promise<DeviceCosts> {
  const all = createDeviceBuffers(device);
  const buffer = (label: string): GPUBuffer =>
    all.create({ label, size: pieceBytes, usage: usage.storage | usage.copySource | usage.copyTarget });
  const buffers = [buffer("source"), buffer("target")];
  const [source, target] = [0, 1].map((at) => [{ buffer: at, offset: 0, bytes: pieceBytes }]);
  const host = new Uint8Array(pieceBytes).fill(1);
  const rings = { pieces: 2, pieceBytes };
  /** Settles whoever waits for a staging buffer. */
  let freed = (): void => {};
  const untilItIs = async (event: Promise<unknown>): Promise<void> => {
    // What a lost device was asked for never comes.
    await settled(Promise.race([event, device.lost]));
    const failed = failure();
    if (failed !== undefined) throw failed;
  };
  const whenFreed = (): Promise<void> => untilItIs(new Promise<void>((resolve) => (freed = resolve)));
  const uploads = createUploadRing(device, { buffers, all }, rings, () => freed());
  const readbacks = createReadbackRing(device, { buffers, all }, rings);
  const submit = (encode?: (encoder: GPUCommandEncoder) => void): void => {
    const encoder = device.createCommandEncoder();
    encode?.(encoder);
    device.queue.submit([encoder.finish()]);
  };
  const done = (): Promise<void> => untilItIs(device.queue.onSubmittedWorkDone());
  const runners: Runner[] = [
    async (times) => {
      for (let time = 0; time < times; time++)
        submit((encoder) => encoder.copyBufferToBuffer(buffers[0]!, 0, buffers[1]!, 0, pieceBytes));
      await done();
    },
    async (times) => {
      for (let time = 0; time < times; time++) {
        while (!uploads.isFree()) await whenFreed();
        uploads.write(host, target!);
      }
      while (!uploads.isIdle()) await whenFreed();
    },
    async (times) => {
      let read = 0;
      for (let time = 0; time < times; time++) {
        while (!readbacks.isFree()) await whenFreed();
        readbacks.read(source!, (data, release) => {
          host.set(data);
          release();
          read++;
          freed();
        });
      }
      while (read < times) await whenFreed();
    },
    async (times) => {
      for (let time = 0; time < times; time++) {
        submit();
        await done();
      }
    },
  ];
  try {
    const samples = await timeInTurn(runners, settings);
    const [copy, upload, readback, synchronisation] = samples.map((ms) => 1e6 * median(ms));
    const rate = (ns: number): number => (1e9 * pieceBytes) / ns;
    return {
      copyBytesPerSecond: rate(copy!),
      uploadBytesPerSecond: rate(upload!),
      readbackBytesPerSecond: rate(readback!),
      synchronisationNs: synchronisation!,
    };
  } finally {
    all.destroy();
  }
}
