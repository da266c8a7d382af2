/** What tasks write, as people write it: `keys [0:64, :]`. */
import { partsOf, type BufferInfo, type ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { intervalsOf, runsFromIntervals, runsLength, type Runs } from "../../compiler/graph/runs.js";

/** More tasks than these are not looked at. */
const mostTasks = 512;
/** A dimension of more intervals is told by its ends. */
const mostIntervals = 3;

/** Undefined where they write no one buffer, or are too many. */
export function regionWritten(plan: ExecutionPlan, tasks: readonly number[]): string | undefined {
  if (tasks.length > mostTasks) return undefined;
  const written = tasks.flatMap((task) => writesOf(plan, task));
  const [first] = written;
  if (first === undefined) return undefined;
  const { name, domain } = first.buffer;
  if (written.some(({ buffer }) => buffer.name !== name)) return undefined;
  const region = domain.map((_, d) => runsFromIntervals(written.flatMap((each) => intervalsOf(each.region[d]!))));
  const elements = written.reduce((sum, each) => sum + sizeOf(each.region), 0);
  const text = region.map((runs, d) => dimensionText(runs, domain[d]!)).join(", ");
  return `${elements < sizeOf(region) ? "parts of " : ""}${name}${text === "" ? "" : ` [${text}]`}`;
}

function writesOf(
  { buffers, action }: ExecutionPlan,
  task: number,
): { readonly buffer: BufferInfo; readonly region: readonly Runs[] }[] {
  const does = action(task);
  if (does.kind === "compute") return [{ buffer: buffers[does.output]!, region: does.region }];
  if (does.kind !== "copy") return [];
  return partsOf(does).map(({ to, region, place }) => ({ buffer: buffers[to]!, region: place ?? region }));
}

const sizeOf = (region: readonly Runs[]): number => region.reduce((size, runs) => size * runsLength(runs), 1);

function dimensionText(runs: Runs, domain: Runs): string {
  if (runs.length === domain.length && runs.every((end, i) => end === domain[i])) return ":";
  const intervals = intervalsOf(runs);
  if (intervals.length <= mostIntervals) return intervals.map(([start, end]) => `${start}:${end}`).join(" and ");
  return `${runsLength(runs)} of ${intervals[0]![0]}:${intervals.at(-1)![1]}`;
}
