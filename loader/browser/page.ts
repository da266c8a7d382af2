/** The page of a package: runs the schedule, and shows what was predicted beside what is measured. */
import type { ShippedSchedule } from "../../compiler/emit/webgpu/shipped.js";
import { formatCount, formatError, formatTime } from "../../compiler/diagnostics/quantities.js";
import { renderSvg } from "../../simulator/render-svg.js";
import { summarize } from "../../simulator/summary.js";
import type { Timeline } from "../../simulator/timeline.js";
import type { Schedule, ScheduleRun, Stage } from "../types.js";
import { becomeIsolated } from "./become-isolated.js";
import { open } from "./load.js";

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const button = element<HTMLButtonElement>("run");
const progress = element<HTMLProgressElement>("progress");

const stages: Readonly<Record<Stage, string>> = {
  whole: "computing the layer whole, to compare with ..",
  kernels: "opening devices and compiling kernels ..",
  tasks: "running",
};

async function main(): Promise<void> {
  if (!(await becomeIsolated())) return;
  const { schedule, shipped } = await open();
  const { info } = schedule;
  document.title = element("title").textContent = `${info.schedule}: ${info.layer} of ${info.file}`;
  const params = shipped.params.map(([name, value]) => `${name} ${formatCount(value)}`).join(", ");
  element("about").textContent = `${info.ranks} ranks, ${formatCount(info.tasks)} tasks; ${params}`;
  const { predicted } = shipped;
  draw("predicted", `Predicted on ${info.machine}`, shipped, predicted, predicted);
  button.onclick = () => void runOnce(schedule, shipped);
  await runOnce(schedule, shipped);
}

async function runOnce(schedule: Schedule, shipped: ShippedSchedule): Promise<void> {
  button.disabled = true;
  element("failure").textContent = "";
  try {
    const ran = await schedule.run({ onProgress: showProgress });
    showProgress("tasks", 1, 1, "done");
    showResults(schedule, ran);
    draw("measured", `Measured on ${ran.adapter}`, shipped, ran.timeline);
  } catch (error) {
    fail(error);
  }
  button.disabled = false;
}

function showProgress(stage: Stage, finished: number, total: number, text?: string): void {
  element("stage").textContent =
    text ?? (stage === "tasks" ? `${formatCount(finished)} of ${formatCount(total)} tasks` : stages[stage]);
  // How long the other stages take is not known.
  if (stage === "tasks") progress.value = finished / Math.max(1, total);
  else progress.removeAttribute("value");
}

function fail(error: unknown): void {
  progress.value = 0;
  element("stage").textContent = "failed";
  element("failure").textContent = error instanceof Error ? error.message : String(error);
}

function showResults({ info }: Schedule, { maxError, tolerance, measuredNs, adapter }: ScheduleRun): void {
  const isRight = maxError === undefined || maxError <= tolerance;
  const error =
    maxError === undefined
      ? "not compared: the layer whole takes a core too long"
      : `${formatError(maxError)} of the largest element, ${isRight ? "within" : "above"} ${formatError(tolerance)}`;
  const rows = [
    ["error", error],
    ["measured", `${formatTime(measuredNs)} on ${adapter}`],
    ["predicted", `${formatTime(info.predictedNs)} on ${info.machine}`],
  ];
  const list = element("results");
  list.dataset["right"] = String(maxError !== undefined && isRight);
  list.replaceChildren(
    ...rows.flatMap(([name, value]) => {
      const [term, detail] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name!;
      detail.textContent = value!;
      if (name === "error" && maxError !== undefined) detail.className = isRight ? "good" : "bad";
      return [term, detail];
    }),
  );
}

/** Of half a page. */
const drawing = { ranks: 2, width: 760 };

function draw(
  id: "predicted" | "measured",
  title: string,
  { plan: { graph }, schedule }: ShippedSchedule,
  timeline: Timeline,
  bound?: Pick<ShippedSchedule["predicted"], "boundNs" | "boundBy">,
): void {
  element(`${id}-title`).textContent = title;
  const result = {
    ...summarize(graph, timeline),
    ...(bound && { bound_ns: bound.boundNs, bound_by: bound.boundBy }),
  };
  element(id).innerHTML = renderSvg([{ title: schedule, graph, timeline, result }], {
    ...drawing,
    wholeDevice: id === "measured",
  });
}

main().catch(fail);
