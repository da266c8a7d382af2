import type { ComputeClass, TaskGraph, TransferClass } from "../../compiler/graph/task-graph.js";
import type { MachineModel, Route } from "../../compiler/machine/model.js";

/**
 * The simulator's model once more, as plainly as it can be written: an object a task, everything scanned and all rates
 * solved anew at each event. Slow; shares nothing with the real one but the contracts.
 */
interface Running {
  readonly task: number;
  phase: "waiting" | "latency" | "flow" | "compute" | "fixed" | "done";
  waitsFor: number;
  /** Nanoseconds of a latency or fixed time, bytes of a flow, nanoseconds at full speed of a compute task. */
  left: number;
  demand: number;
}

interface Flow {
  readonly uses: [resource: string, weight: number][];
  readonly cap: number;
  rate: number;
}

export function referenceSimulate(
  graph: TaskGraph,
  machine: MachineModel,
): { start: number[]; finish: number[]; stuck: number[] } {
  const start: number[] = Array.from({ length: graph.taskCount }, () => NaN);
  const finish: number[] = Array.from({ length: graph.taskCount }, () => NaN);
  const tasks: Running[] = start.map((_, task) => ({ task, phase: "waiting", waitsFor: 0, left: 0, demand: 0 }));
  for (const next of graph.successor) tasks[next]!.waitsFor++;
  const inQueue = graph.queues.map((_, q) =>
    tasks.filter((t) => graph.queue[t.task] === q).toSorted((a, b) => graph.place[a.task]! - graph.place[b.task]!),
  );
  const launchEnd = new Map<string, number>();
  const kindOf = (rank: number) => machine.kinds[machine.kindOfRank[rank]!]!;
  const computeOf = (task: number) => graph.classes[graph.classOf[task]!] as ComputeClass;
  const transferOf = (task: number) => graph.classes[graph.classOf[task]!] as TransferClass;
  let now = 0;

  const slotsOf = (task: number): number =>
    Math.min(
      graph.queues[graph.queue[task]!]!.width,
      graph.kind[task] === 0 ? graph.instances[graph.instance[task]!]!.slots : Infinity,
    );
  const claimOf = (task: number): number =>
    graph.kind[task] === 0 ? Math.min(computeOf(task).tiles, slotsOf(task)) : 1;

  function complete(t: Running): void {
    t.phase = "done";
    finish[t.task] = now;
    for (let edge = graph.successorStart[t.task]!; edge < graph.successorStart[t.task + 1]!; edge++) {
      tasks[graph.successor[edge]!]!.waitsFor--;
    }
  }

  function begin(t: Running): void {
    start[t.task] = now;
    const rank = graph.rank[t.task]!;
    if (graph.kind[t.task] === 1) {
      const cost = transferOf(t.task);
      const route = cost.source === cost.target ? undefined : machine.route(cost.source, cost.target)!;
      t.phase = "latency";
      t.left = (route?.latencySeconds ?? 0) * 1e9;
      return;
    }
    const cost = computeOf(t.task);
    const kind = kindOf(rank);
    const rateOf = (dtype: string) =>
      (((kind.computeFlopsPerSecond[dtype] ?? kind.computeFlopsPerSecond["f32"]!) / 1e9) * kind.efficiency) / kind.sms;
    const tile =
      cost.matrixFlops / cost.tiles / rateOf(cost.matrixDtype) + cost.vectorFlops / cost.tiles / rateOf("f32");
    const bytes = cost.bytesRead + cost.bytesWritten;
    t.left = Math.max(Math.ceil(cost.tiles / claimOf(t.task)) * tile, bytes / (kind.memory.bytesPerSecond / 1e9));
    t.phase = bytes > 0 ? "compute" : "fixed";
    t.demand = t.left > 0 ? bytes / t.left : 0;
  }

  function step(): boolean {
    let changed = false;
    for (const t of tasks) {
      if (t.phase === "waiting" && graph.kind[t.task] === 2 && t.waitsFor === 0) {
        start[t.task] = now;
        complete(t);
        changed = true;
      } else if (t.phase === "latency" && t.left === 0) {
        t.phase = "flow";
        t.left = transferOf(t.task).wireBytes;
        changed = true;
      } else if ((t.phase === "flow" || t.phase === "compute" || t.phase === "fixed") && t.left === 0) {
        complete(t);
        changed = true;
      }
    }
    for (const members of inQueue) {
      const t = members.find((member) => member.phase === "waiting");
      if (t === undefined || t.waitsFor > 0) continue;
      const held = members
        .filter((m) => m.phase !== "waiting" && m.phase !== "done")
        .reduce((sum, m) => sum + claimOf(m.task), 0);
      if (held + claimOf(t.task) > slotsOf(t.task)) continue;
      const launch = `${graph.instances[graph.instance[t.task]!]!.launch} on ${graph.rank[t.task]}`;
      if (!launchEnd.has(launch)) launchEnd.set(launch, now + kindOf(graph.rank[t.task]!).launchSeconds * 1e9);
      if (launchEnd.get(launch)! > now) continue;
      begin(t);
      changed = true;
    }
    return changed;
  }

  function flowOf(t: Running): Flow {
    const cost = transferOf(t.task);
    const uses: [string, number][] = [];
    if (cost.source !== cost.target) {
      const route = machine.route(cost.source, cost.target)!;
      if (cost.merged === undefined) {
        route.resources.forEach((link, index) => uses.push([`link ${link}`, route.shares?.[index] ?? 1]));
      } else return { uses: usesInSwitch(t.task, cost, cost.merged, route), cap: Infinity, rate: NaN };
    }
    if (cost.readsSource) uses.push([`memory ${cost.source}`, 1]);
    uses.push([`memory ${cost.target}`, 1]);
    if (cost.combining && !cost.combinesInMemory) uses.push([`memory ${cost.target}`, 1]);
    uses.push([`queue ${graph.queue[t.task]}`, 1]);
    return { uses, cap: Infinity, rate: NaN };
  }

  /** Of n sends that are one in the switch: the end that has one flow for all has an n-th of a byte for each. */
  function usesInSwitch(
    task: number,
    { source, target }: TransferClass,
    { by, sends }: NonNullable<TransferClass["merged"]>,
    { resources: [out, into], inSwitch }: Route,
  ): [string, number][] {
    const part = 1 / sends;
    const queue: [string, number] = [`queue ${graph.queue[task]}`, part];
    if (by === "combining") {
      const up: [string, number][] = [
        [`link ${out}`, 1],
        [`link ${inSwitch!.targetOut}`, part],
        [`link ${into}`, part],
      ];
      const atTarget = `memory ${target}`;
      return [...up, [`memory ${source}`, 1], [atTarget, part], [atTarget, part], queue];
    }
    const down: [string, number][] = [
      [`link ${out}`, part],
      [`link ${inSwitch!.sourceIn}`, part],
      [`link ${into}`, 1],
    ];
    return [...down, [`memory ${source}`, part], [`memory ${target}`, 1], queue];
  }

  function capacityOf(resource: string): number {
    const [what, index] = resource.split(" ") as [string, string];
    if (what === "link") return machine.linkResources[Number(index)]!.bytesPerSecond / 1e9;
    if (what === "memory") return kindOf(Number(index)).memory.bytesPerSecond / 1e9;
    return graph.queues[Number(index)]!.bytesPerSecond / 1e9;
  }

  /** Raises all rates together, and fixes one flow at a time: that which is stopped first. */
  function share(flows: Flow[]): void {
    const open = new Set(flows);
    while (open.size > 0) {
      let first: Flow | undefined;
      let lowest = Infinity;
      for (const flow of open) {
        let level = flow.cap;
        for (const [resource] of flow.uses) {
          let free = capacityOf(resource);
          let weight = 0;
          for (const other of flows) {
            for (const [used, amount] of other.uses) {
              if (used !== resource) continue;
              if (open.has(other)) weight += amount;
              else free -= other.rate * amount;
            }
          }
          level = Math.min(level, Math.max(0, free) / weight);
        }
        if (first === undefined || level < lowest) {
          first = flow;
          lowest = level;
        }
      }
      first!.rate = lowest;
      open.delete(first!);
    }
  }

  for (;;) {
    while (step());
    const speedOf = new Map<Running, number>();
    const flows: Flow[] = [];
    const streams = new Map<string, { flow: Flow; members: Running[] }>();
    for (const t of tasks) {
      if (t.phase === "latency" || t.phase === "fixed") speedOf.set(t, 1);
      if (t.phase === "flow") {
        const flow = flowOf(t);
        flows.push(flow);
        streams.set(`transfer ${t.task}`, { flow, members: [t] });
      }
    }
    const running = new Map<string, Running[]>();
    for (const t of tasks) {
      if (t.phase !== "compute") continue;
      const key = `${graph.rank[t.task]} ${graph.instance[t.task]}`;
      running.set(key, [...(running.get(key) ?? []), t]);
    }
    for (const [key, members] of running) {
      const cap = members.reduce((sum, t) => sum + t.demand, 0);
      const flow: Flow = { uses: [[`memory ${key.split(" ")[0]}`, 1]], cap, rate: NaN };
      flows.push(flow);
      streams.set(key, { flow, members });
    }
    share(flows);
    for (const { flow, members } of streams.values()) {
      for (const t of members) speedOf.set(t, t.phase === "flow" ? flow.rate : flow.rate / flow.cap);
    }
    let wait = Infinity;
    for (const [t, speed] of speedOf) wait = Math.min(wait, t.left / speed);
    for (const end of launchEnd.values()) if (end > now) wait = Math.min(wait, end - now);
    if (wait === Infinity) break;
    // What ends within rounding of now ends now.
    const slack = 1e-12 * (now + wait);
    now += wait;
    for (const [t, speed] of speedOf) t.left = t.left / speed <= wait + slack ? 0 : t.left - wait * speed;
    for (const [launch, end] of launchEnd) if (Math.abs(end - now) <= slack) launchEnd.set(launch, now);
  }
  return { start, finish, stuck: tasks.filter((t) => t.phase !== "done").map((t) => t.task) };
}
