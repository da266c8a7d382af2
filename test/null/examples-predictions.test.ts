import { describe, expect, test } from "vitest";
import { referenceTables, withTables } from "../../bench/reference-rows.mjs";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { createMemoryHost } from "../../compiler/bind/source-host.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import type { CompileOptions } from "../../compiler/program.js";
import { measure } from "../../simulator/measure.js";
import type { SimulationResult } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";
import { standardHost } from "../support/bind-text.js";
import { exampleText } from "../support/plan-text.js";
import { readProjectFile } from "../support/project.js";

const pipeline = { checkFile, planSchedule, createNodeHost, simulate, measure };

/** Predictions by schedule, at the sizes of the file itself unless others are given: each ends, and not before its bound. */
function predictAll(text: string, options: CompileOptions = {}): Record<string, SimulationResult> {
  const { program, diagnostics } = checkFile(
    "main.stretto",
    createMemoryHost({ "main.stretto": text }, standardHost),
    options,
  );
  expect(diagnostics).toEqual([]);
  const results = program!.schedules.map((schedule) => {
    const { planned, diagnostics: problems } = planSchedule(program!, schedule);
    expect(problems).toEqual([]);
    const timeline = simulate(planned!.graph, program!.machine);
    expect(timeline.stuck).toEqual([]);
    const result = measure(planned!.graph, program!.machine, timeline);
    expect(result.bound_ns, schedule.name).toBeGreaterThan(0);
    expect(result.bound_ns, schedule.name).toBeLessThanOrEqual(result.makespan_ns * (1 + 1e-9));
    return [schedule.name, result] as const;
  });
  return Object.fromEntries(results);
}

/** Each faster than the next. */
function expectOrder(results: Record<string, SimulationResult>, fastestFirst: readonly string[]): void {
  const times = fastestFirst.map((name) => results[name]!.makespan_ns);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBe(times.length);
}

describe("at full size, on eight ranks of the file's machine", () => {
  test("comet is faster than pipelined, and that than barrier", () => {
    const results = predictAll(exampleText("comet"));
    expectOrder(results, ["comet", "pipelined", "barrier"]);
    expectOrder(results, ["tp_comet", "tp_barrier"]);
    expect(results["comet"]!.hidden).toBeGreaterThan(0.95);
    // 16,384 tokens, 4096 columns, 2 bytes: all but the own eighth arrives, and all but it leaves.
    expect(results["tp_comet"]!.bytes_moved).toBe(2 * 7 * 16_384 * 4096 * 2);
  });

  test("t3 is faster than chunked, and that than barrier", () => {
    const results = predictAll(exampleText("t3"));
    expectOrder(results, ["t3", "chunked", "barrier"]);
    expect(results["t3"]!.exposed_communication_ns).toBe(0);
    for (const { bytes_moved } of Object.values(results)) expect(bytes_moved).toBe(7 * 8192 * 4256 * 2);
  });

  test("t3 without the derived order is slower than barrier, as its comment says", () => {
    const text = exampleText("t3");
    const unordered = text.replaceAll(/^ *order y as out.*\n/gm, "");
    expect(unordered).not.toBe(text);
    expectOrder(predictAll(unordered), ["barrier", "t3"]);
  });

  test("flux is faster than barrier, before and after", () => {
    const results = predictAll(exampleText("flux"));
    expectOrder(results, ["ag_flux", "ag_barrier"]);
    expectOrder(results, ["rs_flux", "rs_barrier"]);
    for (const { bytes_moved } of Object.values(results)) expect(bytes_moved).toBe(7 * 4096 * 12_288 * 2);
  });

  test("split flows load uplinks as evenly as sprayed packets, whole ones do not, hashed ones least", () => {
    const policies = ["split", "sprayed", "planned", "hashed"];
    const times = policies.map(
      (machine) => predictAll(exampleText("flow-splitting"), { machine })["ring"]!.makespan_ns,
    );
    const [split, sprayed, planned, hashed] = times as [number, number, number, number];
    // Six rounds of a fourth of a twelfth of 805 MB at 50 GB/s, 5 us each, and a launch. 12 flows on 8 uplinks.
    const alone = (6 * 805_306_368) / 48 / 50;
    const others = 6 * 5000 + 4000;
    expect(split).toBeCloseTo(alone * (12 / 8) + others, 0);
    expect(sprayed).toBeCloseTo(split, 3);
    expect(planned).toBeCloseTo(alone * 2 + others, 0);
    expect(hashed).toBeGreaterThan(2 * planned);
  });

  test.each(["uniform seed 7", "zipf(1.1) seed 11", "without(0) seed 7", "one(0)"])(
    "comet is faster than barrier whatever the gate: %s",
    (gate) => {
      const results = predictAll(exampleText("comet"), { set: new Map([["gate", gate]]) });
      expectOrder(results, ["comet", "barrier"]);
      expectOrder(results, ["tp_comet", "tp_barrier"]);
    },
  );
});

describe("what is committed is what the commands make", () => {
  test("docs/predictions.md: npm run reproduce", () => {
    const page = readProjectFile("docs/predictions.md");
    expect(page).toBe(withTables(page, referenceTables(pipeline)));
  });
});
