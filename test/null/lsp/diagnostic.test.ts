import { expect, test } from "vitest";
import { openEditor } from "../../support/editor.js";

const broken = `import { h800_node } from "std/machines"
import { matmul } from "std/ops"
param n = 8
mesh on h800_node { tp: 8 }
layer f(x: bf16[n/tp, n], w: bf16[n, n]) -> y: bf16[n/tp, n] {
  return matmul(x, «v»)
}
`;

test("what is wrong is told as it is typed, at its place", async () => {
  const editor = await openEditor();
  const document = editor.open("a.stretto", broken);
  const [first, ...others] = await editor.diagnosticsOf(document);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ range: document.range(), severity: 1, source: "stretto", code: "ST2101" });
  const { start, end } = document.ranges[0]!;
  const mended = editor.edit(document, start, end, "w");
  expect(await editor.diagnosticsOf(mended)).toEqual([]);
});

test("a file that is imported is read as it is open, and what depends on it is told again", async () => {
  const library = `op twice(x: T[n]) -> T[n] = 2 * x[n]\n`;
  const user = `import { twice } from "./library.stretto"\nimport { h800_node } from "std/machines"
param n = 8
mesh on h800_node { tp: 8 }
layer f(x: bf16[n/tp]) -> y: bf16[n/tp] { return twice(x) }
`;
  const editor = await openEditor({ files: { "library.stretto": library } });
  const document = editor.open("a.stretto", user);
  expect(await editor.diagnosticsOf(document)).toEqual([]);
  const opened = editor.open("library.stretto", library);
  expect(await editor.diagnosticsOf(opened)).toEqual([]);
  editor.replace(opened, library.replace("twice", "thrice"));
  const told = await editor.diagnosticsOf(document, (diagnostics) => diagnostics.length > 0);
  expect(told[0]).toMatchObject({ range: { start: { line: 0 } } });
  expect(told[0]!.message).toContain("twice");
});

test("a client that pulls is not pushed to", async () => {
  const editor = await openEditor({ client: { textDocument: { diagnostic: {} } } });
  const document = editor.open("a.stretto", broken);
  const report = await editor.ask<{ kind: string; items: { code: string }[] }>("textDocument/diagnostic", document);
  expect(report).toMatchObject({ kind: "full", items: [{ code: "ST2101" }] });
});
