/**
 * The messages of a Chakra execution trace (et_def.proto of MLCommons Chakra, package ChakraProtoMsg, proto3), as far
 * as they are written here. Fields are written in the order of their numbers.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

export const NodeType = { compute: 4, send: 5, receive: 6, collective: 7 } as const;
export type NodeType = (typeof NodeType)[keyof typeof NodeType];

/** `CollectiveCommType`, by word: those that ASTRA-sim simulates. */
export const CollectiveType = { all_reduce: 0, all_gather: 2, all_to_all: 6, reduce_scatter: 7 } as const;
export type CollectiveWord = keyof typeof CollectiveType;

/** The members of `AttributeProto.value` that are used, with their field numbers. */
const valueField = { int32: 7, int64: 9, uint64: 13, bool: 27, string: 29 } as const;

export type Attribute =
  | { readonly name: string; readonly type: "int32" | "int64" | "uint64"; readonly value: number | bigint }
  | { readonly name: string; readonly type: "bool"; readonly value: boolean }
  | { readonly name: string; readonly type: "string"; readonly value: string };

export interface TraceNode {
  readonly id: number;
  readonly name: string;
  readonly type: NodeType;
  readonly dataDependencies: readonly number[];
  readonly attributes: readonly Attribute[];
}

/** `GlobalMetadata`, with its length before it. The version is the one of the published examples. */
export function encodeMetadata(): Uint8Array {
  const writer = new BinaryWriter().fork();
  writer.tag(1, WireType.LengthDelimited).string("0.0.4");
  return writer.join().finish();
}

/** `Node`, with its length before it. */
export function encodeNode(node: TraceNode): Uint8Array {
  const writer = new BinaryWriter().fork();
  // Proto3 leaves out a field that is zero.
  if (node.id !== 0) writer.tag(1, WireType.Varint).uint64(node.id);
  writer.tag(2, WireType.LengthDelimited).string(node.name);
  writer.tag(3, WireType.Varint).int32(node.type);
  if (node.dataDependencies.length > 0) {
    writer.tag(5, WireType.LengthDelimited).fork();
    for (const id of node.dataDependencies) writer.uint64(id);
    writer.join();
  }
  for (const attribute of node.attributes) writeAttribute(writer, attribute);
  return writer.join().finish();
}

/** A member of a oneof is written even where it is zero, or it would not be set. */
function writeAttribute(writer: BinaryWriter, attribute: Attribute): void {
  writer.tag(10, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(attribute.name);
  writer.tag(valueField[attribute.type], attribute.type === "string" ? WireType.LengthDelimited : WireType.Varint);
  if (attribute.type === "string") writer.string(attribute.value);
  else if (attribute.type === "bool") writer.bool(attribute.value);
  else if (attribute.type === "int32") writer.int32(Number(attribute.value));
  else if (attribute.type === "int64") writer.int64(attribute.value);
  else writer.uint64(attribute.value);
  writer.join();
}
