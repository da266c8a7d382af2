import { expect, test } from "vitest";
import { onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { executionPlan } from "../../compiler/plan/execution.js";
import { partsOf } from "../../compiler/graph/execution-plan.js";
import { findDeadlock } from "../../compiler/prove/acyclic.js";
import { findOutOfOrder } from "../../compiler/prove/kept-order.js";
import { Precedence } from "../../compiler/prove/precedence.js";
import { findRaces } from "../../compiler/prove/races.js";
import { findSharedUse } from "../../compiler/prove/shared-memory.js";
import { createAdversary, type AdverseResult } from "../../runtime/adversary/adversary.js";
import { drawInputs, type Reference } from "../../runtime/reference/reference.js";
import { isSame, seedsTo } from "../support/adverse-plans.js";
import { exampleNames, exampleProgram } from "../support/examples.js";
import { byEdgesAlone } from "../support/plan-mutants.js";
import { faults, mutantOf, planByHand, proofOf, type Mutant } from "../support/mutants.js";
import { runsOf, seededDraw } from "../support/random-draw.js";

// What a proof says of a mutant happens when it is executed so: tasks that race are in flight at once, a cycle stands still, what is
// freed early or never brought makes other bits.

/** Graphs of more tasks take too long to be executed so often. */
const executable = 400;

/**
 * One task begins before the other is over, once the one is hurried and the other held. That an engine issues in order is no promise of the
 * graph: edges alone are.
 */
function meet(plan: ExecutionPlan, inputs: Reference, early: number, late: number): boolean {
  const { order } = createAdversary(byEdgesAlone(plan), inputs).run({
    seed: 1,
    hurry: early,
    hold: late,
  });
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

/** Other bits, whichever of the tasks that meet there is hurried; what the run itself keeps there needs no meeting. */
function replaysSharing(mutant: Mutant, inputs: Reference, expected: AdverseResult): boolean {
  const { planned, execution } = mutant;
  const precedence = new Precedence(planned.graph);
  const [use] = findSharedUse(planned, execution, findRaces(execution, precedence, 1), precedence);
  const [first, second] = use!.instances ?? [];
  // A task that reads the one and writes the other does so in turn here, and what the run brings it brings to one place: no bits show.
  if (first === undefined || first === second) return true;
  const plan = byEdgesAlone(inOnePlace(mutant));
  const adversary = createAdversary(plan, inputs);
  const { instance, rank, classOf, classes } = planned.graph;
  const isThere = (task: number): boolean => {
    const cost = classes[classOf[task]!];
    return rank[task] === use!.rank || (cost?.kind === "transfer" && cost.target === use!.rank);
  };
  const tasksOf = (own: number): number[] =>
    [...instance.keys()].filter((task) => instance[task] === own && isThere(task)).slice(0, 8);
  const pairs = tasksOf(first).flatMap((hold) => tasksOf(second!).map((hurry) => ({ hold, hurry })));
  const directed = pairs.flatMap(({ hold, hurry }) => [
    { hold, hurry },
    { hold: hurry, hurry: hold },
  ]);
  const options = [...seedsTo(20).map((seed) => ({ seed })), ...directed.map((pair) => ({ seed: 1, ...pair }))];
  // Where nothing needs what is lost, no bits show: then that the one is written while the other is in use does.
  return (
    options.some((own) => !isSame(expected, adversary.run(own))) ||
    pairs.some(({ hold, hurry }) => meet(execution, inputs, hurry, hold))
  );
}

function replays(mutant: Mutant, names: readonly string[], inputs: Reference, expected: AdverseResult): boolean {
  const { planned, execution } = mutant;
  if (names.includes("deadlock")) return createAdversary(execution, inputs).run({ seed: 1 }).stuck !== undefined;
  if (mutant.lifetimes !== undefined) return replaysSharing(mutant, inputs, expected);
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
        if (names.every((one) => one === "misplaced-task")) continue;
        replayed++;
        const about = `${schedule.name}: ${fault}, ${mutant.what}: ${names.join()}`;
        expect(replays(mutant, names, inputs, expected), about).toBe(true);
      }
    }
  }
  expect(replayed).toBeGreaterThan(0);
});
