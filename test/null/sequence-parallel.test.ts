import { describe, expect, test } from "vitest";
import type { TransferClass } from "../../compiler/graph/task-graph.js";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { planSchedule } from "../../compiler/program.js";
import { exampleProgram } from "../support/examples.js";

// What the examples of sequence parallelism move and compute, from their planned graphs, against closed forms in n ranks.

const [heads, dim] = [2, 8];
const wide = { heads: String(heads), dim: String(dim) };

function plannedExample(name: string, schedule: string, set: Readonly<Record<string, string | number>>) {
  const given = Object.entries(set).map(([key, value]): [string, string] => [key, String(value)]);
  const program = exampleProgram(name, { profile: "small", set: new Map(given) });
  const { planned } = planSchedule(
    program,
    program.schedules.find((one) => one.name === schedule)!,
  );
  const { graph, layer } = planned!;
  const tasks = Array.from({ length: graph.taskCount }, (_, task) => ({
    rank: graph.rank[task]!,
    statement: graph.instances[graph.instance[task]!]?.name,
    found: graph.kind[task] === TaskKind.join ? undefined : graph.classes[graph.classOf[task]!],
  }));
  const transfers = tasks.map(({ found }) => found).filter((one): one is TransferClass => one?.kind === "transfer");
  return { program, graph, layer, tasks, transfers, bytes: transfers.reduce((sum, one) => sum + one.wireBytes, 0) };
}

/** Bytes that each rank receives. */
function received(transfers: readonly TransferClass[], ranks: number): number[] {
  const bytes = new Array<number>(ranks).fill(0);
  for (const { target, wireBytes } of transfers) bytes[target]! += wireBytes;
  return bytes;
}

describe.each([2, 4, 8])("bytes on %i ranks", (n) => {
  const length = 16 * n;
  const tensor = length * heads * dim * 2; // of all tokens, in bf16

  test("Ring Attention: keys and values to all others; causal, to those after their own alone; zigzag, to all", () => {
    const bytes = (schedule: string) => plannedExample("ring-attention", schedule, { ranks: n, length, ...wide }).bytes;
    expect(bytes("ring")).toBe(2 * (n - 1) * tensor);
    expect(bytes("causal_ring")).toBe((n - 1) * tensor);
    expect(bytes("zigzag_ring")).toBe(2 * (n - 1) * tensor);
  });

  test("TokenRing: queries, and partial results with two numbers a row and head in f32", () => {
    const { bytes } = plannedExample("token-ring", "token_ring", { ranks: n, length, ...wide });
    expect(bytes).toBe((n - 1) * (2 * tensor + length * heads * 2 * 4));
  });

  test("Ulysses: four tensors but for own parts, n / 2 times less than a gather and a scatter", () => {
    const hidden = 8 * dim;
    const set = { ranks: n, seq: length, hidden, heads: 8 };
    const whole = length * hidden * 2;
    expect(plannedExample("ulysses", "ulysses", set).bytes).toBe((4 * whole * (n - 1)) / n);
    expect(plannedExample("ulysses", "gathered", set).bytes).toBe(2 * (n - 1) * whole);
  });

  test.each([1, 4])("linear attention: as many for sequences %i times as long", (times) => {
    const gpus = Math.min(n, 4);
    const set = { ranks: n, gpus, length: times * length, ...wide };
    const state = heads * dim * dim * 2;
    const lasp1 = plannedExample("lasp-2", "lasp_1", set);
    expect(received(lasp1.transfers, n)).toEqual(Array.from({ length: n }, (_, rank) => (rank === 0 ? 0 : state)));
    // Within a node a rank hands on what it has of all nodes, or nothing if none after it needs it: the last rank of a
    // node does not get the others' of its place in the first node, for there it would hand them on to nobody.
    const lasp2 = plannedExample("lasp-2", "lasp_2", set);
    const nodes = n / gpus;
    const spared = (nodes * gpus * (gpus - 1)) / 2 + (nodes - 1);
    expect(lasp2.bytes).toBe((n * (n - 1) - spared) * state);
    expect(received(lasp2.transfers, n)[n - 1]).toBe((n - 1) * state);
  });

  test("ZeCO: a state from each rank to the next, in any number of blocks", () => {
    const [key, value] = [8, 4];
    for (const block of [1, 2, 8]) {
      const set = { ranks: n, gpus: Math.min(n, 4), length, heads, key, value, block };
      const { bytes, transfers } = plannedExample("zeco", "zeco", set);
      expect(bytes).toBe((n - 1) * heads * key * value * 2);
      expect(transfers.map(({ source, target }) => target - source)).toEqual(transfers.map(() => 1));
      expect(transfers.length).toBe(((n - 1) * key) / block);
    }
  });
});

/** Flops of one statement on each rank. */
function flopsByRank(name: string, schedule: string, statement: string, n: number, part: number): number[] {
  const flops = new Array<number>(n).fill(0);
  for (const task of plannedExample(name, schedule, { ranks: n, length: n * part, ...wide }).tasks) {
    if (task.statement === statement && task.found?.kind === "compute") flops[task.rank]! += task.found.flops;
  }
  return flops;
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
const idleShare = (work: readonly number[]): number => 1 - sum(work) / work.length / Math.max(...work);

describe.each([2, 3, 4, 7, 8])("who has how much of causal attention to do, of %i ranks", (n) => {
  const part = 16;
  const ofItself = (part * (part + 1)) / 2; // pairs of positions of a part with itself

  test("Ring Attention: 1 - (n b + 1) / ((2 n - 1) b + 1) is idle, by pairs of positions, with b positions a rank", () => {
    const work = flopsByRank("ring-attention", "causal_ring", "out", n, part);
    work.forEach((flops, rank) => expect(flops / work[0]!).toBeCloseTo((rank * part * part + ofItself) / ofItself, 9));
    expect(idleShare(work)).toBeCloseTo(1 - (n * part + 1) / ((2 * n - 1) * part + 1), 12);
    // With ever more positions a rank: n / (2 n - 1) of the time is used.
    expect(Math.abs(idleShare(work) - (1 - n / (2 * n - 1)))).toBeLessThan(1 / part / n);
  });

  test("LightSeq: at most n / 2 + 1 pairs of parts a rank, as many for all of an odd number", () => {
    const pairsOf = (schedule: string): number[] => {
      const work = flopsByRank("lightseq", schedule, "out.o", n, part);
      // Each rank has the pair of its own part with itself; the first rank, where nobody is helped, no other.
      const itself = flopsByRank("lightseq", "unbalanced", "out.o", n, part)[0]!;
      return work.map((flops) => 1 + ((flops - itself) / itself) * (ofItself / part / part));
    };
    const close = (found: readonly number[], expected: (rank: number) => number): void =>
      found.forEach((one, rank) => expect(one).toBeCloseTo(expected(rank), 9));
    const [alone, helped] = [pairsOf("unbalanced"), pairsOf("lightseq")];
    close(alone, (rank) => rank + 1);
    const half = Math.floor(n / 2);
    close(helped, (rank) => Math.min(rank, half) + 1 + Math.max(0, n - 1 - rank - half));
    expect(sum(helped)).toBeCloseTo((n * (n + 1)) / 2, 9);
    expect(Math.max(...helped)).toBeCloseTo(n % 2 === 0 ? half + 1 : (n + 1) / 2, 9);
    // Idle pairs in n * n, all that n ranks do in the n steps of the first; and of the steps that there are.
    const idlePairs = (pairs: readonly number[]) => n * Math.max(...pairs) - sum(pairs);
    expect(idlePairs(alone) / n / n).toBeCloseTo((n * n - n) / (2 * n * n), 9);
    expect(idlePairs(helped) / n / n).toBeCloseTo(n % 2 === 0 ? 1 / (2 * n) : 0, 9);
    expect(idleShare(helped)).toBeCloseTo(n % 2 === 0 ? 1 / (n + 2) : 0, 9);
  });

  test("LightSeq moves keys and values of near pairs, queries, results and weights of far ones", () => {
    const { bytes } = plannedExample("lightseq", "lightseq", { ranks: n, length: n * part, ...wide });
    const moved = { near: 0, far: 0 };
    for (let from = 0; from < n; from++)
      for (let to = 0; to < from; to++) moved[2 * (from - to) <= n ? "near" : "far"] += 1;
    const tensor = part * heads * dim * 2;
    expect(bytes).toBe(moved.near * 2 * tensor + moved.far * (2 * tensor + part * heads * 4));
  });
});
