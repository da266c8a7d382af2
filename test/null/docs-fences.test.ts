import { expect, test } from "vitest";
import { fencesOf, matchesTranscript, shellSteps } from "../support/fences.js";
import { readYaml } from "../support/yaml-reader.js";

test("fences are found with their language, words and place", () => {
  const page =
    "# A\n\n```stretto error=ST2303 file=a.stretto part\nparam a = 1 / 0\n```\n\n- b\n\n  ```sh\n  $ c\n  ```\n";
  const [first, second, ...more] = fencesOf(page);
  expect(first).toMatchObject({ line: 3, language: "stretto", body: "param a = 1 / 0\n" });
  expect([...first!.info]).toEqual([
    ["error", "ST2303"],
    ["file", "a.stretto"],
    ["part", ""],
  ]);
  expect(second).toMatchObject({ line: 9, language: "sh", body: "$ c\n" });
  expect(more).toEqual([]);
});

test("a transcript is commands, each with what it prints", () => {
  expect(shellSteps("$ a\nx\ny\n$ b\n")).toEqual([
    { command: "a", expected: ["x", "y"] },
    { command: "b", expected: [] },
  ]);
});

test("what is printed must be what the page says, but for `...`", () => {
  expect(matchesTranscript(["a b", "c"], "a b\nc\n")).toBe(true);
  expect(matchesTranscript(["a ... c"], "a anything c\n")).toBe(true);
  expect(matchesTranscript(["a", "...", "z"], "a\nb\nc\nz\n")).toBe(true);
  expect(matchesTranscript(["a", "..."], "a\n")).toBe(true);
  expect(matchesTranscript(["a.b"], "axb\n")).toBe(false);
  expect(matchesTranscript(["a"], "a\nb\n")).toBe(false);
  expect(matchesTranscript(["a", "b"], "a\n")).toBe(false);
  expect(matchesTranscript(["a ... c"], "a b\nc\n")).toBe(false);
});

test("YAML is read as data, and what is none is refused", () => {
  const text = `on:\n  push: { branches: [main] }\n  pull_request:\nsteps:\n  - run: |\n      a: b\n      c\n  - "x\\ty"\n  - 20\n`;
  expect(readYaml(text)).toEqual({
    on: { push: { branches: ["main"] }, pull_request: null },
    steps: [{ run: "a: b\nc\n" }, "x\ty", 20],
  });
  for (const [none, problem] of [
    ["a: b: c\n", "Nested mappings"],
    ["a: [b\n", "Flow sequence"],
    ["a: 1\na: 2\n", "a key twice"],
    ["a:\n\t- b\n", "Tabs are not allowed"],
    ["a: *b\n", "alias"],
    ["a: 1\n---\nb: 1\n", "2 documents"],
  ] as const) {
    expect(() => readYaml(none), none).toThrow(problem);
  }
});
