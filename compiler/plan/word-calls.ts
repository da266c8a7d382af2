/** A word's transfers as calls of a library of collectives: what target formats that have collectives are told. */
import type { WordCalls } from "../graph/task-graph.js";
import type { WordInstance } from "../lower/context.js";
import { isCollective } from "../lower/word-contract.js";

export function wordCalls(record: WordInstance): WordCalls | undefined {
  const { ir } = record;
  if (!isCollective(ir)) return undefined;
  const { transferGroup, transferBlock, combinations } = record;
  const count = transferGroup.length;
  let blockCount = 1;
  for (let k = 0; k < count; k++) blockCount = Math.max(blockCount, transferBlock.data[k]! + 1);
  const ofTransfer = new Int32Array(count);
  for (let k = 0; k < count; k++) ofTransfer[k] = transferGroup.data[k]! * blockCount + transferBlock.data[k]!;
  // What goes along in another's message is no transfer of its own.
  let riders = 0;
  for (const [k, rest] of record.transferRest) if (transferGroup.data[k] === 0) riders += rest.length;
  return {
    word: ir.word,
    groups: record.groups.map(({ ranks }) => ranks),
    blockCount,
    deliveries: record.run.events.length - riders,
    ofTransfer,
    ofCombination: Int32Array.from(combinations, ({ group, block }) => group * blockCount + block),
  };
}
