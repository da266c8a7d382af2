// What the server says it can do is tested: each capability has a file of tests here, with sources in which places are marked.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ableClient, openEditor } from "../../support/editor.js";

/** Tests of several capabilities in one file, and of those that go by another name. */
const elsewhere: Readonly<Record<string, string>> = {
  "document-formatting": "formatting",
  "document-range-formatting": "formatting",
  "document-on-type-formatting": "formatting",
  "execute-command": "requests",
  "text-document-sync": "diagnostic",
  "type-definition": "definition",
  workspace: "rename",
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

test("what depends on the client is there for one that can do all", async () => {
  const { answer } = await openEditor({ client: ableClient });
  const { capabilities } = answer;
  expect(Object.keys(capabilities)).toEqual(expect.arrayContaining(["callHierarchyProvider", "diagnosticProvider"]));
  expect(capabilities.workspace?.fileOperations?.willRename?.filters).not.toHaveLength(0);
});

test("each capability has tests with marked sources", async () => {
  const { answer } = await openEditor({ client: ableClient });
  const untested = Object.keys(answer.capabilities).filter((capability) => {
    const name = kebab(capability.replace(/Provider$/, ""));
    const file = fileURLToPath(new URL(`${elsewhere[name] ?? name}.test.ts`, import.meta.url));
    return !existsSync(file) || !/[┆«]/.test(readFileSync(file, "utf8"));
  });
  expect(untested).toEqual([]);
});
