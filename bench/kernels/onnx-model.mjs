// The few messages of ONNX that a model of some nodes needs, as protobuf bytes (onnx.proto, IR version 8).

const utf8 = new TextEncoder();

function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}
const number = (field, value) => [...varint(8 * field), ...varint(value)];
const bytesOf = (field, bytes) => [...varint(8 * field + 2), ...varint(bytes.length), ...bytes];
const text = (field, value) => bytesOf(field, [...utf8.encode(value)]);
const float = (field, value) => [...varint(8 * field + 5), ...new Uint8Array(Float32Array.of(value).buffer)];
const message = (field, ...parts) => bytesOf(field, parts.flat());

const attributeTypes = { float: 1, int: 2 };

/** A number with a point is a float of the node, any other an integer. */
const attribute = (name, { int, float: real }) =>
  message(
    5,
    text(1, name),
    int === undefined ? float(2, real) : number(3, int),
    number(20, int === undefined ? attributeTypes.float : attributeTypes.int),
  );

const node = ({ op, inputs, outputs, domain = "", attributes = {} }) =>
  message(
    1,
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
    text(7, domain),
  );

/** A tensor of f32. */
const valueInfo = (field, [name, sizes]) => {
  const shape = message(2, ...sizes.map((size) => message(1, number(1, size))));
  return message(field, text(1, name), message(2, message(1, number(1, 1), shape)));
};

/** A tensor of f32 whose elements the model holds. */
const initializer = ([name, sizes, elements]) =>
  message(
    5,
    ...sizes.map((size) => number(1, size)),
    number(2, 1),
    text(8, name),
    bytesOf(9, [...new Uint8Array(Float32Array.from(elements).buffer)]),
  );

/** `inputs` and `outputs`: [name, sizes]; `constants`: [name, sizes, elements]. */
export function onnxModel({ nodes, inputs, outputs, constants = [] }) {
  const graph = [
    ...nodes.map(node),
    text(2, "bench"),
    ...constants.map(initializer),
    ...inputs.map((value) => valueInfo(11, value)),
    ...outputs.map((value) => valueInfo(12, value)),
  ];
  const opset = (domain, version) => message(8, text(1, domain), number(2, version));
  return Uint8Array.from([number(1, 8), opset("", 17), opset("com.microsoft", 1), message(7, ...graph)].flat());
}
