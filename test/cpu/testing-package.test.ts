import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../support/command-line.js";
import { installPacked, runInstalled } from "../support/installed-package.js";
import { fencesOf } from "../support/fences.js";
import { projectRoot, readProjectFile } from "../support/project.js";

// examples/ci away from here, with the package as npm packs it.

const folder = temporaryFolder();
afterAll(() => folder.remove());
beforeAll(() => {
  cpSync(join(projectRoot, "examples/ci"), folder.path, { recursive: true });
  installPacked(folder.path);
});

const schedules = (): string => readFileSync(join(folder.path, "moe.stretto"), "utf8");

/** Runs the sample's tests over another text of its schedules. */
function testsOver(text: string) {
  const kept = schedules();
  writeFileSync(join(folder.path, "moe.stretto"), text);
  try {
    return runInstalled(folder.path, "vitest", "run", "--maxWorkers=1");
  } finally {
    writeFileSync(join(folder.path, "moe.stretto"), kept);
  }
}

describe("the sample repository, from the packed tarball", () => {
  test("passes all its tests", () => {
    const { code, printed } = runInstalled(folder.path, "vitest", "run", "--maxWorkers=1");
    expect(printed).toMatch(/Tests {2}8 passed \(8\)/);
    expect(code).toBe(0);
  });

  test("is typed: its tests compile, and a matcher that there is not does not", () => {
    expect(runInstalled(folder.path, "tsc")).toEqual({ code: 0, printed: "" });
    const tests = readFileSync(join(folder.path, "tests/schedules.test.ts"), "utf8");
    writeFileSync(join(folder.path, "tests/wrong.ts"), tests.replace("toHide(0.8)", 'toHide("80 %")'));
    const { code, printed } = runInstalled(folder.path, "tsc");
    rmSync(join(folder.path, "tests/wrong.ts"));
    expect(printed).toContain("tests/wrong.ts");
    expect(printed).toContain("Argument of type 'string' is not assignable to parameter of type 'number'");
    expect(code).not.toBe(0);
  });

  test("has types that need no others: the library's own are checked too", () => {
    const own =
      'import { load } from "stretto/testing";\nexport const { hidden } = load("a").schedule("b").predict();\n';
    writeFileSync(join(folder.path, "own.ts"), own);
    const strict = [
      "--strict",
      "--noEmit",
      "--target",
      "es2023",
      "--module",
      "nodenext",
      "--types",
      "",
      "--ignoreConfig",
    ];
    expect(runInstalled(folder.path, "tsc", ...strict, "own.ts")).toEqual({ code: 0, printed: "" });
    rmSync(join(folder.path, "own.ts"));
  });

  test("has a command that finds its claims to hold", () => {
    const { code, printed } = runInstalled(folder.path, "stretto", "check", "moe.stretto");
    expect(printed).toContain("holds  no deadlock");
    expect(code).toBe(0);
  });

  test("fails with the number, the limit and the line where a schedule got worse", () => {
    const { code, printed } = testsOver(schedules().replace(/^ {2}(overlap|order|run) .*\n/gm, ""));
    const shown = fencesOf(readProjectFile("examples/ci/README.md")).find(({ language }) => language === "text")!;
    expect(shown.body).toContain("measured: 0.0 %\n  limit:    80.0 %\n");
    expect(printed).toContain(shown.body);
    expect(printed).toMatch(/Tests {2}2 failed \| 6 passed/);
    expect(code).toBe(1);
  });

  test("fails with the diagnostic, as the command prints it, where the file is wrong", () => {
    const wrong = schedules().replace("dispatch(x, gate)", "dispatch(y, gate)");
    const { code, printed } = testsOver(wrong);
    expect(printed).toContain("StrettoError: moe.stretto:");
    expect(printed).toMatch(/error ST2101 unknown-name: .*`y`/);
    expect(code).toBe(1);
  });

  test("has nothing in it of the machine it was packed on", () => {
    const own = join(folder.path, "node_modules/stretto");
    const types = readdirSync(join(own, "dist/testing"), { recursive: true, encoding: "utf8" });
    for (const path of types.filter((name) => /\.(js|ts)$/.test(name)))
      expect(readFileSync(join(own, "dist/testing", path), "utf8"), path).not.toContain(projectRoot);
  });
});
