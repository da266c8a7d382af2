/**
 * Race-freedom of the plan that will run: of every two tasks that touch a common element of a buffer, on one rank or on two, one of
 * which writes, one is over before the other begins; and what lay in memory that a task takes over is not touched any more.
 * Hazards are those of hardware (read after write, write after read, write after write: Hennessy and Patterson, Computer
 * Architecture, appendix C), over regions instead of registers. The writes of one region are a chain; a read is compared with its
 * neighbours in the chain alone, since the chain itself is in order. So the cost is that of the overlaps, about one an edge.
 */
import type { ExecutionPlan } from "../graph/execution-plan.js";
import { intersect, type Region } from "../graph/runs.js";
import { taskAccesses, type Image, type TaskAccesses } from "./accesses.js";
import { partitionByRank, type OnRank } from "./on-rank.js";
import type { Precedence } from "./precedence.js";
import { covers, WriteIndex, type WrittenRegion } from "./write-index.js";

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
  const onRank = partitionByRank(plan, accesses);
  // What is written is kept in mind one rank after another: a buffer is one rank's.
  for (const own of onRank) {
    new RaceFinder(plan, precedence, limit, accesses, own, found).find();
    accesses.forget();
  }
  const touching = plan.buffers.map((_, buffer) => found.touching[buffer] ?? found.writing[buffer]);
  const { races, writing, missing } = found;
  return { races: [...races.values()], touching, writing, accesses, ...(missing && { missing }) };
}

interface Found {
  readonly races: Map<string, Race>;
  readonly touching: Set<number>[];
  readonly writing: Set<number>[];
  missing?: Missing;
}

/** Races of one rank's memory. */
class RaceFinder {
  private readonly indices = new Map<number, WriteIndex>();
  /** By buffer of which something is overwritten: who reads each region. */
  private readonly readers = new Map<number, Map<WrittenRegion, number[]>>();

  constructor(
    private readonly plan: ExecutionPlan,
    private readonly precedence: Precedence,
    private readonly limit: number,
    private readonly accesses: TaskAccesses,
    private readonly own: OnRank,
    private readonly found: Found,
  ) {}

  find(): void {
    const { plan, own } = this;
    const overwriting = this.gatherWrites();
    const passed = this.passOn();
    this.compareWrites();
    this.compareReads();
    for (const buffer of own.outputs) this.writersOf(buffer, [plan.buffers[buffer]!.domain]);
    for (const { task, from, written } of passed) {
      this.touch(from, task);
      this.compareRead(task, from, written);
    }
    for (const task of overwriting)
      for (const { buffer, region } of plan.overwrites(task))
        if (this.isOwn(buffer)) this.demandAll(buffer, region, task);
    for (const buffer of own.buffers) {
      const { replaces } = plan.buffers[buffer]!;
      if (replaces === undefined) continue;
      for (const { region, tasks } of this.indices.get(buffer)?.regions ?? [])
        for (const task of tasks) this.demandAll(replaces, region, task);
    }
  }

  private isOwn(buffer: number): boolean {
    return this.plan.buffers[buffer]!.rank === this.own.rank;
  }

  /** Returns the tasks that take the place of something. */
  private gatherWrites(): number[] {
    const { plan, accesses, own, readers } = this;
    const overwriting: number[] = [];
    for (const buffer of own.buffers) {
      const { replaces } = plan.buffers[buffer]!;
      if (replaces !== undefined) readers.set(replaces, new Map());
      accesses.givenBy(buffer, { write: (to, region) => this.indexOf(to).give(region) });
    }
    const writer = this.writer();
    for (const task of own.tasks) {
      const overwrites = plan.overwrites(task);
      if (overwrites.length > 0) overwriting.push(task);
      for (const { buffer } of overwrites)
        if (this.isOwn(buffer) && !readers.has(buffer)) readers.set(buffer, new Map());
      writer.task = task;
      accesses.writesOf(plan.action(task), writer);
    }
    return overwriting;
  }

  private writer(): { task: number; write(buffer: number, region: Region): void } {
    const { instance } = this.plan.graph;
    const writer = {
      task: -1,
      write: (buffer: number, region: Region): void => {
        if (!this.isOwn(buffer)) return;
        this.indexOf(buffer).add(region, writer.task);
        const own = instance[writer.task]!;
        const writing = (this.found.writing[buffer] ??= new Set());
        if (!writing.has(own)) writing.add(own);
      },
    };
    return writer;
  }

  /** What tasks pass on, of what is written: in order, since it may be passed on again. */
  private passOn(): { readonly task: number; readonly from: number; readonly written: WrittenRegion }[] {
    const { position } = this.precedence;
    const passed: { task: number; from: number; written: WrittenRegion }[] = [];
    const writer = this.writer();
    const inOrder = this.own.passes.toSorted((a, b) => position[a.task]! - position[b.task]!);
    for (const { task, from, alias } of inOrder) {
      writer.task = task;
      const whole = [{ region: alias.region, tasks: [] }];
      for (const written of this.isGiven(from) ? whole : this.indexOf(from).meeting(alias.region)) {
        passed.push({ task, from, written });
        this.accesses.passOn(alias, written.region, writer);
      }
    }
    return passed;
  }

  private compareReads(): void {
    const { plan, accesses } = this;
    /** By buffer, then image. */
    const met = new Map<number, Map<Image, readonly WrittenRegion[]>>();
    let task = -1;
    const read = (buffer: number, image: Image): void => {
      if (!this.isOwn(buffer)) return;
      this.touch(buffer, task);
      let known = met.get(buffer);
      if (known === undefined) met.set(buffer, (known = new Map()));
      let written = known.get(image);
      if (written === undefined) known.set(image, (written = this.writersOf(buffer, image.regions, task)));
      for (const one of written) this.compareRead(task, buffer, one);
    };
    for (task of this.own.tasks) {
      if (this.found.races.size >= this.limit) return;
      accesses.readsOf(plan.action(task), { read });
    }
  }

  private indexOf(buffer: number): WriteIndex {
    let index = this.indices.get(buffer);
    if (index === undefined) this.indices.set(buffer, (index = new WriteIndex(this.accesses.numberOf)));
    return index;
  }

  private touch(buffer: number, task: number): void {
    const own = this.plan.graph.instance[task]!;
    const touching = (this.found.touching[buffer] ??= new Set(this.found.writing[buffer]));
    if (!touching.has(own)) touching.add(own);
  }

  /** All of it is there before the run. */
  private isGiven(buffer: number): boolean {
    const { role, fill } = this.plan.buffers[buffer]!;
    return role === "input" || fill !== undefined;
  }

  /** What is read is all there: of the buffer's own content before the run, or written. */
  private writersOf(buffer: number, regions: readonly Region[], task?: number): WrittenRegion[] {
    const index = this.indexOf(buffer);
    const isGiven = this.isGiven(buffer);
    return regions.flatMap((region) => {
      const written = index.meeting(region);
      // Beside what others pass on, what holds the identity is as it was before the run.
      const parts = isGiven ? this.accesses.passedTo(buffer).map((part) => common(part, region)) : [region];
      if (parts.some((part) => !covers(index.meeting(part), part)))
        this.found.missing ??= { buffer, region, ...(task !== undefined && { task }) };
      return written;
    });
  }

  /** Those of one region, in order; and those of each two that overlap. */
  private compareWrites(): void {
    const { position } = this.precedence;
    this.indices.forEach((index, buffer) => {
      for (const { tasks, region } of index.regions) {
        if (tasks.length > 1) tasks.sort((a, b) => position[a]! - position[b]!);
        for (let i = 1; i < tasks.length; i++) this.compare(tasks[i - 1]!, "write", tasks[i]!, "write", buffer, region);
      }
      if (index.regions.length < 2) return;
      for (const one of index.regions)
        for (const other of index.meeting(one.region))
          if (other !== one)
            for (const a of one.tasks)
              for (const b of other.tasks) if (a < b) this.compare(a, "write", b, "write", buffer, one.region);
    });
  }

  /** With the writes of the region that are next to it, before and after. */
  private compareRead(task: number, buffer: number, written: WrittenRegion): void {
    const { tasks, region } = written;
    const { position } = this.precedence;
    let before = -1;
    for (const writer of tasks) {
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
    const known = readers.get(written);
    if (known === undefined) readers.set(written, [task]);
    else known.push(task);
  }

  /** All that touches a region is over before a task that takes its place begins. */
  private demandAll(buffer: number, region: Region, task: number): void {
    for (const written of this.indices.get(buffer)?.meeting(region) ?? []) {
      for (const writer of written.tasks) this.demand(writer, "write", task, buffer, region);
      for (const reader of this.readers.get(buffer)?.get(written) ?? [])
        this.demand(reader, "read", task, buffer, region);
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
    region: Region,
  ): void {
    if (first === second || this.precedence.areOrdered(first, second)) return;
    this.report({
      first: { task: first, does: firstDoes },
      second: { task: second, does: secondDoes },
      buffer,
      region,
    });
  }

  private report(race: Race): void {
    const { instance } = this.plan.graph;
    const key = [instance[race.first.task], instance[race.second.task], race.second.does].join();
    const { races } = this.found;
    if (!races.has(key) && races.size < this.limit) races.set(key, race);
  }
}

const common = (one: Region, other: Region): Region => one.map((runs, d) => intersect(runs, other[d]!));
