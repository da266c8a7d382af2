/**
 * Reads Chakra execution traces by the published schema alone (et_def.proto, proto3): varints, lengths, field numbers.
 * Nothing of the encoder is used; a field or a wire type that the schema does not have is an error.
 */

export interface ChakraNode {
  readonly id: bigint;
  readonly name: string;
  readonly type: number;
  readonly controlDependencies: readonly bigint[];
  readonly dataDependencies: readonly bigint[];
  /** Value of each attribute, with the number of the member of the oneof that holds it. */
  readonly attributes: ReadonlyMap<string, { readonly member: number; readonly value: bigint | string }>;
}

export interface ChakraTrace {
  readonly version: string;
  readonly nodes: readonly ChakraNode[];
}

interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

function readVarint(bytes: Uint8Array, at: number): { value: bigint; next: number } {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    if (at >= bytes.length) throw new Error("a varint goes on past the end");
    const byte = bytes[at++]!;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), next: at };
  }
  throw new Error("a varint of more than ten bytes");
}

function fieldsOf(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length;) {
    const key = readVarint(bytes, at);
    const number = Number(key.value >> 3n);
    const wireType = Number(key.value & 7n);
    const payload = readVarint(bytes, key.next);
    if (wireType === 0) {
      fields.push({ number, value: payload.value });
      at = payload.next;
    } else if (wireType === 2) {
      at = payload.next + Number(payload.value);
      if (at > bytes.length) throw new Error(`field ${number} goes on past the end`);
      fields.push({ number, value: bytes.subarray(payload.next, at) });
    } else throw new Error(`field ${number} has wire type ${wireType}`);
  }
  return fields;
}

const text = (field: Field): string => {
  if (typeof field.value === "bigint") throw new Error(`field ${field.number} is no text`);
  return new TextDecoder("utf-8", { fatal: true }).decode(field.value);
};
const integer = (field: Field): bigint => {
  if (typeof field.value !== "bigint") throw new Error(`field ${field.number} is no varint`);
  return field.value;
};

/** Of a repeated integer: packed, or one at a time. */
function integers(field: Field): bigint[] {
  if (typeof field.value === "bigint") return [field.value];
  const values: bigint[] = [];
  for (let at = 0; at < field.value.length;) {
    const { value, next } = readVarint(field.value, at);
    values.push(value);
    at = next;
  }
  return values;
}

function readAttribute(field: Field): [string, { member: number; value: bigint | string }] {
  if (typeof field.value === "bigint") throw new Error("an attribute is a message");
  let name = "";
  let found: { member: number; value: bigint | string } | undefined;
  for (const inner of fieldsOf(field.value)) {
    if (inner.number === 1) name = text(inner);
    // int32, int64, uint32, uint64 and bool are varints.
    else if ([7, 9, 11, 13, 27].includes(inner.number)) found = { member: inner.number, value: integer(inner) };
    else if (inner.number === 29) found = { member: 29, value: text(inner) };
    else throw new Error(`an attribute with field ${inner.number}`);
  }
  if (found === undefined) throw new Error(`attribute ${name} has no value`);
  return [name, found];
}

function readNode(bytes: Uint8Array): ChakraNode {
  const node = { id: 0n, name: "", type: 0, controlDependencies: [] as bigint[], dataDependencies: [] as bigint[] };
  const attributes = new Map<string, { member: number; value: bigint | string }>();
  for (const field of fieldsOf(bytes)) {
    if (field.number === 1) node.id = integer(field);
    else if (field.number === 2) node.name = text(field);
    else if (field.number === 3) node.type = Number(integer(field));
    else if (field.number === 4) node.controlDependencies.push(...integers(field));
    else if (field.number === 5) node.dataDependencies.push(...integers(field));
    else if (field.number === 10) {
      const [name, value] = readAttribute(field);
      if (attributes.has(name)) throw new Error(`two attributes ${name}`);
      attributes.set(name, value);
    } else throw new Error(`a node with field ${field.number}`);
  }
  return { ...node, attributes };
}

export function readChakraTrace(bytes: Uint8Array): ChakraTrace {
  let version: string | undefined;
  const nodes: ChakraNode[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = readVarint(bytes, at);
    at = length.next + Number(length.value);
    if (at > bytes.length) throw new Error("a message goes on past the end");
    const message = bytes.subarray(length.next, at);
    if (version === undefined) version = fieldsOf(message).map(text).join("");
    else nodes.push(readNode(message));
  }
  if (version === undefined) throw new Error("no metadata");
  return { version, nodes };
}
