/**
 * Race-freedom of the plan that will run: of every two tasks that touch a common element of a buffer, on one rank or on two, one of
 * which writes, one is over before the other begins; and what lay in memory that a task takes over is not touched any more.
 * Hazards are those of hardware (read after write, write after read, write after write: Hennessy and Patterson, Computer
 * Architecture, appendix C), over regions instead of registers. The writes of one region are a chain; a read is compared with its
 * neighbours in the chain alone, since the chain itself is in order. So the cost is that of the overlaps, about one an edge.
 */
import type { ExecutionPlan } from "../graph/execution-plan.js";
import { intersect, type Region } from "../graph/runs.js";
import { taskAccesses, type TaskAccesses } from "./accesses.js";
import { ImageWriters } from "./image-writers.js";
import { partitionByRank, type OnRank } from "./on-rank.js";
import type { Misplaced } from "./placed.js";
import type { Precedence } from "./precedence.js";
import { gatherMemory, type RankMemory } from "./rank-memory.js";
import { writersOf } from "./written-regions.js";

export interface Race {
  /** What the tasks do to the region: the first writes it, or (`read`, with `overwrite` second) reads it. */
  readonly first: { readonly task: number; readonly does: "read" | "write" };
  readonly second: { readonly task: number; readonly does: "read" | "write" | "overwrite" };
  readonly buffer: number;
  /** What the first one touches. */
  readonly region: Region;
}

export interface Races {
  /** The first between each two statements, at most as many as asked for. */
  readonly races: readonly Race[];
  /** By buffer, the instances of which tasks touch it, and of those the ones that write it. */
  readonly touching: readonly (ReadonlySet<number> | undefined)[];
  readonly writing: readonly (ReadonlySet<number> | undefined)[];
  readonly accesses: TaskAccesses;
  /** The first read of what nothing writes, or the first output that is not all written. */
  readonly missing?: Missing;
  /** The first task that works on another rank's memory. Then nothing else here is all that there is. */
  readonly misplaced?: Misplaced;
}

/** A task reads a region of which some is never written; without a task, whoever runs the plan does. */
export interface Missing {
  readonly task?: number;
  readonly buffer: number;
  readonly region: Region;
}

export function findRaces(plan: ExecutionPlan, precedence: Precedence, limit: number): Races {
  const accesses = taskAccesses(plan);
  const found: Found = { races: new Map(), touching: [], writing: [] };
  let misplaced: Misplaced | undefined;
  // What is done to memory is kept in mind one rank after another: a buffer is one rank's.
  for (const own of partitionByRank(plan, accesses)) {
    const memory = gatherMemory(plan, accesses, own, precedence.position);
    if ("task" in memory) misplaced = misplaced === undefined || memory.task < misplaced.task ? memory : misplaced;
    else if (misplaced === undefined) new RaceFinder(plan, precedence, limit, accesses, own, memory, found).find();
    accesses.forget();
  }
  const touching = plan.buffers.map((_, buffer) => found.touching[buffer] ?? found.writing[buffer]);
  const { races, writing, missing } = found;
  const more = { ...(missing && { missing }), ...(misplaced && { misplaced }) };
  return { races: [...races.values()], touching, writing, accesses, ...more };
}

interface Found {
  readonly races: Map<string, Race>;
  readonly touching: Set<number>[];
  readonly writing: ReadonlySet<number>[];
  missing?: Missing;
}

/** Races of one rank's memory. */
class RaceFinder {
  /** By buffer of which something is overwritten: who reads each region. */
  private readonly readers = new Map<number, Map<number, number[]>>();

  constructor(
    private readonly plan: ExecutionPlan,
    private readonly precedence: Precedence,
    private readonly limit: number,
    private readonly accesses: TaskAccesses,
    private readonly own: OnRank,
    private readonly memory: RankMemory,
    private readonly found: Found,
  ) {}

  find(): void {
    const { plan, own, memory, readers } = this;
    memory.writing.forEach((instances, buffer) => (this.found.writing[buffer] = instances));
    for (const buffer of own.buffers) {
      const { replaces } = plan.buffers[buffer]!;
      if (replaces !== undefined) readers.set(replaces, new Map());
    }
    for (const task of memory.overwriting)
      for (const { buffer } of plan.overwrites(task))
        if (this.isOwn(buffer) && !readers.has(buffer)) readers.set(buffer, new Map());
    this.compareWrites();
    this.compareReads();
    for (const buffer of own.outputs) this.regionsRead(buffer, [plan.buffers[buffer]!.domain]);
    for (const { task, from, region } of memory.passed) {
      this.touch(from, task);
      if (region !== undefined) this.compareRead(task, from, region);
    }
    this.compareOverwrites();
  }

  private isOwn(buffer: number): boolean {
    return this.plan.buffers[buffer]!.rank === this.own.rank;
  }

  private touch(buffer: number, task: number): void {
    const touching = (this.found.touching[buffer] ??= new Set(this.found.writing[buffer]));
    touching.add(this.plan.graph.instance[task]!);
  }

  /** Those of one region, in order; and those of each two that overlap. */
  private compareWrites(): void {
    const { written, writers } = this.memory;
    const { start, task } = writers;
    for (const buffer of written.buffers) {
      const regions = written.regionsOf(buffer);
      for (const region of regions)
        for (let i = start[region]! + 1; i < start[region + 1]!; i++)
          this.compare(task[i - 1]!, "write", task[i]!, "write", buffer, region);
      if (!written.mayOverlap(buffer)) continue;
      for (const one of regions)
        for (const other of written.meeting(buffer, written.regionAt(one)))
          if (other !== one)
            for (const a of writersOf(writers, one))
              for (const b of writersOf(writers, other)) if (a < b) this.compare(a, "write", b, "write", buffer, one);
    }
  }

  private compareReads(): void {
    const { memory, accesses, precedence, readers } = this;
    const { reader, image, buffer: bufferOf } = memory.reads;
    const images = new ImageWriters(accesses.imageCount, memory.writers, this.plan.graph, precedence);
    for (let i = 0, last = -1; i < reader.length; i++) {
      const [task, number, buffer] = [reader.data[i]!, image.data[i]!, bufferOf.data[i]!];
      if (task !== last && this.found.races.size >= this.limit) return;
      last = task;
      this.touch(buffer, task);
      if (number < 0) continue;
      if (!images.isKnown(number)) images.learn(number, this.regionsRead(buffer, accesses.regionsOf(number), task));
      const [start, end] = [images.start[number]!, images.end[number]!];
      if (end > start + 1 && !readers.has(buffer) && images.areOver(number, task)) continue;
      for (let k = start; k < end; k++) this.compareRead(task, buffer, images.regions.data[k]!);
    }
  }

  /** What is written of some regions; all of which is to be there, before the run or written. */
  private regionsRead(buffer: number, regions: readonly Region[], task?: number): readonly number[] {
    const { written } = this.memory;
    const { role, fill } = this.plan.buffers[buffer]!;
    const isGiven = role === "input" || fill !== undefined;
    const found: number[] = [];
    for (const region of regions) {
      const meeting = written.meeting(buffer, region);
      // Beside what others pass on, what holds the identity is as it was before the run.
      const isWhole = isGiven
        ? this.accesses
            .passedTo(buffer)
            .map((part) => part.map((runs, d) => intersect(runs, region[d]!)))
            .every((part) => written.cover(written.meeting(buffer, part), part))
        : written.cover(meeting, region);
      if (!isWhole) this.found.missing ??= { buffer, region, ...(task !== undefined && { task }) };
      for (const one of meeting) found.push(one);
    }
    return found;
  }

  /** With the writes of the region that are next to it, before and after. */
  private compareRead(task: number, buffer: number, region: number): void {
    const { position } = this.precedence;
    const { start, task: writers } = this.memory.writers;
    let before = -1;
    for (let i = start[region]!; i < start[region + 1]!; i++) {
      const writer = writers[i]!;
      if (writer === task) continue;
      if (position[writer]! < position[task]!) {
        before = writer;
        continue;
      }
      this.compare(writer, "write", task, "read", buffer, region);
      break;
    }
    if (before >= 0) this.compare(before, "write", task, "read", buffer, region);
    const readers = this.readers.get(buffer);
    if (readers === undefined) return;
    const known = readers.get(region);
    if (known === undefined) readers.set(region, [task]);
    else known.push(task);
  }

  private compareOverwrites(): void {
    const { plan, own, memory } = this;
    for (const task of memory.overwriting)
      for (const { buffer, region } of plan.overwrites(task))
        if (this.isOwn(buffer)) this.demandAll(buffer, region, task);
    for (const buffer of own.buffers) {
      const { replaces } = plan.buffers[buffer]!;
      if (replaces === undefined) continue;
      for (const written of memory.written.regionsOf(buffer)) {
        const region = memory.written.regionAt(written);
        for (const task of writersOf(memory.writers, written)) this.demandAll(replaces, region, task);
      }
    }
  }

  /** All that touches a region is over before a task that takes its place begins. */
  private demandAll(buffer: number, region: Region, task: number): void {
    const { written, writers } = this.memory;
    const readers = this.readers.get(buffer);
    for (const meeting of written.meeting(buffer, region)) {
      for (const writer of writersOf(writers, meeting)) this.demand(writer, "write", task, buffer, region);
      for (const reader of readers?.get(meeting) ?? []) this.demand(reader, "read", task, buffer, region);
    }
  }

  private demand(earlier: number, does: "read" | "write", task: number, buffer: number, region: Region): void {
    if (earlier === task || this.precedence.precedes(earlier, task)) return;
    this.report({ first: { task: earlier, does }, second: { task, does: "overwrite" }, buffer, region });
  }

  private compare(
    first: number,
    firstDoes: "read" | "write",
    second: number,
    secondDoes: "read" | "write",
    buffer: number,
    written: number,
  ): void {
    if (first === second || this.precedence.areOrdered(first, second)) return;
    this.report({
      first: { task: first, does: firstDoes },
      second: { task: second, does: secondDoes },
      buffer,
      region: this.memory.written.regionAt(written),
    });
  }

  private report(race: Race): void {
    const { instance } = this.plan.graph;
    const key = [instance[race.first.task], instance[race.second.task], race.second.does].join();
    const { races } = this.found;
    if (!races.has(key) && races.size < this.limit) races.set(key, race);
  }
}
