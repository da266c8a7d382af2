import { expect, test } from "vitest";
import { bindText } from "../support/bind-text.js";

const comet = `
machine node {
  rank gpu[8] {
    compute bf16 989 TFLOP/s, f32 67 TFLOP/s
    sms 132, each moves 15 GB/s
    memory hbm 80 GB at 3.35 TB/s
    copy engines 3
    launch 4 us
  }
  link gpu <-> gpu: switch { 200 GB/s each way, 1.5 us }
}
param tokens = 16384, hidden = 4096, experts = 8, topk = 2
param ranks = 8
profile small { tokens = 256, ranks = 4 }
mesh on node { ep: ranks }
table gate: tokens -> experts, top(topk) = zipf(1.1) seed 7
`;

test("a file of declarations gives its params, mesh, machine and tables", () => {
  const { bound, diagnostics } = bindText(comet);
  expect(diagnostics).toEqual([]);
  expect(bound.params.get("tokens")?.value).toBe(16384);
  expect(bound.mesh).toMatchObject({ axes: [{ name: "ep", size: 8 }], rankCount: 8 });
  expect(bound.machine).toMatchObject({ name: "node", rankCount: 8 });
  expect(bound.tables).toMatchObject([{ name: "gate", fromAxis: "tokens", toAxis: "experts", rowCount: 32768 }]);
});

test("a profile and then --set replace params; a table's distribution too", () => {
  const set = new Map([
    ["ranks", "2"],
    ["gate", "one(0)"],
  ]);
  const { bound, diagnostics } = bindText(comet, { profile: "small", set });
  expect(diagnostics).toEqual([]);
  expect(bound.params.get("tokens")?.value).toBe(256);
  expect(bound.mesh?.rankCount).toBe(2);
  expect([...bound.tables[0]!.toStart]).toEqual([0, 256, 512, 512, 512, 512, 512, 512, 512]);
});
