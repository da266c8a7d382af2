import type { Hover, MarkupContent } from "vscode-languageserver";
import { expect, test } from "vitest";
import { heldBackground, soon } from "../../support/background.js";
import { modernClient, openEditor, type Editor, type OpenDocument } from "../../support/editor.js";

const source = `import { h800_node } from "std/machines"
import { dispatch, matmul, combine } from "std/ops"
/// How many tokens.
param tokens = 1024, hidden = 512
param experts = 8
mesh on h800_node { ep: 4, tp: 2 }
table gate: tokens -> experts, top(2) = uniform seed 1
/// Two products.
layer twice(x: bf16[tokens/ep, hidden], w: bf16[hidden, hidden/tp], v: bf16[hidden/tp, hidden]) -> out: bf16[tokens/ep, hidden] {
  let h = matmul(x, w)
  let y = matmul(h, v)
  return all_reduce(y)
}
layer route(x: bf16[tokens/ep, hidden]) -> out: bf16[tokens/ep, hidden] {
  let sent = dispatch(x, gate)
  return combine(sent, gate)
}
schedule plain of route {
  overlap sent -> out by rows
  order sent.take as x
}
`;

/** What is said at the place where \`marked\` has its cursor, which is else as the source. */
async function hoverAt(
  editor: Editor,
  document: OpenDocument,
  needle: string,
): Promise<{ text: string; word: string }> {
  const at = document.text.indexOf(needle.replace("┆", "")) + needle.indexOf("┆");
  const position = document.positionAt(at);
  const hover = await editor.ask<Hover | null>("textDocument/hover", document, { position });
  if (hover === null) return { text: "", word: "" };
  const { start, end } = hover.range!;
  const line = document.text.split("\n")[start.line]!;
  expect(start.line).toBe(end.line);
  return { text: (hover.contents as MarkupContent).value, word: line.slice(start.character, end.character) };
}

test("a value is told with its type, its layout in words, its bytes, and what makes it", async () => {
  const editor = await openEditor();
  const document = editor.open("a.stretto", source);
  const h = await hoverAt(editor, document, "let ┆h =");
  expect(h.word).toBe("h");
  expect(h.text).toContain("h: bf16[tokens/ep, hidden/tp]");
  expect(h.text).toContain("divided over `ep` (4) along `tokens`; divided over `tp` (2) along `hidden`");
  // 256 x 256 elements of 2 bytes on each of 8 ranks.
  expect(h.text).toContain("131.1 KB on each rank, 1.049 MB in all");
  // 2 * 256 * 256 * 512 operations; x is 256 x 512, w 512 x 256.
  expect(h.text).toContain("67.1 MFLOP on rank 0, 524.3 KB read, 131.1 KB written");
  expect(h.text).toContain("bound by memory");
  const y = await hoverAt(editor, document, "matmul(h, v)\n  return all_reduce(┆y)");
  expect(y.text).toContain("pending sum over tp");
  const out = await hoverAt(editor, document, "-> ┆out: bf16[tokens/ep, hidden] {\n  let h");
  expect(out.text).toContain("`all_reduce` moves");
  expect(out.text).toContain("bound by link");
});

test("a value in a schedule, also one of a call's, is the layer's", async () => {
  const editor = await openEditor();
  const document = editor.open("a.stretto", source);
  const sent = await hoverAt(editor, document, "overlap ┆sent");
  expect(sent.text).toContain("sent: bf16[rows(gate)/ep by to, hidden]");
  expect(sent.text).toContain("`all_to_all` moves");
  const take = await hoverAt(editor, document, "order sent.┆take");
  expect(take.word).toBe("take");
  expect(take.text).toContain("sent.take: bf16[rows(gate)/ep by from, hidden]");
});

test("declarations are told with their values and documentation", async () => {
  const editor = await openEditor();
  const document = editor.open("a.stretto", source);
  const texts = async (needle: string) => (await hoverAt(editor, document, needle)).text;
  expect(await texts("x: bf16[┆tokens")).toMatch(/param tokens = 1024[^]*is 1,024/);
  expect(await texts("dispatch(x, ┆gate)")).toMatch(/2,048 rows[^]*busiest target: \d/);
  expect(await texts("bf16[tokens/┆ep")).toContain("4 positions");
  expect(await texts("on ┆h800_node")).toMatch(/`gpu` x 8[^]*132 SMs/);
  expect(await texts("layer ┆twice")).toContain("Two products.");
  expect(await texts("= ┆matmul(x")).toMatch(/op matmul[^]*sum\[k\]/);
  expect(await texts("let sent = ┆dispatch")).toMatch(/layer dispatch[^]*`all_to_all` moves/);
  expect(await texts("schedule ┆plain")).toContain("of `route`");
});

test("words of the language are told by what they say", async () => {
  const editor = await openEditor();
  const document = editor.open("a.stretto", source);
  expect(await hoverAt(editor, document, "┆overlap sent")).toEqual({
    word: "overlap",
    text: expect.stringContaining("Removes the barriers among values") as string,
  });
  expect((await hoverAt(editor, document, "return ┆all_reduce")).text).toContain("a word of the language");
  expect((await hoverAt(editor, document, "x: ┆bf16")).text).toContain("2 bytes an element");
  expect((await hoverAt(editor, document, "/// ┆How")).text).toBe("");
});

test("in a layer with an error, what is known is told", async () => {
  const editor = await openEditor();
  const document = editor.open("a.stretto", source.replace("matmul(h, v)", "matmul(h, nothing)"));
  const h = await hoverAt(editor, document, "let ┆h =");
  expect(h.text).toContain("h: bf16[tokens/ep, hidden/tp]");
  expect(h.text).toContain("131.1 KB on each rank");
});

test("a client that reads no Markdown has plain text", async () => {
  const editor = await openEditor({ client: { textDocument: { hover: { contentFormat: ["plaintext"] } } } });
  const document = editor.open("a.stretto", source);
  const { text } = await hoverAt(editor, document, "let ┆h =");
  expect(text).not.toMatch(/[`]/);
  expect(text).toMatch(/^h: bf16\[tokens\/ep, hidden\/tp\]\n/);
});

test("nothing waits for a background that never answers", async () => {
  const background = heldBackground();
  const editor = await openEditor({ client: modernClient, background: background.start });
  const document = editor.open("a.stretto", source);
  await expect.poll(() => background.jobs.length, soon).toBeGreaterThan(0);
  expect((await hoverAt(editor, document, "let ┆h =")).text).toContain("67.1 MFLOP");
});
