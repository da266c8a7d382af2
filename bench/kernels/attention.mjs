// Attention as the libraries offer it. Each gets queries, keys and values in the order that suits it best.
import { oldOnnxContender, onnxContender } from "../peers/onnxruntime.mjs";
import { tensorflowContender } from "../peers/tensorflow.mjs";
import { onnxModel } from "./onnx-model.mjs";

/** [positions, heads, head] as [heads, positions, head], and back with the first two sizes swapped. */
function headsFirst(elements, { positions, heads, head }) {
  const result = new Float32Array(elements.length);
  for (let position = 0; position < positions; position++)
    for (let which = 0; which < heads; which++) {
      const from = (position * heads + which) * head;
      result.set(elements.subarray(from, from + head), (which * positions + position) * head);
    }
  return result;
}

const positionsFirst = (elements, { positions, heads, head }) =>
  headsFirst(elements, { positions: heads, heads: positions, head });

/** 0 where a position sees another, else so small a number that exp makes nothing of it. */
const causalMask = ({ positions }) =>
  Float32Array.from({ length: positions * positions }, (_, at) =>
    at % positions > Math.floor(at / positions) ? -1e9 : 0,
  );

/**
 * The operator for attention of `com.microsoft`, on a device with subgroups, for which it has a kernel of its own, and on one
 * without; a composition of standard operators; and both by the older provider.
 */
export async function onnxAttentions(device, withoutSubgroups, shape, inputs) {
  const [operator, composition] = [onnxOperator(shape, inputs), onnxComposition(shape, inputs)];
  const composed = [
    await onnxContender(device, "MatMul, Softmax, MatMul", ...composition),
    await oldOnnxContender("MatMul, Softmax, MatMul", ...composition),
  ];
  return [
    await onnxContender(device, "MultiHeadAttention", ...operator),
    await onnxContender(withoutSubgroups, "MultiHeadAttention without subgroups", ...operator),
    await oldOnnxContender("MultiHeadAttention", ...operator),
    ...composed.map((each) => ({ ...each, read: async () => positionsFirst(await each.read(), shape) })),
  ];
}

/** Model, inputs and output. */
function onnxOperator({ positions, heads, head, isCausal }, inputs) {
  const sizes = [1, positions, heads * head];
  const names = ["query", "key", "value"];
  const model = onnxModel({
    nodes: [
      {
        ...{ op: "MultiHeadAttention", domain: "com.microsoft", inputs: names, outputs: ["out"] },
        attributes: { num_heads: { int: heads }, unidirectional: { int: Number(isCausal) } },
      },
    ],
    inputs: names.map((name) => [name, sizes]),
    outputs: [["out", sizes]],
  });
  return [model, names.map((name, number) => [name, sizes, inputs[number]]), ["out", sizes]];
}

/** The same, heads first. */
function onnxComposition(shape, inputs) {
  const { positions, heads, head, isCausal } = shape;
  const [sizes, turned] = [
    [heads, positions, head],
    [heads, head, positions],
  ];
  const [q, keys, values] = inputs.map((elements) => headsFirst(elements, shape));
  const masked = isCausal ? [{ op: "Add", inputs: ["scaled", "mask"], outputs: ["seen"] }] : [];
  const nodes = [
    { op: "MatMul", inputs: ["q", "keys"], outputs: ["score"] },
    { op: "Mul", inputs: ["score", "scale"], outputs: ["scaled"] },
    ...masked,
    { op: "Softmax", inputs: [isCausal ? "seen" : "scaled"], outputs: ["weights"], attributes: { axis: { int: 2 } } },
    { op: "MatMul", inputs: ["weights", "values"], outputs: ["out"] },
  ];
  const model = onnxModel({
    nodes,
    inputs: [
      ["q", sizes],
      ["keys", turned],
      ["values", sizes],
    ],
    outputs: [["out", sizes]],
    constants: [
      ["scale", [1], [1 / Math.sqrt(head)]],
      ...(isCausal ? [["mask", [1, positions, positions], causalMask(shape)]] : []),
    ],
  });
  const operands = [
    ["q", sizes, q],
    ["keys", turned, lastTwoSwapped(keys, sizes)],
    ["values", sizes, values],
  ];
  return [model, operands, ["out", sizes]];
}

function lastTwoSwapped(elements, [batches, rows, columns]) {
  const result = new Float32Array(elements.length);
  for (let batch = 0; batch < batches; batch++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        result[(batch * columns + column) * rows + row] = elements[(batch * rows + row) * columns + column];
  return result;
}

/** matMul, softmax, matMul; the product with the transposed keys needs no transposition of its own. */
export async function tensorflowAttention(device, shape, inputs) {
  const { positions, heads, head, isCausal } = shape;
  const sizes = [heads, positions, head];
  const operands = inputs.map((elements) => [sizes, headsFirst(elements, shape)]);
  if (isCausal) operands.push([[1, positions, positions], causalMask(shape)]);
  const contender = await tensorflowContender(
    device,
    "matMul, softmax, matMul",
    operands,
    (tf, q, keys, values, mask) => {
      const scaled = tf.mul(tf.matMul(q, keys, false, true), 1 / Math.sqrt(head));
      return tf.matMul(tf.softmax(mask === undefined ? scaled : tf.add(scaled, mask)), values);
    },
  );
  return { ...contender, read: async () => positionsFirst(await contender.read(), shape) };
}
