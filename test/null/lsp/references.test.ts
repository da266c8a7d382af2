import { describe, expect, test } from "vitest";
import type { Location } from "vscode-languageserver";
import { openEditor } from "../../support/editor.js";

const library = "param «width» = 4\nop twice(x: T[n]) -> T[n] = 2 * x[n]\nparam other = «width» + 1\n";
const user = `import { «wi┆dth», twice as double } from "./library.stretto"
param n = 2 * «width»
profile small { «width» = 2, n = 3 }
layer f(x: f32[n]) -> y: f32[n] { return double(x) }
schedule s of f { }
`;

const sorted = (places: readonly { range: Location["range"] }[]) =>
  places.map(({ range }) => range).sort((a, b) => a.start.line - b.start.line || a.start.character - b.start.character);

describe("references", () => {
  test("are found in files that import the name, open or not", async () => {
    const editor = await openEditor({ files: { "library.stretto": library.replaceAll(/[«»]/g, "") } });
    const document = editor.open("a.stretto", user);
    const ask = (includeDeclaration: boolean) =>
      editor.ask<Location[]>("textDocument/references", document, {
        position: document.cursor(),
        context: { includeDeclaration },
      });
    const all = await ask(true);
    const own = all.filter(({ uri }) => uri === document.uri);
    expect(sorted(own)).toEqual(document.ranges.map((_, index) => document.range(index)));
    expect(all.length - own.length).toBe(2);
    expect(await ask(false)).toHaveLength(all.length - 1);
  });

  test("of what an import gives another name, include that name", async () => {
    const editor = await openEditor({ files: { "a.stretto": user.replaceAll(/[«»┆]/g, "") } });
    const document = editor.open("library.stretto", library.replaceAll(/[«»]/g, "").replace("op twi", "op t┆wi"));
    const found = await editor.ask<Location[]>("textDocument/references", document, {
      position: document.cursor(),
      context: { includeDeclaration: true },
    });
    expect(found.filter(({ uri }) => uri.endsWith("a.stretto"))).toHaveLength(3);
    expect(found.filter(({ uri }) => uri === document.uri)).toHaveLength(1);
  });

  test("of a word of the language are wherever it stands", async () => {
    const layer = "layer f(x: f32[n/r]) -> y: f32[n] { return all_gather(x, n) }\n";
    const mesh = "mesh on laptop { r: 2 }\nparam n = 4\n";
    const editor = await openEditor({ files: { "b.stretto": mesh + layer, "c.stretto": "param n = 4\n" } });
    const document = editor.open("a.stretto", mesh + layer.replace("all_gather", "«all_ga┆ther»"));
    const found = await editor.ask<Location[]>("textDocument/references", document, {
      position: document.cursor(),
      context: { includeDeclaration: true },
    });
    const own = found.filter(({ uri }) => uri === document.uri);
    expect(own.map(({ range }) => range)).toEqual([document.range(0)]);
    expect(found.filter(({ uri }) => uri.endsWith("b.stretto"))).toHaveLength(1);
    expect(found).toHaveLength(2);
  });

  test("of what nothing declares are none", async () => {
    const editor = await openEditor();
    const document = editor.open("a.stretto", "param x = no┆thing");
    const context = { includeDeclaration: true };
    const found = await editor.ask("textDocument/references", document, { position: document.cursor(), context });
    expect(found).toBeNull();
  });
});
