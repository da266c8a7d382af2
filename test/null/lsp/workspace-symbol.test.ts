import { describe, expect, test } from "vitest";
import type { SymbolInformation } from "vscode-languageserver";
import { openEditor } from "../../support/editor.js";

const source = `param «tokens» = 64, hidden = 32
table gate: tokens -> hidden, top(2) = uniform with next: hidden = to
schedule s of f { }
check s { no race }
`;

describe("symbols of a workspace", () => {
  async function asked(query: string) {
    const editor = await openEditor({
      files: { "b.stretto": "param tokens_of_b = 1\nlayer token(x: f32[4]) -> y: f32[4] { return x }" },
    });
    const document = editor.open("a.stretto", source);
    const found = await editor.connection.sendRequest<SymbolInformation[]>("workspace/symbol", { query });
    return { found, document, names: found.map(({ name }) => name) };
  }
  const named = async (query: string) => (await asked(query)).names;

  test("are told with the place of the name", async () => {
    const { found, document } = await asked("tokens");
    expect(found[0]).toMatchObject({ name: "tokens", location: { uri: document.uri, range: document.range() } });
  });

  test("are found by name, its beginning, a part, its letters in order", async () => {
    expect(await named("tokens")).toEqual(["tokens", "tokens_of_b"]);
    expect(await named("TOK")).toEqual(["token", "tokens", "tokens_of_b"]);
    expect(await named("of_b")).toEqual(["tokens_of_b"]);
    expect(await named("tkb")).toEqual(["tokens_of_b"]);
    expect(await named("nothing")).toEqual([]);
  });
  test("are all where nothing is asked for, but for checks", async () => {
    const all = await named("");
    expect(all).toContain("gate");
    expect(all).not.toContain("check s");
  });
});
