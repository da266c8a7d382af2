import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { readChakraFolder, readFolder } from "../support/emitted-schedules.js";
import { readGoalBinary, readGoalText } from "../support/goal-reader.js";
import { bytesPerPair, dependencyCounts, expectRules } from "../support/message-programs.js";
import { exampleText } from "../support/plan-text.js";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const schedulesOf = (name: string): string[] =>
  [...exampleText(name).matchAll(/^schedule (\w+)/gm)].map((match) => match[1]!);

const cpus = new Map([
  ["compute", 0],
  ["send", 1],
  ["receive", 2],
]);

// All examples at their small size: emit-examples.test.ts.
describe.each(["flux", "t3"])("%s", (name) => {
  test.each([
    ["small", ["--profile", "small"]],
    ["full", []],
  ])("text, binary and Chakra agree at %s size", { timeout: 300_000 }, async (size, args) => {
    const out = join(folder.path, size);
    for (const target of ["goal", "chakra"]) {
      const { code, errors } = await stretto([
        "compile",
        `examples/${name}.stretto`,
        "--target",
        target,
        ...args,
        "--out",
        out,
      ]);
      expect(code, errors).toBe(0);
    }
    for (const schedule of schedulesOf(name)) {
      const files = readFolder(join(out, `${schedule}.goal`));
      const program = readGoalText(Buffer.from(files.get("schedule.goal")!).toString());
      expectRules(program);
      expect(readGoalBinary(files.get("schedule.bin")!)).toEqual(program);
      for (const step of program.flat()) {
        if (step.cpu !== cpus.get(step.kind)) throw new Error(`cpu ${step.cpu}`);
      }
      const chakra = readChakraFolder(readFolder(join(out, `${schedule}.chakra`)));
      expect(bytesPerPair(program)).toEqual(bytesPerPair(chakra));
      expect(dependencyCounts(program)).toEqual(dependencyCounts(chakra));
      expect(program.map((steps) => steps.map((step) => step.size))).toEqual(
        chakra.map((steps) => steps.map((step) => step.size)),
      );
    }
  });
});

test("no two messages between the same ranks share a tag", async () => {
  const { output } = await stretto([
    "compile",
    "examples/flux.stretto",
    "--target",
    "goal",
    "--schedule",
    "rs_flux",
    "--profile",
    "small",
  ]);
  const program = readGoalText(output);
  for (const [rank, steps] of program.entries()) {
    const seen = new Set(steps.filter((step) => step.kind === "send").map((step) => `${step.peer} ${step.tag}`));
    expect(seen.size, `rank ${rank}`).toBe(steps.filter((step) => step.kind === "send").length);
  }
});

test("without a folder the text goes to standard output", async () => {
  const { code, output, errors } = await stretto([
    "compile",
    "examples/t3.stretto",
    "--target",
    "goal",
    "--profile",
    "small",
  ]);
  expect([code, errors]).toEqual([0, ""]);
  expectRules(readGoalText(output));
});
