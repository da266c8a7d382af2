import { chunked } from "../json-chunks.js";
import type { Operation, Replay } from "../replay/operation.js";
import { cpuOf, tagOf } from "./statement.js";

/**
 * The operations of all ranks in GOAL, which txt2bin of LogGOPSim reads (Hoefler, Siebert, Lumsdaine, ICPP 2009). Times
 * are nanoseconds. A line has no space before it, and a label stands before it is used.
 *
 * @param title comment at the head
 */
export function emitGoalText(title: string, replay: Replay): Iterable<string> {
  return chunked(pieces(title, replay));
}

function* pieces(title: string, replay: Replay): Generator<string> {
  yield `// ${title}\nnum_ranks ${replay.rankCount}\n`;
  for (let rank = 0; rank < replay.rankCount; rank++) {
    yield `\nrank ${rank} {\n`;
    for (const operation of replay.operations(rank)) {
      const label = `o${operation.number}`;
      yield `${label}: ${statement(operation)}\n`;
      for (const before of operation.after) yield `${label} requires o${before}\n`;
    }
    yield "}\n";
  }
}

function statement(operation: Operation): string {
  const cpu = `cpu ${cpuOf[operation.kind]}`;
  if (operation.kind === "compute") return `calc ${operation.nanoseconds} ${cpu}`;
  const direction = operation.kind === "send" ? "send" : "recv";
  const preposition = operation.kind === "send" ? "to" : "from";
  return `${direction} ${operation.bytes}b ${preposition} ${operation.peer} tag ${tagOf(operation)} ${cpu} nic 0`;
}
