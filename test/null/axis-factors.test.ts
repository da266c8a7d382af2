import { describe, expect, test } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { Domains } from "../../compiler/lower/domains.js";
import { indicesOf } from "../support/plan-interpreter.js";
import { plannedText } from "../support/plan-text.js";

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
  return `
machine ideal {
  rank gpu[8] {
    compute f32 1 TFLOP/s
    sms 10, each moves 10 GB/s
    memory hbm 80 GB at 1000 TB/s
    copy engines 8
    launch 0 us
  }
  link gpu <-> gpu: switch { 100 GB/s each way, 2 us }
}
param length = ${length}, n = ${n}
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

function flopsByRank(text: string): number[] {
  const { program, planned } = plannedText(text);
  const { graph } = planned.plan;
  const flops = Array.from({ length: program.mesh.rankCount }, () => 0);
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (graph.kind[task] === TaskKind.compute && cost?.kind === "compute") flops[graph.rank[task]!]! += cost.flops;
  }
  return flops;
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
            expect(flopsByRank(causal(layout, n, length, schedule))).toEqual(wanted);
        });
      }
    }
});
