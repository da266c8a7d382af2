import { describe, expect, test } from "vitest";
import { TaskKind } from "../../compiler/graph/task-graph.js";
import { indicesOf } from "../support/plan-interpreter.js";
import { planText, plannedText } from "../support/plan-text.js";

// Each verb on small layers: what it refuses and in what words, and what it makes of the blocks. What the blocks wait
// for is shown elsewhere, for all of them.

const products = (verbs: string, machine = "h800_node"): string => `
import { ${machine} } from "std/machines"
import { matmul, relu } from "std/ops"
param tokens = 12, inner = 6, hidden = 8
mesh on ${machine} { tp: 3 }
layer net(x: f32[tokens/tp, inner], w: f32[inner, hidden/tp], v: f32[hidden/tp, inner]) -> out: f32[tokens/tp, inner] {
  let full = all_gather(x, tokens)
  let h = relu(matmul(full, w))
  let y = matmul(h, v)
  return reduce_scatter(y, tokens)
}
schedule s of net {
${verbs}
}
`;

const messages = (verbs: string, machine?: string): string[] =>
  planText(products(verbs, machine)).diagnostics.map((d) => `${d.name}: ${d.message}`);

describe("refused, in words that say what to do", () => {
  const cases: readonly [string, RegExp][] = [
    ["split tokens into 2", /^split-changes-layout: .*say `split tokens within tp` to cut/i],
    ["split inner within tp into 2", /^split-within-not-divided: `inner` is nowhere divided over `tp`/],
    ["split tokens within tp into 2000", /^split-count: .*at most 1024.*asks for 2000/],
    [
      "split tokens within tp into 3 at 1",
      /^split-places: `into 3 at` is followed by where the parts after the first begin: 2 in all/,
    ],
    [
      "split tokens within tp into 3 at 3, 1",
      /^split-places: `into 3 at` is followed by where the parts after the first begin: 2 in all/,
    ],
    ["split tokens within tp into 2\n split tokens within tp into 2", /^split-twice:/],
    ["tile out by (2, 2)", /^tile-not-an-op: `out` is moved by `reduce_scatter`/],
    ["tile h by (2, 2, 2)", /^tile-rank: `h` has 2 axes, but the tile has 3 sizes/],
    ["overlap y -> out by inner(0)", /grain/],
    ["overlap y -> out by hidden(2)", /^overlap-no-such-axis: .*axis `hidden`; they have `tokens`, `inner`/],
    ["tile y by (2, 4)\n overlap y -> out by inner(5)", /^overlap-grain-not-tiles: .*tiles of 4: take 4/],
    [
      "overlap h -> y by hidden(1)",
      /^overlap-held-by-reduction: `y` sums over `hidden`.*say `accumulate y over hidden`.*`tokens`, `inner`/,
    ],
    ["overlap out -> h", /^overlap-unrelated: `h` does not need `out`.* other way round: write `overlap h -> out`\.$/],
    ["overlap h -> h", /^overlap-unrelated: `h` does not need `h`, [^.]*\.$/],
    [
      "overlap full -> h by inner(2)",
      /^overlap-held-by-reduction: `h` sums over `inner`, [^:]*: what is applied to it needs the whole result; take .*: `tokens`, `hidden`\.$/,
    ],
    ["overlap h, y", /^overlap-dependent: `y` needs `h`.*Write `overlap h -> y`/],
    ["overlap h -> y by shard", /^overlap-no-word: Nothing is moved between `h`, `y`/],
    ["order h by inner", /^order-no-such-axis: `h` has no axis `inner`; it has `tokens`, `hidden`/],
    ["order h as full\n order h by tokens", /^order-twice:/],
    ["accumulate h over tokens", /^accumulate-not-reduced: .*it reduces over `inner`/],
    ["accumulate h over inner", /^accumulate-finished: `h` is not the bare reduction over `inner`/],
    ["fuse full .. h", /^fuse-not-possible: .*`full` is moved, not computed/],
    ["use ring for h", /^use-no-word: `h` moves nothing/],
    ["run h on copy", /^run-not-a-word: `h` is computed; `copy` can only move/],
    ["run out on nic", /^run-no-such-engine: `h800_node` has no NIC/],
    ["run full on sms(132)", /^run-sms-range: `sms\(132\)`: a share is a whole number of 1 to 131/],
    ["keep 2 of y", /^keep-not-delivered: `y` is not a gathered value/],
    ["keep 0 of full", /slots|at least/],
  ];
  test.each(cases)("%s", (verbs, said) => {
    const all = messages(verbs);
    expect(all.filter((message) => said.test(message)).length, all.join("\n")).toBeGreaterThan(0);
  });

  test("memory that adds, where neither it nor a switch does", () => {
    expect(messages("run out on memory", "a100_node")).toEqual([
      expect.stringMatching(/^run-no-such-engine: `a100_node` has no memory that could do this: .*`reduces`/),
    ]);
  });

  test("what only moves is done by memory where memory or a switch does work of its own", () => {
    expect(messages("run full on memory", "a100_node")).toEqual([
      expect.stringMatching(/^run-no-such-engine: `a100_node` has no memory that could do this/),
    ]);
    expect(messages("run full on memory", "t3_node")).toEqual([]);
  });

  test("SMs that issue to such memory, in the same range as a share", () => {
    const said = (n: number) => messages(`run out on memory(${n})`, "t3_node");
    expect(said(79)).toEqual([]);
    expect(said(80)).toEqual([
      expect.stringMatching(
        /^run-sms-range: `memory\(80\)`: a share is a whole number of 1 to 79 SMs of `t3_node`'s 80/,
      ),
    ]);
    expect(said(0)).toEqual([expect.stringMatching(/^size-not-positive: A number of SMs/)]);
    expect(messages("run out on memory(8)", "a100_node")).toEqual([expect.stringMatching(/^run-no-such-engine/)]);
  });

  test("a share of a single SM", () => {
    const said = messages("run full on sms(1)", "laptop");
    expect(said).toEqual([expect.stringMatching(/^run-no-such-engine: `laptop` has no SM to spare .*on copy`\.$/)]);
  });

  test("every mistake of a schedule, not the first alone", () => {
    const said = messages("tile out by (2, 2)\n use ring for h\n keep 2 of y");
    expect(said.map((message) => message.split(":")[0]).toSorted()).toEqual([
      "keep-not-delivered",
      "tile-not-an-op",
      "use-no-word",
    ]);
  });

  test("a share that leaves no SM for what overlaps it", () => {
    const said = messages("run full on sms(100)\n run out on sms(100)\n async full, out");
    expect(said.join("\n")).toMatch(/too-many-sms: Statements that overlap `h` reserve 200 of 132 SMs/);
  });
});

/** Blocks that a rank makes of a value along one dimension, as the page would write them. */
function blocks(verbs: string, name: string, dimension: number, rank = 0): string[] {
  const { graph, plan } = plannedText(products(verbs)).planned;
  const found = new Set<string>();
  for (let task = 0; task < graph.taskCount; task++) {
    const instance = graph.instances[graph.instance[task]!];
    if (graph.kind[task] === TaskKind.join || graph.rank[task] !== rank) continue;
    if (instance!.name.replace(/\[.*/, "") !== name) continue;
    const action = plan.action(task);
    if (action.kind !== "none") found.add(indicesOf(action.region[dimension]!).join(" "));
  }
  return [...found].toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b));
}

describe("blocks", () => {
  const whole = ["0 1 2 3 4 5 6 7 8 9 10 11"];
  test("are whole without verbs", () => expect(blocks("", "h", 0)).toEqual(whole));
  test("are tiles, the last short", () =>
    expect(blocks("tile h by (5, 8)", "h", 0)).toEqual(["0 1 2 3 4", "5 6 7 8 9", "10 11"]));
  test("of a tile larger than its extent are the extent", () =>
    expect(blocks("tile h by (50, 50)", "h", 0)).toEqual(whole));
  test("end where the chunks of an overlapped word do", () => {
    expect(blocks("overlap full -> h by shard", "h", 0)).toEqual(["0 1 2 3", "4 5 6 7", "8 9 10 11"]);
    expect(blocks("tile h by (3, 8)\n overlap full -> h by shard", "h", 0)).toEqual([
      "0 1 2",
      "3",
      "4 5 6",
      "7",
      "8 9 10",
      "11",
    ]);
    expect(blocks("overlap y -> out by shard", "y", 0)).toEqual(["0 1 2 3", "4 5 6 7", "8 9 10 11"]);
  });
  test("of a grain along an axis are so many elements, of word and ops alike", () => {
    expect(blocks("overlap y -> out by inner(4)", "y", 1)).toEqual(["0 1 2 3", "4 5"]);
    expect(blocks("overlap y -> out by inner(4)", "out", 1)).toEqual(["0 1 2 3", "4 5"]);
  });
  test("of a bucket are as many rows as its bytes hold", () => {
    // A row of `out` is 6 elements of 4 bytes.
    expect(blocks("overlap y -> out by bucket(48 B)", "out", 0)).toEqual(["4 5", "6 7", "8 9", "10 11"]);
    // Seven rows fit; tiles of 3 do not end there, so that a bucket has six.
    const tiled = "tile h by (3, 8)\n overlap h -> y -> out by bucket(168 B)";
    expect(planText(products(tiled)).diagnostics).toEqual([]);
  });
  test("of parts are ceiling blocks of each rank's own part", () => {
    expect(blocks("split tokens within tp into 3", "h", 0)).toEqual(["0 1 4 5 8 9", "2 3 6 7 10 11"]);
    expect(blocks("split tokens within tp into 2 at 1", "h", 0)).toEqual(["0 4 8", "1 2 3 5 6 7 9 10 11"]);
  });
});

test("a word on `sms` has a share as `sms(auto)` has, not a place in the queue of what computes", () => {
  const { queues } = plannedText(products("run full on sms")).planned.graph;
  const onRank = queues.filter((queue) => queue.rank === 0 && queue.engine === "sms");
  expect(new Map(onRank.map(({ name, width }) => [name, width]))).toEqual(
    new Map([
      ["sms", 132],
      ["sms(14) full", 1],
    ]),
  );
});

test("`auto` shares move as fast as the fastest link: 200 GB/s at 15 GB/s an SM, within its range", () => {
  const share = (amount: string): string[] =>
    plannedText(products(`run out on sms(${amount})`))
      .planned.graph.queues.map((queue) => queue.name)
      .filter((name) => name.startsWith("sms("));
  expect(new Set(share("auto in 8 .. 64"))).toEqual(new Set(["sms(14) out"]));
  expect(new Set(share("auto in 20 .. 64"))).toEqual(new Set(["sms(20) out"]));
  expect(new Set(share("auto in 1 .. 4"))).toEqual(new Set(["sms(4) out"]));
});
