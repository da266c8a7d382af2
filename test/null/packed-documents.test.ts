import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { checkText } from "../support/check-text.js";
import { idealMachine } from "../support/ideal-machine.js";
import { plannedText } from "../support/plan-text.js";

// Sequences packed one after the other: what belongs to another document is not computed, read or sent. Counted pair by
// pair from the lengths alone.

interface Packed {
  readonly ranks: number;
  readonly lengths: readonly number[];
}

function text({ ranks, lengths }: Packed, schedule: string, table = `lengths(${lengths.join(", ")})`): string {
  const total = lengths.reduce((a, b) => a + b, 0);
  return `${idealMachine}param tokens = ${total}, documents = ${lengths.length}
mesh on ideal { sp: ${ranks} }
table doc: tokens -> documents = ${table}
op attend<D: table>(q: T[s: D.from], k: T[t: D.from]) -> T[s: D.from] = sum[t where t <= s and D.to(s) == D.to(t)] q[s] * k[t]
layer net(q, k: f32[tokens/sp]) -> out: f32[tokens/sp] {
  let keys = all_gather(k, tokens)
  return attend(q, keys, doc)
}
schedule s of net { ${schedule} }
`;
}

/** Unmasked and executed flops by rank, and elements sent. */
function work(program: string): { flops: number[]; executed: number[]; sent: number } {
  const { program: checked, planned } = plannedText(program);
  const { graph } = planned.plan;
  const [flops, executed] = [0, 1].map(() => Array.from({ length: checked.mesh.rankCount }, () => 0));
  let sent = 0;
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (cost?.kind === "transfer" && graph.kind[task] === TaskKind.transfer) sent += cost.payloadBytes / 4;
    if (cost?.kind !== "compute" || graph.kind[task] !== TaskKind.compute) continue;
    flops![graph.rank[task]!]! += cost.flops;
    executed![graph.rank[task]!]! += cost.matrixFlops;
  }
  return { flops: flops!, executed: executed!, sent };
}

/** What must be done, pair by pair: two flops a pair, and of the keys of each rank which ranks need any. */
function oracle({ ranks, lengths }: Packed): { flops: number[]; sent: number } {
  const documents = lengths.flatMap((length, number) => Array.from({ length }, () => number));
  const block = Math.ceil(documents.length / ranks);
  const flops = Array.from({ length: ranks }, () => 0);
  const needs = new Set<string>();
  documents.forEach((document, s) => {
    for (let t = 0; t <= s; t++) {
      if (documents[t] !== document) continue;
      const [reader, owner] = [Math.floor(s / block), Math.floor(t / block)];
      flops[reader]! += 2;
      if (reader !== owner) needs.add(`${owner} ${reader}`);
    }
  });
  let sent = 0;
  for (const need of needs) {
    const owner = Number(need.split(" ")[0]);
    sent += Math.min(documents.length, (owner + 1) * block) - owner * block;
  }
  return { flops, sent };
}

const byShard = "use direct for keys\naccumulate out over tokens\noverlap keys -> out by shard";

describe("documents laid one after the other", () => {
  const packings: fc.Arbitrary<Packed> = fc.record({
    ranks: fc.constantFrom(1, 2, 3, 4),
    lengths: fc
      .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 8 })
      .filter((lengths) => lengths.some((length) => length > 0)),
  });

  test("are worked on pair by pair of their own, however they are cut", () => {
    fc.assert(
      fc.property(packings, fc.constantFrom("", "tile out by (3)", byShard), (packed, schedule) => {
        expect(work(text(packed, schedule)).flops).toEqual(oracle(packed).flops);
      }),
      { numRuns: 40 },
    );
  });

  test("are sent to those ranks alone that have a later part of the same one", () => {
    fc.assert(
      fc.property(packings, (packed) => {
        expect(work(text(packed, byShard)).sent).toBe(oracle(packed).sent);
      }),
      { numRuns: 40 },
    );
  });
});

test("time is that of whole tiles: two documents of two tiles each take three of them apiece, of 16 there are", () => {
  const packed = { ranks: 1, lengths: [256, 256] };
  expect(work(text(packed, "tile out by (128)")).executed).toEqual([2 * 6 * 128 * 128]);
});

test("a table need not be in the order of its indices", () => {
  const packed = { ranks: 2, lengths: [2, 2, 2] };
  const last = work(text(packed, byShard, "all where to == 2 - from / 2"));
  expect({ flops: last.flops, sent: last.sent }).toEqual(oracle(packed));
});

describe("a column at an index", () => {
  const codes = (table: string, guard: string) =>
    checkText(`
param count = 4
table doc: tokens -> count${table}
op f(x: T[t]) -> T[s: t] = sum[t where ${guard}] x[t]
layer net(x: f32[tokens]) -> out: f32[tokens] { return f(x) }
`).diagnostics.map(({ name }) => name);

  test.each([
    [" = uniform()", "doc.to(s) == doc.to(t)", []],
    [" = uniform()", "doc.to(s) <= 2 or doc.from(t) != s", []],
    [", top(2) = uniform()", "doc.to(s) == 1", ["table-not-a-map"]],
    [" = uniform()", "doc.two(s) == 1", ["no-such-column"]],
    [" = uniform()", "dog.to(s) == 1", ["unknown-name"]],
    [" = uniform()", "doc.to(s + 1) == 1", ["index-out-of-range"]],
    [" = uniform()", "doc.to(s, t) == 1", ["wrong-argument-count"]],
  ])("of a table%s: %s", (table, guard, expected) => {
    expect(codes(table, guard)).toEqual(expected);
  });

  test("reads only what is whole everywhere: parts do not follow it", () => {
    const layer = (axes: string) =>
      checkText(`
param count = 4
table doc: tokens -> count = uniform()
op through<D: table>(x: T[D.to]) -> T[s: D.from] = x[D.to(s)]
layer net(x: f32[${axes}]) -> out: f32[tokens] { return through(x, doc) }
`).diagnostics.map(({ name }) => name);
    expect(layer("count")).toEqual([]);
    expect(layer("count/p")).toEqual(["reads-elsewhere"]);
  });
});
