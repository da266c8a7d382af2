import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../support/command-line.js";
import { installBuilt, runInstalled } from "../support/installed-package.js";

// A package of its own keeps code beside its own packages.
const folder = temporaryFolder();
const program = join(folder.path, "node_modules/stretto/dist/cli/program/program.cjs");
const cache = join(folder.path, "node_modules/.cache/stretto");
const kept = () => readdirSync(cache).filter((name) => name.startsWith("program.cjs-check-"));
const first = "param n = 4\n";
const check = () => runInstalled(folder.path, "stretto", "check", "a.stretto");

beforeAll(() => {
  installBuilt(folder.path);
  writeFileSync(join(folder.path, "a.stretto"), first);
});
afterAll(() => folder.remove());

test("the code of a command is kept when it has run, and the next run says the same", () => {
  const before = check();
  expect(before.code).toBe(0);
  expect(kept()).toHaveLength(1);
  const [name] = kept();
  const bytes = readFileSync(join(cache, name!));
  expect(check()).toEqual(before);
  expect(readFileSync(join(cache, name!)).equals(bytes)).toBe(true);
});

test("code that was damaged is not run", () => {
  const path = join(cache, kept()[0]!);
  const bytes = readFileSync(path);
  for (const damaged of [
    bytes.subarray(0, 1000),
    bytes.map((byte, at) => (at > 5000 && at % 97 === 0 ? byte ^ 1 : byte)),
  ]) {
    writeFileSync(path, damaged);
    expect(check().code).toBe(0);
    expect(readFileSync(path).equals(damaged)).toBe(false);
  }
});

test("another program of the same length is not run by the code of the one before, which is gone", () => {
  const text = readFileSync(program, "utf8");
  const changed = text.replaceAll("Print the version.", "Print the Version.");
  expect(changed).not.toBe(text);
  const [before] = kept();
  writeFileSync(program, changed);
  expect(check().code).toBe(0);
  expect(kept()).toHaveLength(1);
  expect(kept()).not.toEqual([before]);
  expect(runInstalled(folder.path, "stretto", "--help").printed).toContain("Print the Version.");
});
