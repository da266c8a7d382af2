/** The memory of one run on one device: buffers, tables, numbers of tasks; and how dispatches bind them. */
import type { HostTensor, Place, RankProgram, StepRange } from "../../compiler/emit/webgpu/program.js";
import { decodeRows, encodeRows } from "../numbers/bits.js";
import { createDeviceBuffers, usage, type DeviceBuffers } from "./device-buffers.js";
import type { OpenDevice, Pipeline } from "./device.js";

const uniformWindow = 256;

export interface RankMemory {
  /** Those of the program, by its numbers. */
  readonly buffers: readonly GPUBuffer[];
  /** These and all others of the run. */
  readonly all: DeviceBuffers;
  /** Records the dispatches of some steps. */
  encode(range: StepRange, pass: GPUComputePassEncoder): void;
  upload(tensor: HostTensor, elements: ArrayLike<number>): void;
  /** All outputs of the program. */
  download(elementsOf: (planBuffer: number) => { [index: number]: number }): Promise<void>;
  /** Writes not a number everywhere, so that what is read before it is written shows. */
  poison(): void;
  destroy(): void;
}

export function createRankMemory(
  open: Pick<OpenDevice, "device" | "taskLayout">,
  program: RankProgram,
  pipelines: readonly Pipeline[],
): RankMemory {
  const { device, taskLayout } = open;
  const all = createDeviceBuffers(device);
  const create = (label: string, size: number, flags: number): GPUBuffer => all.create({ label, size, usage: flags });
  const { storage, copySource, copyTarget, uniform } = usage;
  const buffers = program.buffers.map((size, number) =>
    create(`buffer ${number}`, size, storage | copySource | copyTarget),
  );
  const tables = create("tables", program.tables.byteLength, storage | copyTarget);
  device.queue.writeBuffer(tables, 0, program.tables as Uint32Array<ArrayBuffer>);
  // A window may be longer than the numbers of the last step.
  const fields = create("fields", program.fields.byteLength + 4 * uniformWindow, uniform | copyTarget);
  device.queue.writeBuffer(fields, 0, program.fields as Uint32Array<ArrayBuffer>);
  const outputBytes = program.outputs.reduce((sum, { place }) => sum + place.bytes, 0);
  const results = create("results", Math.max(4, outputBytes), usage.mapRead | copyTarget);
  const task = device.createBindGroup({
    layout: taskLayout,
    entries: [
      { binding: 0, resource: { buffer: fields, size: 4 * uniformWindow } },
      { binding: 1, resource: { buffer: tables } },
    ],
  });

  const { steps } = program;
  const groups = new Map<string, GPUBindGroup>();
  const groupOf = (step: number): GPUBindGroup => {
    const { arrays } = pipelines[steps.kernel[step]!]!;
    const places = steps.places.slice(steps.firstPlace[step], steps.firstPlace[step + 1]);
    const parts = places.map(({ buffer, offset, bytes }) => `${buffer} ${offset} ${bytes}`);
    const key = `${steps.kernel[step]}: ${parts.join(", ")}`;
    let group = groups.get(key);
    if (group === undefined) {
      const entries = places.map(({ buffer, offset, bytes }, binding) => ({
        binding,
        resource: { buffer: buffers[buffer]!, offset, size: bytes },
      }));
      groups.set(key, (group = device.createBindGroup({ layout: arrays, entries })));
    }
    return group;
  };
  // Made before the run: nothing is allocated on the way.
  const groupOfStep = Array.from(steps.kernel, (_, step) => groupOf(step));

  return {
    buffers,
    all,
    encode({ first, end }, pass) {
      for (let step = first; step < end; step++) {
        pass.setPipeline(pipelines[steps.kernel[step]!]!.pipeline);
        pass.setBindGroup(0, task, steps.fields, step, 1);
        pass.setBindGroup(1, groupOfStep[step]!);
        const [x, y, z] = steps.workgroups.subarray(3 * step, 3 * step + 3);
        pass.dispatchWorkgroups(x!, y, z);
      }
    },
    upload(tensor, elements) {
      const { place, firstElement } = tensor;
      device.queue.writeBuffer(buffers[place.buffer]!, place.offset, encodeRows(tensor, elements, firstElement));
    },
    async download(elementsOf) {
      if (outputBytes === 0) return;
      const encoder = device.createCommandEncoder();
      const starts: number[] = [];
      let at = 0;
      for (const { place } of program.outputs) {
        encoder.copyBufferToBuffer(buffers[place.buffer]!, place.offset, results, at, place.bytes);
        starts.push(at);
        at += place.bytes;
      }
      device.queue.submit([encoder.finish()]);
      await results.mapAsync(1); // GPUMapMode.READ
      const mapped = results.getMappedRange();
      program.outputs.forEach((tensor, number) => {
        const own = mapped.slice(starts[number]!, starts[number]! + tensor.place.bytes);
        decodeRows(tensor, own, elementsOf(tensor.planBuffer), tensor.firstElement);
      });
      results.unmap();
    },
    poison() {
      const chunk = new Uint32Array(1 << 16).fill(0xffffffff);
      for (const buffer of buffers)
        for (let at = 0; at < buffer.size; at += chunk.byteLength)
          device.queue.writeBuffer(buffer, at, chunk, 0, Math.min(chunk.length, (buffer.size - at) / 4));
    },
    destroy: () => all.destroy(),
  };
}

/** The ranges of a payload's places that a piece of it has. */
export function rangesOf(payload: readonly Place[], offset: number, bytes: number): Place[] {
  const ranges: Place[] = [];
  let start = 0;
  for (const place of payload) {
    const from = Math.max(offset, start);
    const to = Math.min(offset + bytes, start + place.bytes);
    if (from < to) ranges.push({ buffer: place.buffer, offset: place.offset + from - start, bytes: to - from });
    start += place.bytes;
  }
  return ranges;
}
