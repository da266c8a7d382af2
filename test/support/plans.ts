import type { LayerIR } from "../../compiler/check/ir.js";
import type { ExecutionPlan, Runs } from "../../compiler/graph/execution-plan.js";
import { binary, kernel, matmulKernel, read, reduce } from "./kernel-builder.js";
import { layer, planBuilder, run, value } from "./plan-builder.js";

export interface PlanWithLayer {
  readonly plan: ExecutionPlan;
  readonly layer: LayerIR;
  readonly ranks: number;
}

/** c = a b with a's columns and b's rows divided: partial products, a chain of combinations on the rank of each block, c divided by rows. */
export function productReduceScatter(ranks: number, dtype = "f32"): PlanWithLayer {
  const rows = 2 * ranks;
  const depth = 3 * ranks;
  const columns = 5;
  const values = [
    value(0, "a", [rows, depth], dtype),
    value(1, "b", [depth, columns], dtype),
    value(2, "y", [rows, columns], dtype),
    value(3, "out", [rows, columns], dtype),
  ];
  const product = matmulKernel(rows, columns, depth);
  const unsharded = layer(
    values,
    [0, 1],
    [3],
    [
      { result: 2, operands: [0, 1], kernel: product },
      { result: 3, operand: 2, word: "reduce_scatter", monoid: "sum" },
    ],
  );
  const plan = planBuilder({ ranks, values, kernels: [product], outputs: [3] });
  const all = run(0, rows);
  const width = run(0, columns);
  const block = (rank: number): Runs => run(2 * rank, 2 * rank + 2);
  const partial = Array.from({ length: ranks }, (_, rank) => {
    const part = run(3 * rank, 3 * rank + 3);
    const a = plan.buffer(rank, "a", [all, part], { role: "input" });
    const b = plan.buffer(rank, "b", [part, width], { role: "input" });
    const y = plan.buffer(rank, "y", [all, width]);
    const out = plan.buffer(rank, "out", [block(rank), width]);
    // The block that the next rank wants first is computed first.
    const tasks = Array.from({ length: ranks }, (_unused, i) => {
      const target = (rank + 1 + i) % ranks;
      return { target, task: plan.compute("sms", y, [a, b], [block(target), width, part]) };
    });
    return { y, out, produced: new Map(tasks.map(({ target, task }) => [target, task])) };
  });
  // Each rank sends the others their blocks, which land in staging and are combined in a chain: own first, then by rank.
  for (let target = 0; target < ranks; target++) {
    const { y, out, produced } = partial[target]!;
    const region = [block(target), width];
    let previous = plan.join(target, { kind: "copy", from: y, to: out, region }, [produced.get(target)!]);
    for (let step = 1; step < ranks; step++) {
      const source = (target + step) % ranks;
      const staging = plan.buffer(target, "out", region, { role: "staging" });
      const sent = plan.transfer("copy", partial[source]!.y, staging, region, [partial[source]!.produced.get(target)!]);
      const action = { kind: "combine", monoid: "sum", into: out, left: out, right: staging, region } as const;
      previous = plan.join(target, action, [previous, sent]);
    }
  }
  return { plan: plan.build(), layer: unsharded, ranks };
}

/** y[i] = sum over 3 neighbours of x, with x divided: each half stays where it is, the halo is sent, and what is computed inside does not wait for it. */
export function haloOfTwo(): PlanWithLayer {
  const values = [value(0, "x", [10]), value(1, "xs", [10]), value(2, "y", [8])];
  const at = (offset: number) => ({
    kind: "affine" as const,
    terms: [{ variable: 0, coefficient: 1 }],
    offset,
  });
  const stencil = kernel(1, [["i", 8]], binary(binary(read(0, at(0)), "+", read(0, at(1))), "-", read(0, at(2))));
  const unsharded = layer(
    values,
    [0],
    [2],
    [
      { result: 1, operand: 0 },
      { result: 2, operands: [1], kernel: stencil },
    ],
  );
  const plan = planBuilder({ ranks: 2, values, kernels: [stencil], outputs: [2] });
  const held = [
    { own: run(0, 5), halo: run(5, 6), inner: run(0, 3), edge: run(3, 4) },
    // The upper half also holds an island: a domain of two runs.
    { own: run(5, 10), halo: run(4, 5), inner: run(5, 8), edge: run(4, 5) },
  ];
  const parts = held.map(({ own, halo, inner, edge }, rank) => {
    const x = plan.buffer(rank, "x", [own], { role: "input" });
    const xs = plan.buffer(rank, "xs", [rank === 0 ? run(0, 6) : Int32Array.of(4, 5, 5, 10)]);
    const y = plan.buffer(rank, "y", [rank === 0 ? run(0, 4) : run(4, 8)]);
    plan.alias(x, xs, [own]);
    plan.compute("sms", y, [xs], [inner]);
    return { x, xs, y, halo, edge };
  });
  parts.forEach(({ xs, y, halo, edge }, rank) => {
    const sent = plan.transfer("copy", parts[1 - rank]!.x, xs, [halo]);
    plan.compute("sms", y, [xs], [edge], { after: [sent] });
  });
  return { plan: plan.build(), layer: unsharded, ranks: 2 };
}

/** s[i] = sum over k of x[i, k], on one rank, accumulated in `parts` parts of two. */
export function accumulatedSum(parts: number): PlanWithLayer {
  const values = [value(0, "x", [4, 2 * parts]), value(1, "s", [4])];
  const sum = kernel(
    1,
    [
      ["i", 4],
      ["k", 2 * parts],
    ],
    reduce("sum", [1], read(0, 0, 1)),
  );
  const unsharded = layer(values, [0], [1], [{ result: 1, operands: [0], kernel: sum }]);
  const plan = planBuilder({ ranks: 1, values, kernels: [sum], outputs: [1] });
  const x = plan.buffer(0, "x", [run(0, 4), run(0, 2 * parts)], { role: "input" });
  const s = plan.buffer(0, "s", [run(0, 4)]);
  let previous: number[] = [];
  for (let part = 0; part < parts; part++) {
    const accumulate = { monoid: "sum", first: part === 0, last: part === parts - 1 };
    const ranges = [run(0, 4), run(2 * part, 2 * part + 2)];
    previous = [plan.compute("sms", s, [x], ranges, { after: previous, accumulate })];
  }
  return { plan: plan.build(), layer: unsharded, ranks: 1 };
}
