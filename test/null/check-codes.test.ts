import { expect, test } from "vitest";
import { checkFiles, checkText, preamble } from "../support/check-text.js";

/** Layer `a` of these parameters and body, its result as given. */
const layer = (parameters: string, result: string, ...body: string[]) =>
  `layer a(${parameters}) -> out: ${result} {\n${body.join("\n")}\n}`;

const codesOf = (text: string) => checkText(text).diagnostics.map((diagnostic) => diagnostic.name);

test.each<[what: string, program: string, expected: string[]]>([
  // Shapes
  [
    "products over different axes",
    layer("x: f32[tokens, hidden], w: f32[ffn, hidden]", "f32[tokens, hidden]", "return matmul(x, w)"),
    ["axis-mismatch"],
  ],
  [
    "leading axes that differ",
    layer("x: f32[tokens, hidden], y: f32[hidden, tokens]", "f32[tokens, hidden]", "return add(x, y)"),
    ["axis-mismatch"],
  ],
  [
    "too few axes",
    layer("x: f32[tokens], w: f32[hidden]", "f32[tokens]", "return matmul(x, w)"),
    ["rank-mismatch", "rank-mismatch"],
  ],
  ["two dtypes", layer("x: f32[tokens], y: bf16[tokens]", "f32[tokens]", "return add(x, y)"), ["dtype-mismatch"]],
  [
    "no rows",
    layer("x: f32[tokens, hidden], w: f32[experts, hidden, ffn]", "f32[tokens, ffn]", "return grouped_matmul(x, w)"),
    ["needs-rows"],
  ],
  [
    "a table that nothing says",
    layer("x: f32[tokens, hidden]", "f32[rows(gate), hidden]", "return take(x)"),
    ["cannot-infer"],
  ],
  [
    "a number that is a value",
    layer("x: f32[tokens], c: f32[]", "f32[tokens]", "return scale(x, c)"),
    ["wrong-argument"],
  ],
  ["too few arguments", layer("x: f32[tokens]", "f32[tokens]", "return add(x)"), ["wrong-argument-count"]],
  ["a unit in mathematics", layer("x: f32[tokens]", "f32[tokens]", "return scale(x, 3 GB)"), ["wrong-unit"]],
  ["a result of another axis", layer("x: f32[tokens]", "f32[hidden]", "return relu(x)"), ["type-mismatch"]],
  // Names
  ["an unknown op", layer("x: f32[tokens]", "f32[tokens]", "return rellu(x)"), ["unknown-name"]],
  ["an unknown value", layer("x: f32[tokens]", "f32[tokens]", "return relu(z)"), ["unknown-name"]],
  ["a param for a value", layer("x: f32[tokens]", "f32[tokens]", "return relu(tokens)"), ["not-a-tensor"]],
  ["an axis that is nothing", layer("x: f32[tokns]", "f32[tokens]", "return relu(x)"), ["unknown-name"]],
  ["a dtype that is nothing", layer("x: T[tokens]", "f32[tokens]", "return relu(x)"), ["unknown-name"]],
  ["a value named twice", layer("x: f32[tokens]", "f32[tokens]", "let x = relu(x)", "return x"), ["value-named-twice"]],
  [
    "a shift of parts that differ",
    layer("x: f32[experts: 10/p]", "f32[experts: 10/p]", "return shift(x, experts/p, 1)"),
    ["word-layout"],
  ],
  [
    "a shift by a part of one",
    layer("x: f32[tokens/p]", "f32[tokens/p]", "return shift(x, tokens/p, 0.5)"),
    ["value-out-of-range"],
  ],
  [
    "a shift without how far",
    layer("x: f32[tokens/p]", "f32[tokens/p]", "return shift(x, tokens/p)"),
    ["word-arguments"],
  ],
  [
    "a scan of several indices a rank",
    layer("x: f32[tokens/p]", "f32[tokens/p]", "return scan(x, tokens/p, sum)"),
    ["word-layout"],
  ],
  [
    "a scan under nothing",
    layer("x: f32[tokens/p]", "f32[tokens/p]", "return scan(x, tokens/p, summ)"),
    ["unknown-name"],
  ],
  [
    "a broadcast of what is everywhere",
    layer("x: f32[tokens]", "f32[tokens]", "return broadcast(x, p)"),
    ["word-layout"],
  ],
  [
    "a reduction to no position",
    layer("x: f32[tokens] pending sum over p", "f32[tokens] at p(4)", "return reduce(x, p(4))"),
    ["value-out-of-range", "value-out-of-range"],
  ],
  [
    "a send to where it is",
    layer("x: f32[tokens] at p(1)", "f32[tokens] at p(1)", "return send(x, p(1))"),
    ["word-layout"],
  ],
  [
    "a shard of what is divided",
    layer("x: f32[tokens/p]", "f32[tokens/p]", "return shard(x, tokens/p)"),
    ["word-layout"],
  ],
  [
    "a spread over other than one each",
    layer("x: f32[tokens]", "f32[heads/q, tokens]", "return spread(x, heads/q)"),
    ["word-layout"],
  ],
  [
    "partials of what is not one each",
    layer("x: f32[tokens/p, hidden]", "f32[hidden] pending sum over p", "return partials(x, tokens, sum)"),
    ["word-layout"],
  ],
  [
    "a fan under two monoids",
    layer("x: f32[tokens/p] pending max over q", "f32[tokens] pending sum over (p, q)", "return fan(x, tokens/p, sum)"),
    ["word-layout"],
  ],
  [
    "a scan of what is not pending",
    layer("x: f32[tokens]", "f32[4/p, tokens]", "return scan(x, 4/p)"),
    ["word-layout"],
  ],
  [
    "a scan onto an axis that is not one each",
    layer("x: f32[tokens] pending sum over p", "f32[3/p, tokens]", "return scan(x, 3/p)"),
    ["word-layout"],
  ],
  [
    "a scan that folds sums while maxima wait",
    layer("x: f32[tokens] pending sum over p pending max over q", "f32[4/p, tokens]", "return scan(x, 4/p)"),
    ["word-layout"],
  ],
  [
    "the mean of nothing, before the first",
    layer("x: f32[tokens, hidden] pending lse over p", "f32[4/p, tokens, hidden]", "return scan(x, 4/p)"),
    ["word-layout"],
  ],
  [
    "a state that stays pending over another mesh axis",
    layer(
      "x: f32[tokens, hidden] pending lse over (p, q)",
      "f32[4/p, tokens, hidden]",
      "return scan(x, 4/p, inclusive)",
    ),
    ["word-layout"],
  ],
  [
    "a scan onto an axis that nothing divides",
    layer("x: f32[tokens] pending sum over p", "f32[4, tokens]", "return scan(x, 4)"),
    ["word-arguments"],
  ],
  [
    "a reshard of what is pending",
    layer("x: f32[tokens] pending sum over p", "f32[tokens/p]", "return reshard(x, [tokens/p])"),
    ["word-layout"],
  ],
  [
    "a reshard to other axes",
    layer("x: f32[tokens/p]", "f32[hidden/p]", "return reshard(x, [hidden/p])"),
    ["word-layout"],
  ],
  [
    "a mesh axis twice in a word",
    layer("x: f32[tokens/p]", "f32[tokens]", "return all_gather(x, tokens/p/p)"),
    ["mesh-axis-used-twice"],
  ],
  ["a word that is not built", layer("x: f32[tokens]", "f32[tokens]", "return parts(x, tokens)"), ["not-built-yet"]],
  // Statements
  ["no return", layer("x: f32[tokens]", "f32[tokens]", "let y = relu(x)"), ["no-return"]],
  ["too many results", layer("x: f32[tokens]", "f32[tokens]", "return x, x"), ["result-count"]],
  ["after return", layer("x: f32[tokens]", "f32[tokens]", "return relu(x)", "let y = relu(x)"), ["after-return"]],
  ["recursion", layer("x: f32[tokens]", "f32[tokens]", "return a(x)"), ["layer-recursion"]],
  // Layouts: R1 and R2
  ["whole where divided is needed", layer("x: f32[tokens]", "f32[tokens/p]", "return relu(x)"), ["layout-mismatch"]],
  ["divided where whole is needed", layer("x: f32[tokens/p]", "f32[tokens]", "return relu(x)"), ["layout-mismatch"]],
  [
    "pending where whole is needed",
    layer("x: f32[tokens, ffn/p], w: f32[ffn/p, hidden]", "f32[tokens, hidden]", "return matmul(x, w)"),
    ["layout-mismatch"],
  ],
  [
    "a softmax along a divided axis",
    layer("x: f32[tokens, hidden/p]", "f32[tokens, hidden/p]", "return softmax(x)"),
    ["divided-twice"],
  ],
  [
    "an epilogue on a pending product",
    layer("x: f32[tokens, ffn/p], w: f32[ffn/p, hidden]", "f32[tokens, hidden]", "return relu(matmul(x, w))"),
    ["pending-not-linear"],
  ],
  [
    "a pending and a whole term",
    layer("x: f32[tokens] pending sum over p, y: f32[tokens]", "f32[tokens] pending sum over p", "return add(x, y)"),
    ["pending-not-linear"],
  ],
  [
    "two pending factors",
    layer("x: f32[tokens] pending sum over p", "f32[tokens] pending sum over p", "return mul(x, x)"),
    ["pending-not-linear"],
  ],
  [
    "two mesh axes along one axis",
    layer("x: f32[tokens/p], y: f32[tokens/q]", "f32[tokens/p]", "return add(x, y)"),
    ["cut-differently"],
  ],
  [
    "one mesh axis along two",
    layer("x: f32[tokens/p, ffn], w: f32[ffn, hidden/p]", "f32[tokens/p, hidden]", "return matmul(x, w)"),
    ["divided-twice"],
  ],
  [
    "pending beside divided",
    layer("x: f32[tokens] pending sum over p, y: f32[tokens/p]", "f32[tokens/p]", "return add(x, y)"),
    ["pending-and-divided"],
  ],
  [
    "rows at the wrong experts",
    layer(
      "x: f32[rows(gate)/p by from, hidden], w: f32[experts/p, hidden, ffn]",
      "f32[rows(gate)/p by to, ffn]",
      "return grouped_matmul(x, w)",
    ),
    ["divided-twice"],
  ],
  ["one mesh axis twice", layer("x: f32[tokens/p, hidden/p]", "f32[tokens]", "return x"), ["mesh-axis-used-twice"]],
  ["rows without a column", layer("x: f32[rows(gate)/p]", "f32[tokens]", "return x"), ["cut-column"]],
  ["a column without rows", layer("x: f32[tokens/p by to]", "f32[tokens]", "return x"), ["cut-column"]],
  ["an unknown mesh axis", layer("x: f32[tokens/tp]", "f32[tokens]", "return x"), ["unknown-mesh-axis"]],
  [
    "a position beyond the mesh",
    layer("x: f32[tokens] at p(4)", "f32[tokens] at p(4)", "return x"),
    ["value-out-of-range"],
  ],
  [
    "two positions",
    layer("x: f32[tokens] at p(0), y: f32[tokens] at p(1)", "f32[tokens] at p(0)", "return add(x, y)"),
    ["positions-differ"],
  ],
  [
    "a position and all of them",
    layer("x: f32[tokens] at p(0), y: f32[tokens]", "f32[tokens] at p(0)", "return add(x, y)"),
    [],
  ],
  // Words
  ["gathering what is whole", layer("x: f32[tokens]", "f32[tokens]", "return all_gather(x, tokens)"), ["word-layout"]],
  [
    "gathering the first of two cuts",
    layer("x: f32[tokens/p/q]", "f32[tokens/q]", "return all_gather(x, tokens/p)"),
    ["word-layout"],
  ],
  [
    "scattering what is not pending",
    layer("x: f32[tokens]", "f32[tokens/p]", "return reduce_scatter(x, tokens)"),
    ["word-layout"],
  ],
  [
    "scattering onto what is divided",
    layer("x: f32[tokens, hidden/q] pending sum over p", "f32[tokens]", "return reduce_scatter(x, hidden/q)"),
    ["word-layout"],
  ],
  [
    "reducing over which",
    layer("x: f32[tokens] pending sum over p, q", "f32[tokens]", "return all_reduce(x)"),
    ["ambiguous-mesh-axis"],
  ],
  ["no axis", layer("x: f32[tokens/p]", "f32[tokens]", "return all_gather(x)"), ["word-arguments"]],
  ["another axis", layer("x: f32[tokens/p]", "f32[tokens]", "return all_gather(x, hidden)"), ["unknown-axis"]],
  [
    "rows exchanged from the wrong column",
    layer("x: f32[rows(gate)/p by to]", "f32[rows(gate)/p by to]", "return all_to_all(x, by from -> by to)"),
    ["word-layout"],
  ],
  [
    "exchange without a change",
    layer("x: f32[tokens/p, hidden]", "f32[tokens/p, hidden]", "return all_to_all(x, tokens/p -> tokens/p)"),
    ["word-arguments"],
  ],
  // Ops
  [
    "a halo beyond the axis",
    "op f(x: T[n]) -> T[n] = x[n + 1]\n" + layer("x: f32[tokens]", "f32[tokens]", "return f(x)"),
    ["index-out-of-range"],
  ],
  [
    "before the axis",
    "op f(x: T[n]) -> T[i: (n - 1)] = x[i - 1]\n" + layer("x: f32[tokens]", "f32[i: 63]", "return f(x)"),
    ["index-out-of-range"],
  ],
  [
    "a halo of a divided axis",
    "op f(x: T[n]) -> T[i: (n - 1)] = x[i + 1]\n" + layer("x: f32[tokens/p]", "f32[i: 63]", "return f(x)"),
    ["reads-elsewhere"],
  ],
  [
    "a part of a divided axis",
    "op f(x: T[n]) -> T[i: (n - 1)] = x[i]\n" + layer("x: f32[tokens/p]", "f32[i: 63]", "return f(x)"),
    ["reads-elsewhere"],
  ],
  ["an op nobody calls", "op f(x: T[n]) -> T[n] = y[n]", ["unknown-name"]],
  ["a call of an op in an op", "op f(x: T[n]) -> T[n] = relu(x[n])", ["not-in-mathematics"]],
  ["a guard around an op", "op f(x: T[n]) -> T[n] = x[n] where n < 3", ["not-built-yet"]],
  ["an opaque op", "opaque op f(x: T[n]) -> T[n] cost { flops = 3, bytes = 0 }", []],
  ["an opaque op of half a cost", "opaque op f(x: T[n]) -> T[n] cost { flops = 3 }", ["op-cost"]],
  ["an opaque op with a body", "opaque op f(x: T[n]) -> T[n] = x[n] cost { flops = 3, bytes = 0 }", ["op-cost"]],
  ["an unknown monoid", "op f(x: T[n]) -> T[] = summ[n] x[n]", ["unknown-name"]],
  [
    "a size that is no whole number",
    "op f(x: T[n]) -> T[i: (n / 3)] = x[3 * i]\n" + layer("x: f32[tokens]", "f32[tokens]", "return f(x)"),
    ["size-not-whole"],
  ],
  // Monoids and collectives
  ["a monoid without identity", "monoid m(x: f32) { combine(a, b) = a * b }", ["monoid-incomplete"]],
  [
    "a collective of no word",
    "collective c(x: [c] -> [c]) over n { send x[rank] to rank + 1 }",
    ["collective-signature"],
  ],
])("%s", (_, program, expected) => {
  expect([...new Set(codesOf(program))]).toEqual([...new Set(expected)]);
});

const scheduled =
  "layer a(x: f32[tokens/p]) -> out: f32[tokens] {\n let y = relu(x)\n return all_gather(y, tokens)\n}\n";

test.each<[verbs: string, expected: string[]]>([
  ["split tokens within p into 2; tile y by (8); overlap y -> out by shard; order y as out; run out on sms(8)", []],
  ["async out 2 ahead; keep 2 of out; use direct for out; accumulate y over tokens", []],
  ["tile z by (8)", ["unknown-name"]],
  ["tile result by (8)", []],
  ["split hidden into 2", ["unknown-axis"]],
  ["split tokens within tp into 2", ["unknown-mesh-axis"]],
  ["split tokens within p into 2.5", ["size-not-whole"]],
  ["run out on dma", ["unknown-engine"]],
  ["run out on copy(3)", ["wrong-argument-count"]],
  ["run out on sms(auto in 8 .. 4)", ["value-out-of-range"]],
  ["use rings for out", ["unknown-name"]],
  ["use ring for out; use direct for out", ["contradicting-verbs"]],
  ["overlap y -> out by tokens", ["grain-without-size"]],
  ["overlap y -> out by shards", ["grain-without-size"]],
  ["overlap y -> out by bucket(25)", ["wrong-unit"]],
  ["tile y by (8 GB)", ["wrong-unit"]],
])("a schedule of %s", (verbs, expected) => {
  const text = `${scheduled}schedule s of a {\n${verbs.replaceAll(";", "\n")}\n}`;
  expect(codesOf(text)).toEqual(expected);
});

test.each<[claims: string, expected: string[]]>([
  [
    "same result as a within 1e-2\nno deadlock\nmemory <= 1 GB\nbytes moved per rank <= 3 MB\nmessages <= 12\nrounds <= 7\nhides 85 % of communication\nfaster than s by 1.1",
    [],
  ],
  ["bytes moved == 3 * tokens * 2 B", []],
  ["bytes moved == 3 * tokens", ["wrong-unit"]],
  ["bytes moved over p per rank <= rows(gate) * 2 B\nmessages over q <= rows(gate)", []],
  ["bytes moved over x <= 2 B", ["unknown-mesh-axis"]],
  ["messages <= rows(gates)", ["unknown-name"]],
  ["messages <= rows(tokens)", ["wrong-noun"]],
  ["messages <= rows(gate, gate)", ["unknown-name", "wrong-noun", "wrong-noun"]],
  ["same result as b", ["unknown-name"]],
  ["same result as a within -1", ["value-out-of-range"]],
  ["faster than s by 5 %", ["value-out-of-range"]],
  ["memory <= 80", ["wrong-unit"]],
  ["hides 185 % of communication", ["value-out-of-range"]],
  ["faster than t", ["unknown-name"]],
])("a check of %s", (claims, expected) => {
  expect(codesOf(`${scheduled}schedule s of a\ncheck s {\n${claims}\n}`)).toEqual(expected);
});

test("a check of what is not there, and a schedule of what cannot run by itself", () => {
  expect(codesOf("check nothing { no deadlock }")).toEqual(["unknown-name"]);
  expect(codesOf("schedule s of nothing")).toEqual(["unknown-name"]);
  expect(codesOf("schedule s of dispatch")).toEqual(["wrong-noun"]);
});

test("an invalid layer hides no mistake in another, and a mistake is reported once", () => {
  const text = `
layer first(x: f32[tokens]) -> out: f32[tokens] {
  let y = nothing(x)
  let z = relu(y)
  return softmax(z)
}
layer second(x: f32[tokens/p]) -> out: f32[tokens] {
  return all_gather(x, hidden)
}
layer third(x: f32[tokens]) -> out: f32[tokens] {
  return relu(first(x))
}`;
  expect(codesOf(text)).toEqual(["unknown-name", "unknown-axis"]);
});

test("a layout mismatch offers the words that repair it, and they do", () => {
  const text = layer("x: f32[tokens, ffn/p], w: f32[ffn/p, hidden]", "f32[tokens/p, hidden]", "return matmul(x, w)");
  const { diagnostics } = checkText(text);
  const [mismatch] = diagnostics;
  // 64 x 32 elements of 4 bytes: each of 4 positions along p, twice for q, gets 3 contributions to its quarter.
  expect(mismatch!.message).toContain("`reduce_scatter(matmul(x, w), tokens/p)` (6.144 KB to a rank, 49.15 KB in all)");
  const [fix] = mismatch!.fixes;
  expect(fix!.edits.map((edit) => edit.newText)).toEqual(["reduce_scatter(", ", tokens/p)"]);
});

test("rows at the wrong experts are offered the exchange that brings them there", () => {
  const parameters = "x: f32[rows(gate)/p by from, hidden], w: f32[experts/p, hidden, ffn]";
  const text = layer(parameters, "f32[rows(gate)/p by to, ffn]", "return grouped_matmul(x, w)");
  const [problem] = checkText(text).diagnostics;
  expect(problem!.message).toContain("`all_to_all(x, by from -> by to)`");
});

test("of two operands that one mesh axis divides, either may be gathered", () => {
  const text = (result: string) =>
    preamble + layer("x: f32[tokens/p, ffn], w: f32[ffn, hidden/p]", result, "return matmul(x, w)");
  for (const [place, result] of ["f32[tokens/p, hidden]", "f32[tokens, hidden/p]"].entries()) {
    const [problem] = checkFiles({ "main.stretto": text(result) }).diagnostics;
    // 64 x 48 and 48 x 32 elements of 4 bytes: each of 4 positions, twice for q, gets 3 quarters.
    expect(problem!.fixes.map((fix) => fix.title)).toEqual([
      "`all_gather(w, hidden/p)` (moves 36.86 KB)",
      "`all_gather(x, tokens/p)` (moves 73.73 KB)",
    ]);
    const repaired = applied(text(result), problem!.fixes[place]!);
    expect(checkFiles({ "main.stretto": repaired }).diagnostics).toEqual([]);
  }
});

/** The text with a fix applied, its edits from the last to the first. */
function applied(
  text: string,
  fix: { edits: readonly { location: { span: { start: number; end: number } }; newText: string }[] },
) {
  return fix.edits
    .toSorted((a, b) => b.location.span.start - a.location.span.start)
    .reduce(
      (result, { location: { span }, newText }) => result.slice(0, span.start) + newText + result.slice(span.end),
      text,
    );
}

test.each([
  layer("x: f32[tokens, ffn/p], w: f32[ffn/p, hidden]", "f32[tokens/p, hidden]", "return matmul(x, w)"),
  layer("x: f32[tokens, ffn/p], w: f32[ffn/p, hidden]", "f32[tokens, hidden]", "return relu(matmul(x, w))"),
  layer("x: f32[tokens/p, ffn], w: f32[ffn, hidden/p]", "f32[tokens/p, hidden]", "return matmul(x, w)"),
  layer("x: f32[tokens/p/q]", "f32[tokens]", "return relu(x)"),
  layer("x: f32[tokens/p, heads]", "f32[tokens, heads/p]", "return relu(x)"),
  layer(
    "x: f32[rows(gate)/p by from, hidden], w: f32[experts/p, hidden, ffn]",
    "f32[rows(gate)/p by to, ffn]",
    "return grouped_matmul(x, w)",
  ),
  layer("x: f32[tokens/p], y: f32[tokens/q]", "f32[tokens/p]", "return add(x, y)"),
  layer("x: f32[tokens, hidden/p]", "f32[tokens, hidden]", "return softmax(x)"),
])("applying a fix leaves nothing to say: %s", (text) => {
  const whole = preamble + text;
  const [problem] = checkFiles({ "main.stretto": whole }).diagnostics;
  expect(problem!.fixes.length).toBeGreaterThan(0);
  const repaired = applied(whole, problem!.fixes[0]!);
  expect(checkFiles({ "main.stretto": repaired }).diagnostics).toEqual([]);
});
