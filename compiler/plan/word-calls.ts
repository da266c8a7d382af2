/** A word's transfers as calls of a library of collectives: what target formats that have collectives are told. */
import type { WordCalls } from "../graph/task-graph.js";
import type { WordInstance } from "../lower/context.js";
import { isCollective } from "../lower/word-contract.js";

export function wordCalls(record: WordInstance): WordCalls | undefined {
  const { ir } = record;
  if (!isCollective(ir)) return undefined;
  const { transferGroup, transferBlock, transferRest, combinations, run } = record;
  const count = transferGroup.length;
  let blockCount = 1;
  for (let k = 0; k < count; k++) blockCount = Math.max(blockCount, transferBlock.data[k]! + 1);
  const ofTransfer = new Int32Array(count);
  for (let k = 0; k < count; k++) ofTransfer[k] = transferGroup.data[k]! * blockCount + transferBlock.data[k]!;
  const chunksOfTransfer = new Int32Array(count).fill(1);
  for (const [k, others] of transferRest) chunksOfTransfer[k]! += others.length;
  return {
    word: ir.word,
    groups: record.groups.map(({ ranks }) => ranks),
    blockCount,
    chunkCount: run.whole === true ? 1 : run.size,
    deliveries: run.events.length,
    ofTransfer,
    chunksOfTransfer,
    ofCombination: Int32Array.from(combinations, ({ group, block }) => group * blockCount + block),
  };
}
