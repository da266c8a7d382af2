import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emitTrace } from "../../compiler/emit/trace.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { simulate } from "../../simulator/simulate.js";
import { randomGraph, randomMachine } from "../support/random-graph.js";

interface TraceEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly id: number;
  readonly name: string;
  readonly cat: string;
  readonly args: { readonly task: number; readonly name: string; readonly source: string };
}

const cases = fc.record({
  seed: fc.nat(),
  ranks: fc.integer({ min: 1, max: 4 }),
  size: fc.integer({ min: 0, max: 60 }),
});

function forTraces(property: (events: readonly TraceEvent[], graph: ReturnType<typeof randomGraph>) => void): void {
  fc.assert(
    fc.property(cases, ({ seed, ranks, size }) => {
      const graph = randomGraph(seed, ranks, size);
      const timeline = simulate(graph, randomMachine(seed, ranks));
      const positionOf = () => ({ line: 3, column: 5 });
      property(JSON.parse([...emitTrace(graph, timeline, { positionOf })].join("")).traceEvents, graph);
    }),
    { numRuns: 200 },
  );
}

describe("a timeline as a Chrome trace", () => {
  it("shows each compute task once, and each transfer where it leaves and where it arrives", () => {
    forTraces((events, graph) => {
      const shown = new Map<string, number>();
      for (const event of events.filter(({ ph }) => ph === "X")) {
        const key = `${event.args.task} on ${event.pid}`;
        shown.set(key, (shown.get(key) ?? 0) + 1);
        expect(event.args.source).toBe("layer.stretto:3:5");
      }
      const expected = new Map<string, number>();
      for (let task = 0; task < graph.taskCount; task++) {
        if (graph.kind[task] === TaskKind.join) continue;
        expected.set(`${task} on ${graph.rank[task]}`, 1);
        const cost = graph.classes[graph.classOf[task]!]!;
        if (cost.kind === "transfer") expected.set(`${task} on ${cost.target}`, 1);
      }
      expect(shown).toEqual(expected);
    });
  });

  it("has no two bars of a track overlap, and a name for each track", () => {
    forTraces((events) => {
      const tracks = new Map<string, TraceEvent[]>();
      for (const event of events.filter(({ ph }) => ph === "X")) {
        const track = `${event.pid}/${event.tid}`;
        tracks.set(track, [...(tracks.get(track) ?? []), event]);
      }
      const named = events.filter(({ name }) => name === "thread_name").map(({ pid, tid }) => `${pid}/${tid}`);
      expect(new Set(named)).toEqual(new Set(tracks.keys()));
      expect(named.length).toBe(tracks.size);
      for (const bars of tracks.values()) {
        bars.sort((a, b) => a.ts - b.ts || a.ts + a.dur - b.ts - b.dur);
        bars.forEach((bar, index) => {
          const before = bars[index - 1] ?? { ts: 0, dur: 0 };
          expect(bar.ts).toBeGreaterThanOrEqual(before.ts + before.dur - 1e-8);
        });
      }
    });
  });

  it("draws one arrow from each transfer to its arrival", () => {
    forTraces((events, graph) => {
      const between = new Set<number>();
      for (let task = 0; task < graph.taskCount; task++) {
        const cost = graph.classes[graph.classOf[task]!];
        if (cost?.kind === "transfer" && cost.source !== cost.target) between.add(task);
      }
      for (const ph of ["s", "f"]) {
        const ends = events.filter((event) => event.ph === ph);
        expect(ends.length).toBe(between.size);
        expect(new Set(ends.map(({ id }) => id))).toEqual(between);
        for (const end of ends) {
          const around = events.filter(
            ({ ph: phase, pid, tid, ts, dur }) =>
              phase === "X" && pid === end.pid && tid === end.tid && ts <= end.ts && end.ts <= ts + dur + 1e-8,
          );
          expect(around.map(({ args }) => args.task)).toContain(end.id);
        }
      }
    });
  });
});
