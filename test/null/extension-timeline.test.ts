import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TimelineBar } from "../../lsp/protocol.js";
import { placeNodes } from "../../vscode-extension/webview/graph/layers.js";
import { lanesOf, type Piece } from "../../vscode-extension/webview/timeline/lanes.js";
import { ticksWithin } from "../../vscode-extension/webview/timeline/ticks.js";
import { moved, zoomed } from "../../vscode-extension/webview/timeline/view.js";

const rangeOf = (line: number) => ({ start: { line, character: 2 }, end: { line, character: 9 } });
const bar = (rank: number, engine: string, name: string, start_ns: number, end_ns: number): TimelineBar => ({
  ...{ rank, engine, name, start_ns, end_ns },
  communicates: name.startsWith("w"),
  range: rangeOf(name.charCodeAt(1)),
});

const bars = fc.array(
  fc
    .record({
      rank: fc.nat(3),
      engine: fc.constantFrom("sms", "copy"),
      name: fc.constantFrom("ca", "cb", "cc", "wd", "we"),
      start: fc.nat(1000),
      length: fc.integer({ min: 1, max: 300 }),
    })
    .map(({ rank, engine, name, start, length }) => bar(rank, engine, name, start, start + length)),
  { maxLength: 60 },
);

describe("bars as lanes", () => {
  test("every bar is drawn where it belongs, and nothing else is; no two bars of a row overlap", () => {
    fc.assert(
      fc.property(bars, (given) => {
        const { series, lanes } = lanesOf(given);
        const wrong = lanes.flatMap(({ rank, engine, rows }) =>
          sampled.flatMap((time) => {
            const due = given.filter((each) => each.rank === rank && each.engine === engine && isDuring(each, time));
            const drawn = rows.map(({ pieces }) => pieces.filter(({ times }) => isIn(times, time)));
            const names = drawn.flat().map(({ series: number }) => series[number]!.name);
            const isRight =
              sameSet(names, [...new Set(due.map(({ name }) => name))]) && drawn.every((row) => row.length < 2);
            return isRight ? [] : [{ rank, engine, time, names }];
          }),
        );
        expect(wrong).toEqual([]);
      }),
    );
  });

  test("ranks come in order, a lane that only moves bytes says so, a statement is one series on all ranks", () => {
    const { series, lanes } = lanesOf([
      bar(1, "copy", "wd", 0, 5),
      bar(0, "sms", "ca", 0, 5),
      bar(0, "copy", "wd", 5, 9),
    ]);
    expect(lanes.map(({ rank, engine, communicates }) => [rank, engine, communicates])).toEqual([
      [0, "sms", false],
      [0, "copy", true],
      [1, "copy", true],
    ]);
    expect(series.map(({ name }) => name)).toEqual(["wd", "ca"]);
  });
});

/** None at which something changes: bars begin and end at whole ones. */
const sampled = Array.from({ length: 130 }, (_, index) => index * 10 + 0.5);

const isDuring = ({ start_ns, end_ns }: TimelineBar, time: number): boolean => start_ns <= time && time < end_ns;
const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.toSorted().join() === b.toSorted().join();

function isIn(times: Piece["times"], time: number): boolean {
  for (let index = 0; index < times.length; index += 2)
    if (times[index]! <= time && time < times[index + 1]!) return true;
  return false;
}

describe("the part of the axis that is seen", () => {
  const view = fc
    .tuple(fc.double({ min: 0, max: 900, noNaN: true }), fc.double({ min: 1, max: 100, noNaN: true }))
    .map(([from, length]) => ({ from, to: from + length }));

  test("stays within the timeline, whatever is done", () => {
    fc.assert(
      fc.property(
        view,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: -2000, max: 2000, noNaN: true }),
        (given, factor, by) => {
          const middle = (given.from + given.to) / 2;
          for (const { from, to } of [
            zoomed(given, factor, middle, 1000),
            moved(given, by, 1000),
            zoomed(given, Infinity, middle, 1000),
          ]) {
            expect(from).toBeGreaterThanOrEqual(0);
            expect(to).toBeLessThanOrEqual(1000 + 1e-6);
            expect(to).toBeGreaterThan(from);
          }
        },
      ),
    );
  });

  test("the time under the pointer stays there when it is zoomed into", () => {
    const before = { from: 100, to: 300 };
    const after = zoomed(before, 0.5, 150, 1000);
    expect((150 - after.from) / (after.to - after.from)).toBeCloseTo(0.25, 12);
    expect(after.to - after.from).toBeCloseTo(100, 9);
  });

  test("its ticks are round times within it, few, and named alike wherever it is", () => {
    expect(ticksWithin({ from: 0, to: 2_743_000 }).map(({ label }) => label)).toEqual([
      "0 ms",
      "0.5 ms",
      "1 ms",
      "1.5 ms",
      "2 ms",
      "2.5 ms",
    ]);
    fc.assert(
      fc.property(view, ({ from, to }) => {
        const ticks = ticksWithin({ from, to });
        expect(ticks.length).toBeLessThanOrEqual(10);
        for (const { time } of ticks) expect(time >= from - 1e-9 && time <= to + 1e-9).toBe(true);
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
      }),
    );
  });
});

describe("the task graph as it is drawn", () => {
  const node = (id: string) => ({ id, name: id, communicates: false, tasks: 1, range: rangeOf(1) });
  const edge = (from: string, to: string) => ({ from, to, why: "data" as const });

  test("a statement stands below all that it waits for, and alone at its place", () => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    const forward = fc.subarray(ids.flatMap((from, at) => ids.slice(at + 1).map((to) => edge(from, to))));
    fc.assert(
      fc.property(forward, (edges) => {
        const placed = placeNodes({ schedule: "s", nodes: ids.map(node), edges });
        const layerOf = new Map(placed.map((each) => [each.node.id, each.layer]));
        for (const { from, to } of edges) expect(layerOf.get(to)!).toBeGreaterThan(layerOf.get(from)!);
        expect(new Set(placed.map(({ layer, place }) => `${layer} ${place}`)).size).toBe(ids.length);
      }),
    );
  });

  test("parts that wait for each other's parts are drawn all the same", () => {
    const placed = placeNodes({ schedule: "s", nodes: ["a", "b"].map(node), edges: [edge("a", "b"), edge("b", "a")] });
    expect(placed).toHaveLength(2);
  });
});
