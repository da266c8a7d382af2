import { expect, test } from "vitest";
import { createDeviceBuffers } from "../../runtime/webgpu/device-buffers.js";

/** A device that says which of its buffers are there. */
function fakeDevice() {
  const there: string[] = [];
  const createBuffer = ({ label, size }: GPUBufferDescriptor) => {
    there.push(label!);
    return { size, destroy: () => there.splice(there.indexOf(label!), 1) } as unknown as GPUBuffer;
  };
  return { there, device: { createBuffer } };
}

test("buffers of a run are counted, and given back together", () => {
  const { there, device } = fakeDevice();
  const buffers = createDeviceBuffers(device);
  expect(buffers.bytes).toBe(0);
  for (const [label, size] of [["a", 256] as const, ["b", 4096] as const]) buffers.create({ label, size, usage: 0 });
  expect(buffers.bytes).toBe(4352);
  expect(there).toEqual(["a", "b"]);
  buffers.destroy();
  expect(there).toEqual([]);
});

test("none is allocated once the run has begun", () => {
  const { there, device } = fakeDevice();
  const buffers = createDeviceBuffers(device);
  buffers.seal();
  expect(() => buffers.create({ label: "late", size: 16, usage: 0 })).toThrow(
    "buffer late is allocated during the run",
  );
  expect(there).toEqual([]);
});
