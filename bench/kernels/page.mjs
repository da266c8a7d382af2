// The page of the kernel benchmark: ours, the plain kernel and the two libraries on one device. `bench/kernels.mjs` calls what
// is put on the window here, a shape at a time.
import { median, timeInTurn } from "../../dist/runtime/calibrate/in-turn.js";
import { openDevice } from "../../dist/runtime/webgpu/device.js";
import { traitsOf } from "../../dist/compiler/emit/webgpu/traits.js";
import { oldOnnxContender, onnxContender, onnxVersion, startOnnx } from "../peers/onnxruntime.mjs";
import { startTensorflow, tensorflowContender, tensorflowVersion } from "../peers/tensorflow.mjs";
import { onnxAttentions, tensorflowAttention } from "./attention.mjs";
import { attentionOf, whatIsWrong, productOf, randomElements } from "./check.mjs";
import { onnxModel } from "./onnx-model.mjs";
import { adapterFacts, ourOp } from "./ours.mjs";
import { plainProducts } from "./plain.mjs";
import { tileRates } from "./tiles.mjs";

/** Columns that are not ours to repair. */
const libraries = { onnxruntime: true, tensorflow: true };

let open;
let traits;
let withoutSubgroups;

async function start(wasmPath) {
  open = await openDevice(navigator.gpu);
  traits = traitsOf(adapterFacts(open.device));
  withoutSubgroups = await deviceWithoutSubgroups();
  startOnnx(wasmPath);
  await startTensorflow(open.device);
  return {
    adapter: open.adapter,
    browser: navigator.userAgent.replace(/^.*(Chrome\/\S+).*$/, "$1"),
    isSoftware: adapterFacts(open.device).isSoftware,
    onnxruntime: onnxVersion(),
    tensorflow: tensorflowVersion(),
  };
}

/** A second device of the adapter, as a page asks for one that knows nothing of subgroups. */
async function deviceWithoutSubgroups() {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  return adapter.requestDevice();
}

/**
 * Milliseconds of each column: the median of rounds in which they take turns. Of a column with several contenders the fastest
 * of a few rounds before counts. No wrong result is timed: ours and the plain kernel must be right, of a library's
 * contenders those that are wrong here are left out and named.
 */
async function compare(columns, expected, settings) {
  const chosen = {};
  const wrong = [];
  for (const [column, contenders] of Object.entries(columns)) {
    const right = [];
    for (const contender of contenders) {
      await contender.run(1);
      const problem = whatIsWrong(await contender.read(), expected);
      if (problem === undefined) right.push(contender);
      else wrong.push(`${contender.name}: ${problem}`);
    }
    const isOptional = column in libraries && right.length > 0;
    if (right.length < contenders.length && !isOptional) throw new Error(wrong.join("; "));
    chosen[column] = await fastest(right, settings);
  }
  const samples = await timeInTurn(
    Object.values(chosen).map(({ run }) => run),
    settings,
  );
  const measured = Object.entries(chosen).map(([column, { way, name }], number) => {
    return [column, { ms: median(samples[number]), way: way ?? name }];
  });
  return { columns: Object.fromEntries(measured), wrong };
}

async function fastest(contenders, { sampleMs }) {
  if (contenders.length === 1) return contenders[0];
  const samples = await timeInTurn(
    contenders.map(({ run }) => run),
    { rounds: 3, sampleMs: sampleMs / 2 },
  );
  const times = samples.map(median);
  return contenders[times.indexOf(Math.min(...times))];
}

async function product(shape, op, settings) {
  const { m, k, n } = shape;
  const { device } = open;
  const [a, b] = [randomElements(m * k, 1), randomElements(k * n, 2)];
  const model = onnxModel({
    nodes: [{ op: "MatMul", inputs: ["a", "b"], outputs: ["out"] }],
    inputs: [
      ["a", [m, k]],
      ["b", [k, n]],
    ],
    outputs: [["out", [m, n]]],
  });
  const operands = [
    ["a", [m, k], a],
    ["b", [k, n], b],
  ];
  const ours = await ourOp(
    open,
    traits,
    {
      ...op,
      operands: [
        [m, k],
        [k, n],
      ],
    },
    [a, b],
  );
  const plain = await plainProducts(device, shape, a, b);
  const onnx = [
    await onnxContender(device, "MatMul", model, operands, ["out", [m, n]]),
    await oldOnnxContender("MatMul", model, operands, ["out", [m, n]]),
  ];
  const sized = operands.map(([, sizes, elements]) => [sizes, elements]);
  const tensorflow = await tensorflowContender(device, "matMul", sized, (tf, left, right) => tf.matMul(left, right));
  try {
    const columns = { ours: [ours], plain: plain.contenders, onnxruntime: onnx, tensorflow: [tensorflow] };
    return await compare(columns, productOf(shape, a, b), settings);
  } finally {
    for (const each of [ours, plain, ...onnx, tensorflow]) await each.close();
  }
}

async function attention(shape, op, settings) {
  const { positions, heads, head } = shape;
  const sizes = [positions, heads, head];
  const inputs = [3, 4, 5].map((seed) => randomElements(positions * heads * head, seed));
  const ours = await ourOp(open, traits, { ...op, operands: [sizes, sizes, sizes] }, inputs);
  const onnx = await onnxAttentions(open.device, withoutSubgroups, shape, inputs);
  const tensorflow = await tensorflowAttention(open.device, shape, inputs);
  try {
    const columns = { ours: [ours], onnxruntime: onnx, tensorflow: [tensorflow] };
    return await compare(columns, attentionOf(shape, ...inputs), settings);
  } finally {
    for (const each of [ours, ...onnx, tensorflow]) await each.close();
  }
}

const tiles = (settings) => tileRates(open, traits, settings);

globalThis.kernels = { start, product, attention, tiles };
