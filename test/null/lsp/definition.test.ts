import { describe, expect, test } from "vitest";
import type { Location, LocationLink } from "vscode-languageserver";
import { modernClient, openEditor } from "../../support/editor.js";

const head = `import { h800_node } from "std/machines"
import { dispatch, matmul } from "std/ops"
param tokens = 64, hidden = 32, experts = 8
mesh on h800_node { ep: 8 }
table gate: tokens -> experts, top(2) = uniform seed 1
layer f(x: bf16[tokens/ep, hidden], w: bf16[hidden, hidden]) -> y: bf16[tokens/ep, hidden] {
  let h = matmul(x, w)
  return matmul(h, w)
}
schedule s of f { order h as y }
`;

/** What stands at the places that a request leads to, each with its line. */
async function leadsTo(request: "definition" | "typeDefinition", plain: string, marked: string): Promise<string[]> {
  expect(head).toContain(plain);
  const editor = await openEditor();
  const document = editor.open("a.stretto", head.replace(plain, marked));
  const found = await editor.ask<Location[] | null>(`textDocument/${request}`, document, {
    position: document.cursor(),
  });
  return (found ?? []).map(({ uri, range }) => {
    const file = uri.split("/").slice(-2).join("/");
    if (uri !== document.uri) return file;
    const line = document.text.split("\n")[range.start.line]!;
    return `${range.start.line + 1}: ${line.slice(range.start.character, range.end.character)}`;
  });
}

describe("definition", () => {
  test.each([
    ["let h = mat", "let h = m┆at", ["std/ops.stretto"]],
    ["matmul(x, w)", "matmul(┆x, w)", ["6: x"]],
    ["order h as", "order ┆h as", ["7: h"]],
    ["as y }", "as ┆y }", ["6: y"]],
    ["bf16[tokens/ep", "bf16[tok┆ens/ep", ["3: tokens"]],
    ["tokens/ep", "tokens/e┆p", ["4: ep"]],
    ["of f", "of ┆f", ["6: f"]],
    ["on h800", "on h┆800", ["std/machines.stretto"]],
    ["top(2)", "t┆op(2)", []],
  ])("%s", async (plain, marked, expected) => expect(await leadsTo("definition", plain, marked)).toEqual(expected));

  test("a path that names a call leads to the call", async () => {
    const editor = await openEditor();
    const text = `${head}layer g(x: bf16[tokens/ep, hidden]) -> y: bf16[rows(gate)/ep by to, hidden] {\n  let sent = dispatch(x, gate)\n  return sent\n}\nschedule t of g { order sent.ta┆ke as y }\n`;
    const document = editor.open("a.stretto", text);
    const at = { position: document.cursor() };
    const [call] = await editor.ask<Location[]>("textDocument/definition", document, at);
    const [op] = await editor.ask<Location[]>("textDocument/typeDefinition", document, at);
    expect(call!.uri).toMatch(/std\/ops\.stretto$/);
    expect(op!.uri).toBe(call!.uri);
    expect(call!.range.start.line).toBeGreaterThan(op!.range.start.line);
  });

  test("a client that takes links is told what to underline and what to show", async () => {
    const client = { ...modernClient, textDocument: { definition: { linkSupport: true } } };
    const editor = await openEditor({ client });
    const document = editor.open("a.stretto", head.replace("order h as", "order «h»┆ as"));
    const [link] = await editor.ask<LocationLink[]>("textDocument/definition", document, {
      position: document.cursor(),
    });
    expect(link).toMatchObject({ targetUri: document.uri, originSelectionRange: document.range() });
    expect(link!.targetRange.end.character).toBeGreaterThan(link!.targetSelectionRange.end.character);
  });

  test("where there is no name, nothing is found", async () => {
    expect(await leadsTo("definition", "{ order", "┆{ order")).toEqual([]);
  });
});

describe("type definition", () => {
  test.each([
    ["order h as", "order ┆h as", ["std/ops.stretto"]],
    ["(x, w)", "(┆x, w)", ["3: tokens", "3: hidden"]],
    ["table gate", "table g┆ate", ["3: tokens", "3: experts"]],
    ["tokens/ep", "tokens/e┆p", ["std/machines.stretto"]],
    ["schedule s", "schedule ┆s", ["6: f"]],
    ["param tok", "param t┆ok", []],
  ])("%s", async (plain, marked, expected) => expect(await leadsTo("typeDefinition", plain, marked)).toEqual(expected));
});
