// What a benchmark leaves behind: its rows with the machine they were measured on, and an exit code for missed targets.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/** Writes `bench/results/<name>.json`, made by `command`; says what was missed, which fails the process. */
export function writeRecord(name, rows, missed, command = "npm run bench") {
  const machine = {
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: cpus().length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
  };
  mkdirSync(new URL("results", import.meta.url), { recursive: true });
  writeFileSync(
    new URL(`results/${name}.json`, import.meta.url),
    `${JSON.stringify({ command, machine, rows, missed }, null, 2)}\n`,
  );
  for (const line of missed) process.stderr.write(`missed: ${line}\n`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}
