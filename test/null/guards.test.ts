import { describe, expect, test } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { checkText } from "../support/check-text.js";
import { idealMachine } from "../support/ideal-machine.js";
import { plannedText } from "../support/plan-text.js";

// What guards mask is not computed, read or sent: causal and windowed sums against counts one can work out by hand.

const sizes = [1, 2, 3, 4, 8];

/** Keys all gathered, each query folding those that the guard lets through: one multiplication and addition a pair. */
function causal(n: number, length: number, guard: string, schedule: string): string {
  return `${idealMachine}param seq = ${length}
mesh on ideal { sp: ${n} }
op attend(q: T[s], k: T[t]) -> T[s] = sum[t where ${guard}] q[s] * k[t]
layer net(q, k: f32[seq/sp]) -> out: f32[seq/sp] {
  let keys = all_gather(k, seq)
  return attend(q, keys)
}
schedule s of net { ${schedule} }
`;
}

/** By rank: unmasked flops of all its compute tasks, and how many tasks there are. */
function work(text: string): { flops: number[]; tasks: number[]; executed: number[]; sent: number } {
  const { program, planned } = plannedText(text);
  const { graph } = planned.plan;
  const zeros = () => Array.from({ length: program.mesh.rankCount }, () => 0);
  const [flops, tasks, executed] = [zeros(), zeros(), zeros()];
  let sent = 0;
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (graph.kind[task] === TaskKind.transfer && cost?.kind === "transfer") sent += cost.payloadBytes;
    if (graph.kind[task] !== TaskKind.compute || cost?.kind !== "compute") continue;
    flops[graph.rank[task]!]! += cost.flops;
    executed[graph.rank[task]!]! += cost.matrixFlops;
    tasks[graph.rank[task]!]!++;
  }
  return { flops, tasks, executed, sent };
}

describe("causal", () => {
  for (const n of sizes) {
    const block = 6;
    const text = (schedule: string) => causal(n, n * block, "t <= s", schedule);
    const pairs = Array.from({ length: n }, (_, r) => block * (r * block + (block + 1) / 2));

    test(`${n} ranks do the unmasked pairs, however they are cut`, () => {
      for (const schedule of ["", "tile out by (4)", "accumulate out over seq\noverlap keys -> out by shard"])
        expect(work(text(schedule)).flops).toEqual(pairs.map((count) => 2 * count));
    });

    for (const collective of ["ring", "direct"]) {
      test(`${n} ranks: of ${collective} keys, each takes those before it, and nobody sends others`, () => {
        const schedule = `use ${collective} for keys\naccumulate out over seq\noverlap keys -> out by shard`;
        const { tasks, sent } = work(text(schedule));
        expect(tasks).toEqual(pairs.map((_, r) => r + 1));
        expect(sent).toBe(((n * (n - 1)) / 2) * block * 4);
      });
    }
  }

  test("time is that of whole tiles: with tiles as long as a rank's part, rank r takes r + 1 of n, and idles the rest", () => {
    const [n, block] = [8, 128];
    const schedule = "tile out by (128)\naccumulate out over seq\noverlap keys -> out by shard";
    const { executed } = work(causal(n, n * block, "t <= s", schedule));
    const whole = 2 * block * block;
    expect(executed).toEqual(executed.map((_, r) => (r + 1) * whole));
    const busy = executed.reduce((a, b) => a + b, 0) / (n * Math.max(...executed));
    expect(1 - busy).toBe(1 - (n + 1) / (2 * n));
  });
});

test("a window reads its neighbours alone", () => {
  const [n, block, width] = [8, 6, 4];
  const schedule = "accumulate out over seq\noverlap keys -> out by shard\nuse direct for keys";
  const { flops, tasks, sent } = work(causal(n, n * block, `t <= s and s < t + ${width}`, schedule));
  const first = block * width - (width * (width - 1)) / 2;
  expect(flops).toEqual(flops.map((_, r) => 2 * (r === 0 ? first : block * width)));
  expect(tasks).toEqual(tasks.map((_, r) => (r === 0 ? 1 : 2)));
  expect(sent).toBe((n - 1) * block * 4);
});

test("where all is masked, one task writes the identity and nothing is sent", () => {
  const schedule = "accumulate out over seq\noverlap keys -> out by shard";
  const { flops, tasks, sent } = work(causal(4, 24, "t > s + seq", schedule));
  expect(flops).toEqual([0, 0, 0, 0]);
  expect(tasks).toEqual([1, 1, 1, 1]);
  expect(sent).toBe(0);
});

describe("what is pending", () => {
  const choose = (other: string) => `
op half(x: T[i]) -> T[i] = if(i < 4, x[i], ${other})
layer net(x: f32[tokens] pending sum over p) -> out: f32[tokens] pending sum over p { return half(x) }
`;

  test("stays so where `if` chooses between it and the identity", () => {
    expect(checkText(choose("0")).diagnostics).toEqual([]);
  });

  test("does not where each position would add the other value", () => {
    expect(checkText(choose("1")).diagnostics.map((one) => one.code)).toEqual(["ST3305"]);
  });
});

test("a condition is on indices", () => {
  const op = (condition: string) => `
op masked(x: T[i]) -> T[i] = if(${condition}, x[i], 0)
layer net(x: f32[tokens]) -> out: f32[tokens] { return masked(x) }
`;
  for (const condition of ["x[i] < 1", "i", "i < 3 and 2", "i * i < 4"])
    expect(checkText(op(condition)).program, condition).toBeUndefined();
  for (const condition of ["i < 3", "not (i < 3 and i != 1)", "2 * i + 1 >= tokens or i == 0", "0 == 0"])
    expect(checkText(op(condition)).diagnostics, condition).toEqual([]);
});

describe("an index may leave its axis where a guard does not", () => {
  const codes = (body: string): string[] =>
    checkText(`
op shifted(x: T[i]) -> T[i] = ${body}
layer net(x: f32[tokens]) -> out: f32[tokens] { return shifted(x) }
`).diagnostics.map((one) => one.code);

  test.each([
    "if(i >= 1, x[i - 1], 0)",
    "if(i < 1, 0, x[i - 1])",
    "if(not (i < 2 or i > 40), x[i - 2] + x[i + 1], 0)",
    "sum[j in 0 ..< 3 where j <= i] x[i - j]",
    "sum[j in 0 ..< tokens where i + j < tokens and j < 4] x[i + j]",
  ])("%s", (body) => {
    expect(codes(body)).toEqual([]);
  });

  test.each([
    "if(i >= 1, x[i - 2], 0)",
    "if(i >= 1 or i == 0, x[i - 1], 0)",
    "if(i >= 1, 0, x[i - 1])",
    "if(i >= 1, x[i - 1], 0) + x[i - 1]",
    "sum[j in 0 ..< 3 where j <= i + 1] x[i - j]",
  ])("not: %s", (body) => {
    expect(codes(body)).toEqual(["ST3108"]);
  });
});
