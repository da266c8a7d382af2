/** What is done to the memory of one rank, task by task: each task's action is made once, and what is kept of it is numbers. */
import type { ExecutionPlan } from "../graph/execution-plan.js";
import type { Region } from "../graph/runs.js";
import { GrowingInt32 } from "../lower/task-writer.js";
import type { TaskAccesses } from "./accesses.js";
import type { OnRank } from "./on-rank.js";
import { findMisplaced, type Misplaced } from "./placed.js";
import { WrittenRegions, type Writers } from "./written-regions.js";

export interface RankMemory {
  readonly written: WrittenRegions;
  readonly writers: Writers;
  /** In order of their tasks: who reads which image of which buffer; no image, -1, of an input that nothing writes. */
  readonly reads: { readonly reader: GrowingInt32; readonly image: GrowingInt32; readonly buffer: GrowingInt32 };
  /** By written buffer, the instances of the tasks that write it. */
  readonly writing: ReadonlyMap<number, ReadonlySet<number>>;
  /** What tasks pass on; a region of what is written, or none where it is there before the run. */
  readonly passed: readonly { readonly task: number; readonly from: number; readonly region?: number }[];
  /** Tasks that take the place of something. */
  readonly overwriting: readonly number[];
}

/** The rank's memory; or the first task that has its buffers elsewhere. */
export function gatherMemory(
  plan: ExecutionPlan,
  accesses: TaskAccesses,
  own: OnRank,
  position: Int32Array,
  areInputsWritten = false,
): RankMemory | Misplaced {
  const { instance } = plan.graph;
  const isOwn = (buffer: number): boolean => plan.buffers[buffer]!.rank === own.rank;
  const written = new WrittenRegions(accesses.runs);
  const reads = { reader: new GrowingInt32(), image: new GrowingInt32(), buffer: new GrowingInt32() };
  const writing = new Map<number, Set<number>>();
  for (const buffer of own.buffers) accesses.givenBy(buffer, { write: (to, region) => void written.give(to, region) });

  const isInput = (buffer: number): boolean => plan.buffers[buffer]!.role === "input";
  let writesInput = false;
  let task = -1;
  const visitor = {
    write(buffer: number, region: Region): void {
      if (!isOwn(buffer)) return;
      if (isInput(buffer)) writesInput = true;
      written.add(buffer, region, task);
      const writers = writing.get(buffer);
      if (writers === undefined) writing.set(buffer, new Set([instance[task]!]));
      else writers.add(instance[task]!);
    },
    wantsImage: (buffer: number): boolean => isOwn(buffer) && (areInputsWritten || !isInput(buffer)),
    read(buffer: number, image: number): void {
      if (!isOwn(buffer)) return;
      reads.reader.push(task);
      reads.image.push(image);
      reads.buffer.push(buffer);
    },
  };
  const overwriting: number[] = [];
  for (task of own.tasks) {
    const action = plan.action(task);
    const misplaced = findMisplaced(plan, task, action);
    if (misplaced !== undefined) return misplaced;
    if (plan.overwrites(task).length > 0) overwriting.push(task);
    accesses.writesOf(action, visitor);
    accesses.readsOf(action, visitor);
  }

  // In order, since what is passed on may be passed on again.
  const passed: { task: number; from: number; region?: number }[] = [];
  for (const pass of own.passes.toSorted((a, b) => position[a.task]! - position[b.task]!)) {
    const { from, alias } = pass;
    ({ task } = pass);
    const { role, fill } = plan.buffers[from]!;
    const isGiven = role === "input" || fill !== undefined;
    if (isGiven) {
      passed.push({ task, from });
      accesses.passOn(alias, alias.region, visitor);
    }
    for (const region of isGiven ? [] : written.meeting(from, alias.region)) {
      passed.push({ task, from, region });
      accesses.passOn(alias, written.regionAt(region), visitor);
    }
  }
  // Nothing writes an input, so that it need not be known which part of it is read. Whatever does is a fault, to be told as any other.
  if (writesInput && !areInputsWritten) return gatherMemory(plan, accesses, own, position, true);
  return { written, writers: written.writers(position), reads, writing, passed, overwriting };
}
