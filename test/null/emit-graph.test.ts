import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emitGraph } from "../../compiler/emit/graph.js";
import { randomGraph } from "../support/random-graph.js";

describe("a graph as JSON", () => {
  it("says all that the graph does", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 30 }), (seed, ranks, size) => {
        const graph = randomGraph(seed, ranks, size);
        const read = JSON.parse([...emitGraph(graph)].join(""));
        expect(read).toMatchObject({ format: "stretto-graph", version: 1, ranks, task_count: size });
        const names = ["kind", "rank", "instance", "block", "classOf", "queue", "place"] as const;
        names.forEach((name, column) => {
          expect(read.tasks.map((row: number[]) => row[column])).toEqual([...graph[name]]);
        });
        const counts = new Uint32Array(size + 1);
        for (const [from] of read.edges) counts[from + 1]!++;
        for (let task = 0; task < size; task++) counts[task + 1]! += counts[task]!;
        expect(counts).toEqual(graph.successorStart);
        expect(read.edges.map((edge: number[]) => edge[1])).toEqual([...graph.successor]);
        expect(read.edges.map((edge: number[]) => edge[2])).toEqual([...graph.reason]);
        expect(read.classes).toEqual(graph.classes);
        expect(read.instances).toEqual(JSON.parse(JSON.stringify(graph.instances)));
        expect(read.queues).toEqual(JSON.parse(JSON.stringify(graph.queues)));
      }),
      { numRuns: 200 },
    );
  });

  it("comes in chunks, each far smaller than a large graph", () => {
    const sizes = [...emitGraph(randomGraph(1, 4, 4000))].map((chunk) => chunk.length);
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(200_000);
  });
});
