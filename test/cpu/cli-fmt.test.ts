import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { spawnStretto, stretto, temporaryFolder } from "../support/command-line.js";
import { projectFiles, projectRoot, readProjectFile } from "../support/project.js";

const ragged = "param   a=4 ,b =  5 // two\n\n\n\nschedule s of l{split t into 2}\n";
const neat = "param a = 4, b = 5 // two\n\nschedule s of l {\n  split t into 2\n}\n";

let folder = temporaryFolder();
beforeEach(() => {
  folder.remove();
  folder = temporaryFolder({ "ragged.stretto": ragged, "neat.stretto": neat });
});
afterAll(() => folder.remove());
const inFolder = (...args: string[]): ReturnType<typeof stretto> => stretto(args, { workingDirectory: folder.path });
const text = (name: string): string => readFileSync(join(folder.path, name), "utf8");

describe("fmt", () => {
  test("writes the files that it changes, names them, and leaves the others alone", async () => {
    const before = statSync(join(folder.path, "neat.stretto")).mtimeMs;
    expect(await inFolder("fmt", "ragged.stretto", "neat.stretto")).toEqual({
      code: 0,
      output: "ragged.stretto\n",
      errors: "",
    });
    expect(text("ragged.stretto")).toBe(neat);
    expect(statSync(join(folder.path, "neat.stretto")).mtimeMs).toBe(before);
    expect((await inFolder("fmt", "ragged.stretto")).output).toBe("");
  });

  test("--check writes nothing, and names what is not formatted with its first place", async () => {
    const { code, output, errors } = await inFolder("fmt", "--check", "ragged.stretto", "neat.stretto");
    expect(code).toBe(1);
    expect(output).toBe("");
    // "not-formatted", once: the other file is.
    expect(errors.match(/error ST\d{4}/g)).toEqual(["error ST7108"]);
    expect(errors).toMatch(/^ragged\.stretto:1:7: error ST7108 not-formatted: /);
    expect(text("ragged.stretto")).toBe(ragged);
    expect((await inFolder("fmt", "--check", "neat.stretto")).code).toBe(0);
  });

  test("`-` goes from standard input to standard output", async () => {
    expect(await stretto(["fmt", "-"], { input: ragged })).toEqual({ code: 0, output: neat, errors: "" });
    expect(spawnStretto(["fmt", "-"], { input: ragged, folder: folder.path })).toMatchObject({
      code: 0,
      output: neat,
      errors: "",
    });
    expect((await stretto(["fmt", "--check", "-"], { input: ragged })).code).toBe(1);
    expect((await stretto(["fmt", "-"], { input: "layer layer" })).errors).toMatch(/^<stdin>:1:\d+: error ST1/);
  });

  test("a mistake of syntax is told of, and the file left as it is; the next one is formatted", async () => {
    writeFileSync(join(folder.path, "wrong.stretto"), "param a = \n");
    const { code, errors } = await inFolder("fmt", "wrong.stretto", "ragged.stretto");
    expect(code).toBe(1);
    expect(errors).toMatch(/wrong\.stretto:\d:\d+: error ST1/);
    expect(text("wrong.stretto")).toBe("param a = \n");
    expect(text("ragged.stretto")).toBe(neat);
  });

  test("a file that is not there, a folder, and what is no text", async () => {
    writeFileSync(join(folder.path, "latin.stretto"), Uint8Array.of(0xe9));
    expect((await inFolder("fmt", "no.stretto")).errors).toContain("error ST7001");
    expect((await inFolder("fmt", ".")).errors).toContain("error ST7002");
    expect((await inFolder("fmt", "latin.stretto")).errors).toContain("error ST7004");
    expect((await inFolder("fmt", "latin.stretto")).code).toBe(1);
  });

  test("every program of the project is formatted", async () => {
    // What a fault was found with is kept as it was.
    const isProgram = (path: string): boolean => path.endsWith(".stretto") && !path.startsWith("test/regressions/");
    const programs = projectFiles().filter(isProgram);
    expect(programs.length).toBeGreaterThan(5);
    const { errors, code } = await stretto(["fmt", "--check", ...programs], { workingDirectory: projectRoot });
    expect(errors).toBe("");
    expect(code).toBe(0);
    expect(readProjectFile("README.md")).toContain("stretto fmt");
  });

  test("a file keeps its rights, and a link stays a link", async () => {
    chmodSync(join(folder.path, "ragged.stretto"), 0o640);
    symlinkSync("ragged.stretto", join(folder.path, "link.stretto"));
    expect((await inFolder("fmt", "link.stretto")).code).toBe(0);
    expect(text("ragged.stretto")).toBe(neat);
    expect(statSync(join(folder.path, "ragged.stretto")).mode & 0o777).toBe(0o640);
    expect(
      readdirSync(folder.path, { withFileTypes: true })
        .find(({ name }) => name === "link.stretto")!
        .isSymbolicLink(),
    ).toBe(true);
  });
});
