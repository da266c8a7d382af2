/** What is written for other simulators, of every schedule of every example: each rule that they have and do not check. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { replayTimes } from "../../cli/support/replay-times.js";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import type { CheckedProgram, ScheduleIR } from "../../compiler/check/ir.js";
import { emitChakra } from "../../compiler/emit/chakra/chakra.js";
import { emitGoal } from "../../compiler/emit/goal/goal.js";
import type { EmittedFile } from "../../compiler/emit/files.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import { simulate } from "../../simulator/simulate.js";
import { bytesOf, readChakraFolder, readNetwork } from "../support/emitted-schedules.js";
import { readGoalBinary, readGoalText } from "../support/goal-reader.js";
import { bytesPerPair, expectRules } from "../support/message-programs.js";
import { projectRoot } from "../support/project.js";

const folder = `${projectRoot}examples`;
const files = readdirSync(folder).filter((name) => name.endsWith(".stretto"));

function programOf(file: string): CheckedProgram {
  const path = `${folder}/${file}`;
  const { program, diagnostics } = checkFile(path, createNodeHost(path), { profileIfThere: "small" });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return program!;
}

const contents = (emitted: readonly EmittedFile[]): Map<string, Uint8Array> =>
  new Map(emitted.map((file) => [file.name, bytesOf(file)]));

function emitAll(program: CheckedProgram, schedule: ScheduleIR) {
  const { planned } = planSchedule(program, schedule);
  const { graph, program: own } = planned!;
  const times = replayTimes(graph, own.machine, simulate(graph, own.machine));
  const chakra = (how: "whole" | "expanded") => contents(emitChakra(schedule.name, graph, own.machine, times, how));
  const goal = contents(emitGoal(schedule.name, graph, own.machine, times));
  return { graph, whole: chakra("whole"), expanded: chakra("expanded"), goal };
}

const text = (folderFiles: ReadonlyMap<string, Uint8Array>, name: string): string =>
  Buffer.from(folderFiles.get(name)!).toString();

/** Everything that ASTRA-sim's system layer reads; what is missing it takes from memory that nobody set. */
const systemKeys = [
  "scheduling-policy",
  "endpoint-delay",
  "active-chunks-per-dimension",
  "preferred-dataset-splits",
  "all-reduce-implementation",
  "all-gather-implementation",
  "reduce-scatter-implementation",
  "all-to-all-implementation",
  "collective-optimization",
  "local-mem-bw",
  "peak-perf",
  "roofline-enabled",
  "replay-only",
];

describe.each(files)("%s", (file) => {
  test("every schedule, as Chakra and as GOAL", () => {
    const program = programOf(file);
    for (const schedule of program.schedules) {
      const { graph, whole, expanded, goal } = emitAll(program, schedule);
      const messages = readChakraFolder(expanded);
      const calls = readChakraFolder(whole);
      for (const [program_, written] of [
        [messages, expanded],
        [calls, whole],
      ] as const) {
        expectRules(program_);
        expect(program_.length).toBe(Math.max(2, graph.rankCount));
        const { topology, counts } = readNetwork(written);
        expect(counts.reduce((a, b) => a * b)).toBe(program_.length);
        expect(Math.min(...counts)).toBeGreaterThanOrEqual(2);
        for (const each of topology) expect(["Ring", "FullyConnected", "Switch"]).toContain(each);
        const system = JSON.parse(text(written, "system.json")) as Record<string, unknown>;
        for (const key of systemKeys) {
          expect(Object.keys(system)).toContain(key);
          if (key.endsWith("-implementation")) expect(system[key]).toHaveLength(topology.length);
        }
        const readme = text(written, "README.txt");
        for (const name of written.keys()) if (/\.(json|yml)$/.test(name)) expect(readme).toContain(`=${name}`);
        expect([...written.keys()].join()).not.toContain("empty");
      }
      expect(messages.flat().some((step) => step.kind === "collective")).toBe(false);
      // A word is whole or is said to be messages, and why.
      const readme = text(whole, "README.txt");
      graph.instances.forEach((instance, index) => {
        if (instance.kind !== "word" || !graph.instance.some((of, t) => of === index && graph.kind[t] === 1)) return;
        const isWhole = new RegExp(`^- (.*, )?${escaped(instance.name)}(, .*)?: one collective`, "m").test(readme);
        const isExpanded = readme.includes(`- ${instance.name} is written as messages: `);
        expect(isWhole || isExpanded, `${schedule.name} ${instance.name}`).toBe(true);
      });

      const lines = readGoalText(text(goal, "schedule.goal"));
      expectRules(lines);
      expect(readGoalBinary(goal.get("schedule.bin")!)).toEqual(lines);
      expect(bytesPerPair(lines)).toEqual(bytesPerPair(messages));
      const sizes = (of: typeof messages) => of.map((steps) => steps.map(({ kind, size }) => `${kind} ${size}`));
      if (graph.rankCount > 1) expect(sizes(lines)).toEqual(sizes(messages));
      const largest = Math.max(0, ...lines.flat().map((step) => (step.kind === "send" ? step.size : 0)));
      expect(Number(/ -S (\d+)/.exec(text(goal, "README.txt"))![1])).toBeGreaterThan(largest);
    }
  });
});

const escaped = (name: string): string => name.replace(/[^\w]/g, "\\$&");
