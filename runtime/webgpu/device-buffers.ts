/** All buffers of a run on one device: made before its first task, counted, and given back together. */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";

/** Flags of the WebGPU specification, which is where their numbers stand; not every platform has the constants by name. */
export const usage = { mapRead: 1, mapWrite: 2, copySource: 4, copyTarget: 8, uniform: 64, storage: 128, query: 512 };

export interface DeviceBuffers {
  /** Throws InternalFault after `seal`. */
  create(descriptor: GPUBufferDescriptor): GPUBuffer;
  /** The first task begins: nothing is allocated from here on. */
  seal(): void;
  /** Of all that were made. */
  readonly bytes: number;
  destroy(): void;
}

export function createDeviceBuffers(device: Pick<GPUDevice, "createBuffer">): DeviceBuffers {
  const all: GPUBuffer[] = [];
  let bytes = 0;
  let isSealed = false;
  return {
    create(descriptor) {
      if (isSealed) throw new InternalFault("run", `buffer ${descriptor.label} is allocated during the run`);
      const buffer = device.createBuffer(descriptor);
      all.push(buffer);
      bytes += descriptor.size;
      return buffer;
    },
    seal: () => void (isSealed = true),
    get bytes() {
      return bytes;
    },
    destroy: () => all.forEach((buffer) => buffer.destroy()),
  };
}
