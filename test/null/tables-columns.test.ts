import { describe, expect, test } from "vitest";
import type { TableData } from "../../compiler/check/ir.js";
import { bindText } from "../support/bind-text.js";

const sizes = "param tokens = 60, experts = 12, nodes = 3, per_node = experts / nodes, ranks = 5\n";

function tablesOf(text: string): Map<string, TableData> {
  const { bound, diagnostics } = bindText(sizes + text);
  expect(diagnostics).toEqual([]);
  return new Map(bound.tables.map((table) => [table.name, table]));
}

const pairsOf = ({ from, to }: TableData) => [...from].map((index, row) => [index, to[row]!] as const);
const keys = (pairs: readonly (readonly [number, number])[]) => pairs.map((pair) => pair.join("-")).sort();

describe("tables made from others", () => {
  test("all where: exactly the pairs for which it holds, by (to, from)", () => {
    const table = tablesOf("table mask: ranks -> ranks = all where to <= from and 2 * (from - to) <= ranks").get(
      "mask",
    )!;
    const expected: [number, number][] = [];
    for (let to = 0; to < 5; to += 1)
      for (let from = 0; from < 5; from += 1) if (to <= from && 2 * (from - to) <= 5) expected.push([from, to]);
    expect(pairsOf(table)).toEqual(expected);
    expect([...table.toStart]).toEqual([0, 3, 6, 9, 11, 12]);
  });

  test("a projection has each token once a node, with the weights of what it stands for", () => {
    const tables = tablesOf(`table gate: tokens -> experts, top(3) = zipf(1.1) seed 3
table sent: tokens -> nodes = project(gate, to / per_node)`);
    const [gate, sent] = [tables.get("gate")!, tables.get("sent")!];
    const weights = new Map<string, number>();
    pairsOf(gate).forEach(([from, to], row) => {
      const key = `${from}-${Math.floor(to / 4)}`;
      weights.set(key, (weights.get(key) ?? 0) + gate.weight[row]!);
    });
    expect(keys(pairsOf(sent))).toEqual([...weights.keys()].sort());
    pairsOf(sent).forEach(([from, to], row) => expect(sent.weight[row]).toBeCloseTo(weights.get(`${from}-${to}`)!, 12));
    expect(gate.rowCount).toBeGreaterThan(sent.rowCount);
  });
});
