import { EdgeReason, TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { MachineModel } from "../../compiler/machine/model.js";
import { graphBuilder, rankKind, switchMachine } from "./graph-builder.js";

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A machine of one or two kinds of ranks on a switch, sometimes behind a shared bus, or two that split each transfer. */
export function randomMachine(seed: number, ranks: number): MachineModel {
  const random = randomNumbers(seed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const kind = () =>
    rankKind({
      sms: pick([1, 2, 4]),
      efficiency: pick([1, 0.7]),
      computeFlopsPerSecond: { bf16: pick([1e12, 3e12]), f32: 1e12 },
      memory: { name: "hbm", capacityBytes: 80e9, bytesPerSecond: pick([0.1e12, 0.5e12, 1e12]), reduces: [] },
      launchSeconds: pick([0, 0, 1e-6]),
    });
  const plain = switchMachine(ranks, pick([50e9, 100e9]), pick([0, 0.5e-6]));
  const base: MachineModel = {
    ...plain,
    route(source, target) {
      const route = plain.route(source, target);
      const inSwitch = { reduces: ["sum"], multicasts: true, sourceIn: 2 * source + 1, targetOut: 2 * target };
      return route && { ...route, inSwitch };
    },
  };
  const buses = random() < 0.3 ? 1 : random() < 0.3 ? 2 : 0;
  const share = pick([0.25, 0.5]);
  return {
    ...base,
    kinds: [kind(), kind()],
    kindOfRank: Uint16Array.from({ length: ranks }, () => pick([0, 1])),
    linkResources: [
      ...base.linkResources,
      { name: "bus", bytesPerSecond: 120e9 },
      { name: "other bus", bytesPerSecond: 40e9 },
    ],
    route: (source, target) => {
      const route = base.route(source, target);
      if (route === undefined || buses === 0) return route;
      if (buses === 1) return { ...route, resources: [...route.resources, 2 * ranks] };
      const resources = [...route.resources, 2 * ranks, 2 * ranks + 1];
      return { ...route, resources, shares: [...route.resources.map(() => 1), share, 1 - share] };
    },
  };
}

/**
 * A graph of about `size` tasks of all kinds. Issue order follows the edges, so that all of it can run, unless
 * `scrambled`: then places are shuffled, and some graphs are stuck.
 */
export function randomGraph(seed: number, ranks: number, size: number, scrambled = false): TaskGraph {
  const random = randomNumbers(seed ^ 0x5eed);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const amount = (typical: number): number =>
    pick([0, typical, typical, typical * 2, Math.floor(random() * typical * 3)]);
  const build = graphBuilder(ranks);
  const computeQueues: number[] = [];
  const transferQueues: { readonly queue: number; readonly rank: number }[] = [];
  for (let rank = 0; rank < ranks; rank++) {
    computeQueues.push(build.queue(rank, { width: pick([1, 2, 4]) }));
    transferQueues.push({ rank, queue: build.queue(rank, { engine: "copy", width: pick([1, 2, 3]) }) });
    if (random() < 0.5) {
      const bytesPerSecond = pick([40e9, 80e9]);
      transferQueues.push({ rank, queue: build.queue(rank, { width: 2, bytesPerSecond }) });
    }
    if (random() < 0.3) computeQueues.push(build.queue(rank, { width: 2 }));
  }
  const instances = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) =>
    build.instance(`v${index}`, { slots: pick([1, 2, 3, 8]), launch: pick([index, 0]) }),
  );
  for (let task = 0; task < size; task++) {
    const after: number[] = [];
    for (let earlier = 0; earlier < task; earlier++) if (random() < 1.2 / (task + 1)) after.push(earlier);
    const what = random();
    if (what < 0.1) build.join(pick(computeQueues.map((_, rank) => rank % ranks)), after);
    else if (what < 0.6) {
      const cost = {
        matrixFlops: amount(1e6),
        matrixDtype: pick(["bf16", "f16"]),
        vectorFlops: amount(2e5),
        bytesRead: amount(1e5),
        bytesWritten: amount(5e4),
        tiles: pick([1, 1, 2, 3, 5]),
      };
      build.compute(pick(computeQueues), pick(instances), cost, after);
    } else {
      const { queue, rank } = pick(transferQueues);
      const target = Math.floor(random() * ranks);
      const combining = random() < 0.3;
      const inSwitch = rank !== target && random() < 0.2;
      const sends = { by: combining ? ("combining" as const) : ("copying" as const), sends: pick([2, 3, 7]) };
      build.transfer(
        queue,
        pick(instances),
        {
          ...{ target, wireBytes: amount(1e5), combining, combinesInMemory: random() < 0.3 },
          ...(inSwitch ? { readsSource: true, merged: sends } : { readsSource: random() < 0.7 }),
        },
        after,
      );
    }
  }
  const graph = build.build();
  const { successor, reason } = graph;
  for (let edge = 0; edge < successor.length; edge++) {
    reason[edge] = pick([EdgeReason.data, EdgeReason.reuse, EdgeReason.order]);
  }
  if (scrambled) shufflePlaces(graph, random);
  return graph;
}

function shufflePlaces(graph: TaskGraph, random: () => number): void {
  for (let task = 0; task < graph.taskCount; task++) {
    const other = Math.floor(random() * graph.taskCount);
    if (graph.kind[task] === TaskKind.join || graph.queue[task] !== graph.queue[other]) continue;
    if (random() < 0.8) continue;
    const place = graph.place[task]!;
    graph.place[task] = graph.place[other]!;
    graph.place[other] = place;
  }
}
