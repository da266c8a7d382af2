/** Segments: runs of statements between words, or between statements that are split differently. */
import type { InstanceRecord } from "../lower/context.js";
import type { LayerIR } from "../check/ir.js";

/** Segment of each statement; issue order across parts is by segment, then part, then statement. */
export function segmentsOf(layer: LayerIR, instances: readonly InstanceRecord[]): Int32Array {
  const carried = new Map<number, string>();
  for (const { statement, selections } of instances) carried.set(statement, selections.map((s) => s.axis).join(","));
  const segment = new Int32Array(layer.statements.length);
  let current = 0;
  for (let s = 0; s < segment.length; s++) {
    const previous = layer.statements[s - 1];
    const afterWord = previous?.kind === "word" || layer.statements[s]!.kind === "word";
    if (s > 0 && (afterWord || carried.get(s) !== carried.get(s - 1))) current++;
    segment[s] = current;
  }
  return segment;
}

/** Issue order of instances in one queue: segment, part, statement. */
export function compareInstances(
  a: InstanceRecord,
  b: InstanceRecord,
  segment: (record: InstanceRecord) => number,
): number {
  const bySegment = segment(a) - segment(b);
  if (bySegment !== 0) return bySegment;
  for (let i = 0; i < Math.max(a.part.length, b.part.length); i++) {
    const byPart = (a.part[i] ?? -1) - (b.part[i] ?? -1);
    if (byPart !== 0) return byPart;
  }
  return a.statement - b.statement;
}
