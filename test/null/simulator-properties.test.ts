import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { MachineModel } from "../../compiler/machine/model.js";
import { lowerBound } from "../../simulator/bound.js";
import { measure } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";
import type { SimulatedTimeline } from "../../simulator/timeline.js";
import { Why } from "../../simulator/timeline.js";
import { randomGraph, randomMachine } from "../support/random-graph.js";

const cases = fc.record({
  seed: fc.nat(),
  ranks: fc.integer({ min: 1, max: 4 }),
  size: fc.integer({ min: 1, max: 60 }),
});

/** Checks a property of the timelines of random graphs that can finish. */
function forTimelines(
  property: (graph: TaskGraph, timeline: SimulatedTimeline, machine: MachineModel) => void,
  numRuns = 1500,
): void {
  fc.assert(
    fc.property(cases, ({ seed, ranks, size }) => {
      const graph = randomGraph(seed, ranks, size);
      const machine = randomMachine(seed, ranks);
      property(graph, simulate(graph, machine), machine);
    }),
    { numRuns },
  );
}

/** Slots of its queue that may be in use when a task begins: ops leave those that others have reserved. */
function slotsOf(graph: TaskGraph, task: number): number {
  const { width } = graph.queues[graph.queue[task]!]!;
  const isCompute = graph.classes[graph.classOf[task]!]!.kind === "compute";
  return isCompute ? Math.min(width, graph.instances[graph.instance[task]!]!.slots) : width;
}

function claimOf(graph: TaskGraph, task: number): number {
  const cost = graph.classes[graph.classOf[task]!]!;
  return cost.kind === "compute" ? Math.min(cost.tiles, slotsOf(graph, task)) : 1;
}

function tasksOf(graph: TaskGraph, queue: number): number[] {
  return [...graph.queue.keys()]
    .filter((task) => graph.queue[task] === queue)
    .toSorted((a, b) => graph.place[a]! - graph.place[b]!);
}

describe("a simulated timeline", () => {
  it("respects every edge", () => {
    forTimelines((graph, { start, finish }) => {
      for (let task = 0; task < graph.taskCount; task++) {
        expect(finish[task]).toBeGreaterThanOrEqual(start[task]!);
        for (let edge = graph.successorStart[task]!; edge < graph.successorStart[task + 1]!; edge++) {
          expect(start[graph.successor[edge]!]).toBeGreaterThanOrEqual(finish[task]!);
        }
      }
    });
  });

  it("issues each queue in order, and never beyond its slots", () => {
    forTimelines((graph, { start, finish }) => {
      for (let queue = 0; queue < graph.queues.length; queue++) {
        const tasks = tasksOf(graph, queue);
        tasks.forEach((task, index) => {
          expect(start[task]).toBeGreaterThanOrEqual(start[tasks[index - 1] ?? task]!);
          // What holds slots when this task begins was issued before it, and has not ended.
          const held = tasks.slice(0, index).filter((other) => finish[other]! > start[task]!);
          const claimed = [...held, task].reduce((sum, other) => sum + claimOf(graph, other), 0);
          expect(claimed).toBeLessThanOrEqual(slotsOf(graph, task));
        });
      }
    });
  });

  it("is the same each time", () => {
    forTimelines((graph, timeline, machine) => {
      const again = simulate(graph, machine);
      expect(again.start).toEqual(timeline.start);
      expect(again.finish).toEqual(timeline.finish);
      expect(again.cause).toEqual(timeline.cause);
    }, 300);
  });

  it("begins each task when its cause ended, but for launches between", () => {
    forTimelines((graph, { start, finish, cause, why }, machine) => {
      for (let task = 0; task < graph.taskCount; task++) {
        const from = cause[task]! < 0 ? 0 : finish[cause[task]!]!;
        const launch = machine.kinds[machine.kindOfRank[graph.rank[task]!]!]!.launchSeconds * 1e9;
        // Of those before it in its queue, some may have been launched since.
        const longest = why[task] === Why.launch ? launch * (1 + graph.place[task]!) * (1 + 1e-9) : 0;
        expect(start[task]! - from).toBeGreaterThanOrEqual(0);
        expect(start[task]! - from).toBeLessThanOrEqual(longest);
      }
    });
  });

  it("is never shorter than the lower bound", () => {
    forTimelines((graph, { makespanNs }, machine) => {
      expect(lowerBound(graph, machine).boundNs).toBeLessThanOrEqual(makespanNs * (1 + 1e-9));
    }, 4000);
  });

  it("leaves no rank's memory and no link with more bytes than fit into the makespan", () => {
    forTimelines((graph, { makespanNs }, machine) => {
      const through = new Float64Array(machine.linkResources.length);
      for (let task = 0; task < graph.taskCount; task++) {
        const cost = graph.classes[graph.classOf[task]!];
        if (cost?.kind !== "transfer") continue;
        const { wireBytes, merged } = cost;
        const route = machine.route(cost.source, cost.target);
        if (merged && route?.inSwitch) {
          const [out, into] = route.resources;
          const { sourceIn, targetOut } = route.inSwitch;
          const isCopied = merged.by === "copying";
          through[out!]! += isCopied ? wireBytes / merged.sends : wireBytes;
          through[into!]! += isCopied ? wireBytes : wireBytes / merged.sends;
          through[isCopied ? sourceIn : targetOut]! += wireBytes / merged.sends;
        } else route?.resources.forEach((link, index) => (through[link]! += wireBytes * (route.shares?.[index] ?? 1)));
      }
      machine.linkResources.forEach((link, index) => {
        expect((through[index]! / link.bytesPerSecond) * 1e9).toBeLessThanOrEqual(makespanNs * (1 + 1e-9));
      });
    });
  });

  it("scales with the machine: all twice as fast takes half as long", () => {
    forTimelines((graph, { makespanNs }, machine) => {
      const twice: MachineModel = {
        ...machine,
        kinds: machine.kinds.map((kind) => ({
          ...kind,
          computeFlopsPerSecond: Object.fromEntries(
            Object.entries(kind.computeFlopsPerSecond).map(([dtype, rate]) => [dtype, rate * 2]),
          ),
          memory: { ...kind.memory, bytesPerSecond: kind.memory.bytesPerSecond * 2 },
          launchSeconds: kind.launchSeconds / 2,
        })),
        linkResources: machine.linkResources.map((link) => ({ ...link, bytesPerSecond: link.bytesPerSecond * 2 })),
        route: (source, target) => {
          const route = machine.route(source, target);
          return route && { ...route, latencySeconds: route.latencySeconds / 2 };
        },
      };
      const queues = graph.queues.map((queue) => ({ ...queue, bytesPerSecond: queue.bytesPerSecond * 2 }));
      const halved = simulate({ ...graph, queues }, twice).makespanNs * 2;
      expect(Math.abs(halved - makespanNs)).toBeLessThanOrEqual(1e-9 * makespanNs);
    }, 500);
  });

  it("of one task at a time, a faster link is never slower", () => {
    // Not so in general: list scheduling has anomalies (Graham, 1969). In a chain there is nothing to reorder.
    forTimelines((graph, _, machine) => {
      const chain = [...graph.kind.keys()];
      const chained: TaskGraph = {
        ...graph,
        edgeCount: graph.taskCount - 1,
        successorStart: Uint32Array.from([...chain, graph.taskCount - 1]),
        successor: Uint32Array.from(chain.slice(1)),
        reason: new Uint8Array(graph.taskCount - 1),
      };
      const faster: MachineModel = {
        ...machine,
        linkResources: machine.linkResources.map((link) => ({ ...link, bytesPerSecond: link.bytesPerSecond * 1.5 })),
      };
      const slow = simulate(chained, machine).makespanNs;
      expect(simulate(chained, faster).makespanNs).toBeLessThanOrEqual(slow * (1 + 1e-12));
    }, 300);
  });
});

describe("what is measured", () => {
  it("is in bounds and adds up", () => {
    forTimelines((graph, timeline, machine) => {
      const result = measure(graph, machine, timeline);
      expect(result.bound_ns).toBeLessThanOrEqual(result.makespan_ns);
      expect(result.exposed_communication_ns).toBeLessThanOrEqual(result.communication_ns);
      expect(result.compute_ns + result.exposed_communication_ns).toBeLessThanOrEqual(result.makespan_ns * (1 + 1e-9));
      for (const use of result.busy) {
        expect(use.busy_ns).toBeLessThanOrEqual(result.makespan_ns);
        expect(use.used).toBeLessThanOrEqual(1 + 1e-9);
      }
      const path = result.critical_path;
      if (path.length === 0) return;
      expect(path.at(-1)!.finish_ns).toBe(result.makespan_ns);
      for (let step = 1; step < path.length; step++) {
        expect(path[step]!.start_ns).toBeGreaterThanOrEqual(path[step - 1]!.finish_ns);
      }
    });
  });

  it("agrees with counting nanosecond by nanosecond", () => {
    forTimelines((graph, { start, finish, ...rest }, machine) => {
      // Rounded to whole steps of a hundredth of the makespan, so that counting is exact.
      const unit = rest.makespanNs / 100;
      if (unit === 0) return;
      const rounded = {
        ...rest,
        start: start.map((time) => Math.round(time / unit)),
        finish: finish.map((time) => Math.round(time / unit)),
        makespanNs: 100,
      };
      const result = measure(graph, machine, rounded);
      const rank = result.slowest_rank;
      let [computing, communicating, exposed] = [0, 0, 0];
      for (let step = 0; step < 100; step++) {
        let [computes, communicates] = [false, false];
        for (let task = 0; task < graph.taskCount; task++) {
          if (rounded.start[task]! > step || rounded.finish[task]! <= step) continue;
          const cost = graph.classes[graph.classOf[task]!]!;
          if (graph.kind[task] === TaskKind.compute && graph.rank[task] === rank) computes = true;
          if (cost.kind === "transfer" && (cost.source === rank || cost.target === rank)) communicates = true;
        }
        computing += computes ? 1 : 0;
        communicating += communicates ? 1 : 0;
        exposed += communicates && !computes ? 1 : 0;
      }
      expect(result.compute_ns).toBe(computing);
      expect(result.communication_ns).toBe(communicating);
      expect(result.exposed_communication_ns).toBe(exposed);
    }, 500);
  });
});
