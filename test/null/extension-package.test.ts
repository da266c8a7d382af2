import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageExtension, type PackagedExtension } from "../../scripts/package-extension.mjs";
import { readManifest } from "../support/project.js";

let folder: string;
let packaged: PackagedExtension;
let entries: Readonly<Record<string, Uint8Array>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "stretto-vsix-"));
  packaged = await packageExtension(folder);
  entries = unzipSync(readFileSync(packaged.path));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const textOf = (path: string): string => new TextDecoder().decode(entries[path]);

test("the package is smaller than 3 MB, and has all that the extension is made of", () => {
  expect(packaged.bytes).toBeLessThan(3e6);
  for (const path of [
    ...["[Content_Types].xml", "extension.vsixmanifest", "extension/package.json", "extension/README.md"],
    ...["extension/out/node.js", "extension/out/browser.js", "extension/out/webview/timeline.js"],
    ...["extension/out/server/node.js", "extension/out/server/browser.js", "extension/std/ops.stretto"],
    ...["extension/docs/diagnostics/ST2101-unknown-name.md", "extension/LICENSE.txt"],
  ])
    expect(Object.keys(entries), path).toContain(path);
});

test("every file in it has a type, and the manifest the product's version", () => {
  const types = textOf("[Content_Types].xml");
  expect(types).not.toContain("undefined");
  for (const path of Object.keys(entries).filter((each) => each !== "[Content_Types].xml"))
    expect(types).toContain(`Extension=".${path.split(".").at(-1)}"`);
  const { version, type } = JSON.parse(textOf("extension/package.json")) as { version: string; type?: string };
  expect(version).toBe((readManifest() as unknown as { version: string }).version);
  expect(type).toBeUndefined();
  expect(textOf("extension.vsixmanifest")).toContain(`Version="${version}"`);
});

test("the same sources make the same package", async () => {
  const before = readFileSync(packaged.path);
  await packageExtension(folder);
  expect(readFileSync(packaged.path).equals(before)).toBe(true);
});

test("what runs in a browser asks nothing of Node, and pages name no address", () => {
  for (const path of ["extension/out/browser.js", "extension/out/server/browser.js"])
    expect(textOf(path), path).not.toMatch(/(?<!\.)\brequire\("(?!vscode")[^"]*"\)/);
  for (const path of ["extension/out/webview/timeline.js", "extension/out/webview/graph.js"])
    expect(textOf(path).replaceAll("http://www.w3.org/2000/svg", ""), path).not.toMatch(/https?:\/\//);
});
