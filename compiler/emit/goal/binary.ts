import { chunkedBytes } from "../files.js";
import type { Operation, Replay } from "../replay/operation.js";
import { cpuOf, tagOf } from "./statement.js";

/** Says that a file is a schedule; little-endian, u64. */
const magic = 4223n;
const magicBytes = 8;
const jumpTableEntryBytes = 16;
const nodeBytes = 39;
const typeCode = { send: 1, receive: 2, compute: 3 } as const;

/**
 * The operations of all ranks as LogGOPSim and ATLAHS read them, what txt2bin makes of the text: packed, little-endian;
 * offsets count from behind the magic number.
 *
 * ```
 * u64 magic; u32 ranks; u8 highest cpu; u8 highest nic; ranks x { u64 start; u64 end }
 * per rank: u32 nodes; u32 roots; u32 root[]; nodes x { u32 dependencies; u8 type; u32 peer; u64 size; u32 tag; u8 cpu; u8 nic;
 *   u32 dependents; u32 first dependent; u32 start dependents; u32 first start dependent }; u32 dependents[]
 * ```
 *
 * The operations of each rank are made twice, the first time to know how long its part is.
 */
export function emitGoalBinary(replay: Replay): Iterable<Uint8Array> {
  return chunkedBytes(pieces(replay));
}

function* pieces(replay: Replay): Generator<Uint8Array> {
  const { rankCount } = replay;
  const headBytes = magicBytes + 6 + jumpTableEntryBytes * rankCount;
  const head = new DataView(new ArrayBuffer(headBytes));
  head.setBigUint64(0, magic, true);
  head.setUint32(magicBytes, rankCount, true);
  let highestCpu = 0;
  let offset = headBytes - magicBytes;
  for (let rank = 0; rank < rankCount; rank++) {
    let length = 8;
    for (const operation of replay.operations(rank)) {
      length += nodeBytes + 4 * operation.after.length + (operation.after.length === 0 ? 4 : 0);
      highestCpu = Math.max(highestCpu, cpuOf[operation.kind]);
    }
    const entry = magicBytes + 6 + jumpTableEntryBytes * rank;
    head.setBigUint64(entry, BigInt(offset), true);
    offset += length;
    head.setBigUint64(entry + 8, BigInt(offset), true);
  }
  head.setUint8(magicBytes + 4, highestCpu);
  yield new Uint8Array(head.buffer);
  for (let rank = 0; rank < rankCount; rank++) yield* piecesOfRank(replay, rank);
}

function* piecesOfRank(replay: Replay, rank: number): Generator<Uint8Array> {
  const roots: number[] = [];
  const dependentCount: number[] = [];
  let edgeCount = 0;
  for (const operation of replay.operations(rank)) {
    if (operation.after.length === 0) roots.push(operation.number);
    dependentCount.push(0);
    for (const before of operation.after) dependentCount[before]!++;
    edgeCount += operation.after.length;
  }
  yield words([dependentCount.length, roots.length]);
  yield words(roots);

  const first = new Uint32Array(dependentCount.length + 1);
  dependentCount.forEach((count, index) => (first[index + 1] = first[index]! + count));
  const next = first.slice();
  const dependents = new Uint32Array(edgeCount);
  for (const operation of replay.operations(rank)) {
    yield node(operation, dependentCount[operation.number]!, first[operation.number]!);
    for (const before of operation.after) dependents[next[before]!++] = operation.number;
  }
  for (let index = 0; index < edgeCount; index += 4096) yield words(dependents.subarray(index, index + 4096));
}

function node(operation: Operation, dependents: number, first: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(nodeBytes));
  const isMessage = operation.kind !== "compute";
  view.setUint32(0, operation.after.length, true);
  view.setUint8(4, typeCode[operation.kind]);
  view.setUint32(5, isMessage ? operation.peer : 0, true);
  view.setBigUint64(9, BigInt(isMessage ? operation.bytes : operation.nanoseconds), true);
  view.setUint32(17, isMessage ? tagOf(operation) : 0, true);
  view.setUint8(21, cpuOf[operation.kind]);
  view.setUint8(22, 0);
  view.setUint32(23, dependents, true);
  view.setUint32(27, first, true);
  view.setUint32(31, 0, true);
  view.setUint32(35, first + dependents, true);
  return new Uint8Array(view.buffer);
}

function words(values: ArrayLike<number>): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (let index = 0; index < values.length; index++) view.setUint32(4 * index, values[index]!, true);
  return new Uint8Array(view.buffer);
}
