/**
 * Segments: runs of statements between words, between statements that are split differently, and up to one of which a
 * part reads a later part of what the run makes (a normalisation along the split axis, a neighbour's rows): in part order
 * it would wait for what is issued behind it.
 */
import type { InstanceRecord } from "../lower/context.js";
import type { Lowered } from "../lower/lower.js";

/** Segment of each statement; issue order across parts is by segment, then part, then statement. */
export function segmentsOf(lowered: Pick<Lowered, "layer" | "instances" | "tasks">): Int32Array {
  const { layer, instances } = lowered;
  const carried = new Map<number, string>();
  for (const { statement, selections } of instances) carried.set(statement, selections.map((s) => s.axis).join(","));
  const ahead = readsAhead(lowered);
  const segment = new Int32Array(layer.statements.length);
  let first = 0;
  /** The statement before, views left out: they have no instances. */
  let before = layer.statements.findIndex(({ kind }) => kind !== "view");
  for (let s = 1; s < segment.length; s++) {
    segment[s] = segment[s - 1]!;
    if (s <= before || layer.statements[s]!.kind === "view") continue;
    const aroundWord = layer.statements[before]!.kind === "word" || layer.statements[s]!.kind === "word";
    const begins = aroundWord || carried.get(s) !== carried.get(before) || ahead[s]! >= first;
    before = s;
    if (!begins) continue;
    segment[s]!++;
    first = s;
  }
  return segment;
}

/** By statement: the last statement of which some part of it reads a later part; -1 where there is none. */
function readsAhead({ layer, instances, tasks }: Pick<Lowered, "layer" | "instances" | "tasks">): Int32Array {
  const last = new Int32Array(layer.statements.length).fill(-1);
  if (instances.every(({ part }) => part.length === 0)) return last;
  for (let t = 0; t < tasks.count; t++) {
    const reader = instances[tasks.instance[t]!]!;
    if (reader.part.length === 0) continue;
    for (let i = tasks.predecessorStart[t]!; i < tasks.predecessorStart[t + 1]!; i++) {
      const writer = instances[tasks.instance[tasks.predecessor[i]!]!]!;
      if (writer.statement > last[reader.statement]! && compareParts(writer.part, reader.part) > 0)
        last[reader.statement] = writer.statement;
    }
  }
  return last;
}

/** Issue order of instances in one queue: segment, part, statement. */
export function compareInstances(
  a: InstanceRecord,
  b: InstanceRecord,
  segment: (record: InstanceRecord) => number,
): number {
  const bySegment = segment(a) - segment(b);
  return bySegment === 0 ? compareWithinSegment(a, b) : bySegment;
}

/** Of one segment: part, statement. */
export function compareWithinSegment(a: InstanceRecord, b: InstanceRecord): number {
  return compareParts(a.part, b.part) || a.statement - b.statement;
}

function compareParts(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const byPart = (a[i] ?? -1) - (b[i] ?? -1);
    if (byPart !== 0) return byPart;
  }
  return 0;
}
