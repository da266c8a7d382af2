import { EdgeReason, TaskKind } from "../../compiler/graph/task-graph.js";
import type {
  ComputeClass,
  Queue,
  StatementInstance,
  TaskClass,
  TaskGraph,
  TransferClass,
} from "../../compiler/graph/task-graph.js";
import type { LinkResource, MachineModel, RankKind } from "../../compiler/machine/model.js";

/** Builds task graphs by hand; tasks are issued by their queues in the order in which they are added. */
export interface GraphBuilder {
  queue(rank: number, options?: Partial<Omit<Queue, "rank">>): number;
  instance(name: string, options?: Partial<Omit<StatementInstance, "name">>): number;
  compute(
    queue: number,
    instance: number,
    cost: Partial<Omit<ComputeClass, "kind">>,
    after?: readonly number[],
  ): number;
  transfer(
    queue: number,
    instance: number,
    cost: Partial<Omit<TransferClass, "kind" | "source">> & { readonly target: number; readonly wireBytes: number },
    after?: readonly number[],
  ): number;
  join(rank: number, after: readonly number[]): number;
  edge(from: number, to: number, reason?: EdgeReason): void;
  build(): TaskGraph;
}

interface DraftTask {
  kind: number;
  rank: number;
  instance: number;
  block: number;
  classOf: number;
  queue: number;
  place: number;
}

export function graphBuilder(rankCount: number): GraphBuilder {
  const tasks: DraftTask[] = [];
  const edges: [number, number, EdgeReason][] = [];
  const classes: TaskClass[] = [];
  const queues: Queue[] = [];
  const queueLength: number[] = [];
  const instances: StatementInstance[] = [];

  function add(kind: number, rank: number, instance: number, queue: number, cost?: TaskClass): number {
    const task = tasks.length;
    if (cost !== undefined) classes.push(cost);
    const place = queue < 0 ? 0 : queueLength[queue]!++;
    tasks.push({ kind, rank, instance, block: task, classOf: cost ? classes.length - 1 : -1, queue, place });
    return task;
  }

  const builder: GraphBuilder = {
    queue(rank, options = {}) {
      queues.push({ rank, engine: "sms", name: "sms", width: 1, bytesPerSecond: Infinity, ...options });
      return queueLength.push(0) - 1;
    },
    instance(name, options = {}) {
      const index = instances.length;
      instances.push({
        name,
        kind: "op",
        statement: index,
        part: [],
        location: { file: "layer.stretto", span: { start: 0, end: 1 } },
        slots: Infinity,
        launch: index,
        ...options,
      });
      return index;
    },
    compute(queue, instance, cost, after = []) {
      const full: ComputeClass = {
        kind: "compute",
        matrixFlops: 0,
        matrixDtype: "bf16",
        vectorFlops: 0,
        flops: (cost.matrixFlops ?? 0) + (cost.vectorFlops ?? 0),
        bytesRead: 0,
        bytesWritten: 0,
        tiles: 1,
        shape: { does: "contraction", dtype: "bf16", rows: 1, columns: 1, depth: 1, parts: 1 },
        ...cost,
      };
      const task = add(TaskKind.compute, queues[queue]!.rank, instance, queue, full);
      for (const before of after) builder.edge(before, task);
      return task;
    },
    transfer(queue, instance, cost, after = []) {
      const source = queues[queue]!.rank;
      const full: TransferClass = {
        kind: "transfer",
        source,
        payloadBytes: cost.wireBytes,
        combining: false,
        readsSource: true,
        combinesInMemory: false,
        ...cost,
      };
      const task = add(TaskKind.transfer, source, instance, queue, full);
      for (const before of after) builder.edge(before, task);
      return task;
    },
    join(rank, after) {
      const task = add(TaskKind.join, rank, -1, -1);
      for (const before of after) builder.edge(before, task);
      return task;
    },
    edge(from, to, reason = EdgeReason.data) {
      edges.push([from, to, reason]);
    },
    build() {
      const sorted = edges.toSorted((a, b) => a[0] - b[0]);
      const successorStart = new Uint32Array(tasks.length + 1);
      for (const [from] of sorted) successorStart[from + 1]!++;
      for (let task = 0; task < tasks.length; task++) successorStart[task + 1]! += successorStart[task]!;
      return {
        taskCount: tasks.length,
        kind: Uint8Array.from(tasks, (t) => t.kind),
        rank: Int32Array.from(tasks, (t) => t.rank),
        instance: Int32Array.from(tasks, (t) => t.instance),
        block: Int32Array.from(tasks, (t) => t.block),
        classOf: Int32Array.from(tasks, (t) => t.classOf),
        queue: Int32Array.from(tasks, (t) => t.queue),
        place: Int32Array.from(tasks, (t) => t.place),
        edgeCount: sorted.length,
        successorStart,
        successor: Uint32Array.from(sorted, (e) => e[1]),
        reason: Uint8Array.from(sorted, (e) => e[2]),
        classes,
        queues,
        instances,
        rankCount,
      };
    },
  };
  return builder;
}

/** A kind of rank with round numbers: 1 TFLOP/s, 1 TB/s, 10 SMs, no launch cost. */
export function rankKind(options: Partial<RankKind> = {}): RankKind {
  return {
    name: "gpu",
    computeFlopsPerSecond: { bf16: 1e12, f32: 1e12 },
    efficiency: 1,
    sms: 10,
    smMovesBytesPerSecond: Infinity,
    memory: { name: "hbm", capacityBytes: 80e9, bytesPerSecond: 1e12, reduces: [] },
    copyEngines: 1,
    nics: 0,
    nicBytesPerSecond: 0,
    launchSeconds: 0,
    ...options,
  };
}

/** Ranks on a switch: a port out and a port in each. */
export function switchMachine(
  ranks: number,
  linkBytesPerSecond: number,
  latency: number,
  kind = rankKind(),
): MachineModel {
  const linkResources: LinkResource[] = [];
  for (let rank = 0; rank < ranks; rank++) {
    linkResources.push({ name: `gpu[${rank}] out`, bytesPerSecond: linkBytesPerSecond });
    linkResources.push({ name: `gpu[${rank}] in`, bytesPerSecond: linkBytesPerSecond });
  }
  return {
    name: "switched",
    rankCount: ranks,
    kinds: [kind],
    kindOfRank: new Uint16Array(ranks),
    linkResources,
    tiers: [],
    route: (source, target) =>
      source === target ? undefined : { resources: [2 * source, 2 * target + 1], latencySeconds: latency },
  };
}
