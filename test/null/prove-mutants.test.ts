import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { CheckedProgram, ScheduleIR } from "../../compiler/check/ir.js";
import { executionPlan } from "../../compiler/plan/execution.js";
import { shareBuffers } from "../../compiler/graph/share-buffers.js";
import { exampleNames, exampleProgram } from "../support/examples.js";
import { areUnordered, conflictsOf, passedOnByWriters } from "../support/conflicts.js";
import { closureOf, predecessorsOf } from "../support/graph-closure.js";
import { issueInOrder } from "../support/in-order-engines.js";
import { isOver, memoryUse, type MemoryUse } from "../support/memory-use.js";
import { faults, mutantOf, planByHand, proofOf, type Fault, type Mutant } from "../support/mutants.js";
import { execute, topologicalOrder } from "../support/plan-interpreter.js";
import { drawFrom, runsOf, seededDraw, type Draw } from "../support/random-draw.js";
import { planText } from "../support/plan-text.js";
import { randomText } from "../../testing/arbitraries/texts.js";

/** Graphs of more tasks are not looked at pair by pair. */
const comparable = 400;

/** Codes, one of which a fault must have; none where it is told by another piece of code to be none. */
const codes: Readonly<Record<Fault, readonly string[]>> = {
  "an edge is deleted": ["race", "out-of-order"],
  "two sends are swapped": ["misplaced-task", "race", "not-complete"],
  "a send is dropped": ["not-complete"],
  "a send is doubled": ["not-complete"],
  "a slot fewer": ["race"],
  "memory is freed early": ["shared-too-early"],
  "an engine is reordered": ["deadlock"],
};

interface Tally {
  readonly mutants: Map<Fault, number>;
  readonly harmless: Map<Fault, number>;
}

function judge(program: CheckedProgram, schedule: ScheduleIR, draw: Draw, times: number, tally: Tally): void {
  const made = planByHand(program, schedule);
  if (made.planned.graph.taskCount > comparable) return;
  const where = `${schedule.location.file} ${schedule.name}`;
  expect(proofOf(made.planned, executionPlan(made.planned), schedule), `a false alarm: ${where}`).toEqual([]);
  for (const fault of faults)
    for (let i = 0; i < times; i++) {
      const mutant = mutantOf(made, fault, draw);
      if (mutant === undefined) continue;
      const names = proofOf(mutant.planned, mutant.execution, schedule).map(({ name }) => name);
      const about = `${where}: ${fault}, ${mutant.what}: ${names.join()}`;
      const count = isHarmless(mutant, names.length > 0) ? tally.harmless : tally.mutants;
      count.set(fault, (count.get(fault) ?? 0) + 1);
      if (count === tally.harmless) expect(names, about).toEqual([]);
      else
        expect(
          codes[fault].some((code) => names.includes(code)),
          about,
        ).toBe(true);
    }
}

/** Nothing is wrong with it, as the closure of the graph or the simulator has it. */
function isHarmless(mutant: Mutant, isTold: boolean): boolean {
  const { fault, planned, execution, lifetimes, isRedundant } = mutant;
  if (fault === "an edge is deleted") return isRedundant!;
  if (fault === "an engine is reordered")
    return issueInOrder(planned.graph, seededDraw(1)).length === planned.graph.taskCount;
  // What is told of in a large graph is taken to be one in a plain run: to look at all elements takes long.
  if (fault === "two sends are swapped") return isSwapHarmless(mutant, isTold && runsOf(1) < 2 ? 120 : 250);
  if (fault !== "memory is freed early") return false;
  const closure = closureOf(predecessorsOf(planned.graph));
  const [a, b] = lifetimes!;
  const ranks = Array.from({ length: planned.graph.rankCount }, (_, rank) => rank);
  const together = ranks.filter((rank) => liesWith(execution, rank, a, b));
  const of = (lifetime: number, rank: number): number[] =>
    [...execution.buffers.keys()].filter((buffer) => {
      const info = execution.buffers[buffer]!;
      return info.lifetime === lifetime && info.rank === rank;
    });
  const areOver = (use: MemoryUse): boolean =>
    together.every((rank) =>
      of(a, rank).every((first) =>
        of(b, rank).every((second) => isOver(use, first, second, closure) || isOver(use, second, first, closure)),
      ),
    );
  const use = memoryUse(execution);
  // What is told of is compared with what tasks may use; only of what is not told of, which elements they do is asked.
  return areOver(use) || (!isTold && areOver(exactUse(use, mutant)));
}

/** Each does what the other did, between the same ranks and after as much: element by element, nothing is unordered. */
function isSwapHarmless({ execution, planned: { graph, lowered }, tasks }: Mutant, mostTasks: number): boolean {
  const [a, b] = tasks!.map((task) => graph.classes[graph.classOf[task]!]!);
  // Of blocks of different sizes, each says that it sends as much as the other does: what it takes is wrong, not what it brings.
  if (a!.kind !== "transfer" || b!.kind !== "transfer" || a!.source !== b!.source || a!.target !== b!.target)
    return false;
  if (graph.taskCount > mostTasks) return false;
  const closure = closureOf(predecessorsOf(graph));
  try {
    const conflicts = conflictsOf(passedOnByWriters(execution), lowered.program.mesh);
    return [...conflicts].every((pair) => !areUnordered(closure, pair));
  } catch {
    // The interpreter came upon what is not written yet.
    return false;
  }
}

/** Without tasks that write beside what is passed on: the interpreter knows which elements each touches. */
function exactUse(use: MemoryUse, { execution, planned }: Mutant): MemoryUse {
  const { buffers, graph } = execution;
  const order = topologicalOrder(graph, seededDraw(1))!;
  const { reads, writes } = execute(passedOnByWriters(execution), planned.lowered.program.mesh, order);
  const touched = buffers.map(() => new Set<number>());
  const add = (buffer: number, task: number): void => {
    touched[buffer]!.add(task);
    buffers.forEach(({ aliases }, from) => {
      if (aliases.some((alias) => alias.buffer === buffer && alias.inPlace)) add(from, task);
    });
  };
  for (const all of [reads, writes])
    all.forEach((own, task) => new Set(own.map(({ buffer }) => buffer)).forEach((buffer) => add(buffer, task)));
  const passers = new Set(buffers.flatMap(({ aliases }) => aliases.map(({ by }) => by)));
  const within = (tasks: ReadonlySet<number>, buffer: number): ReadonlySet<number> =>
    new Set([...tasks].filter((task) => touched[buffer]!.has(task) || passers.has(task)));
  return { ...use, used: use.used.map(within), written: use.written.map(within) };
}

/** Whether two lifetimes get one place on a rank. */
function liesWith({ buffers, apart }: Mutant["execution"], rank: number, a: number, b: number): boolean {
  const bytes = new Map<number, number>();
  for (const buffer of buffers)
    if (buffer.rank === rank) bytes.set(buffer.lifetime, (bytes.get(buffer.lifetime) ?? 0) + buffer.bytes);
  const tenants = [...bytes].map(([lifetime, own]) => ({ lifetime, bytes: own }));
  const { bufferOf } = shareBuffers(tenants, apart);
  const placeOf = (lifetime: number): number => bufferOf[tenants.findIndex((tenant) => tenant.lifetime === lifetime)]!;
  return placeOf(a) === placeOf(b);
}

const tally: Tally = { mutants: new Map(), harmless: new Map() };

afterAll(() => {
  if (runsOf(1) < 2) return;
  const rows = faults.map(
    (fault) => `${fault}: ${tally.mutants.get(fault) ?? 0} caught, ${tally.harmless.get(fault) ?? 0} harmless`,
  );
  console.log(rows.join("\n"));
});

test.each(exampleNames)(
  "faults put into %s are all caught, by name",
  (name) => {
    const program = exampleProgram(name, { profileIfThere: "small" });
    for (const schedule of program.schedules) judge(program, schedule, seededDraw(name.length), runsOf(3), tally);
  },
  120_000 * runsOf(1),
);

test("faults put into random programs are all caught, by name", () => {
  fc.assert(
    fc.property(fc.gen(), (generate) => {
      const draw = drawFrom(generate);
      const { text } = randomText(draw);
      const { program, planned } = planText(text);
      if (program === undefined || planned === undefined) return;
      judge(program, planned.schedule, draw, 1, tally);
    }),
    { numRuns: runsOf(150) },
  );
  for (const fault of [
    "an edge is deleted",
    "a send is dropped",
    "a send is doubled",
    "two sends are swapped",
  ] as const)
    expect(tally.mutants.get(fault), fault).toBeGreaterThan(20);
});
