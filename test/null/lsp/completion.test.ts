import { describe, expect, test } from "vitest";
import { parse } from "../../../grammar/parser.js";
import { completeAt, taken } from "../../support/complete.js";

const head = `import { h800_node } from "std/machines"
import { matmul, silu } from "std/ops"

param tokens = 1024, hidden = 64, ffn = 128, experts = 8
axis seq = (part: 16, pos: 64)
profile small { tokens = 64 }

mesh on h800_node { dp: 2, tp: 4 }

/// Where each token goes.
table gate: tokens -> experts, top(2) = zipf(1.1) seed 7
  with next: experts = to

layer mlp(x: f16[tokens, hidden], w1: f16[hidden, ffn/tp], w2: f16[ffn/tp, hidden]) -> out: f16[tokens/tp, hidden] {
  let h = silu(matmul(x, w1))
  let y = matmul(h, w2)
  return reduce_scatter(y, tokens)
}

schedule plain of mlp
`;

/** Labels that come before all others of a lower rank. */
const first = (labels: readonly string[], count: number): string[] => labels.slice(0, count).toSorted();

describe("words of the grammar", () => {
  test("declarations, with whole ones for clients that fill in places", async () => {
    const { items, labels } = await completeAt(`${head}\nsch┆`);
    expect(labels).toEqual(expect.arrayContaining(["schedule", "layer", "table", "import", "opaque"]));
    expect(items.filter(({ label }) => label === "schedule").map(({ kind }) => kind)).toEqual([15, 14]);
    const old = await completeAt(`${head}\nsch┆`, { client: {} });
    expect(old.labels.filter((label) => label === "schedule")).toHaveLength(1);
  });

  test("every whole declaration can be read as it is", async () => {
    const { items, document } = await completeAt("┆");
    const whole = items.filter(({ insertTextFormat }) => insertTextFormat === 2);
    expect(whole.map(({ label }) => label).toSorted()).toEqual([
      "check",
      "collective",
      "layer",
      "mesh",
      "monoid",
      "op",
      "schedule",
      "table",
    ]);
    for (const item of whole) expect(parse(taken(document, item)).errors).toEqual([]);
  });

  test("are documented when they are looked at", async () => {
    const { editor, item } = await completeAt("schedule s of mlp { ┆ }");
    const resolved = await editor.connection.sendRequest("completionItem/resolve", item("overlap"));
    expect(resolved).toMatchObject({
      documentation: { value: "Removes the barriers among values and sets the grain." },
    });
  });

  test("only verbs where a verb may begin", async () => {
    const { labels } = await completeAt(`${head}\nschedule s of mlp {\n  ┆\n}`);
    expect(labels).toContain("overlap");
    for (const other of ["let", "h", "layer", "matmul", "same"]) expect(labels).not.toContain(other);
  });
});

describe("in types", () => {
  test("on a line of its own, what begins something before what goes on with the line above", async () => {
    const { labels } = await completeAt(head.replace("  let y = matmul", "  ┆\n  let y = matmul"));
    expect(labels.indexOf("let")).toBeLessThan(labels.indexOf("and"));
    const inside = await completeAt(head.replace("silu(matmul(x, w1))", "silu(matmul(x, w1)) ┆"));
    expect(inside.labels[0]).toBe("and");
  });

  test("dtypes", async () => {
    const { labels } = await completeAt(`${head}\nlayer l(x: ┆`);
    expect(labels).toEqual(expect.arrayContaining(["bf16", "f32", "f8e4m3"]));
    expect(labels).not.toContain("tokens");
  });
  test("axes", async () => {
    const { labels } = await completeAt(`${head}\nlayer l(x: bf16[┆]) -> y: bf16[tokens] { }`);
    expect(labels).toEqual(expect.arrayContaining(["tokens", "hidden", "seq", "rows", "gate"]));
  });
  test("mesh axes", async () => {
    const { labels } = await completeAt(`${head}\nlayer l(x: bf16[tokens/┆]) -> y: bf16[tokens] { }`);
    expect(labels).toEqual(["dp", "tp"]);
  });
  test("columns and factors", async () => {
    const { labels } = await completeAt(`${head}\nlayer l(x: bf16[rows(gate)/tp by ┆`);
    expect(labels).toEqual(expect.arrayContaining(["from", "to", "next", "part", "pos"]));
  });
  test("monoids", async () => {
    const { labels } = await completeAt(`${head}\nlayer l(x: bf16[tokens] pending ┆`);
    expect(labels).toEqual(expect.arrayContaining(["sum", "max", "lse"]));
  });
});

describe("in layers", () => {
  const body = (line: string): string => head.replace("  return reduce_scatter(y, tokens)", line);

  test("values with their types, first the words that fit the last of them", async () => {
    const { labels, item } = await completeAt(body("  let z = ┆\n  return reduce_scatter(y, tokens)"));
    expect(item("y").detail).toBe("f16[tokens, hidden] pending sum over tp");
    expect(item("h").detail).toBe("f16[tokens, ffn/tp]");
    expect(labels).not.toContain("out");
    expect(first(labels, 4)).toEqual(["all_gather", "all_reduce", "all_to_all", "reduce_scatter"]);
    expect(item("reduce_scatter").detail).toBe("of y: f16[tokens/tp, hidden]");
    expect(item("all_gather").detail).toBe("of h: f16[tokens, ffn]");
    expect(labels).toEqual(expect.arrayContaining(["silu", "mlp", "layernorm", "shift"]));
  });

  test("a value that is named later is not offered", async () => {
    const { labels } = await completeAt(head.replace("silu(matmul(x, w1))", "silu(matmul(x, ┆w1))"));
    expect(labels).toEqual(expect.arrayContaining(["x", "w1", "w2"]));
    expect(labels).not.toContain("y");
    expect(labels).not.toContain("h");
  });

  test("what a word may do with a value, and what that gives", async () => {
    const { items } = await completeAt(body("  return reduce_scatter(y, ┆)"));
    expect(items.slice(0, 2).map(({ label, detail }) => [label, detail])).toEqual([
      ["tokens/tp", "f16[tokens/tp, hidden]"],
      ["hidden/tp", "f16[tokens, hidden/tp]"],
    ]);
    const exchange = await completeAt(body("  let a = all_to_all(h, ┆)\n  return reduce_scatter(y, tokens)"));
    expect(exchange.items[0]).toMatchObject({ label: "ffn/tp -> tokens/tp", detail: "f16[tokens/tp, ffn]" });
  });

  test("with a mistake before", async () => {
    const { labels } = await completeAt(body("  let z = = matmul(y\n  let v = add(┆"));
    expect(labels).toEqual(expect.arrayContaining(["x", "h", "y", "matmul"]));
  });

  test("names that have to be imported bring their import", async () => {
    const { document, item } = await completeAt(body("  let z = rms┆\n  return reduce_scatter(y, tokens)"));
    expect(item("rmsnorm").detail).toBe('from "std/ops"');
    expect(taken(document, item("rmsnorm"))).toContain('import { matmul, silu, rmsnorm } from "std/ops"');
    const other = await completeAt("/// A.\nmesh on lap┆ { tp: 2 }");
    expect(taken(other.document, other.item("laptop"))).toBe(
      'import { laptop } from "std/machines"\n\n/// A.\nmesh on laptop { tp: 2 }',
    );
    const after = await completeAt('import { matmul } from "std/ops"\n\nmesh on ┆');
    expect(taken(after.document, after.item("laptop"))).toBe(
      'import { matmul } from "std/ops"\nimport { laptop } from "std/machines"\n\nmesh on laptop',
    );
  });
});

describe("in schedules", () => {
  const within = (verb: string): string => `${head}\nschedule s of mlp {\n  ${verb}\n}\n`;

  test("values of the layer, and what is inside of them", async () => {
    const { labels, item } = await completeAt(within("overlap ┆ -> out by shard"));
    expect(first(labels, 3)).toEqual(["h", "out", "y"]);
    expect(labels).toEqual(expect.arrayContaining(["x", "w1", "result"]));
    expect(item("y").detail).toBe("f16[tokens, hidden] pending sum over tp");
    const nested = within("overlap out.┆ -> out by shard").replace(
      "reduce_scatter(y, ",
      "reduce_scatter(matmul(h, w2), ",
    );
    const inside = await completeAt(nested);
    expect(inside.labels).toEqual(["matmul"]);
  });
  test("collectives that do the word, over as many mesh axes", async () => {
    const { labels, items } = await completeAt(within("use ┆ for out"));
    const fitting = items.filter(({ sortText }) => sortText!.startsWith("0")).map(({ label }) => label);
    expect(fitting).toEqual(expect.arrayContaining(["ring", "direct", "recursive_halving"]));
    expect(fitting).not.toContain("recursive_doubling");
    expect(fitting).not.toContain("hierarchical");
    expect(labels).toEqual(expect.arrayContaining(["recursive_doubling", "hierarchical", "tree"]));
  });
  test("values that a collective can do", async () => {
    const { labels } = await completeAt(within("use ring for ┆"));
    expect(labels[0]).toBe("out");
  });
  test.each([
    ["run out on ┆", ["copy", "memory", "nic", "sms", "stores"]],
    ["split tokens within ┆ into 2", ["dp", "tp"]],
  ])("%s", async (verb, expected) => {
    expect((await completeAt(within(verb))).labels.toSorted()).toEqual(expected);
  });
  test.each([
    ["split ┆", ["tokens", "hidden", "ffn"]],
    ["overlap y -> out by ┆", ["rows", "shard", "tile", "bucket", "hidden"]],
    ["order y by ┆", ["rows", "hidden"]],
    ["accumulate y over ┆", ["ffn"]],
    ["run out on sms(┆)", ["auto", "tokens"]],
    ["tile y by (┆)", ["tokens", "hidden"]],
  ])("%s", async (verb, expected) => {
    expect((await completeAt(within(verb))).labels).toEqual(expect.arrayContaining(expected));
  });
  test("of a layer with a mistake in it, the names it is written with", async () => {
    const { labels } = await completeAt(within("overlap ┆").replace("matmul(h, w2)", "matmul(h, w3)"));
    expect(labels).toEqual(expect.arrayContaining(["h", "y", "out", "x"]));
  });
});

describe("in checks", () => {
  test.each([
    ["check ┆", ["plain", "mlp"], ["ring"]],
    ["check plain { same result as ┆ }", ["mlp"], ["plain"]],
    ["check plain { faster than ┆ }", ["plain"], ["mlp"]],
    ["check plain { bytes moved over ┆ }", ["tp"], ["tokens"]],
    ["check plain { bytes moved == ┆ }", ["tokens", "rows"], ["tp", "mlp"]],
    ["check plain { for ┆ }", ["tokens", "gate", "links", "inputs"], ["mlp"]],
    ["check plain { for gate ┆ }", ["seed", "speed", "in"], ["tokens"]],
    ["check plain { memory <= 80 ┆ }", ["GB", "GiB", "TB/s"], []],
  ])("%s", async (source, expected, others) => {
    const { labels } = await completeAt(`${head}\n${source}`);
    expect(labels).toEqual(expect.arrayContaining(expected));
    for (const other of others) expect(labels).not.toContain(other);
  });
  test("units of what is measured come first", async () => {
    const { labels } = await completeAt(`${head}\ncheck plain { memory <= 80 ┆ }`);
    expect(first(labels, 10)).toEqual(["B", "GB", "GiB", "KB", "KiB", "MB", "MiB", "TB", "TiB", "bytes"]);
  });
});

describe("in other declarations", () => {
  test.each([
    ['import { ┆ } from "std/ops"', ["matmul", "dispatch"], ["laptop", "ring"]],
    ['import { ┆ } from "std/machines"', ["laptop", "h800_cluster"], ["matmul"]],
    ["profile tiny { ┆ }", ["tokens", "gate"], ["seq", "mlp"]],
    ["table t: tokens -> experts = ┆", ["zipf", "uniform", "project", "then", "all", "lengths", "from"], []],
    ["table t: tokens -> experts = project(gate, ┆)", ["to", "from", "next", "experts"], []],
    ["table t: tokens -> experts = lengths(┆)", ["lognormal", "fixed"], []],
    ["table t: tokens -> experts = all where to == gate.┆", ["from", "to", "next"], ["tokens"]],
    ["op f(x: T[a, k], w: T[k]) -> T[a] = sum[┆", ["a", "k"], []],
    ["op f(x: T[a, k], w: T[k]) -> T[a] = sum[k] x[a, ┆", ["a", "k"], ["mlp"]],
    ["op f(x: T[a, k], w: T[k]) -> T[a] = ┆", ["x", "w", "sum", "exp", "if"], ["mlp", "all_gather"]],
    ["op f<R: ┆", ["table", "axis", "number", "dtype", "monoid"], []],
    ["op f(x: T[a]) -> T[a] = x[a] cost { ┆ }", ["flops", "bytes"], []],
    ["monoid m(o: f32, n: f32) { combine(a, b) = (a.┆", ["o", "n"], ["a"]],
    ["monoid m(o: f32) { combine(a, b) = ┆", ["a", "b", "exp"], ["tokens"]],
    ["collective c(x: [c/n] -> [c]) over n {\n  for s in 0 ..< n { send x[┆", ["rank", "n", "s", "log2"], ["tokens"]],
    ["collective c(x: [c/n] -> [c]) over n {\n  for s in 0 ..< n { send x }\n  send x[┆", ["rank", "n"], ["s"]],
    ["mesh on h800_node { a: ┆ }", ["tokens", "gpu"], []],
    ["machine m { rank gpu[8] { ┆ } }", ["compute", "sms", "memory", "copy", "kernel"], ["link"]],
    ["machine m { rank gpu[8] { compute ┆ } }", ["bf16", "f32"], []],
    ["machine m { rank gpu[8] { launch 4 us }\n  link gpu <-> ┆ }", ["gpu"], []],
    ["machine m { rank gpu[8] { launch 4 us }\n  link gpu <-> gpu: ┆ }", ["switch", "ring", "leaf_spine"], []],
    ["machine m { rank gpu[8] { launch 4 us }\n  link gpu <-> gpu: switch { ┆ } }", ["reduces", "multicasts"], ["us"]],
    ["machine m { rank gpu[8] { kernel ┆ } }", ["contraction", "attention"], []],
    ["machine m { level node: ┆ }", ["h800_node", "laptop"], []],
  ])("%s", async (source, expected, others) => {
    const { labels } = await completeAt(`${head}\n${source}`);
    expect(labels).toEqual(expect.arrayContaining(expected));
    for (const other of others) expect(labels).not.toContain(other);
  });
});

describe("files", () => {
  const files = { "library.stretto": "op twice(x: T[n]) -> T[n] = 2 * x[n]\n", "parts/more.stretto": "" };

  test("of imports", async () => {
    const { document, labels, item } = await completeAt('import { a } from "l┆"', { files });
    expect(labels.toSorted()).toEqual([
      "./library.stretto",
      "./parts/more.stretto",
      "std/collectives",
      "std/machines",
      "std/monoids",
      "std/ops",
    ]);
    expect(taken(document, item("./library.stretto"))).toBe('import { a } from "./library.stretto"');
    const open = await completeAt('import { a } from "┆', { files });
    expect(taken(open.document, open.item("std/ops"))).toBe('import { a } from "std/ops');
  });
  test("before there is a quote", async () => {
    const { document, item } = await completeAt("import { a } from ┆", { files });
    expect(taken(document, item("std/ops"))).toBe('import { a } from "std/ops"');
  });
  test("of tables", async () => {
    const recorded = { ...files, "routes.csv": "from,to\n", "routes/small.csv": "from,to\n" };
    const written = 'table t: tokens -> experts, top(2) = from "';
    const { document, labels, item } = await completeAt(`${written}┆"`, { files: recorded });
    expect(labels.toSorted()).toEqual(["routes.csv", "routes/small.csv"]);
    expect(taken(document, item("routes.csv"))).toBe(`${written}routes.csv"`);
  });
  test("and the names in them", async () => {
    const { labels } = await completeAt('import { ┆ } from "./library.stretto"', { files });
    expect(labels).toEqual(["twice"]);
  });
  test("nothing is offered in comments and numbers", async () => {
    expect((await completeAt("// ┆")).items).toEqual([]);
    expect((await completeAt("param a = 1┆2")).items).toEqual([]);
  });
});

test("an item replaces the word at the cursor", async () => {
  const { document, item } = await completeAt(`${head}\nschedule s of mlp { over┆lop y -> out }`);
  expect(taken(document, item("overlap"))).toContain("{ overlap y -> out }");
  const unit = await completeAt("param a = 80 GB/┆s");
  expect(taken(unit.document, unit.item("TB/s"))).toBe("param a = 80 TB/s");
});
