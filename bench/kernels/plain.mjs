// The kernel that anyone would write first who knows that loads cost more than products: each invocation computes four rows
// by four columns in registers, four steps along k at a time, all loads of four neighbours, no workgroup memory. Rows are
// padded to multiples of four, as ours are, so that sizes need not be.

/** Workgroups that it is tried with; the fastest counts. */
export const plainWorkgroups = [
  [8, 8],
  [16, 4],
  [4, 16],
  [32, 1],
];

const fours = (count) => Math.ceil(count / 4);

function plainSource({ m }, [across, down]) {
  // A single row has no use for three more.
  const rows = Array.from({ length: Math.min(4, m) }, (_, row) => row);
  return `
struct Sizes { m: u32, k: u32, fours_of_k: u32, fours_of_n: u32 }
@group(0) @binding(0) var<uniform> sizes: Sizes;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;

@compute @workgroup_size(${across}, ${down})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = ${rows.length} * id.y;
  if (column >= sizes.fours_of_n || row >= sizes.m) { return; }
${rows.map((r) => `  let a${r} = min(row + ${r}, sizes.m - 1) * sizes.fours_of_k;\n  var sum${r} = vec4f();`).join("\n")}
  let whole = sizes.k / 4;
  var at = column;
  for (var k = 0u; k < whole; k++) {
    let b0 = b[at];
    let b1 = b[at + sizes.fours_of_n];
    let b2 = b[at + 2 * sizes.fours_of_n];
    let b3 = b[at + 3 * sizes.fours_of_n];
    at += 4 * sizes.fours_of_n;
${rows
  .map(
    (r) => `    let x${r} = a[a${r} + k];
    sum${r} = fma(vec4f(x${r}.x), b0, fma(vec4f(x${r}.y), b1, fma(vec4f(x${r}.z), b2, fma(vec4f(x${r}.w), b3, sum${r}))));`,
  )
  .join("\n")}
  }
  for (var rest = 0u; rest < sizes.k % 4; rest++) {
    let b0 = b[at + rest * sizes.fours_of_n];
${rows.map((r) => `    sum${r} = fma(vec4f(a[a${r} + whole][rest]), b0, sum${r});`).join("\n")}
  }
${rows.map((r) => `  if (row + ${r} < sizes.m) { c[(row + ${r}) * sizes.fours_of_n + column] = sum${r}; }`).join("\n")}
}`;
}

/** Row-major, each row padded to fours. */
function padded(elements, columns) {
  const pitch = 4 * fours(columns);
  if (pitch === columns) return elements;
  const rows = elements.length / columns;
  const wide = new Float32Array(rows * pitch);
  for (let row = 0; row < rows; row++) wide.set(elements.subarray(row * columns, (row + 1) * columns), row * pitch);
  return wide;
}

/** One contender a workgroup size, on the same buffers. */
export async function plainProducts(device, shape, a, b) {
  const { m, k, n } = shape;
  const { STORAGE, UNIFORM, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const buffer = (size, usage, elements) => {
    const made = device.createBuffer({ size: Math.max(16, size), usage });
    if (elements !== undefined) device.queue.writeBuffer(made, 0, elements);
    return made;
  };
  const [left, right] = [padded(a, k), padded(b, n)];
  const pitch = 4 * fours(n);
  const sizes = buffer(16, UNIFORM | COPY_DST, Uint32Array.of(m, k, fours(k), fours(n)));
  const operands = [left, right].map((elements) => buffer(elements.byteLength, STORAGE | COPY_DST, elements));
  const result = buffer(4 * m * pitch, STORAGE | COPY_SRC);
  const read = async () => {
    const staging = buffer(result.size, MAP_READ | COPY_DST);
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(result, 0, staging, 0, result.size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const wide = new Float32Array(staging.getMappedRange().slice(0));
    staging.destroy();
    return Float32Array.from({ length: m * n }, (_, at) => wide[Math.floor(at / n) * pitch + (at % n)]);
  };
  const contenders = [];
  for (const workgroup of plainWorkgroups) {
    const module = device.createShaderModule({ code: plainSource(shape, workgroup) });
    const pipeline = await device.createComputePipelineAsync({
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    const group = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [sizes, ...operands, result].map((made, binding) => ({ binding, resource: { buffer: made } })),
    });
    const across = Math.ceil(fours(n) / workgroup[0]);
    const down = Math.ceil(Math.ceil(m / Math.min(4, m)) / workgroup[1]);
    const run = async (times) => {
      for (let time = 0; time < times; time++) {
        const encoder = device.createCommandEncoder();
        const pass = encoder.beginComputePass();
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group);
        pass.dispatchWorkgroups(across, down);
        pass.end();
        device.queue.submit([encoder.finish()]);
      }
      await device.queue.onSubmittedWorkDone();
    };
    contenders.push({ name: `plain, ${workgroup.join(" x ")}`, run, read });
  }
  const close = () => [sizes, ...operands, result].forEach((made) => made.destroy());
  return { contenders, close };
}
