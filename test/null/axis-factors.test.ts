import { describe, expect, test } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { Domains } from "../../compiler/lower/domains.js";
import { indicesOf } from "../support/plan-interpreter.js";
import { idealMachine } from "../support/ideal-machine.js";
import { planText, plannedText } from "../support/plan-text.js";

// Axes made of factors: who has what, by its definition index by index, and what causal attention then costs each rank.

const layouts = {
  contiguous: { axis: "axis seq = length", by: "" },
  zigzag: { axis: "axis seq: length = (turn: 2, part: n mirrored, pos)", by: " by part" },
  striped: { axis: "axis seq: length = (pos, stripe: n)", by: " by stripe" },
} as const;
type Layout = keyof typeof layouts;

/** Queries at home, keys from everywhere: one multiplication and addition for each pair that is not masked. */
function causal(layout: Layout, n: number, length: number, schedule = ""): string {
  const { axis, by } = layouts[layout];
  return `${idealMachine}param length = ${length}, n = ${n}
${axis}
mesh on ideal { sp: n }
op attend(q: T[s], k: T[t]) -> T[s] = sum[t where t <= s] q[s] * k[t]
layer net(q, k: f32[seq/sp${by}]) -> out: f32[seq/sp${by}] {
  let keys = all_gather(k, seq)
  return attend(q, keys)
}
schedule s of net { ${schedule} }
`;
}

/** What all compute tasks of each rank cost. */
function byRank(text: string, amount: "flops" | "matrixFlops"): number[] {
  const { program, planned } = plannedText(text);
  const { graph } = planned.plan;
  const sums = Array.from({ length: program.mesh.rankCount }, () => 0);
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (graph.kind[task] === TaskKind.compute && cost?.kind === "compute") sums[graph.rank[task]!]! += cost[amount];
  }
  return sums;
}

/** Bytes that ranks send each other. */
function sentBytes(text: string): number {
  const { graph } = plannedText(text).planned.plan;
  let bytes = 0;
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (graph.kind[task] === TaskKind.transfer && cost?.kind === "transfer") bytes += cost.payloadBytes;
  }
  return bytes;
}

/** Indices of each rank of the first input's first axis. */
function heldBy(text: string): number[][] {
  const { program, planned } = plannedText(text);
  const domains = new Domains(program);
  const input = planned.layer.values[planned.layer.inputs[0]!]!;
  return Array.from({ length: program.mesh.rankCount }, (_, rank) => indicesOf(domains.ofValue(input, 0, rank)));
}

const all = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe("who has what", () => {
  for (const n of [1, 2, 3, 4, 8]) {
    const length = 6 * n;

    test(`zigzag over ${n}: rank r has chunks r and 2 n - 1 - r of 2 n`, () => {
      const chunk = 3;
      const wanted = all(n).map((r) => all(length).filter((i) => [r, 2 * n - 1 - r].includes(Math.floor(i / chunk))));
      expect(heldBy(causal("zigzag", n, length))).toEqual(wanted);
    });

    test(`striped over ${n}: rank r has every n-th index`, () => {
      expect(heldBy(causal("striped", n, length))).toEqual(all(n).map((r) => all(length).filter((i) => i % n === r)));
    });
  }
});

describe("unmasked pairs of causal attention", () => {
  for (const n of [1, 2, 4, 8])
    for (const block of [2, 6, 16]) {
      const length = n * block;
      const pairs: Record<Layout, (r: number) => number> = {
        contiguous: (r) => block * (r * block + (block + 1) / 2),
        zigzag: () => (block * (length + 1)) / 2,
        striped: (r) => block * (r + 1) + (n * block * (block - 1)) / 2,
      };
      for (const layout of Object.keys(layouts) as Layout[]) {
        const wanted = all(n).map((r) => 2 * pairs[layout](r));
        test(`${layout}, ${n} ranks of ${block}`, () => {
          const ring = "use ring for keys\naccumulate out over seq\noverlap keys -> out by shard\norder out as keys";
          for (const schedule of ["", "tile out by (4)", "split seq within sp into 2", ring])
            expect(byRank(causal(layout, n, length, schedule), "flops")).toEqual(wanted);
        });
      }
    }
});

describe("share of time that ranks idle in a causal ring, by whole tiles", () => {
  for (const n of [1, 2, 4, 8]) {
    const idle: Record<Layout, number> = {
      // Rank r has tiles 2 r and 2 r + 1, and works on 4 r + 3 tiles of pairs; the last on 4 n - 1.
      contiguous: 1 - (2 * n + 1) / (4 * n - 1),
      zigzag: 0,
      striped: 0,
    };
    for (const layout of Object.keys(layouts) as Layout[])
      test(`${layout}, ${n} ranks of two tiles`, () => {
        const ring = "tile out by (128)\naccumulate out over seq\noverlap keys -> out by shard";
        for (const schedule of ["tile out by (128)", ring]) {
          const work = byRank(causal(layout, n, 256 * n, schedule), "matrixFlops");
          const busy = work.reduce((a, b) => a + b, 0) / (n * Math.max(...work));
          expect(1 - busy).toBeCloseTo(idle[layout], 12);
        }
      });
  }
});

describe("words", () => {
  const n = 4;
  const length = 24;
  const program = (types: string, body: string) =>
    `${causal("zigzag", n, length).split("op attend")[0]}layer net(${types} { ${body} }\nschedule s of net`;
  /** Who has each index. */
  const contiguous = all(length).map((i) => Math.floor(i / 6));
  const zigzag = all(length).map((i) => Math.min(Math.floor(i / 3), 2 * n - 1 - Math.floor(i / 3)));
  const moved = contiguous.filter((rank, i) => rank !== zigzag[i]).length;

  test("from blocks to zigzag, what changes hands is sent, once", () => {
    const types = "x: f32[seq/sp]) -> out: f32[seq/sp by part]";
    expect(sentBytes(program(types, "return all_to_all(x, seq/sp -> seq/sp by part)"))).toBe(4 * moved);
  });

  test("and back", () => {
    const types = "x: f32[seq/sp by part]) -> out: f32[seq/sp]";
    expect(sentBytes(program(types, "return all_to_all(x, seq/sp by part -> seq/sp)"))).toBe(4 * moved);
  });

  test("gathered and scattered, (n - 1) / n of it reaches each rank", () => {
    const gather = program("x: f32[seq/sp by part]) -> out: f32[seq]", "return all_gather(x, seq)");
    const types = "x: f32[seq] pending sum over sp) -> out: f32[seq/sp by part]";
    const scatter = program(types, "return reduce_scatter(x, seq/sp by part)");
    for (const text of [gather, scatter]) expect(sentBytes(text)).toBe((n - 1) * length * 4);
  });

  test("two mesh axes divide two factors, or one", () => {
    for (const by of ["seq/a by turn/b by part", "seq/a by part/b by part", "seq/a by pos/b"]) {
      const text = `
import { laptop } from "std/machines"
axis seq: 48 = (turn: 2, part: 4 mirrored, pos)
mesh on laptop { a: 2, b: 2 }
layer net(x: f32[${by}]) -> out: f32[seq] { return all_gather(all_gather(x, seq/b), seq/a) }
schedule s of net
`;
      const held = heldBy(text);
      expect(held.flat().toSorted((a, b) => a - b)).toEqual(all(48));
      if (!by.endsWith("/b")) expect(held.map((indices) => indices.length)).toEqual([12, 12, 12, 12]);
    }
  });
});

describe("refused", () => {
  const codes = (text: string): string[] => planText(text).diagnostics.map((one) => one.code);
  const layer = (cut: string) => `
import { laptop } from "std/machines"
axis seq: 48 = (turn: 2, part: 4 mirrored, pos)
axis other: 48 = (part: 4, pos)
param n = 48
mesh on laptop { sp: 4 }
op both(x: T[i], y: T[j]) -> T[i] = x[i] + y[i]
layer net(x: f32[seq/sp by part], y: f32[${cut}]) -> out: f32[seq/sp by part] { return both(x, y) }
schedule s of net
`;

  test("a factor that the axis has not", () => {
    expect(codes(layer("seq/sp by chunk"))).toEqual(["ST3310"]);
    expect(codes(layer("n/sp by part"))).toEqual(["ST3310"]);
  });

  test("axes divided by different factors and read at one index", () => {
    expect(codes(layer("seq/sp by part"))).toEqual([]);
    expect(codes(layer("other/sp by part"))).toEqual(["ST3303"]);
    expect(codes(layer("seq/sp by pos"))).toEqual(["ST3304"]);
    expect(codes(layer("seq/sp"))).toEqual(["ST3304"]);
  });

  test.each([
    "axis seq: 50 = (turn: 2, part: 4 mirrored, pos)",
    "axis seq: 50 = (part: 4, pos: 12)",
    "axis seq = (part: 4, pos)",
    "axis seq: 48 = (part, pos)",
    "axis seq: 48 = (part: 4 mirrored, pos)",
    "axis seq: 48 = (part: 4, part)",
  ])("%s", (axis) => {
    expect(codes(axis)).toEqual(["ST2313"]);
  });

  test.each(["axis seq = (turn: 2, part: 4 mirrored, pos: 6)", "axis seq: 48 = (pos, stripe: 4)"])(
    "not: %s",
    (axis) => {
      expect(codes(axis)).toEqual([]);
    },
  );
});
