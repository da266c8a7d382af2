import { expect, test, vi } from "vitest";
import type { CheckedProgram, ScheduleIR } from "../../compiler/check/ir.js";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { StrettoError, load } from "../../testing/index.js";
import "../../testing/vitest.js";
import { examplePath } from "../support/examples.js";

// No text of a file has a race, so a planner that finds one stands in for ours: here, where each file of tests loads its own.
const found = vi.hoisted(() => ({ name: "race" }));
vi.mock("../../evidence/plan.js", async (actual) => ({
  ...(await actual<object>()),
  planOne(_: CheckedProgram, { location, name }: ScheduleIR) {
    const race = {
      ...{ first: name, firstRank: 0, firstDoes: "writes", region: "[0, 1)", buffer: "h" },
      ...{ second: "out", secondRank: 1, secondDoes: "reading" },
    };
    const late = { value: "h", before: "x", rank: 0 };
    return {
      diagnostics: [
        found.name === "race"
          ? createDiagnostic("race", location, race)
          : createDiagnostic("out-of-order", location, late),
      ],
    };
  },
}));

const schedule = () => load(examplePath("t3"), { profile: "small" }).schedule("t3");

test("toBeRaceFree fails with the race and its line, and only it does", () => {
  found.name = "race";
  expect(schedule()).not.toBeRaceFree();
  expect(() => expect(schedule()).toBeRaceFree()).toThrow(
    /^expected `t3` of .*t3\.stretto to be free of races\n {2}measured: `t3` on rank 0 writes .*\n\n.*t3\.stretto:\d+:\d+: error ST5004 race: .*\n *\d+ \| schedule t3 of/,
  );
  expect(schedule()).toBeDeadlockFree();
  expect(() => expect(schedule()).toHide(0.1)).toThrow(StrettoError);
});

test("where another proof fails, no race was shown or ruled out, and deadlocks were", () => {
  found.name = "out-of-order";
  expect(() => expect(schedule()).toBeRaceFree()).toThrow(/ST5005 out-of-order/);
  expect(() => expect(schedule()).not.toBeRaceFree()).toThrow(StrettoError);
  expect(schedule()).toBeDeadlockFree();
});
