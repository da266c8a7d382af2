import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodePlatform } from "../../../lsp/node/platform.js";
import { openEditor } from "../../support/editor.js";

const { pathOf, uriOf, hostFor, listFiles } = nodePlatform;

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "stretto-platform-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test.each([
  "git:/work/a.stretto?%7B%22ref%22%3A%22%22%7D",
  "untitled:Untitled-1",
  "vscode-vfs://github/owner/a.stretto",
])("%s is no path of the disk, and back it is the same", (uri) => {
  expect(pathOf(uri)).not.toMatch(/^[\\/]/);
  expect(uriOf(pathOf(uri))).toBe(uri);
});

test("beside what is not on the disk only the standard library can be read", () => {
  const folder = temporaryFolder();
  const file = join(folder, "a.stretto");
  writeFileSync(file, "param a = 1\n");
  const host = hostFor(pathOf(`git:${file}`));
  expect(host.read("stretto:std/ops.stretto")).toHaveProperty("text");
  for (const path of [file, pathOf(`git:${file}`), "package.json"])
    expect(host.read(path)).toEqual({ problem: { kind: "missing" } });
});

test("an older version of a file that is opened beside it, and closed, is not the file", async () => {
  const editor = await openEditor();
  const document = editor.open("a.stretto", "param a = 1\n");
  const uri = `${document.uri.replace("file:", "git:")}?HEAD`;
  const textDocument = { uri, languageId: "stretto", version: 1, text: "param older = 1\n" };
  const named = async (of: { readonly uri: string }) =>
    (
      await editor.connection.sendRequest<{ name: string }[]>("textDocument/documentSymbol", {
        textDocument: { uri: of.uri },
      })
    ).map(({ name }) => name);
  await editor.connection.sendNotification("textDocument/didOpen", { textDocument });
  expect([await named(document), await named({ uri })]).toEqual([["a"], ["older"]]);
  await editor.connection.sendNotification("textDocument/didClose", { textDocument: { uri } });
  expect(await named(document)).toEqual(["a"]);
});

test("hidden folders are not looked through, nor more folders than there is time for", async () => {
  const folder = temporaryFolder();
  for (const path of ["a", ".cache", "node_modules", "far/far/far"]) {
    mkdirSync(join(folder, path), { recursive: true });
    writeFileSync(join(folder, path, "x.stretto"), "");
  }
  const listed = async () =>
    (await listFiles(folder, ".stretto", 10)).map((path) => path.slice(folder.length + 1)).sort();
  expect(await listed()).toEqual([join("a", "x.stretto"), join("far/far/far", "x.stretto")]);
  for (let number = 0; number < 5000; number++) mkdirSync(join(folder, `d${number}`));
  expect((await listed()).length).toBeLessThan(2);
});
