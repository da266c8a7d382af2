import { expect, test } from "vitest";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import type { Diagnostic, Location } from "../../compiler/diagnostics/types.js";
import { StrettoError, load } from "../../testing/index.js";
import { subjectOf } from "../../testing/schedule.js";
import "../../testing/vitest.js";
import { examplePath } from "../support/examples.js";
import { readProjectFile } from "../support/project.js";

// No text of a file has a race, so that what its planner would say of one stands in for what it says.
const start = readProjectFile("examples/t3.stretto").indexOf("schedule t3 of");
const location: Location = { file: examplePath("t3"), span: { start, end: start + 1 } };

function scheduleOf(diagnostic: Diagnostic) {
  const schedule = load(examplePath("t3"), { profile: "small" }).schedule("t3");
  const refused = () => ({ diagnostics: [diagnostic] });
  Object.assign(subjectOf(schedule, "toBeRaceFree"), { plan: refused, predict: refused });
  return schedule;
}

const withRace = () =>
  scheduleOf(
    createDiagnostic("race", location, {
      ...{ first: "t3", firstRank: 0, firstDoes: "writes", region: "[0, 1)", buffer: "h" },
      ...{ second: "out", secondRank: 1, secondDoes: "reading" },
    }),
  );
const outOfOrder = () => scheduleOf(createDiagnostic("out-of-order", location, { value: "h", before: "x", rank: 0 }));

test("toBeRaceFree fails with the race and its line, and only it does", () => {
  expect(withRace()).not.toBeRaceFree();
  expect(() => expect(withRace()).toBeRaceFree()).toThrow(
    /^expected `t3` of .*t3\.stretto to be free of races\n {2}measured: `t3` on rank 0 writes .*\n\n.*t3\.stretto:\d+:\d+: error ST5004 race: .*\n *\d+ \| schedule t3 of/,
  );
  expect(withRace()).toBeDeadlockFree();
  expect(() => expect(withRace()).toHide(0.1)).toThrow(StrettoError);
});

test("where another proof fails, no race was shown or ruled out, and deadlocks were", () => {
  expect(() => expect(outOfOrder()).toBeRaceFree()).toThrow(/ST5005 out-of-order/);
  expect(() => expect(outOfOrder()).not.toBeRaceFree()).toThrow(StrettoError);
  expect(outOfOrder()).toBeDeadlockFree();
});
