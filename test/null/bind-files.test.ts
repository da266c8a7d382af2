import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bind } from "../../compiler/bind/bind.js";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { createMemoryHost, largestFileBytes } from "../../compiler/bind/source-host.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { namesOf } from "../support/bind-text.js";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "stretto-bind-"));
  mkdirSync(join(folder, "inside"));
  writeFileSync(join(folder, "outside.stretto"), "param secret = 1");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, "inside", name);
function bindPath(path: string): readonly Diagnostic[] {
  return bind(path, createNodeHost(path)).diagnostics.list();
}
function bindBytes(name: string, bytes: string | Uint8Array): readonly Diagnostic[] {
  writeFileSync(at(name), bytes);
  return bindPath(at(name));
}

describe("what is given instead of a file", () => {
  test("nothing", () => {
    const diagnostics = bindPath(at("none.stretto"));
    expect(namesOf(diagnostics)).toEqual(["file-not-found"]);
    expect(diagnostics[0]).toMatchObject({ code: "ST7001", location: { file: at("none.stretto") } });
  });

  test("a path through a file", () => {
    bindBytes("plain.stretto", "");
    expect(namesOf(bindPath(at("plain.stretto/x.stretto")))).toEqual(["file-not-found"]);
  });

  test("a directory", () => {
    const [diagnostic] = bindPath(folder);
    expect(diagnostic).toMatchObject({ name: "not-a-file", message: expect.stringContaining("a directory") });
  });

  test("a device without end, and a pipe without a writer", () => {
    expect(namesOf(bindPath("/dev/zero"))).toEqual(["not-a-file"]);
    execFileSync("mkfifo", [at("pipe.stretto")]);
    expect(namesOf(bindPath(at("pipe.stretto")))).toEqual(["not-a-file"]);
  });

  test("links that lead round in a circle", () => {
    symlinkSync("b.stretto", at("a.stretto"));
    symlinkSync("a.stretto", at("b.stretto"));
    expect(namesOf(bindPath(at("a.stretto")))).toEqual(["file-unreadable"]);
  });
});

describe("contents", () => {
  test("bytes that are not UTF-8", () => {
    expect(namesOf(bindBytes("latin.stretto", Uint8Array.of(0x70, 0xe9, 0x20, 0xff)))).toEqual(["not-utf8"]);
  });

  test("a byte-order mark is no text", () => {
    expect(bindBytes("mark.stretto", "\ufeffparam tokens = 1")).toEqual([]);
  });

  test("a file at the limit is read, one byte more is refused", () => {
    const comment = (bytes: number) => `// ${"x".repeat(bytes - 3)}`;
    expect(bindBytes("full.stretto", comment(largestFileBytes))).toEqual([]);
    const [diagnostic] = bindBytes("over.stretto", comment(largestFileBytes + 1));
    expect(diagnostic).toMatchObject({
      name: "file-too-large",
      message: expect.stringContaining(String(largestFileBytes + 1)),
    });
  });

  test("a hundred megabytes are refused by their size", () => {
    writeFileSync(at("huge.stretto"), "param tokens = 1");
    truncateSync(at("huge.stretto"), 100_000_000);
    expect(namesOf(bindPath(at("huge.stretto")))).toEqual(["file-too-large"]);
  });
});

describe("imports", () => {
  test("files beside the entry, and the standard library", () => {
    writeFileSync(at("sizes.stretto"), "param tokens = 64");
    const text =
      'import { tokens } from "./sizes.stretto"\nimport { laptop } from "std/machines"\nparam rows = tokens * 2';
    writeFileSync(at("main.stretto"), text);
    const { bound, diagnostics } = bind(at("main.stretto"), createNodeHost(at("main.stretto")));
    expect(diagnostics.list()).toEqual([]);
    expect(bound?.params.get("rows")?.value).toBe(128);
  });

  test("a link out of the folder is not followed, a path out of it not read", () => {
    symlinkSync(join(folder, "outside.stretto"), at("link.stretto"));
    const link = bindBytes("to-link.stretto", 'import { secret } from "./link.stretto"');
    expect(namesOf(link)).toEqual(["file-outside-folder"]);
    const path = bindBytes("to-path.stretto", 'import { secret } from "../outside.stretto"');
    expect(namesOf(path)).toEqual(["import-outside-folder"]);
  });

  test("a file that is given as a link is read", () => {
    symlinkSync(join(folder, "outside.stretto"), at("given.stretto"));
    expect(bindPath(at("given.stretto"))).toEqual([]);
  });

  test("what is wrong with an imported file is told at the import", () => {
    writeFileSync(at("bytes.stretto"), Uint8Array.of(0xff));
    const text = 'import { a } from "./bytes.stretto"\nimport { b } from "./none.stretto"';
    const diagnostics = bindBytes("imports.stretto", text);
    expect(namesOf(diagnostics)).toEqual(["not-utf8", "import-not-found"]);
    expect(diagnostics.map(({ location }) => text.slice(location.span.start, location.span.end))).toEqual([
      '"./bytes.stretto"',
      '"./none.stretto"',
    ]);
  });
});

test("without the standard library nothing is taken for granted", () => {
  const { diagnostics } = bind("main.stretto", createMemoryHost({ "main.stretto": "param tokens = 1" }));
  expect(new Set(namesOf(diagnostics.list()))).toEqual(new Set(["standard-library-missing"]));
});
