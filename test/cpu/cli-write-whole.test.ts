import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeFolder, writeWhole } from "../../cli/support/write-whole.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stretto-write-"));
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true });
});

describe("a file is written whole", () => {
  test("from any number of chunks, over what was there", () => {
    const path = join(folder, "out.json");
    writeFileSync(path, "something old and much longer than the new");
    expect(writeWhole(path, ["a", "b", "", "c"])).toBeUndefined();
    expect(readFileSync(path, "utf8")).toBe("abc");
    expect(readdirSync(folder)).toEqual(["out.json"]);
  });

  test("also where chunks are many and large", () => {
    const path = join(folder, "large");
    function* chunks(): Generator<string> {
      for (let index = 0; index < 5000; index++) yield `${String(index).padStart(7)}${"é".repeat(500)}\n`;
    }
    expect(writeWhole(path, chunks())).toBeUndefined();
    expect(readFileSync(path, "utf8")).toBe([...chunks()].join(""));
  });

  test("and an empty one is there", () => {
    expect(writeWhole(join(folder, "empty"), [])).toBeUndefined();
    expect(readFileSync(join(folder, "empty"), "utf8")).toBe("");
  });
});

describe("or not at all", () => {
  test("a fault while chunks are made leaves the old file and nothing beside it", () => {
    const path = join(folder, "out.json");
    writeFileSync(path, "old");
    function* chunks(): Generator<string> {
      yield "x".repeat(3 << 20);
      throw new Error("the maker failed");
    }
    expect(() => writeWhole(path, chunks())).toThrow("the maker failed");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["out.json"]);
  });

  test("a folder of that name is in the way", () => {
    mkdirSync(join(folder, "out"));
    expect(writeWhole(join(folder, "out"), ["x"])).toBe("a folder of that name is in the way");
    expect(readdirSync(join(folder, "out"))).toEqual([]);
  });

  test("a folder of the path is missing, or is a file", () => {
    expect(writeWhole(join(folder, "no", "out"), ["x"])).toContain("no such folder");
    writeFileSync(join(folder, "file"), "");
    expect(writeWhole(join(folder, "file", "out"), ["x"])).toContain("not a folder");
    expect(makeFolder(join(folder, "file", "out"))).toContain("not a folder");
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("the folder may not be written, but by root, who may write anywhere", () => {
    chmodSync(folder, 0o555);
    const asRoot = process.getuid?.() === 0;
    const problem = writeWhole(join(folder, "out"), ["x"]);
    if (asRoot) expect(problem).toBeUndefined();
    else expect(problem).toContain("permission denied");
    expect(readdirSync(folder)).toEqual(asRoot ? ["out"] : []);
  });

  test.skipIf(!existsSync("/dev/full"))("a device is written directly, and may be full", () => {
    expect(writeWhole("/dev/full", ["x"])).toContain("no space is left on the device");
    expect(existsSync("/dev/full")).toBe(true);
    expect(writeWhole("/dev/null", ["x"])).toBeUndefined();
  });

  // A limit on the size of files stands for a full disk: it needs no rights, and Node is told as by one.
  test.skipIf(process.platform === "win32")("the system refuses to store more", () => {
    const path = join(folder, "out");
    writeFileSync(path, "old");
    const program = `
      import { writeWhole } from ${JSON.stringify(join(import.meta.dirname, "../../dist/cli/support/write-whole.js"))};
      console.log(writeWhole(${JSON.stringify(path)}, ["x".repeat(1 << 20)]));`;
    const result = spawnSync(
      "bash",
      ["-c", `ulimit -f 64; exec "$0" --input-type=module -e "$1"`, process.execPath, program],
      {
        encoding: "utf8",
      },
    );
    expect(result.stdout + result.stderr).toContain("larger than the system allows (EFBIG)");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["out"]);
  });
});

test("bash is there, so that the limit above was really set", () => {
  expect(execFileSync("bash", ["-c", "ulimit -f 64; ulimit -f"], { encoding: "utf8" }).trim()).toBe("64");
});
