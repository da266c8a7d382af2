// What the compiler makes of an op for this adapter, and the adapter as it sees it. Runs in the page.
import { emitSingleOp } from "../../dist/compiler/emit/webgpu/single-op.js";
import { loadProgram } from "../../dist/runtime/calibrate/tile-rates.js";

/** In a browser what a device promises settles by itself. */
export const host = { settled: (promise) => promise };

/** What `traitsOf` asks for. */
export function adapterFacts({ adapterInfo: info, features, limits }) {
  return {
    isSoftware: info.isFallbackAdapter || info.architecture === "swiftshader",
    features: new Set(features),
    subgroupMinSize: info.subgroupMinSize,
    subgroupMaxSize: info.subgroupMaxSize,
    workgroupBytes: limits.maxComputeWorkgroupStorageSize,
    workgroupInvocations: limits.maxComputeInvocationsPerWorkgroup,
  };
}

/** `op`: its kernel, monoids and the shapes of its operands; `inputs`: what those hold. */
export async function ourOp(open, traits, op, inputs) {
  const emitted = emitSingleOp({ ...op, dtype: "f32" }, traits);
  const { memory, run } = await loadProgram(open, host, emitted);
  emitted.program.inputs.forEach((tensor, number) => memory.upload(tensor, inputs[number]));
  const [output] = emitted.program.outputs;
  const read = async () => {
    const elements = new Float32Array(output.rows * output.columns);
    await memory.download(() => elements);
    return elements;
  };
  // What the kernel's comment says it does.
  const way = /^\/\/+ \w+: (.*)\.$/m.exec(emitted.kernels[0].source)?.[1] ?? emitted.kernels[0].name;
  return { name: "ours", way, run, read, close: () => memory.destroy() };
}
