/**
 * Race-freedom of the plan that will run: of every two tasks that touch a common element of a buffer, on one rank or on two, one of
 * which writes, one is over before the other begins; and what lay in memory that a task takes over is not touched any more.
 * Hazards are those of hardware (read after write, write after read, write after write: Hennessy and Patterson, Computer
 * Architecture, appendix C), over regions instead of registers. The writes of one region are a chain; a read is compared with its
 * neighbours in the chain alone, since the chain itself is in order. So the cost is that of the overlaps, about one an edge.
 */
import type { ExecutionPlan } from "../graph/execution-plan.js";
import { createRunNumbers, taskAccesses, type Region, type TaskAccesses } from "./accesses.js";
import type { Precedence } from "./precedence.js";
import { WriteIndex, type WrittenRegion } from "./write-index.js";

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
}

export function findRaces(plan: ExecutionPlan, precedence: Precedence, limit: number): Races {
  return new RaceFinder(plan, precedence, limit).find();
}

class RaceFinder {
  private readonly races = new Map<string, Race>();
  private readonly indices: (WriteIndex | undefined)[] = [];
  private readonly touching: Set<number>[] = [];
  private readonly writing: Set<number>[] = [];
  /** By buffer of which something is overwritten: who reads each region. */
  private readonly readers = new Map<number, Map<WrittenRegion, number[]>>();

  constructor(
    private readonly plan: ExecutionPlan,
    private readonly precedence: Precedence,
    private readonly limit: number,
  ) {}

  find(): Races {
    const { plan } = this;
    const { taskCount, instance } = plan.graph;
    const numberOf = createRunNumbers();
    const accesses = taskAccesses(plan, numberOf);
    const overwriting: number[] = [];
    for (const { replaces } of plan.buffers) if (replaces !== undefined) this.readers.set(replaces, new Map());
    for (let task = 0; task < taskCount; task++) {
      const overwrites = plan.overwrites(task);
      if (overwrites.length > 0) overwriting.push(task);
      for (const { buffer } of overwrites) if (!this.readers.has(buffer)) this.readers.set(buffer, new Map());
      accesses.writesOf(task, {
        write: (buffer, region) => {
          (this.indices[buffer] ??= new WriteIndex(numberOf)).add(region, task);
          (this.writing[buffer] ??= new Set()).add(instance[task]!);
        },
      });
    }
    this.compareWrites();
    const met = new Map<string, readonly WrittenRegion[]>();
    for (let task = 0; task < taskCount && this.races.size < this.limit; task++)
      accesses.readsOf(task, {
        read: (buffer, key, regions) => {
          (this.touching[buffer] ??= new Set(this.writing[buffer])).add(instance[task]!);
          const index = this.indices[buffer];
          if (index === undefined) return;
          const name = `${buffer} ${key}`;
          let written = met.get(name);
          if (written === undefined) met.set(name, (written = regions().flatMap((region) => index.meeting(region))));
          for (const one of written) this.compareRead(task, buffer, one);
        },
      });
    for (const task of overwriting)
      for (const { buffer, region } of plan.overwrites(task)) this.demandAll(buffer, region, task);
    plan.buffers.forEach(({ replaces }, buffer) => {
      if (replaces === undefined) return;
      for (const { region, tasks } of this.indices[buffer]?.regions ?? [])
        for (const task of tasks) this.demandAll(replaces, region, task);
    });
    const touching = plan.buffers.map((_, buffer) => this.touching[buffer] ?? this.writing[buffer]);
    return { races: [...this.races.values()], touching, writing: this.writing, accesses };
  }

  /** Those of one region, in order; and those of each two that overlap. */
  private compareWrites(): void {
    const { position } = this.precedence;
    this.indices.forEach((index, buffer) => {
      if (index === undefined) return;
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
    for (const written of this.indices[buffer]?.meeting(region) ?? []) {
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
    if (!this.races.has(key) && this.races.size < this.limit) this.races.set(key, race);
  }
}
