// onnxruntime-web on its WebGPU execution providers, operands and result in the device's memory. It has two: the newer one is
// compiled from C++ and takes a device that it is given; the older one, which the package imports by default, is written in
// JavaScript and makes its own, on the same adapter.
import * as ort from "onnxruntime-web";
import * as ortWebgpu from "onnxruntime-web/webgpu";

/** Where the page finds the WebAssembly of the runtime. */
export function startOnnx(wasmPath) {
  for (const { env } of [ort, ortWebgpu]) {
    env.wasm.wasmPaths = wasmPath;
    env.wasm.numThreads = 1;
    env.logLevel = "error";
  }
}

export const onnxVersion = () => ort.env.versions.web;

const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = globalThis.GPUBufferUsage;
const countOf = (sizes) => sizes.reduce((product, size) => product * size, 1);

/** By the newer provider, on this device. `inputs`: name, sizes and elements; `output`: name and sizes. */
export async function onnxContender(device, name, model, inputs, output) {
  const session = await ortWebgpu.InferenceSession.create(model, optionsFor({ name: "webgpu", device }));
  return contender(ortWebgpu, session, device, name, inputs, output);
}

/** By the older provider. */
export async function oldOnnxContender(name, model, inputs, output) {
  const session = await ort.InferenceSession.create(model, optionsFor("webgpu"));
  return contender(ort, session, await ort.env.webgpu.device, `${name}, older provider`, inputs, output);
}

const optionsFor = (provider) => ({
  executionProviders: [provider],
  preferredOutputLocation: "gpu-buffer",
  graphOptimizationLevel: "all",
});

function contender({ Tensor }, session, device, name, inputs, [outputName, outputSizes]) {
  const buffers = [];
  const tensor = (sizes) => {
    const size = Math.max(16, 4 * countOf(sizes));
    const buffer = device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
    buffers.push(buffer);
    return { buffer, onnx: Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims: sizes }) };
  };
  const feeds = {};
  for (const [input, sizes, elements] of inputs) {
    const { buffer, onnx } = tensor(sizes);
    device.queue.writeBuffer(buffer, 0, elements);
    feeds[input] = onnx;
  }
  const result = tensor(outputSizes);
  return {
    name,
    async run(times) {
      for (let time = 0; time < times; time++) await session.run(feeds, { [outputName]: result.onnx });
      await device.queue.onSubmittedWorkDone();
    },
    async read() {
      const { size } = result.buffer;
      const staging = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(result.buffer, 0, staging, 0, size);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      const elements = new Float32Array(staging.getMappedRange().slice(0)).slice(0, countOf(outputSizes));
      staging.destroy();
      return elements;
    },
    async close() {
      await session.release();
      for (const buffer of buffers) buffer.destroy();
    },
  };
}
