import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { MachineModel } from "../../compiler/machine/model.js";
import { measure } from "../../simulator/measure.js";
import { drawPicture } from "../../simulator/picture.js";
import { renderHtml } from "../../simulator/render-html.js";
import type { PredictedEntry } from "../../simulator/render-html.js";
import { renderSvg } from "../../simulator/render-svg.js";
import { ticksOf } from "../../simulator/render-support.js";
import { simulate } from "../../simulator/simulate.js";
import { graphBuilder, rankKind, switchMachine } from "../support/graph-builder.js";
import { randomGraph, randomMachine } from "../support/random-graph.js";

function entryOf(title: string, graph: TaskGraph, machine: MachineModel): PredictedEntry {
  const timeline = simulate(graph, machine);
  return { title, graph, timeline, result: measure(graph, machine, timeline) };
}

describe("a picture", () => {
  it("has as much area of each engine as its tasks hold slots", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 60 }), (seed, ranks, size) => {
        const graph = randomGraph(seed, ranks, size);
        const { timeline, result } = entryOf("", graph, randomMachine(seed, ranks));
        const span = Math.max(1, timeline.makespanNs);
        const picture = drawPicture(graph, timeline, span, result.slowest_rank);
        let drawn = 0;
        let tasks = 0;
        for (const { rows } of picture.ranks) {
          for (const row of rows) {
            for (const area of row.areas) {
              tasks += area.tasks;
              area.share.forEach((share, cell) => (drawn += share * (row.breaks[cell + 1]! - row.breaks[cell]!)));
            }
          }
        }
        const used = result.busy.reduce((sum, { used: share }) => sum + share * result.makespan_ns, 0);
        expect(Math.abs(drawn - used)).toBeLessThanOrEqual(1e-9 * span * picture.ranks.length * 4);
        expect(tasks).toBe(graph.kind.filter((kind) => kind !== TaskKind.join).length);
      }),
      { numRuns: 300 },
    );
  });

  it("never fills an engine beyond its slots", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const graph = randomGraph(seed, 3, 80);
        const { timeline } = entryOf("", graph, randomMachine(seed, 3));
        for (const { rows } of drawPicture(graph, timeline, timeline.makespanNs, 0).ranks) {
          for (const row of rows) {
            for (let cell = 0; cell + 1 < row.breaks.length; cell++) {
              const filled = row.areas.reduce((sum, area) => sum + area.share[cell]!, 0);
              expect(filled).toBeLessThanOrEqual(1 + 1e-9);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("draws the slowest rank where there is no room for all", () => {
    const build = graphBuilder(40);
    const y = build.instance("y");
    for (let rank = 0; rank < 40; rank++) build.compute(build.queue(rank), y, { matrixFlops: rank === 33 ? 9e6 : 1e6 });
    const graph = build.build();
    const { timeline, result } = entryOf("", graph, switchMachine(40, 1e9, 0));
    const picture = drawPicture(graph, timeline, timeline.makespanNs, result.slowest_rank);
    expect(picture.ranks.map(({ rank }) => rank)).toContain(33);
    expect(picture.omittedRanks).toBe(24);
    const few = drawPicture(graph, timeline, timeline.makespanNs, result.slowest_rank, { ranks: 2 });
    expect(few.ranks.map(({ rank }) => rank)).toEqual([0, 33]);
    expect(few.omittedRanks).toBe(38);
  });

  it("stays small however large the graph", () => {
    const sizes = [10_000, 40_000].map((size) => {
      const build = graphBuilder(1);
      const queues = [build.queue(0, { width: 3 }), build.queue(0, { width: 2 })];
      const instances = [build.instance("a"), build.instance("b")];
      for (let task = 0; task < size; task++) {
        build.compute(queues[task % 2]!, instances[task % 2]!, { matrixFlops: 1e6 + ((task * 7919) % 1000) * 1e3 });
      }
      return renderSvg([entryOf("", build.build(), switchMachine(1, 1e9, 0))]).length;
    });
    expect(sizes[1]! / sizes[0]!).toBeLessThan(1.3);
  });
});

describe("a rendered timeline", () => {
  const build = graphBuilder(2);
  const made = build.compute(build.queue(0, { width: 1 }), build.instance("h<1>"), { matrixFlops: 1e6 });
  build.transfer(
    build.queue(0, { engine: "copy", name: "copy" }),
    build.instance("out", { kind: "word" }),
    { target: 1, wireBytes: 1e6 },
    [made],
  );
  // 10 µs of computing, then 10 µs of sending that nothing hides.
  const entry = entryOf("a & b", build.build(), switchMachine(2, 100e9, 0, rankKind()));

  it("puts bars where their times are", () => {
    const svg = renderSvg([entry]);
    const [left, middle, right] = [168, 168 + (1360 - 168 - 24) / 2, 1360 - 24];
    expect(svg).toMatch(
      new RegExp(`d="M${left} \\d+H${middle}V\\d+H${left}z"><title>h&lt;1&gt; on sms of rank 0: 1 tasks`),
    );
    expect(svg).toMatch(
      new RegExp(`d="M${middle} \\d+H${right}V\\d+H${middle}z"><title>out on copy of rank 0: 1 tasks`),
    );
    expect(svg).toMatch(new RegExp(`d="M${middle} \\d+H${right}v5H${middle}z"><title>exposed`));
  });

  it("is a page that needs nothing else, with names escaped", () => {
    const html = renderHtml("layer <x>", [entry]);
    expect(html).toContain("<td>a &amp; b</td>");
    expect(html).toContain("<h1>layer &lt;x&gt;</h1>");
    expect(html).not.toMatch(/<script|<link|src=|url\(/);
    expect(html.match(/<(?!\/|!|meta|path|rect)(\w+)/g)?.length).toBe(html.match(/<\/\w+>/g)!.length - titled(html));
  });

  it("marks times a round step apart, with their unit", () => {
    expect(ticksOf(95_000).map(({ label }) => label)).toEqual(
      Array.from({ length: 10 }, (_, tick) => `${tick * 10} us`),
    );
  });
});

/** Paths that are closed by an end tag, because they bear a title. */
function titled(html: string): number {
  return html.match(/<\/path>/g)?.length ?? 0;
}
