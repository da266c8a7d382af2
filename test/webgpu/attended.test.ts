import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { builtCommand } from "../support/command-line.js";
import { examplePath } from "../support/examples.js";

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Starts a run that takes a minute, its links are so slow, and when its devices are at work sends a signal to one of its processes. */
function runThatIsHarmed(
  signal: NodeJS.Signals,
  whom: "ranks" | "command",
  seen: (ranks: number) => void = () => {},
  ...options: string[]
): Promise<Ended> {
  const args = ["run", examplePath("t3"), "--device", "webgpu", "--links", "100000000", ...options];
  const command = spawn(process.execPath, [builtCommand, ...args]);
  let [output, errors] = ["", ""];
  command.stdout.on("data", (text) => (output += String(text)));
  command.stderr.on("data", (text) => (errors += String(text)));
  const look = setInterval(() => {
    const child = childOf(command.pid!);
    if (child === undefined || !usesDevices(child)) return;
    clearInterval(look);
    seen(child);
    setTimeout(() => process.kill(whom === "ranks" ? child : command.pid!, signal), 500);
  }, 50);
  return new Promise((resolve) => {
    command.on("exit", (code) => {
      clearInterval(look);
      resolve({ code, output, errors });
    });
  });
}

function childOf(pid: number): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return children === "" ? undefined : Number(children.split(" ")[0]);
}

/** A process that ended stays a zombie until it is waited for. */
const isAlive = (pid: number): boolean => !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");

/** Whether a driver is loaded. */
const usesDevices = (pid: number): boolean => /vulkan|vk_/.test(readFileSync(`/proc/${pid}/maps`, "utf8"));

test("a driver that takes the process of the ranks with it is told of, with what each rank was executing", async () => {
  const { code, output, errors } = await runThatIsHarmed("SIGSEGV", "ranks");
  expect(errors).toMatch(/error ST7111 run-failed: `t3` did not run: the process of its ranks ended with SIGSEGV/);
  for (let rank = 0; rank < 4; rank++) expect(errors).toMatch(new RegExp(`rank ${rank}, (at|before) `));
  expect(output).toBe("");
  expect(code).toBe(1);
});

test("under --json too", async () => {
  const { code, output } = await runThatIsHarmed("SIGABRT", "ranks", undefined, "--json");
  const { diagnostics } = JSON.parse(output) as { diagnostics: { code: string }[] };
  expect(diagnostics.map((one) => one.code)).toEqual(["ST7111"]);
  expect(code).toBe(1);
});

test("ranks do not outlive the command, however it ends", async () => {
  let ranks = -1;
  const { code } = await runThatIsHarmed("SIGKILL", "command", (child) => (ranks = child));
  expect(code).toBeNull();
  await expect.poll(() => existsSync(`/proc/${ranks}/cmdline`) && isAlive(ranks), { timeout: 10_000 }).toBe(false);
});

test("a command that is ended takes its ranks with it, and says nothing", async () => {
  const { code, errors } = await runThatIsHarmed("SIGTERM", "command");
  expect(errors).toBe("");
  expect(code).toBe(128 + 15);
});
