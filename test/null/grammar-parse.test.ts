import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parser.js";
import { strettoFiles } from "../support/stretto-files.js";
import { parsed } from "../support/syntax-tree.js";

const name = (text: string): object => ({ kind: "NameExpr", name: { text } });
const only = (text: string): unknown => {
  const { declarations } = parsed(text);
  expect(declarations).toHaveLength(1);
  return declarations[0];
};
const value = (text: string): unknown => (only(`op f() -> T = ${text}`) as { body: unknown }).body;
const verb = (text: string): unknown => (only(`schedule s of l { ${text} }`) as { verbs: unknown[] }).verbs[0];
const claim = (text: string): unknown => (only(`check s { ${text} }`) as { claims: unknown[] }).claims[0];

test.each(strettoFiles.map(({ path, text }) => [path, text]))("%s reads without a mistake", (_, text) => {
  expect(parsed(text).declarations.length).toBeGreaterThan(0);
});

describe("expressions", () => {
  test("bind as in arithmetic", () => {
    expect(value("a + b * c - d")).toMatchObject({
      operator: "-",
      left: { operator: "+", left: name("a"), right: { operator: "*", left: name("b"), right: name("c") } },
      right: name("d"),
    });
    expect(value("-a * b")).toMatchObject({ operator: "*", left: { kind: "UnaryExpr" } });
    expect(value("not a == b and c")).toMatchObject({ operator: "and", left: { operator: "not" } });
    expect(value("(a + b) * c")).toMatchObject({
      operator: "*",
      left: { operator: "+" },
      span: { start: 14, end: 25 },
    });
  });

  test("a reduction takes in what is multiplied, not what is added", () => {
    expect(value("sum[k] a[m, k] * b[k, n] + c[n]")).toMatchObject({
      operator: "+",
      left: {
        kind: "ReductionExpr",
        monoid: { text: "sum" },
        binders: [{ name: { text: "k" } }],
        body: { operator: "*" },
      },
    });
  });

  test("binders have ranges and guards", () => {
    expect(value("sum[r in rows(R) where from(r) == t] weight(r) * y[r, h]")).toMatchObject({
      kind: "ReductionExpr",
      binders: [{ name: { text: "r" }, range: { kind: "CallExpr" } }],
      guard: { operator: "==" },
      body: { operator: "*", left: { kind: "CallExpr", callee: name("weight") } },
    });
    expect(value("max[j in 0 ..< 3, k] x[i + j, k]")).toMatchObject({
      binders: [{ range: { kind: "RangeExpr", inclusive: false } }, { name: { text: "k" } }],
    });
  });

  test("an index is no reduction where no operand follows", () => {
    expect(value("x[k]")).toMatchObject({ kind: "IndexExpr" });
    expect(value("x[..] / (1 + exp(-x[..]))")).toMatchObject({
      operator: "/",
      left: { indices: [{ kind: "Ellipsis" }] },
    });
    const { equations } = only("op f() -> T {\n let a = x[i]\n let b[..] = y[j]\n return a }") as {
      equations: unknown[];
    };
    expect(equations).toHaveLength(2);
    expect(only("collective c(x: [c/n] -> [c]) over n { send x[rank] to rank + 1 }")).toMatchObject({
      body: [{ value: { kind: "IndexExpr" }, target: { operator: "+" } }],
    });
  });

  test("ranges, tuples, members, strings", () => {
    expect(value("8..64")).toMatchObject({
      kind: "RangeExpr",
      inclusive: true,
      low: { value: 8 },
      high: { value: 64 },
    });
    expect(value("(a, b.c, 1)")).toMatchObject({ kind: "TupleExpr", elements: [{}, { member: { text: "c" } }, {}] });
    expect(value("(a,)")).toMatchObject({ kind: "TupleExpr", elements: [name("a")] });
    expect(value('"a\\"b\\n"')).toMatchObject({ kind: "StringLiteral", value: 'a"b\n' });
    expect(value("16_384")).toMatchObject({ value: 16384, text: "16_384" });
  });

  test("a bracket on the next line belongs to what follows", () => {
    expect(value("{ let m = max(a, b)\n (m, a) }")).toMatchObject({
      kind: "BlockExpr",
      equations: [{ value: { kind: "CallExpr" } }],
      result: { kind: "TupleExpr" },
    });
    expect(value("grad(loss)(w)")).toMatchObject({ kind: "CallExpr", callee: { kind: "CallExpr" } });
  });

  test("type arguments touch what they belong to", () => {
    expect(value("f<a, b>(x)")).toMatchObject({ kind: "CallExpr", typeArguments: [name("a"), name("b")] });
    expect(value("g(f < a, b > (x))")).toMatchObject({ arguments: [{ operator: "<" }, { operator: ">" }] });
    expect(value("a<b")).toMatchObject({ operator: "<" });
  });

  test("changes of layout are arguments", () => {
    expect(value("w(x, seq/node/gpu -> heads/node/gpu)")).toMatchObject({
      arguments: [
        name("x"),
        { from: { meshes: [{ text: "node" }, { text: "gpu" }] }, to: { meshes: [{ text: "node" }, { text: "gpu" }] } },
      ],
    });
    expect(value("w(x, seq/sp -> heads/sp, by from -> by to)")).toMatchObject({
      arguments: [
        name("x"),
        {
          kind: "LayoutChangeExpr",
          from: { axis: { text: "seq" }, meshes: [{ text: "sp" }] },
          to: { axis: { text: "heads" } },
        },
        { kind: "LayoutChangeExpr", from: { by: { text: "from" } }, to: { by: { text: "to" } } },
      ],
    });
    expect(value("w(seq/sp)")).toMatchObject({ arguments: [{ operator: "/" }] });
  });

  test("words are names where a name may stand", () => {
    expect(value("rank + to * from[seed] - tile.copy")).toMatchObject({ operator: "-" });
    parsed("param rank = 2, from = 3, table = rank\nlayer op(in: T[at/on by to]) -> of: T[by] { return run(in) }");
  });
});

describe("types", () => {
  const type = (text: string): unknown =>
    (only(`op f(x: ${text}) -> T[a]`) as { parameters: { type: unknown }[] }).parameters[0]!.type;

  test("axes, cuts, pending, places", () => {
    expect(
      type("bf16[r: rows(R)/ep by to/dp, R.to, 4, (n - 1)/tp] pending sum over tp at stage(s + 1) on pipe in host"),
    ).toMatchObject({
      dtype: { text: "bf16" },
      axes: [
        {
          label: { text: "r" },
          size: { kind: "CallExpr" },
          cuts: [{ mesh: { text: "ep" }, by: { text: "to" } }, { mesh: { text: "dp" } }],
        },
        { size: { kind: "MemberExpr" }, cuts: [] },
        { size: { value: 4 } },
        { size: { operator: "-" }, cuts: [{ mesh: { text: "tp" } }] },
      ],
      pending: [{ monoid: { text: "sum" }, over: [{ text: "tp" }] }],
      at: [{ mesh: { text: "stage" }, position: { operator: "+" } }],
      on: { text: "pipe" },
      tier: { text: "host" },
    });
  });

  test("a comma after a mesh axis goes on with it, or begins the next parameter", () => {
    expect(only("op f(x: T[a] pending u over tp, dp) -> T[a]")).toMatchObject({
      parameters: [{ type: { pending: [{ over: [{ text: "tp" }, { text: "dp" }] }] } }],
    });
    expect(only("op f(x: T[a] pending u over tp, y, z: T[b]) -> T[a]")).toMatchObject({
      parameters: [{ names: [{ text: "x" }] }, { names: [{ text: "y" }, { text: "z" }] }],
    });
    expect(type("T[a] pending u over (tp, dp)")).toMatchObject({
      pending: [{ over: [{ text: "tp" }, { text: "dp" }] }],
    });
  });

  test("packs, scalars, names of types", () => {
    expect(type("T[.., n]")).toMatchObject({ axes: [{ kind: "AxisPack" }, { size: name("n") }] });
    expect(type("f32")).toMatchObject({ kind: "TensorType", dtype: { text: "f32" }, axes: [] });
    expect(type("number")).toMatchObject({ kind: "NamedType", name: { text: "number" } });
  });
});

describe("declarations", () => {
  test.each([
    [
      'import { a, b as c } from "std/ops"',
      { names: [{ name: { text: "a" } }, { as: { text: "c" } }], from: { value: "std/ops" } },
    ],
    ["param a = 1, b = a * 2", { params: [{ name: { text: "a" } }, { value: { operator: "*" } }] }],
    ["profile small { a = 1, }", { settings: [{ name: { text: "a" } }] }],
    ["axis seq = 4096", { size: { value: 4096 } }],
    ["axis seq = (part: 16, pos)", { factors: [{ size: { value: 16 } }, { name: { text: "pos" } }] }],
    ["mesh on m { ep: ranks }", { machine: { segments: [{ name: { text: "m" } }] }, axes: [{ name: { text: "ep" } }] }],
    ["mesh on on on { ep: 2 }", { name: { text: "on" } }],
    [
      "table g: a -> b, top(k) = zipf(1.1) seed 7",
      { columns: [{ kind: "CallExpr" }], source: { kind: "CallExpr" }, seed: { value: 7 } },
    ],
    ['table g: a -> b = from "r.csv"', { source: { kind: "StringLiteral", value: "r.csv" } }],
    [
      "ordered monoid m(x: f32) { identity = 0 combine(a, b) = a * b; finish(a) = a }",
      { ordered: true, combine: { parameters: [{}, {}] } },
    ],
    ["opaque op f(x: T[a]) -> T[a] cost { flops = 3 * a, bytes = 4 }", { opaque: true, cost: [{}, {}] }],
    ["op f(q: T[s], k: T[t]) -> T[s] = sum[t] q[s] * k[t] where causal(s, t)", { guard: { kind: "CallExpr" } }],
    ["record r { a, b: f32[n], c: number }", { fields: [{ names: [{}, {}] }, {}] }],
    [
      "layer f<R: table, m: axis, h>(x: T[h]) -> y: T[h], z: T[h] { return x, x }",
      { typeParameters: [{}, {}, { name: { text: "h" } }], results: [{}, {}] },
    ],
    [
      "layer f(x: T[h]) -> (y: T[h]) { when g { let a.b: T[h] = x } next y = x return x }",
      { body: [{ kind: "WhenStatement" }, { kind: "NextStatement" }, {}] },
    ],
    [
      "layer b = approximate a { read v from t - 1; encode w with int8 }",
      { approximate: { clauses: [{ value: "read v from t - 1" }, { value: "encode w with int8" }] } },
    ],
    ["assume gate = zipf(1.1)", { value: { kind: "CallExpr" } }],
  ])("%s", (text, expected) => {
    expect(only(text)).toMatchObject(expected);
  });

  test("loops in layers carry values", () => {
    expect(
      only(
        "layer f(x: T[a]) -> y: T[a] { let (w, s) = for t in 0 ..< n with w = x, s = x { next w = g.d w } return w }",
      ),
    ).toMatchObject({
      body: [
        {
          targets: [{}, {}],
          value: { kind: "ForExpr", carried: [{}, {}], body: [{ value: { member: { text: "d w" } } }] },
        },
        {},
      ],
    });
  });

  test("collectives: rounds, groups, two-dimensional chunks, equations", () => {
    expect(
      only(
        "collective d<u>(x: [a/n, b] -> y: [a, b/n], y[i] = fold u x[j] for j < i) over n { for s in 1 ..< n { send x[rank, rank + s] to rank + s, combining; send x[0] from p to q & send x[1] from q to y at p } }",
      ),
    ).toMatchObject({
      output: { text: "y" },
      equation: { operator: "==", right: { kind: "ReductionExpr", monoid: { text: "u" }, guard: { operator: "<" } } },
      body: [
        {
          kind: "RoundLoop",
          body: [
            { combining: true, value: { indices: [{}, {}] } },
            { kind: "RoundGroup", sends: [{ source: name("p") }, { into: { text: "y" } }] },
          ],
        },
      ],
    });
  });

  test("machines", () => {
    expect(
      only(
        "machine m { rank gpu[8] { compute bf16 989 TFLOP/s, f32 67 TFLOP/s sms 132, each moves 15 GB/s memory hbm 80 GB at 3.35 TB/s, reduces sum, max copy engines 3 nics 8 at 50 GB/s launch 4 us efficiency 85 %\n} link gpu <-> gpu: switch { 200 GB/s each way, 1.5 us } link a -> b: bus {} level node: x[16] tier ssd of node { 8 TB } }",
      ),
    ).toMatchObject({
      items: [
        {
          kind: "RankDecl",
          count: { value: 8 },
          properties: [
            { kind: "ComputeProperty", rates: [{ dtype: { text: "bf16" } }, { rate: { unit: { text: "TFLOP/s" } } }] },
            { kind: "SmsProperty", moves: { value: 15 } },
            { kind: "MemoryProperty", reduces: [{ text: "sum" }, { text: "max" }] },
            { kind: "CopyEnginesProperty" },
            { kind: "NicsProperty", bandwidth: { value: 50 } },
            { kind: "LaunchProperty" },
            { kind: "EfficiencyProperty", value: { unit: { text: "%" } } },
          ],
        },
        {
          kind: "LinkDecl",
          directed: false,
          properties: [{ parts: [{ value: 200 }, { text: "each" }, { text: "way" }] }, {}],
        },
        { kind: "LinkDecl", directed: true, properties: [] },
        { kind: "LevelDecl", count: { value: 16 } },
        { kind: "TierDecl" },
      ],
    });
  });
});

describe("schedules and checks", () => {
  test.each([
    [
      "split tokens within tp into 2 at 640, 1280 as a, b",
      { kind: "SplitVerb", within: { text: "tp" }, at: [{}, {}], names: [{}, {}] },
    ],
    ["tile h, y by (edge, 2 * edge)", { kind: "TileVerb", values: [{}, {}], sizes: [{}, {}] }],
    ["tile h by edge", { kind: "TileVerb", sizes: [{ kind: "NameExpr" }] }],
    [
      "overlap a, b -> c -> d by hidden(512)",
      { kind: "OverlapVerb", groups: [[{}, {}], [{}], [{}]], grain: { size: { value: 512 } } },
    ],
    ["overlap a, b, c", { kind: "OverlapVerb", groups: [[{}, {}, {}]] }],
    ["order y as out", { kind: "OrderVerb", as: { segments: [{}] }, by: [] }],
    ["order y by hidden, rows", { kind: "OrderVerb", by: [{}, {}] }],
    ["order one_f_one_b(8, 32)", { kind: "OrderVerb", program: { arguments: [{}, {}] } }],
    ["async v, w 2 ahead", { kind: "AsyncVerb", values: [{}, {}], ahead: { value: 2 } }],
    ["async v", { kind: "AsyncVerb", values: [{}] }],
    ["accumulate out over seq", { kind: "AccumulateVerb", axis: { text: "seq" } }],
    ["fuse a .. b.c", { kind: "FuseVerb", last: { segments: [{}, {}] } }],
    ["use ring for keys, values", { kind: "UseVerb", collective: { text: "ring" }, values: [{}, {}] }],
    [
      "run out on sms(auto in 8 .. 64)",
      { kind: "RunVerb", engine: { text: "sms" }, amount: { kind: "AutoValue", range: { inclusive: true } } },
    ],
    ["run out on sms(20)", { kind: "RunVerb", amount: { value: 20 } }],
    ["run out on memory", { kind: "RunVerb", engine: { text: "memory" } }],
    ["keep 2 of keys, values", { kind: "KeepVerb", count: { value: 2 }, values: [{}, {}] }],
    ["keep n of v", { kind: "KeepVerb", count: { kind: "NameExpr" } }],
    ["keep v[*].w, u in host", { kind: "KeepVerb", tier: { text: "host" }, values: [{}, {}] }],
    ["recompute v from u", { kind: "RecomputeVerb", from: {} }],
    ["priority v above w", { kind: "PriorityVerb" }],
    [
      "in block[*].mlp: use t3",
      { kind: "InVerb", path: { segments: [{ index: "*" }, {}] }, verb: { kind: "UseVerb", values: [] } },
    ],
    [
      "pass F = forward of net, B = d values of net",
      { kind: "PassVerb", passes: [{ words: [{}, {}, {}] }, { words: [{}, {}, {}, {}] }] },
    ],
  ])("%s", (text, expected) => {
    expect(verb(text)).toMatchObject(expected);
  });

  test("verbs need nothing between them, and `;` may stand there", () => {
    expect(only("schedule s of l { run a on copy run b on nic; ; pass F = forward of net tile c by 3 }")).toMatchObject(
      {
        verbs: [{ kind: "RunVerb" }, { kind: "RunVerb" }, { kind: "PassVerb" }, { kind: "TileVerb" }],
      },
    );
  });

  test.each([
    ["same result as moe within 1e-2", { kind: "SameResultClaim", within: { value: 0.01 } }],
    ["drift from a <= 2e-2 over 24 rounds", { kind: "DriftClaim", steps: { value: 24 }, counted: { text: "rounds" } }],
    ["no deadlock", { kind: "NoClaim", what: "deadlock" }],
    ["memory <= 80 GB", { kind: "QuantityClaim", quantity: "memory", perRank: false, comparison: "<=" }],
    [
      "bytes moved per rank == 3 * h",
      { kind: "QuantityClaim", quantity: "bytes moved", perRank: true, limit: { operator: "*" } },
    ],
    [
      "bytes moved over node per rank <= 3 * h",
      { kind: "QuantityClaim", quantity: "bytes moved", over: { text: "node" }, perRank: true },
    ],
    [
      "messages over node <= 56",
      { kind: "QuantityClaim", quantity: "messages", over: { text: "node" }, perRank: false },
    ],
    ["messages <= 56", { kind: "QuantityClaim", quantity: "messages" }],
    ["rounds == 2 * (n - 1)", { kind: "QuantityClaim", quantity: "rounds", perRank: false }],
    ["hides 85 % of communication", { kind: "HidesClaim", share: { value: 85, unit: { text: "%" } } }],
    ["faster than barrier by 1.1", { kind: "FasterClaim", by: { value: 1.1 } }],
    ["within 1.2 x of bound", { kind: "BoundClaim", factor: { value: 1.2 } }],
    [
      "for tokens in 1 .. 65536, gate seed in any",
      { kind: "ForClause", bindings: [{ values: [{ inclusive: true }] }, { what: { text: "seed" }, values: "any" }] },
    ],
    [
      "for ranks in 2, 4, (n), tokens in 64 ..< 4096 step 64, gate in uniform, zipf(1.1)",
      {
        kind: "ForClause",
        bindings: [
          { values: [{ value: 2 }, { value: 4 }, { kind: "NameExpr" }] },
          { values: [{ inclusive: false }], step: { value: 64 } },
          { values: [{ kind: "NameExpr" }, { kind: "CallExpr" }] },
        ],
      },
    ],
  ])("%s", (text, expected) => {
    expect(claim(text)).toMatchObject(expected);
  });
});

describe("documentation and comments", () => {
  test("`///` lines right before belong to a declaration, a property, a statement", () => {
    const text =
      "/// One.\n/// Two.\nlayer f(x: T[a]) -> y: T[a] { // no\n  /// Three.\n  let y = x /// not this\n  return y\n}\n/// gone\n\n// plain\nparam a = 1";
    expect(parsed(text).declarations).toMatchObject([{ doc: "One.\nTwo.", body: [{ doc: "Three." }, {}] }, {}]);
    expect(parsed(text).declarations[1]).not.toHaveProperty("doc");
    expect(parsed(text).comments.map(({ ownLine }) => ownLine)).toEqual([true, true, false, true, false, true, true]);
  });
});

test("a declaration is read where its words are used as names", () => {
  const text =
    "schedule table of layer layer layer(op: T[a]) -> op: T[a] { return op } axis table axis op = 3 check check { }";
  expect(parsed(text).declarations.map(({ kind }) => kind)).toEqual([
    "ScheduleDecl",
    "LayerDecl",
    "AxisDecl",
    "AxisDecl",
    "CheckDecl",
  ]);
});

test("an empty text is an empty tree", () => {
  expect(parse("")).toMatchObject({ tree: { declarations: [], comments: [], span: { start: 0, end: 0 } }, errors: [] });
});
