import { assertInvariant } from "../../diagnostics/internal-fault.js";
import { describeTask } from "../../graph/describe-task.js";
import type { TaskGraph } from "../../graph/task-graph.js";
import { chunkedBytes } from "../files.js";
import type { CollectiveOperation, Operation, Replay } from "../replay/operation.js";
import { CollectiveType, encodeMetadata, encodeNode, NodeType } from "./schema.js";
import type { Attribute, CollectiveWord } from "./schema.js";

/** ASTRA-sim takes the tag of a message modulo this. */
const tagLimit = 500_000_000;

/** What one nanosecond of computing is, at the peak rate that system.json states. */
const operationsPerNs = 1000n;

type Step = Operation | CollectiveOperation;

/**
 * The execution trace of one rank: metadata, then a node an operation, each with its length before it as a varint.
 * Ids rise in the order of the operations: among nodes that could run, ASTRA-sim takes the lowest.
 */
export function emitTraceOfRank(graph: TaskGraph, replay: Replay<Step>, rank: number): Iterable<Uint8Array> {
  return chunkedBytes(messages(graph, replay, rank));
}

function* messages(graph: TaskGraph, replay: Replay<Step>, rank: number): Generator<Uint8Array> {
  yield encodeMetadata();
  for (const operation of rank < replay.rankCount ? replay.operations(rank) : [idle(rank)]) {
    yield encodeNode({
      id: operation.number,
      name: nameOf(graph, operation),
      type: NodeType[operation.kind],
      dataDependencies: operation.after,
      attributes: operation.kind === "collective" ? attributesOfCall(operation, replay) : attributesOf(operation, rank),
    });
  }
}

/** ASTRA-sim has at least two ranks, each with a node. */
function idle(rank: number): Operation {
  return { number: 0, kind: "compute", nanoseconds: 1, peer: rank, bytes: 0, message: 0, after: [], task: -1 };
}

function nameOf(graph: TaskGraph, operation: Step): string {
  if (operation.kind === "collective") {
    const { word, instance } = operation.call;
    return `${graph.instances[instance]!.name} ${word}`;
  }
  if (operation.task >= 0) return describeTask(graph, operation.task).label;
  return operation.kind === "compute" ? "idle" : "notification";
}

/** ASTRA-sim counts an all-gather by what one rank gives, and all others by what all of them hold. */
function attributesOfCall({ call, group }: CollectiveOperation, replay: Replay<Step>): Attribute[] {
  const { word, ranks, partBytes } = call;
  assertInvariant(isCollectiveWord(word), "emit", `${word} is no collective of ASTRA-sim`);
  const parts = word === "all_gather" ? 1 : ranks.length;
  const attributes: Attribute[] = [
    onDevice,
    { name: "comm_type", type: "int64", value: CollectiveType[word] },
    { name: "comm_size", type: "int64", value: Math.ceil(partBytes) * parts },
  ];
  // Without a name it is all ranks.
  if (ranks.length < replay.rankCount) {
    attributes.push({ name: "pg_name", type: "string", value: String(groupName(group)) });
  }
  return attributes;
}

/** ASTRA-sim's number of a group of ranks; 0 is all of them. */
export function groupName(group: number): number {
  return group + 1;
}

export function isCollectiveWord(word: string): word is CollectiveWord {
  return Object.hasOwn(CollectiveType, word);
}

const onDevice: Attribute = { name: "is_cpu_op", type: "bool", value: false };

function attributesOf(operation: Operation, rank: number): Attribute[] {
  if (operation.kind === "compute") {
    // One more than the time asks for: without it, rounding in ASTRA-sim's roofline now and then loses a nanosecond.
    const work = BigInt(operation.nanoseconds) * operationsPerNs + 1n;
    return [
      onDevice,
      { name: "num_ops", type: "int64", value: work },
      { name: "tensor_size", type: "uint64", value: 1 },
    ];
  }
  assertInvariant(operation.message < tagLimit, "emit", "more messages between two ranks than ASTRA-sim has tags");
  const [source, target] = operation.kind === "send" ? [rank, operation.peer] : [operation.peer, rank];
  return [
    onDevice,
    { name: "comm_src", type: "int32", value: source },
    { name: "comm_dst", type: "int32", value: target },
    { name: "comm_size", type: "int64", value: operation.bytes },
    { name: "comm_tag", type: "int32", value: operation.message },
  ];
}
