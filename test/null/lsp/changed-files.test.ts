// Files that are not open: what they mean follows the disk.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { RegistrationParams, WorkspaceSymbol } from "vscode-languageserver";
import { createMemoryHost } from "../../../compiler/bind/source-host.js";
import { Disk } from "../../../lsp/documents/disk.js";
import { Workspace } from "../../../lsp/documents/workspace.js";
import { nodePlatform } from "../../../lsp/node/platform.js";
import { requests, type CheckBlock } from "../../../lsp/protocol.js";
import { modernClient, openEditor, type EditorOptions } from "../../support/editor.js";

/** An editor over files that a test changes, and the subjects of the checks of one. */
async function editorOver(files: Map<string, string>, options: EditorOptions = {}) {
  const editor = await openEditor({
    ...options,
    platform: {
      hostFor: () => createMemoryHost(files),
      stampOf: (path) => files.get(path),
      listFiles: (folder) => Promise.resolve([...files.keys()].filter((path) => path.startsWith(folder))),
    },
  });
  const checks = async (uri: string) =>
    (await editor.connection.sendRequest<CheckBlock[]>(requests.checks, { uri })).map(({ subject }) => subject);
  return { editor, checks };
}

const path = "/workspace/a.stretto";
const uri = `file://${path}`;
const checkOf = (subject: string): string => `check ${subject} { no deadlock }\n`;

test("a file that is not open is what it is on disk, once it is said to have changed", async () => {
  const files = new Map([[path, checkOf("first")]]);
  const { editor, checks } = await editorOver(files);
  expect(await checks(uri)).toEqual(["first"]);
  files.set(path, checkOf("second"));
  await editor.connection.sendNotification("workspace/didChangeWatchedFiles", { changes: [{ uri, type: 2 }] });
  expect(await checks(uri)).toEqual(["second"]);
});

test("a client that watches files is asked to", async () => {
  const client = { ...modernClient, workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } };
  const asked: RegistrationParams[] = [];
  const initialized = openEditor({
    client,
    onConnection: (one) => one.onRequest("client/registerCapability", (it) => void asked.push(it)),
  });
  const { answer } = await initialized;
  await expect.poll(() => asked.length).toBe(1);
  expect(asked[0]!.registrations).toMatchObject([
    {
      method: "workspace/didChangeWatchedFiles",
      registerOptions: { watchers: [{ globPattern: "**/*.{stretto,csv}" }] },
    },
  ]);
  expect(answer.capabilities.textDocumentSync).toMatchObject({ save: false });
});

test("for a client that watches none, files are looked at again when something is saved", async () => {
  const files = new Map([[path, checkOf("first")]]);
  const { editor, checks } = await editorOver(files);
  expect(await checks(uri)).toEqual(["first"]);
  files.set(path, checkOf("second"));
  const saved = { textDocument: { uri: "file:///workspace/b.stretto" } };
  await editor.connection.sendNotification("textDocument/didSave", saved);
  expect(await checks(uri)).toEqual(["second"]);
});

test("what a file holds by leave of who opened it, no import has", () => {
  const folder = mkdtempSync(join(tmpdir(), "stretto-disk-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "work"));
  writeFileSync(join(folder, "secret.stretto"), "param secret = 1\n");
  const [link, importer] = [join(folder, "work", "link.stretto"), join(folder, "work", "a.stretto")];
  symlinkSync(join(folder, "secret.stretto"), link);
  const disk = new Disk(nodePlatform);
  expect(disk.read(link, link)).toHaveProperty("text");
  expect(disk.read(importer, link)).toEqual({ problem: { kind: "outside" } });
});

test("few files that are not open are remembered", () => {
  const files = new Map(Array.from({ length: 40 }, (_, number) => [`/w/${number}.stretto`, "param a = 1\n"]));
  const workspace = new Workspace({ ...nodePlatform, hostFor: () => createMemoryHost(files) });
  const analysisOf = (number: number) => workspace.analysisOf(`file:///w/${number}.stretto`);
  const [first, second] = [analysisOf(0), analysisOf(1)];
  for (let number = 2; number < 33; number++) {
    analysisOf(number);
    expect(analysisOf(0)).toBe(first);
  }
  expect(analysisOf(1)).not.toBe(second);
});

test("folders of a workspace come and go; without any there is a root", async () => {
  const files = new Map([
    ["/one/a.stretto", "param in_one = 1\n"],
    ["/two/a.stretto", "param in_two = 1\n"],
  ]);
  const client = { ...modernClient, workspace: { ...modernClient.workspace, workspaceFolders: true } };
  const initialize = { workspaceFolders: null, rootUri: "file:///one" };
  const { editor } = await editorOver(files, { client, initialize });
  const names = async () =>
    (await editor.connection.sendRequest<WorkspaceSymbol[]>("workspace/symbol", { query: "in_" })).map(
      ({ name }) => name,
    );
  expect(await names()).toEqual(["in_one"]);
  const event = { added: [{ uri: "file:///two", name: "two" }], removed: [{ uri: "file:///one", name: "one" }] };
  await editor.connection.sendNotification("workspace/didChangeWorkspaceFolders", { event });
  expect(await names()).toEqual(["in_two"]);
});
