import { expect, test, vi } from "vitest";
import type { Connection } from "vscode-languageserver";
import { browserPlatform } from "../../../lsp/browser/platform.js";
import { requests } from "../../../lsp/protocol.js";
import { readProjectFile } from "../../support/project.js";

const standard = { "ops.stretto": readProjectFile("std/ops.stretto") };

/** A platform whose editor has these files. */
function platformOver(files: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const sendRequest = (method: string, { uri }: { uri: string }): Promise<unknown> => {
    asked.push(uri);
    return Promise.resolve(method === requests.list ? Object.keys(files) : (files[uri] ?? null));
  };
  const platform = browserPlatform({ sendRequest } as unknown as Connection, standard, () => {
    throw new Error("nothing is predicted here");
  });
  return { platform, asked };
}

test.each([
  ["file:///work/a.stretto", "/file/-/work/a.stretto"],
  ["vscode-vfs://github/owner/a%20b/c.stretto", "/vscode-vfs/github/owner/a b/c.stretto"],
  ["stretto:/std/ops.stretto", "stretto:std/ops.stretto"],
])("%s is the path %s, and back", (uri, path) => {
  const { platform } = platformOver({});
  expect(platform.pathOf(uri)).toBe(path);
  expect(platform.uriOf(path)).toBe(uri);
});

test("a file is missing until the editor has sent it; whoever asks meanwhile does not ask again", async () => {
  const { platform, asked } = platformOver({ "file:///work/b.stretto": "param b = 1\n" });
  const arrived = vi.fn<(path: string) => void>();
  platform.onArrival!(arrived);
  const host = platform.hostFor("/file/-/work/a.stretto");
  const missing = { problem: { kind: "missing" } };
  expect([host.read("/file/-/work/b.stretto"), host.read("/file/-/work/b.stretto")]).toEqual([missing, missing]);
  await vi.waitFor(() => expect(arrived).toHaveBeenCalledWith("/file/-/work/b.stretto"));
  expect(host.read("/file/-/work/b.stretto")).toEqual({ text: "param b = 1\n" });
  expect(asked).toEqual(["file:///work/b.stretto"]);
});

test("what has come may be read by several, until it is said to have changed", async () => {
  const { platform, asked } = platformOver({ "file:///work/sub/b.stretto": "param b = 1\n" });
  const arrived = vi.fn<(path: string) => void>();
  platform.onArrival!(arrived);
  const path = "/file/-/work/sub/b.stretto";
  const hosts = ["/file/-/work/a.stretto", path].map((entry) => platform.hostFor(entry));
  hosts[0]!.read(path);
  await vi.waitFor(() => expect(arrived).toHaveBeenCalledOnce());
  expect(hosts.map((host) => host.read(path))).toEqual([{ text: "param b = 1\n" }, { text: "param b = 1\n" }]);
  expect(asked).toHaveLength(1);
  platform.forget!(path);
  expect(hosts[1]!.read(path)).toEqual({ problem: { kind: "missing" } });
  expect(asked).toHaveLength(2);
});

test("nothing outside the folder of what was opened is asked for", () => {
  const { platform, asked } = platformOver({});
  const host = platform.hostFor("/file/-/work/a.stretto");
  expect(host.read("/file/-/secret.stretto")).toEqual({ problem: { kind: "outside" } });
  expect(asked).toEqual([]);
});

test("the standard library is there at once, and the workspace's files are the editor's", async () => {
  const { platform } = platformOver({ "file:///work/b.stretto": "" });
  expect(platform.hostFor("/file/-/work/a.stretto").read("stretto:std/ops.stretto")).toHaveProperty("text");
  expect(await platform.listFiles("/file/-/work", ".stretto", 10)).toEqual(["/file/-/work/b.stretto"]);
});
