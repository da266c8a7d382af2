// npm run bench (its third part): what writing a schedule for other simulators takes of memory, beside the graph, for
// 10^5 and 10^6 tasks (bench/growth.stretto).
//   node bench/emit.mjs
// The record is written to bench/results/emit.json; the exit code is 1 where writing takes more for more tasks.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const one = fileURLToPath(new URL("emit-one.mjs", import.meta.url));
const sizes = [16_000, 160_000];
/** Chunks, and what lanes know of each other. */
const allowedMib = 8;

const rows = ["expanded", "whole", "goal"].flatMap((target) =>
  sizes.map((tokens) => {
    const args = ["--expose-gc", one, String(tokens), target];
    const row = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }));
    const numbers = ["file_mib", "prepared_mib", "writing_mib"].map((key) => `${key} ${row[key].toFixed(1)}`);
    process.stderr.write(`${target.padEnd(8)} ${String(row.tasks).padStart(7)} tasks  ${numbers.join("  ")}\n`);
    return row;
  }),
);
const missed = rows
  .filter((row) => row.writing_mib > allowedMib)
  .map(({ target, tasks, writing_mib: mib }) => `${target}: writing ${tasks} tasks takes ${mib.toFixed(1)} MiB`);
mkdirSync(new URL("results", import.meta.url), { recursive: true });
writeFileSync(
  new URL("results/emit.json", import.meta.url),
  `${JSON.stringify({ command: "npm run bench", node: process.version, rows, missed }, null, 2)}\n`,
);
for (const line of missed) process.stderr.write(`missed: ${line}\n`);
process.exitCode = missed.length > 0 ? 1 : 0;
