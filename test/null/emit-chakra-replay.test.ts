import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Operation, Replay } from "../../compiler/emit/replay/operation.js";
import { replayOf } from "../../compiler/emit/replay/replay.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { replayTimes } from "../../cli/support/replay-times.js";
import { simulate } from "../../simulator/simulate.js";
import { expectRules, runLanes } from "../support/message-programs.js";
import type { ReadProgram } from "../support/message-programs.js";
import { graphBuilder } from "../support/graph-builder.js";
import { randomGraph, randomMachine } from "../support/random-graph.js";

const programOf = (replay: Replay): ReadProgram =>
  Array.from({ length: replay.rankCount }, (_, rank) =>
    [...replay.operations(rank)].map((operation) => ({
      id: operation.number,
      kind: operation.kind,
      size: operation.kind === "compute" ? operation.nanoseconds : operation.bytes,
      peer: operation.peer,
      tag: operation.message,
      after: operation.after,
    })),
  );

/** Pairs of tasks, joins replaced by every path through them: the first must be done before the second begins. */
function orderedPairs(graph: TaskGraph): [number, number][] {
  const pairs: [number, number][] = [];
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] === TaskKind.join) continue;
    const seen = new Set<number>();
    const visit = (from: number): void => {
      for (let edge = graph.successorStart[from]!; edge < graph.successorStart[from + 1]!; edge++) {
        const next = graph.successor[edge]!;
        if (seen.has(next)) continue;
        seen.add(next);
        if (graph.kind[next] === TaskKind.join) visit(next);
        else pairs.push([task, next]);
      }
    };
    visit(task);
  }
  return pairs;
}

/** Whether one operation of all ranks comes before another, along `after` and from each send to its receive. */
function reachability(replay: Replay): {
  find(task: number, rank: number): string;
  precedes(before: string, later: string): boolean;
} {
  const before = new Map<string, string[]>();
  const byTask = new Map<string, string>();
  const sends = new Map<string, string>();
  const receives: [string, string][] = [];
  for (let rank = 0; rank < replay.rankCount; rank++) {
    for (const operation of replay.operations(rank)) {
      const name = `${rank}.${operation.number}`;
      byTask.set(`${operation.task} ${rank}`, name);
      before.set(
        name,
        operation.after.map((number) => `${rank}.${number}`),
      );
      if (operation.kind === "send") sends.set(messageKey(operation, rank, operation.peer), name);
      if (operation.kind === "receive") receives.push([messageKey(operation, operation.peer, rank), name]);
    }
  }
  for (const [key, receive] of receives) before.get(receive)!.push(sends.get(key)!);
  return {
    find: (task, rank) => byTask.get(`${task} ${rank}`)!,
    precedes(first, later) {
      const seen = new Set([later]);
      for (const name of seen) for (const each of before.get(name)!) seen.add(each);
      return seen.has(first);
    },
  };
}

const messageKey = (operation: Operation, source: number, target: number): string =>
  `${source} ${target} ${operation.message}`;

describe("the replay of a graph", () => {
  test("keeps every order of the graph, and obeys the rules of the simulators", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 40 }), (seed, ranks, size) => {
        const graph = randomGraph(seed, ranks, size);
        const machine = randomMachine(seed, ranks);
        const timeline = simulate(graph, machine);
        const replay = replayOf(graph, replayTimes(graph, machine, timeline));
        expectRules(programOf(replay));
        const { find, precedes } = reachability(replay);
        const targetOf = (task: number): number => {
          const cost = graph.classes[graph.classOf[task]!]!;
          return cost.kind === "transfer" ? cost.target : graph.rank[task]!;
        };
        for (const [first, later] of orderedPairs(graph)) {
          const [source, target] = [graph.rank[later]!, targetOf(later)];
          const ends = [graph.rank[first]!, targetOf(first)];
          // Where the source does not see the end of the first and the target does, it is the receive that waits.
          const rank = !ends.includes(source) && ends.includes(target) ? target : source;
          const done = ends.includes(rank) ? rank : ends[1]!;
          expect(precedes(find(first, done), find(later, rank)), `${first} before ${later}`).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a join of a thousand before a thousand costs an edge each, not a million", () => {
    const build = graphBuilder(2);
    const queue = build.queue(1);
    const wire = build.queue(0, { engine: "copy" });
    const work = build.instance("work");
    const before = Array.from({ length: 1000 }, () => build.transfer(wire, work, { target: 1, wireBytes: 8 }));
    const all = build.join(1, before);
    for (let task = 0; task < 1000; task++) build.compute(queue, work, {}, [all]);
    const graph = build.build();
    const start = Float64Array.from({ length: graph.taskCount }, (_, task) => task);
    const operations = [...replayOf(graph, { start, makespanNs: 1000, duration: () => 1 }).operations(1)];
    expect(operations.reduce((edges, operation) => edges + operation.after.length, 0)).toBe(999 + 1 + 999);
  });

  test("a task that waits for one of a rank it does not meet is told so by a message of one byte", () => {
    const build = graphBuilder(3);
    const queues = [0, 1, 2].map((rank) => build.queue(rank));
    const work = build.instance("work");
    const first = build.compute(queues[0]!, work, {});
    build.compute(queues[2]!, work, {}, [first]);
    const graph = build.build();
    const replay = replayOf(graph, { start: Float64Array.of(0, 1), makespanNs: 200, duration: () => 100 });
    expect(replay.notificationCount).toBe(1);
    const program = programOf(replay);
    expectRules(program);
    expect(runLanes(program, { latencyNs: 20, bytesPerNs: 1 }).endNs).toBe(100 + 21 + 100);
  });
});
