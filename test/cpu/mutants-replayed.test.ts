import { expect, test } from "vitest";
import { onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { executionPlan } from "../../compiler/plan/execution.js";
import { partsOf } from "../../compiler/graph/execution-plan.js";
import { findDeadlock } from "../../compiler/prove/acyclic.js";
import { findOutOfOrder } from "../../compiler/prove/kept-order.js";
import { Precedence } from "../../compiler/prove/precedence.js";
import { findRaces } from "../../compiler/prove/races.js";
import { createAdversary, type AdverseResult } from "../../runtime/adversary/adversary.js";
import { drawInputs, type Reference } from "../../runtime/reference/reference.js";
import { isSame, seedsTo } from "../support/adverse-plans.js";
import { exampleNames, exampleProgram } from "../support/examples.js";
import { faults, mutantOf, planByHand, proofOf, type Mutant } from "../support/mutants.js";
import { runsOf, seededDraw } from "../support/random-draw.js";

// What a proof says of a mutant happens when it is executed so: tasks that race are in flight at once, a cycle stands still, what is
// freed early or never brought makes other bits.

/** Graphs of more tasks take too long to be executed so often. */
const executable = 400;

/** One task begins before the other is over, once the one is hurried and the other held. */
function meet(plan: ExecutionPlan, inputs: Reference, early: number, late: number): boolean {
  const { order } = createAdversary(plan, inputs).run({ seed: 1, hurry: early, hold: late });
  const at = (task: number, what: "start" | "finish"): number =>
    order.findIndex((event) => event.task === task && event.at === what);
  return at(early, "start") >= 0 && (at(late, "finish") < 0 || at(early, "start") < at(late, "finish"));
}

/** Memory that two lifetimes are said to use by turns: whoever writes what has the one destroys what has the other. */
function inOnePlace({ execution, lifetimes }: Mutant): ExecutionPlan {
  const [a, b] = lifetimes!;
  const { buffers } = execution;
  const writtenBy = (task: number): number[] => {
    const action = execution.action(task);
    if (action.kind === "compute") return [action.output];
    if (action.kind === "combine") return [action.into];
    return action.kind === "copy" ? partsOf(action).map(({ to }) => to) : [];
  };
  return {
    ...execution,
    overwrites: (task) =>
      writtenBy(task).flatMap((written) => {
        const { rank, lifetime } = buffers[written]!;
        const other = lifetime === a ? b : lifetime === b ? a : -1;
        return buffers.flatMap((info, buffer) =>
          info.rank === rank && info.lifetime === other ? [{ buffer, region: info.domain }] : [],
        );
      }),
  };
}

function replays(mutant: Mutant, names: readonly string[], inputs: Reference, expected: AdverseResult): boolean {
  const { planned, execution } = mutant;
  if (names.includes("deadlock")) return createAdversary(execution, inputs).run({ seed: 1 }).stuck !== undefined;
  if (names.includes("shared-too-early")) {
    const adversary = createAdversary(inOnePlace(mutant), inputs);
    return seedsTo(20).some((seed) => !isSame(expected, adversary.run({ seed })));
  }
  if (names.includes("race") && findDeadlock(planned.graph) === undefined) {
    const { races } = findRaces(execution, new Precedence(planned.graph), 4);
    return races.some(({ first, second }) => meet(execution, inputs, second.task, first.task));
  }
  if (names.includes("out-of-order")) {
    const { first, second } = findOutOfOrder(planned, new Precedence(planned.graph))!;
    return meet(execution, inputs, second, first);
  }
  const adversary = createAdversary(execution, inputs);
  return seedsTo(5).some((seed) => !isSame(expected, adversary.run({ seed })));
}

test.each(exampleNames)("what is proved of faults put into %s happens when they are executed", (name) => {
  const program = exampleProgram(name, { profileIfThere: "small" });
  const draw = seededDraw(7);
  let replayed = 0;
  for (const schedule of program.schedules) {
    const made = planByHand(program, schedule);
    if (made.planned.graph.taskCount > executable) continue;
    const original = program.layers[schedule.layer]!;
    const { mesh, monoids } = onMeshOf(program, original);
    const inputs = drawInputs({ layer: made.layer, mesh, monoids });
    const expected = createAdversary(executionPlan(made.planned), inputs).run();
    expect(expected.stuck).toBeUndefined();
    for (const fault of faults) {
      // A send done twice brings the same twice: who reads it may read while it comes again, which bits do not show.
      if (fault === "a send is doubled") continue;
      for (let i = 0; i < runsOf(1); i++) {
        const mutant = mutantOf(made, fault, draw);
        if (mutant === undefined) continue;
        const names = proofOf(mutant.planned, mutant.execution, schedule).map((diagnostic) => diagnostic.name);
        if (names.length === 0 || names.every((one) => one === "misplaced-task")) continue;
        replayed++;
        const about = `${schedule.name}: ${fault}, ${mutant.what}: ${names.join()}`;
        expect(replays(mutant, names, inputs, expected), about).toBe(true);
      }
    }
  }
  expect(replayed).toBeGreaterThan(0);
});
