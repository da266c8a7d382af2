import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraries, load, loadText } from "../../testing/index.js";
import type { ScheduleUnderTest } from "../../testing/index.js";
import type { ArbitraryMesh } from "../../testing/arbitraries/index.js";
import "../../testing/vitest.js";
import { examplePath } from "../support/examples.js";
import { runsOf } from "../support/random-draw.js";

const { layers, machines, meshes, parameters, routings, schedules } = arbitraries;

/** All of x on every rank of a mesh, however many axes it has. */
function gathering(machine: string, mesh: ArbitraryMesh): ScheduleUnderTest {
  const divided = ["rows", ...mesh.axes.map(({ name }) => name)].join("/");
  const text = `
import { scale } from "std/ops"
${machine}
param rows = 64
mesh on drawn ${mesh.text}
layer net(x: f32[${divided}, 8]) -> out: f32[rows, 8] { return scale(all_gather(x, ${divided}), 2) }
schedule s of net
`;
  return loadText(text).schedule("s");
}

describe("machines and meshes", () => {
  test("every mesh fits on every machine with as many ranks, and a gather over all of it is predicted", () => {
    const both = fc
      .constantFrom(1, 2, 6, 8)
      .chain((ranks) => fc.tuple(machines({ ranks }), meshes({ maxRanks: ranks })));
    fc.assert(
      fc.property(both, ([machine, mesh]) => {
        expect(mesh.ranks).toBeLessThanOrEqual(machine.ranks);
        expect(mesh.ranks).toBe(mesh.axes.reduce((product, { size }) => product * size, 1));
        const schedule = gathering(machine.text, mesh);
        expect(schedule.plan().ranks).toBe(mesh.ranks);
        // An axis of one rank moves nothing; of n, each part goes to n - 1 others.
        expect(schedule).toMove({ bytes: (mesh.ranks - 1) * 64 * 8 * 4 });
        expect(schedule.predict().makespan_ns).toBeGreaterThan(0);
      }),
      { numRuns: runsOf(200) },
    );
  });

  test("there are fast and slow ones, of one kind of ranks and of two, on levels and without", () => {
    const texts = fc.sample(machines(), { numRuns: 200, seed: 1 }).map(({ text }) => text);
    for (const word of ["npu", "level node", "ring", "torus", "mesh", "switch", "full", "bus", "each way"])
      expect(
        texts.some((text) => text.includes(word)),
        word,
      ).toBe(true);
  });
});

describe("routings", () => {
  const gate = (topk: number) => `
import { combine, dispatch, scale } from "std/ops"
import { laptop } from "std/machines"
param tokens = 1, experts = 1
mesh on laptop { p: 2 }
table gate: tokens -> experts, top(${topk}) = from "gate.csv"
layer net(x: f32[tokens/p, 4]) -> out: f32[tokens/p, 4] { return combine(scale(dispatch(x, gate), 1), gate) }
schedule s of net
`;

  test("are tables that a file reads: so many rows a token, to different experts, weights that sum to 1", () => {
    fc.assert(
      fc.property(routings({ topk: [1, 4] }), ({ tokens, experts, topk, rows, csv }) => {
        for (let token = 0; token < tokens; token++) {
          const own = rows.filter((row) => row.token === token);
          expect(new Set(own.map(({ expert }) => expert)).size).toBe(topk);
          expect(own.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
        }
        expect(rows.every(({ expert }) => expert < experts)).toBe(true);
        const file = loadText(gate(topk), { set: { tokens, experts }, files: { "gate.csv": csv } });
        expect(file.schedule("s")).toBeDeadlockFree();
      }),
      { numRuns: runsOf(100) },
    );
  });

  test("are even and skewed: of some, an expert gets nearly all, of some, about its part", () => {
    const shares = fc
      .sample(routings({ tokens: 64, experts: 8, topk: 1 }), { numRuns: 100, seed: 1 })
      .map(({ rows }) => {
        const counts = Array.from({ length: 8 }, (_, expert) => rows.filter((row) => row.expert === expert).length);
        return Math.max(...counts) / 64;
      });
    expect(Math.max(...shares)).toBeGreaterThan(0.9);
    expect(Math.min(...shares)).toBeLessThan(0.3);
  });
});

describe("parameters", () => {
  const comet = load(examplePath("comet"), { profile: "small" });

  test("bind a file again, each name to one of its values", () => {
    fc.assert(
      fc.property(
        parameters(comet, { ranks: [1, 2, 4], tokens: fc.integer({ min: 1, max: 64 }), gate: ["uniform", "one(0)"] }),
        (set) => {
          const bound = comet.with(set);
          expect(bound.params).toMatchObject({ ranks: set["ranks"], tokens: set["tokens"] });
          expect(bound.schedule("comet")).toBeDeadlockFree();
        },
      ),
      { numRuns: runsOf(30) },
    );
  });

  test("of a name that the file has not are refused", () => {
    expect(() => parameters(comet, { rank: [2] })).toThrow("has no param and no table `rank`. It has tokens, ");
  });
});

describe("layers and schedules", () => {
  test("every layer is checked and planned", () => {
    fc.assert(
      fc.property(layers(), (program) => {
        expect(program.file().layers).toEqual(["net"]);
        expect(program.schedule()).toBeDeadlockFree();
      }),
      { numRuns: runsOf(100) },
    );
  });

  test("every schedule is planned, and most have verbs", () => {
    let withVerbs = 0;
    let all = 0;
    fc.assert(
      fc.property(schedules(), (program) => {
        expect(program.schedule()).toBeDeadlockFree();
        expect(program.file().schedules).toEqual(["random", "barrier"]);
        for (const verb of program.verbs) expect(program.text).toContain(`  ${verb}\n`);
        all++;
        if (program.verbs.length > 0) withVerbs++;
      }),
      { numRuns: runsOf(100) },
    );
    expect(withVerbs / all).toBeGreaterThan(0.5);
  });

  test("on an arbitrary machine", () => {
    const anywhere = fc
      .constantFrom(1, 3, 4, 8)
      .chain((ranks) => machines({ ranks }).chain((machine) => schedules({ machine })));
    fc.assert(
      fc.property(anywhere, (program) => {
        const { makespan_ns, bound_ns, hidden } = program.schedule().predict();
        expect(bound_ns).toBeLessThanOrEqual(makespan_ns * (1 + 1e-9));
        expect(hidden).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: runsOf(100) },
    );
  });

  test("a counterexample is shown as its text, and is shrunk", () => {
    const said = (() => {
      try {
        fc.assert(
          fc.property(schedules(), ({ text }) => !text.includes("matmul(")),
          { seed: 1 },
        );
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    })();
    expect(said).toContain("layer net(");
    expect(said).toContain("schedule random of net");
  });
});
