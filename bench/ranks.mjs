// npm run bench (its second part): how lower + plan + prove + simulate grow over ranks, 8 to 512, for a ring, a direct and
// a hierarchical schedule (bench/ranks.stretto).
//   node bench/ranks.mjs
// Each schedule runs in a process of its own, all sizes in one run, so that their ratios mean something whatever else the
// machine does. The record is written to bench/results/ranks.json; the exit code is 1 where a target is missed.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { writeRecord } from "./record.mjs";

/** Time a task may grow by this much for ten times the tasks, from `from` ranks on: below, start-up weighs more. */
const target = { perDecade: 1.3, from: 64 };
const schedules = ["ring", "direct", "hierarchical"];
const one = fileURLToPath(new URL("ranks-one.mjs", import.meta.url));

const missed = [];
const rows = schedules.flatMap((schedule) => {
  const measured = JSON.parse(execFileSync(process.execPath, [one, schedule], { encoding: "utf8" }));
  const first = measured.find(({ ranks }) => ranks === target.from);
  const last = measured.at(-1);
  const allowed = target.perDecade ** Math.log10(last.tasks / first.tasks);
  const growth = last.us_per_task / first.us_per_task;
  for (const { ranks, tasks, us_per_task: each } of measured) {
    process.stderr.write(
      `${schedule.padEnd(12)} ${String(ranks).padStart(3)} ranks  ${String(tasks).padStart(7)} tasks  ${each.toFixed(2).padStart(6)} us/task\n`,
    );
  }
  if (growth > allowed) {
    const numbers = `${growth.toFixed(2)} from ${first.ranks} to ${last.ranks} ranks, over ${allowed.toFixed(2)}`;
    missed.push(`${schedule}: time a task grows by ${numbers}`);
  }
  return measured.map((row) => ({ schedule, ...row }));
});
writeRecord("ranks", rows, missed);
