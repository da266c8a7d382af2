import { describe, expect, test } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { plannedText } from "../support/plan-text.js";

const program = (order: string): string => `
import { h800_node } from "std/machines"
import { matmul } from "std/ops"
param tokens = 9, depth = 6, hidden = 8
mesh on h800_node { tp: 3 }
layer scattered(x: f32[tokens, depth/tp], w: f32[depth/tp, hidden]) -> out: f32[tokens/tp, hidden] {
  let y = matmul(x, w)
  return reduce_scatter(y, tokens)
}
schedule columns of scattered {
  overlap y -> out by hidden(2)
  ${order}
}
`;

/** Rounds of the transfers that a rank issues, in the order in which it does. */
function issuedRounds(graph: TaskGraph, rank: number): number[] {
  return Array.from({ length: graph.taskCount }, (_, task) => task)
    .filter((task) => graph.kind[task] === TaskKind.transfer && graph.rank[task] === rank)
    .toSorted((a, b) => graph.place[a]! - graph.place[b]!)
    .map((task) => graph.instances[graph.instance[task]!]!.rounds![graph.block[task]!]!);
}

describe.each([0, 1, 2])("rank %d of a ring, whose two rounds send four blocks of columns each", (rank) => {
  const rounds = (order: string): number[] => issuedRounds(plannedText(program(order), "columns").planned.graph, rank);

  test("issues round by round where nothing else is said", () => {
    expect(rounds("")).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test("issues block by block of columns, both rounds of each, under `order out by hidden`", () => {
    expect(rounds("order out by hidden")).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
  });

  test("under `order out by tokens`, by the chunk sent", () => {
    // Rank r sends chunk r - 1 in round 0 and chunk r - 2 in round 1.
    const chunkOf = (round: number): number => (rank + 2 - round) % 3;
    const expected = [0, 1]
      .toSorted((a, b) => chunkOf(a) - chunkOf(b))
      .flatMap((round) => Array<number>(4).fill(round));
    expect(rounds("order out by tokens")).toEqual(expected);
  });
});
