import { expect, test } from "vitest";
import { formatBytes } from "../../compiler/diagnostics/quantities.js";
import { checkText } from "../support/check-text.js";

function only(signature: string, result: string, body: string) {
  const { diagnostics } = checkText(`layer a(${signature}) -> out: ${result} { return ${body} }`);
  expect(diagnostics).toHaveLength(1);
  return diagnostics[0]!;
}

test("two axes divided alike by one mesh axis: either may be exchanged, for a quarter of a gather on 4 ranks", () => {
  // 64 x 32 f32: 8192 B. A rank that holds a quarter gets 6144 B in a gather, 3 of 4 quarters of its own 2048 B here.
  const { name, message, fixes } = only(
    "x: f32[tokens/p, hidden], y: f32[tokens, hidden/p]",
    "f32[tokens/p, hidden]",
    "add(x, y)",
  );
  expect(name).toBe("divided-twice");
  expect(fixes?.map(({ edits }) => edits.map(({ newText }) => newText).join("_"))).toEqual([
    "all_to_all(_, hidden/p -> tokens/p)",
    "all_to_all(_, tokens/p -> hidden/p)",
    "all_gather(_, hidden/p)",
    "all_gather(_, tokens/p)",
  ]);
  expect(message).toContain("`all_to_all(y, hidden/p -> tokens/p)` (1.536 KB to a rank");
  expect(message.indexOf("all_to_all(y")).toBeLessThan(message.indexOf("all_gather(y"));
});

test("each of them repairs it", () => {
  const signature = "x: f32[tokens/p, hidden], y: f32[tokens, hidden/p]";
  const repaired: [string, string][] = [
    ["f32[tokens/p, hidden]", "add(x, all_to_all(y, hidden/p -> tokens/p))"],
    ["f32[tokens, hidden/p]", "add(all_to_all(x, tokens/p -> hidden/p), y)"],
    ["f32[tokens/p, hidden]", "add(x, all_gather(y, hidden/p))"],
  ];
  for (const [result, body] of repaired) {
    expect(checkText(`layer a(${signature}) -> out: ${result} { return ${body} }`).diagnostics).toEqual([]);
  }
});

test("operands that are not read at the same index cannot be exchanged", () => {
  const { fixes } = only("x: f32[tokens/p, ffn], w: f32[ffn, hidden/p]", "f32[tokens/p, hidden]", "matmul(x, w)");
  expect(fixes?.map(({ edits }) => edits[0]!.newText)).toEqual(["all_gather(", "all_gather("]);
});

// 64 x 32 f32: 8192 B. Each of the words and views repairs what it is offered for, and is said to move what it does.
test.each([
  ["f32[tokens, hidden]", "f32[tokens/p, hidden]", "shard(x, tokens/p)", 0, 0],
  ["f32[tokens, hidden]", "f32[tokens/q/p, hidden]", "shard(shard(x, tokens/q), tokens/p)", 0, 0],
  ["f32[tokens/p, hidden]", "f32[tokens, hidden] pending sum over p", "fan(x, tokens/p, sum)", 0, 0],
  ["f32[tokens, hidden] at p(1)", "f32[tokens, hidden]", "broadcast(x, p)", 8192, 3 * 2 * 8192],
  ["f32[tokens, hidden] at p(1)", "f32[tokens, hidden] at p(3)", "send(x, p(3))", 8192, 2 * 8192],
  ["f32[tokens, hidden] pending sum over p", "f32[tokens, hidden] at p(2)", "reduce(x, p(2))", 8192, 3 * 2 * 8192],
  ["f32[tokens, hidden] at p(1)", "f32[tokens/p, hidden]", "shard(broadcast(x, p), tokens/p)", 8192, 3 * 2 * 8192],
])("%s to %s: %s", (found, wanted, words, perRank, inAll) => {
  const { name, message, fixes } = only(`x: ${found}`, wanted, "x");
  expect(name).toBe("layout-mismatch");
  const offered = `\`${words}\` (${formatBytes(perRank)} to a rank, ${formatBytes(inAll)} in all)`;
  expect(message).toContain(offered);
  expect(fixes).toHaveLength(1);
  expect(checkText(`layer a(x: ${found}) -> out: ${wanted} { return ${words} }`).diagnostics).toEqual([]);
});

test("of what every rank has, no word makes parts of a fold, or a value of one position", () => {
  expect(only("x: f32[tokens]", "f32[tokens] pending sum over p", "x").fixes ?? []).toEqual([]);
  expect(only("x: f32[tokens]", "f32[tokens] at p(0)", "x").fixes ?? []).toEqual([]);
});

test("a value pending over several mesh axes is shown as it is written", () => {
  const { message } = only("d: f32[tokens] pending sum over (p, q)", "f32[tokens]", "d");
  expect(message).toContain("f32[tokens] pending sum over (p, q) here");
});

test("the op of a nested call is suggested by the name its value has", () => {
  const text = `layer a(x: f32[tokens/p]) -> out: f32[tokens] { return all_gather(relu(x), tokens/p) }
schedule s of a { overlap relu -> out }`;
  expect(checkText(text).diagnostics[0]).toMatchObject({
    name: "unknown-name",
    message: expect.stringContaining("`out.relu`") as string,
  });
});

test("a block comment is one mistake, which says what comments are", () => {
  const { diagnostics } = checkText(
    "/* a \n b ** c */ layer a(x: f32[tokens]) -> out: f32[tokens] { return relu(x) } /* open",
  );
  expect(diagnostics.map(({ name, message }) => `${name}: ${message}`)).toEqual(
    Array(2).fill("unknown-character: `/*` means nothing here. Comments begin with `//` and end with the line."),
  );
});
