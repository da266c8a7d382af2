// npm run bench: how lower + plan + prove + simulate grow from 10^4 to 10^7 tasks.
//   node bench/run.mjs [--quick]      --quick stops at 10^6
// Each size runs in a process of its own, the smaller ones three times (the median counts). The record is written to
// bench/results/growth.json; the exit code is 1 where a target is missed.
import { execFileSync } from "node:child_process";
import { writeRecord } from "./record.mjs";

const sizes = [1600, 16_000, 160_000, 1_600_000].slice(0, process.argv.includes("--quick") ? 3 : 4);
const one = new URL("growth-one.mjs", import.meta.url).pathname;

const measure = (tokens) =>
  JSON.parse(execFileSync(process.execPath, [one, String(tokens), "32"], { encoding: "utf8" }));
const median = (runs) => runs.toSorted((a, b) => a.tasks_per_s - b.tasks_per_s)[Math.floor(runs.length / 2)];

const rows = [];
for (const tokens of sizes) {
  const row = median(Array.from({ length: tokens > 1_000_000 ? 1 : 3 }, () => measure(tokens)));
  const before = rows.at(-1);
  const seconds = row.lower_plan_prove_s + row.simulate_s;
  // Time a task relative to the decade before: 1 is linear growth.
  row.growth = before === undefined ? null : before.tasks_per_s / row.tasks_per_s;
  rows.push(row);
  process.stderr.write(
    `${String(row.tasks).padStart(9)} tasks  ${seconds.toFixed(2).padStart(6)} s  ${Math.round(row.tasks_per_s).toLocaleString("en")} tasks/s  ` +
      `${row.bytes_per_task.toFixed(1)} B/task  ${Math.round(row.peak_rss_mib)} MiB  growth ${row.growth?.toFixed(2) ?? "-"}\n`,
  );
}

const missed = [];
for (const row of rows) {
  if (row.growth !== null && row.growth > 1.3)
    missed.push(`growth of ${row.growth.toFixed(2)} at ${row.tasks} tasks, over 1.3`);
  const seconds = row.lower_plan_prove_s + row.simulate_s;
  if (row.tokens === 160_000 && seconds >= 10)
    missed.push(`10^6 tasks take ${seconds.toFixed(1)} s, not single digits`);
  if (row.tokens === 1_600_000 && row.peak_rss_mib >= 3072)
    missed.push(`10^7 tasks take ${row.peak_rss_mib} MiB, over 3 GiB`);
}
writeRecord("growth", rows, missed);
