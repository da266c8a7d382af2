import { afterAll, describe, expect, test } from "vitest";
import type { CheckedProgram, TableData } from "../../compiler/check/ir.js";
import { columnOf } from "../../compiler/graph/table-columns.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { bytesMovedBy, errorsOf, plannedOf, programOf } from "../support/run-text.js";

const pool = createNodePool();
afterAll(() => pool.close());

/** Every schedule computes its layer, or the one named. */
async function expectRuns(program: CheckedProgram, against?: string): Promise<void> {
  for (const { error, bound } of await errorsOf(program, pool, against)) expect(error).toBeLessThanOrEqual(bound);
}

function tableOf(program: CheckedProgram, name: string): TableData {
  return program.tables.find((table) => table.name === name)!;
}

/** Position in ceiling blocks of one level. */
const part = (value: number, size: number, count: number): number => Math.floor(value / Math.ceil(size / count));

const machine = `machine box {
  rank gpu[8] {
    compute f32 1 TFLOP/s
    sms 8, each moves 1 GB/s
    memory hbm 1 GB at 1 TB/s
    copy engines 2
    launch 1 us
  }
  link gpu <-> gpu: switch { 10 GB/s each way, 1 us }
}
`;

describe.each([4, 8])("%i ranks", (ranks) => {
  const nodes = 2;
  const perNode = ranks / nodes;
  const hidden = 4;

  test("tokens once to a node, and from there to their experts", async () => {
    const common = `import { take, grouped_matmul, relay, relay_combine, sum_rows, topk_combine } from "std/ops"
${machine}
param tokens = 48, experts = 8, hidden = ${hidden}, nodes = ${nodes}, per_node = experts / nodes
mesh on box { gpu: ${perNode}, node: nodes }
table gate: tokens -> experts, top(3) = zipf(1.1) seed 7 with via: rows(sent) = row(sent, from, to / per_node)
`;
    const program = programOf(`${common}
table sent: tokens -> nodes = project(gate, to / per_node)

layer hierarchical(x: f32[tokens/gpu/node, hidden], w: f32[experts/node/gpu, hidden, hidden]) -> out: f32[tokens/gpu/node, hidden] {
  let once = all_to_all(take(x, sent), by from -> by to)
  let spread = all_to_all(relay(once, gate), by from -> by to)
  let y = grouped_matmul(spread, w)
  let near = all_to_all(y, by to -> by from)
  let home = all_to_all(relay_combine(near, sent), by to -> by from)
  return sum_rows(home)
}
layer direct(x: f32[tokens/gpu/node, hidden], w: f32[experts/gpu/node, hidden, hidden]) -> out: f32[tokens/gpu/node, hidden] {
  let all = all_to_all(take(x, gate), rows(gate)/gpu/node by from -> by to)
  let y = grouped_matmul(all, w)
  return topk_combine(all_to_all(y, rows(gate)/gpu/node by to -> by from), gate)
}
schedule plain of hierarchical
schedule whole of direct
`);
    const gate = tableOf(program, "gate");
    // Mesh axes: gpu outermost. A token lies at [gpu part][node part].
    const tokens = 48;
    const gpuOfToken = (token: number) => part(token, tokens, perNode);
    const nodeOfToken = (token: number) => {
      const block = Math.ceil(tokens / perNode);
      const start = gpuOfToken(token) * block;
      return Math.floor((token - start) / Math.ceil(Math.min(block, tokens - start) / nodes));
    };
    const nodeOfExpert = (expert: number) => part(expert, 8, nodes);
    const gpuOfExpert = (expert: number) => part(expert % (8 / nodes), 8 / nodes, perNode);
    const first = new Set<string>();
    let second = 0;
    gate.from.forEach((token, row) => {
      const node = nodeOfExpert(gate.to[row]!);
      if (node !== nodeOfToken(token)) first.add(`${token} ${node}`);
      if (gpuOfExpert(gate.to[row]!) !== gpuOfToken(token)) second += 1;
    });
    const planned = plannedOf(program);
    expect(bytesMovedBy(planned, "once")).toBe(first.size * hidden * 4);
    expect(bytesMovedBy(planned, "spread")).toBe(second * hidden * 4);
    // Home the same way.
    expect(bytesMovedBy(planned, "near")).toBe(second * hidden * 4);
    expect(bytesMovedBy(planned, "home")).toBe(first.size * hidden * 4);
    // Straight to the expert, a token goes as often as it has experts elsewhere.
    let rows = 0;
    gate.from.forEach((token, row) => {
      const expert = gate.to[row]!;
      const [gpu, size] = [part(expert, 8, perNode), 8 / perNode];
      if (gpu !== gpuOfToken(token) || part(expert % size, size, nodes) !== nodeOfToken(token)) rows += 1;
    });
    expect(bytesMovedBy(plannedOf(program, "whole"), "all")).toBe(rows * hidden * 4);
    expect(first.size).toBeLessThan(rows);
    await expectRuns(program);
  });

  const experts = 8;
  const rankOfExpert = (expert: number) => part(expert, experts, ranks);
  const one = `import { dispatch, take, grouped_matmul, matmul } from "std/ops"
${machine}
param tokens = 48, experts = ${experts}, hidden = ${hidden}, ranks = ${ranks}
mesh on box { ep: ranks }
`;
  /** Rows whose position by one column is not that by another. */
  const moved = (table: TableData, before: string, after: string) => {
    const [a, b] = [columnOf(table, before).values, columnOf(table, after).values];
    return [...a.keys()].filter((row) => rankOfExpert(a[row]!) !== rankOfExpert(b[row]!)).length;
  };

  test("from one layer's experts to the next one's: only rows whose owner changes", async () => {
    const program = programOf(`${one}
table gate: tokens -> experts, top(2) = zipf(1.1) seed 7 with next: experts = mostly(to, 70 %) seed 3
op next_matmul<R: table>(a: T[r: rows(R), k], b: T[R.next, k, n]) -> T[r: rows(R), n] = sum[k] a[r, k] * b[next(r), k, n]
layer exflow(x: f32[tokens/ep, hidden], u: f32[experts/ep, hidden, hidden], v: f32[experts/ep, hidden, hidden]) -> out: f32[rows(gate)/ep by next, hidden] {
  let h = grouped_matmul(dispatch(x, gate), u)
  let on = all_to_all(h, by to -> by next)
  return next_matmul(on, v)
}
schedule plain of exflow
`);
    const gate = tableOf(program, "gate");
    const rows = moved(gate, "to", "next");
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThan(gate.rowCount / 2);
    expect(bytesMovedBy(plannedOf(program), "on")).toBe(rows * hidden * 4);
    await expectRuns(program);
  });

  test("speculative: partial sums scattered to where rows are guessed to go, and only wrong guesses moved on", async () => {
    const program = programOf(`${one}
table gate: tokens -> experts, top(2) = zipf(1.1) seed 7 with guess: experts = mostly(to, 80 %) seed 3
layer speculative(a: f32[tokens, hidden/ep], b: f32[hidden/ep, hidden], u: f32[experts/ep, hidden, hidden]) -> out: f32[rows(gate)/ep by to, hidden] {
  let y = take(matmul(a, b), gate)
  let guessed = reduce_scatter(y, rows(gate)/ep by guess)
  let right = all_to_all(guessed, by guess -> by to)
  return grouped_matmul(right, u)
}
schedule plain of speculative
`);
    const gate = tableOf(program, "gate");
    const planned = plannedOf(program);
    // Each part of the rows is summed over all ranks: all but the own contribution arrive.
    expect(bytesMovedBy(planned, "guessed")).toBe(gate.rowCount * (ranks - 1) * hidden * 4);
    expect(bytesMovedBy(planned, "right")).toBe(moved(gate, "guess", "to") * hidden * 4);
    await expectRuns(program);
  });

  test("along the edges of a graph: each vertex once to each rank that needs it", async () => {
    const program = programOf(`import { exchange } from "std/ops"
${machine}
param vertices = 40, ranks = ${ranks}, hidden = ${hidden}, per_rank = vertices / ranks
mesh on box { m: ranks }
table edges: vertices -> vertices, top(4) = uniform() seed 5 with via: rows(needed) = row(needed, from, to / per_rank)
table needed: vertices -> ranks = project(edges, to / per_rank)
op gather<P: table, R: table>(x: T[rows(P), h]) -> T[t: R.to, h] = sum[e in rows(R) where to(e) == t] weight(e) * x[via(e), h]
layer convolution(x: f32[vertices/m, hidden]) -> out: f32[vertices/m, hidden] {
  let near = exchange(x, needed)
  return gather(near, needed, edges)
}
schedule plain of convolution
`);
    const edges = tableOf(program, "edges");
    const sent = new Set<string>();
    edges.from.forEach((vertex, edge) => {
      const rank = part(edges.to[edge]!, 40, ranks);
      if (rank !== part(vertex, 40, ranks)) sent.add(`${vertex} ${rank}`);
    });
    expect(bytesMovedBy(plannedOf(program))).toBe(sent.size * hidden * 4);
    await expectRuns(program);
  });

  test("pairs of a query part and a key part, dealt to ranks by a plan", async () => {
    const program = programOf(`${machine}
param parts = ${ranks}, pos = 3, dim = ${hidden}, ranks = ${ranks}
mesh on box { sp: ranks }
table plan: parts -> parts = all where to <= from
  with owner: ranks = if(2 * (from - to) <= ranks, from, to)
op queries<R: table>(x: T[R.from, i, d]) -> T[r: rows(R), i, d] = x[from(r), i, d]
op keys<R: table>(x: T[R.to, i, d]) -> T[r: rows(R), i, d] = x[to(r), i, d]
/// Attention of one pair: its result, and the logarithm of its weight.
op pair_out<R: table>(q: T[r: rows(R), i, d], k: T[r: rows(R), j, d]) -> T[r: rows(R), i, d] {
  let score[r, i, j] = sum[d] q[r, i, d] * k[r, j, d]
  return lse[j where to(r) < from(r) or j <= i] (k[r, j, d], score[r, i, j], 1)
}
op pair_weight<R: table>(q: T[r: rows(R), i, d], k: T[r: rows(R), j, d]) -> T[r: rows(R), i] {
  let score[r, i, j] = sum[d] q[r, i, d] * k[r, j, d]
  return log(sum[j where to(r) < from(r) or j <= i] exp(score[r, i, j]))
}
op join_pairs<R: table>(o: T[rows(R), i, d], w: T[rows(R), i]) -> T[p: R.from, i, d] =
  lse[r in rows(R) where from(r) == p] (o[r, i, d], w[r, i], 1)
op causal(q: T[p, i, d], k: T[t, j, d]) -> T[p, i, d] {
  let score[p, i, t, j] = sum[d] q[p, i, d] * k[t, j, d]
  return lse[t, j where t < p or (t == p and j <= i)] (k[t, j, d], score[p, i, t, j], 1)
}
layer balanced(q: f32[parts/sp, pos, dim], k: f32[parts/sp, pos, dim]) -> out: f32[parts/sp, pos, dim] {
  let qs = all_to_all(queries(q, plan), by from -> by owner)
  let ks = all_to_all(keys(k, plan), by to -> by owner)
  let o = all_to_all(pair_out(qs, ks), by owner -> by from)
  let w = all_to_all(pair_weight(qs, ks), by owner -> by from)
  return join_pairs(o, w, plan)
}
layer whole(q: f32[parts/sp, pos, dim], k: f32[parts/sp, pos, dim]) -> out: f32[parts/sp, pos, dim] {
  return causal(q, all_gather(k, parts))
}
schedule plain of balanced
schedule gathered of whole
`);
    const plan = tableOf(program, "plan");
    const owner = columnOf(plan, "owner").values;
    const load = Array.from({ length: ranks }, (_, rank) => owner.filter((one) => one === rank).length);
    expect(plan.rowCount).toBe((ranks * (ranks + 1)) / 2);
    expect(Math.max(...load)).toBeLessThanOrEqual(Math.floor(ranks / 2) + 1);
    const elements = 3 * hidden * 4;
    const apart = (column: Int32Array) => [...owner.keys()].filter((row) => owner[row] !== column[row]).length;
    expect(bytesMovedBy(plannedOf(program), "qs")).toBe(apart(plan.from) * elements);
    expect(bytesMovedBy(plannedOf(program), "ks")).toBe(apart(plan.to) * elements);
    await expectRuns(program, "whole");
  });
});
