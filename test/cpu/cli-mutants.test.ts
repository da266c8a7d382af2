import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkFile } from "../../compiler/program.js";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { caseOf } from "../support/fuzz/cases.js";
import { entryFile, hostOf, readCorpus } from "../support/fuzz/corpus.js";
import { isSmallProgram } from "../support/fuzz/examine-schedules.js";
import { asOneFile } from "../support/fuzz/whole-case.js";
import { projectRoot } from "../support/project.js";
import { runsOf } from "../support/random-draw.js";

const commands: readonly (readonly string[])[] = [
  ["check", "--format", "json"],
  ["check"],
  ["fmt", "--check"],
  ["simulate", "--json"],
  ["simulate"],
  ["run", "--device", "null", "--json"],
  ["run"],
  ...["graph", "trace", "chakra", "goal", "webgpu"].map((target) => ["compile", "--target", target]),
];

const corpus = readCorpus(projectRoot);
const folder = temporaryFolder();
afterAll(() => folder.remove());

/** The next case that is no work for a machine: a large program is no fault. */
function nextSmall(seed: number, from: number): { readonly number: number; readonly content: string | Uint8Array } {
  for (let number = from; ; number++) {
    const { content } = caseOf(corpus, seed, number);
    const programs = [{}, { profileIfThere: "small" }].map(
      (options) => checkFile(entryFile, hostOf(corpus, asOneFile(content)), options).program,
    );
    if (content.length < 4000 && programs.every((program) => program === undefined || isSmallProgram(program)))
      return { number, content };
  }
}

test("no mutant of a file is a fault of ours to any command", { timeout: 600_000 }, async () => {
  const seed = 20261121;
  const codes = new Map<number | null, number>();
  let number = 0;
  for (let count = runsOf(240); count > 0; count--) {
    const next = nextSmall(seed, number);
    number = next.number + 1;
    const path = join(folder.path, "main.stretto");
    writeFileSync(path, next.content);
    const command = commands[next.number % commands.length]!;
    const { code, output, errors } = await stretto([...command, path], { workingDirectory: folder.path });
    expect(code, `case ${next.number}: ${command.join(" ")}\n${output}\n${errors}`).not.toBe(3);
    if (code === 0 && command.some((word) => word === "--json" || word === "json")) JSON.parse(output);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  // Some are right, and some are wrong.
  expect(codes.get(0)).toBeGreaterThan(10);
  expect(codes.get(1)).toBeGreaterThan(10);
});
