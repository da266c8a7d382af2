// TensorFlow.js on its WebGPU backend, on a device that it is given, operands and result in the device's memory.
import * as tf from "@tensorflow/tfjs-core";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";

export const tensorflowVersion = () => tf.version_core;

let backend;

/** The backend as the package registers it, but on this device. */
export async function startTensorflow(device) {
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => (backend = new WebGPUBackend(device, device.adapterInfo)), 3);
  await tf.setBackend("webgpu");
  await tf.ready();
}

/** `inputs`: sizes and elements; `compute` makes the result of their tensors. */
export async function tensorflowContender(device, name, inputs, compute) {
  const tensors = inputs.map(([sizes, elements]) => tf.tensor(elements, sizes, "float32"));
  const once = () => tf.tidy(() => compute(tf, ...tensors));
  return {
    name,
    async run(times) {
      for (let time = 0; time < times; time++) once().dispose();
      // It submits now and then by itself; this is the rest.
      if (backend.commandEncoder !== null) {
        backend.endComputePassEncoder();
        backend.submitQueue();
      }
      await device.queue.onSubmittedWorkDone();
    },
    async read() {
      const result = once();
      const elements = await result.data();
      result.dispose();
      return Float32Array.from(elements);
    },
    close: () => tensors.forEach((tensor) => tensor.dispose()),
  };
}
