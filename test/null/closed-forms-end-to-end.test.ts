import { describe, expect, test } from "vitest";
import { measure } from "../../simulator/measure.js";
import type { SimulationResult } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";
import { plannedText } from "../support/plan-text.js";

// Programs of a few lines, from text to predicted time, against what one can work out by hand.

const alpha = 2e-6;
const linkRate = 100e9;
const peak = 1e12;
const sms = 10;
const edge = 128;
const cols = 96;

interface Machine {
  readonly engines?: number;
  readonly memory?: string;
}

/** A machine that costs nothing but what a closed form names: no launches, and memory that is never in the way. */
function machine({ engines = 1, memory = "100000 TB/s" }: Machine = {}): string {
  return `
import { matmul } from "std/ops"
machine ideal {
  rank gpu[16] {
    compute f32 1 TFLOP/s
    sms ${sms}, each moves 10 GB/s
    memory hbm 80 GB at ${memory}
    copy engines ${engines}
    launch 0 us
  }
  link gpu <-> gpu: switch { 100 GB/s each way, 2 us }
}
`;
}

function predict(text: string): SimulationResult {
  const { program, planned } = plannedText(text);
  const timeline = simulate(planned.graph, program.machine);
  expect(timeline.stuck).toEqual([]);
  return measure(planned.graph, program.machine, timeline);
}

function expectSeconds({ makespan_ns, bound_ns }: SimulationResult, seconds: number): void {
  expect(Math.abs(makespan_ns / 1e9 / seconds - 1)).toBeLessThanOrEqual(1e-9);
  expect(bound_ns).toBeLessThanOrEqual(makespan_ns * (1 + 1e-9));
}

/** One word over n ranks: how it is called, and what it makes of a tensor of V bytes in all. */
interface Word {
  readonly signature: string;
  readonly call: string;
  readonly collective: "ring" | "direct";
  /** Transfers in flight at a rank at most. */
  readonly engines: (n: number) => number;
  readonly seconds: (n: number, bytes: number) => number;
  readonly moved: (n: number, bytes: number) => number;
  readonly messages: (n: number) => number;
}

const gather = { signature: "x: f32[rows/p, cols]) -> out: f32[rows, cols]", call: "all_gather(x, rows)" };
const scatter = {
  signature: "x: f32[rows, cols] pending sum over p) -> out: f32[rows/p, cols]",
  call: "reduce_scatter(x, rows)",
};
const reduce = { signature: "x: f32[rows, cols] pending sum over p) -> out: f32[rows, cols]", call: "all_reduce(x)" };
const exchange = {
  signature: "x: f32[rows/p, cols]) -> out: f32[rows, cols/p]",
  call: "all_to_all(x, rows/p -> cols/p)",
};

/** n - 1 rounds in which every rank sends one of n chunks. */
const rounds = {
  seconds: (n: number, bytes: number) => (n - 1) * (alpha + bytes / n / linkRate),
  moved: (n: number, bytes: number) => (n - 1) * bytes,
  messages: (n: number) => n * (n - 1),
};
const one = () => 1;

const words: Record<string, Word> = {
  "ring all_gather": { ...gather, collective: "ring", engines: one, ...rounds },
  "direct all_gather": { ...gather, collective: "direct", engines: one, ...rounds },
  "direct all_gather, all at once": {
    ...gather,
    collective: "direct",
    engines: (n) => n,
    ...rounds,
    seconds: (n, bytes) => alpha + ((n - 1) * bytes) / n / linkRate,
  },
  "ring reduce_scatter": { ...scatter, collective: "ring", engines: one, ...rounds },
  "direct reduce_scatter": { ...scatter, collective: "direct", engines: one, ...rounds },
  "ring all_reduce": {
    ...reduce,
    collective: "ring",
    engines: one,
    seconds: (n, bytes) => 2 * rounds.seconds(n, bytes),
    moved: (n, bytes) => 2 * rounds.moved(n, bytes),
    messages: (n) => 2 * rounds.messages(n),
  },
  "direct all_to_all": {
    ...exchange,
    collective: "direct",
    engines: one,
    seconds: (n, bytes) => (n - 1) * (alpha + bytes / n / n / linkRate),
    moved: (n, bytes) => ((n - 1) / n) * bytes,
    messages: (n) => n * (n - 1),
  },
  "direct all_to_all, all at once": {
    ...exchange,
    collective: "direct",
    engines: (n) => n,
    seconds: (n, bytes) => alpha + ((n - 1) * bytes) / n / n / linkRate,
    moved: (n, bytes) => ((n - 1) / n) * bytes,
    messages: (n) => n * (n - 1),
  },
  "ring all_to_all, all of a round at once": {
    ...exchange,
    collective: "ring",
    engines: (n) => n,
    seconds: (n, bytes) => (n - 1) * alpha + (((n * (n - 1)) / 2) * bytes) / n / n / linkRate,
    moved: (n, bytes) => ((n - 1) / 2) * bytes,
    messages: (n) => (n * n * (n - 1)) / 2,
  },
};

function wordProgram(
  { signature, call, collective, engines }: Word,
  n: number,
  rows: number,
  mesh = `p: ${n}`,
): string {
  return `${machine({ engines: engines(n) })}
param rows = ${rows}, cols = ${cols * n}
mesh on ideal { ${mesh} }
layer moved(${signature} { return ${call} }
schedule once of moved { use ${collective} for out }
`;
}

describe.each(Object.entries(words))("%s", (_, word) => {
  test.each([2, 3, 4, 5, 8, 16])("over %d ranks: time, bytes and messages", (n) => {
    const rows = 24 * n;
    const bytes = rows * cols * n * 4;
    const result = predict(wordProgram(word, n, rows));
    expectSeconds(result, word.seconds(n, bytes));
    expect(result.bytes_moved).toBe(word.moved(n, bytes));
    expect(result.messages).toBe(word.messages(n));
    expect(result.exposed_communication_ns).toBeCloseTo(result.makespan_ns, 3);
  });

  test("over an axis of a mesh of two: every group at once", () => {
    const [n, rows] = [4, 96];
    const bytes = rows * cols * n * 4;
    const result = predict(wordProgram(word, n, rows, `replica: 3, p: ${n}`));
    expectSeconds(result, word.seconds(n, bytes));
    expect(result.bytes_moved).toBe(3 * word.moved(n, bytes));
    expect(result.messages).toBe(3 * word.messages(n));
  });
});

describe("where ranks do not divide an axis, what is moved is still exact", () => {
  test.each([
    [3, 10],
    [4, 9],
    [5, 6],
    [8, 3],
  ])("%d ranks, %d rows", (n, rows) => {
    const part = Math.ceil(rows / n);
    const chunks = Math.ceil(rows / part);
    const bytes = rows * cols * n * 4;
    for (const name of ["ring all_gather", "ring reduce_scatter"]) {
      const result = predict(wordProgram(words[name]!, n, rows));
      expect(result.bytes_moved).toBe((n - 1) * bytes);
      expect(result.messages).toBe((n - 1) * chunks);
    }
  });
});

describe("a product", () => {
  const product = (m: number, k: number, n: number, verbs: string, options: Machine = {}): string => `
${machine(options)}
param m = ${m}, k = ${k}, n = ${n}
mesh on ideal { p: 1 }
layer product(a: f32[m, k], b: f32[k, n]) -> y: f32[m, n] { return matmul(a, b) }
schedule once of product { ${verbs} }
`;
  const tiled = `tile y by (${edge}, ${edge})`;
  const tileSeconds = (k: number): number => (2 * edge * edge * k) / (peak / sms);

  test.each(["", tiled])("at the compute roof takes its flops at the peak (%j)", (verbs) => {
    const [m, k, n] = [edge * sms, 512, edge * 3];
    expectSeconds(predict(product(m, k, n, verbs)), (2 * m * k * n) / peak);
  });

  test("at the memory roof takes its bytes at the memory's bandwidth", () => {
    const [m, k, n] = [edge * sms, 64, edge];
    const bytes = 4 * (m * k + k * n + m * n);
    expect(bytes / 10e9).toBeGreaterThan((2 * m * k * n) / peak);
    for (const verbs of ["", tiled])
      expectSeconds(predict(product(m, k, n, verbs, { memory: "10 GB/s" })), bytes / 10e9);
  });

  test.each(Array.from({ length: 3 * sms + 1 }, (_, tiles) => tiles + 1))(
    "of %d tiles takes whole waves of 10",
    (tiles) => {
      const seconds = Math.ceil(tiles / sms) * tileSeconds(256);
      for (const verbs of ["", tiled]) expectSeconds(predict(product(edge * tiles, 256, edge, verbs)), seconds);
    },
  );

  test("takes whole tiles where its edge is a part of one", () => {
    for (const rows of [1, edge - 1, edge + 1]) {
      const whole = rows < edge ? rows : edge;
      const seconds = (2 * whole * edge * 256) / (peak / sms);
      for (const verbs of ["", tiled]) expectSeconds(predict(product(rows, 256, edge, verbs)), seconds);
    }
  });
});

/** Two stages that each do k chunks, one after the other. */
const pipeline = (chunks: number, first: number, second: number): number =>
  first + (chunks - 1) * Math.max(first, second) + second;

describe("a pipeline of two stages", () => {
  const rows = edge * sms * 4 * 2;
  const hidden = edge * 4;
  /** Flops make either stage the longer one. */
  const depths = [64, 4096];

  const before = (depth: number, verbs: string): string => `
${machine()}
param rows = ${rows}, depth = ${depth}, hidden = ${hidden}
mesh on ideal { p: 2 }
layer gathered(x: f32[rows/p, depth], w: f32[depth, hidden]) -> out: f32[rows, hidden] {
  let full = all_gather(x, rows)
  return matmul(full, w)
}
schedule once of gathered { ${verbs} }
`;
  const after = (depth: number, verbs: string): string => `
${machine()}
param rows = ${rows}, depth = ${depth}, hidden = ${hidden}
mesh on ideal { p: 2 }
layer scattered(x: f32[rows, depth/p], w: f32[depth/p, hidden]) -> out: f32[rows/p, hidden] {
  let y = matmul(x, w)
  return reduce_scatter(y, rows)
}
schedule once of scattered { ${verbs} }
`;

  describe.each(depths)("of depth %d", (depth) => {
    test.each([1, 2, 4])("a gather, then a product, in %d parts of the rows", (chunks) => {
      const transfer = alpha + ((rows / 2 / chunks) * depth * 4) / linkRate;
      const compute = (2 * (rows / chunks) * depth * hidden) / peak;
      const verbs = chunks === 1 ? "" : `split rows within p into ${chunks}`;
      expectSeconds(predict(before(depth, verbs)), pipeline(chunks, transfer, compute));
    });

    test.each([1, 2, 4])("a product, then a scatter, in %d parts of the rows", (chunks) => {
      const compute = (2 * (rows / chunks) * (depth / 2) * hidden) / peak;
      const transfer = alpha + ((rows / 2 / chunks) * hidden * 4) / linkRate;
      const verbs = chunks === 1 ? "" : `split rows within p into ${chunks}`;
      expectSeconds(predict(after(depth, verbs)), pipeline(chunks, compute, transfer));
    });

    test.each([2, 4])("a product, then a scatter, in %d parts of the columns", (chunks) => {
      const compute = (2 * rows * (depth / 2) * (hidden / chunks)) / peak;
      const transfer = alpha + ((rows / 2) * (hidden / chunks) * 4) / linkRate;
      expectSeconds(predict(after(depth, `split hidden into ${chunks}`)), pipeline(chunks, compute, transfer));
    });

    test("parts move the bytes of the whole", () => {
      expect(predict(before(depth, "split rows within p into 4")).bytes_moved).toBe(rows * depth * 4);
      expect(predict(after(depth, "split rows within p into 4")).bytes_moved).toBe(rows * hidden * 4);
      expect(predict(after(depth, "split hidden into 4")).messages).toBe(2 * 4);
    });
  });
});
