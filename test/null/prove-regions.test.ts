import fc from "fast-check";
import { expect, test } from "vitest";
import type { ExecutionPlan, TaskAction } from "../../compiler/graph/execution-plan.js";
import { intersect, runsFromSortedIndices, runsLength, type Region } from "../../compiler/graph/runs.js";
import { executionPlan } from "../../compiler/plan/execution.js";
import { NumberedRuns } from "../../compiler/prove/numbered-runs.js";
import { PairNumbers } from "../../compiler/prove/pair-numbers.js";
import { Precedence } from "../../compiler/prove/precedence.js";
import { findRaces } from "../../compiler/prove/races.js";
import { WrittenRegions, writersOf } from "../../compiler/prove/written-regions.js";
import { exampleProgram } from "../support/examples.js";
import { planByHand } from "../support/mutants.js";
import { runsOf } from "../support/random-draw.js";

const cases = { numRuns: runsOf(200) };

test("pairs have one number each, in the order in which they are first asked for", () => {
  const numbers = new PairNumbers();
  const known = new Map<string, number>();
  const integer = fc.oneof(fc.integer({ min: -3, max: 40 }), fc.integer());
  fc.assert(
    fc.property(fc.array(fc.tuple(integer, integer), { maxLength: 100 }), (pairs) => {
      for (const [first, second] of pairs) {
        const key = `${first} ${second}`;
        if (!known.has(key)) known.set(key, known.size);
        const number = numbers.of(first, second);
        expect(number).toBe(known.get(key));
        expect([numbers.firstOf(number), numbers.secondOf(number)]).toEqual([first, second]);
      }
      expect(numbers.count).toBe(known.size);
    }),
    cases,
  );
});

const runs = fc
  .uniqueArray(fc.nat(9), { maxLength: 5 })
  .map((list) => runsFromSortedIndices(list.toSorted((a, b) => a - b)));
const writes = fc.nat(3).chain((dimensions) => {
  const region = fc.array(runs, { minLength: dimensions, maxLength: dimensions });
  return fc.tuple(fc.array(fc.record({ buffer: fc.nat(2), region, task: fc.nat(9) }), { maxLength: 25 }), region);
});

test("what meets a region, and who writes that, is found as by comparing each with each", () => {
  const meet = (one: Region, other: Region): boolean => one.every((own, d) => intersect(own, other[d]!).length > 0);
  const text = (region: Region): string => JSON.stringify(region.map((own) => [...own]));
  const tasks = Int32Array.from({ length: 10 }, (_, task) => 9 - task);
  fc.assert(
    fc.property(writes, ([all, wanted]) => {
      const written = new WrittenRegions(new NumberedRuns());
      for (const { buffer, region, task } of all) written.add(buffer, region, task);
      const writers = written.writers(tasks);
      for (let buffer = 0; buffer < 3; buffer++) {
        const own = all.filter((write) => write.buffer === buffer);
        const distinct = [...new Map(own.map(({ region }) => [text(region), region])).values()];
        const found = written.meeting(buffer, wanted);
        expect(found.map((region) => text(written.regionAt(region))).toSorted()).toEqual(
          distinct
            .filter((region) => meet(region, wanted))
            .map(text)
            .toSorted(),
        );
        for (const region of found) {
          const list = own.filter((write) => text(write.region) === text(written.regionAt(region)));
          const wantedTasks = new Set(list.map(({ task }) => task));
          expect(new Set(writersOf(writers, region))).toEqual(wantedTasks);
          const places = [...writersOf(writers, region)].map((task) => tasks[task]!);
          expect(places).toEqual(places.toSorted((a, b) => a - b));
        }
        const isApart = distinct.every((one, i) => distinct.every((other, j) => i >= j || !meet(one, other)));
        if (!written.mayOverlap(buffer)) expect(isApart).toBe(true);
        if (!isApart) continue;
        const size = (region: Region): number => region.reduce((elements, one) => elements * runsLength(one), 1);
        const common = distinct.reduce((sum, one) => sum + size(one.map((axis, d) => intersect(axis, wanted[d]!))), 0);
        expect(written.cover(found, wanted)).toBe(common >= size(wanted));
      }
    }),
    cases,
  );
});

test("a task that writes an input races with those that read it", () => {
  const program = exampleProgram("comet", { profileIfThere: "small" });
  const { planned } = planByHand(
    program,
    program.schedules.find(({ name }) => name === "comet")!,
  );
  const plan = executionPlan(planned);
  const precedence = new Precedence(planned.graph);
  const tasks = [...planned.graph.kind.keys()];
  const readsOf = (task: number): number[] => {
    const action = plan.action(task);
    return action.kind === "compute" ? action.operands.filter((buffer) => plan.buffers[buffer]!.role === "input") : [];
  };
  const reader = tasks.find((task) => readsOf(task).length > 0)!;
  const [input] = readsOf(reader);
  const writer = tasks.find(
    (task) =>
      task !== reader &&
      plan.action(task).kind === "compute" &&
      planned.graph.rank[task] === planned.graph.rank[reader],
  )!;
  const region = plan.buffers[input!]!.domain;
  const sum: TaskAction = { kind: "combine", monoid: "sum", into: input!, left: input!, right: input!, region };
  const mutant: ExecutionPlan = { ...plan, action: (task) => (task === writer ? sum : plan.action(task)) };
  expect(findRaces(plan, precedence, 1000).races).toEqual([]);
  const { races } = findRaces(mutant, precedence, 1000);
  expect(races.some(({ buffer, first, second }) => buffer === input && first.does !== second.does)).toBe(true);
});
