/** A prediction beside what was measured: of the whole, of each sort of task, and where the two part. */
import { TaskKind } from "../../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../../compiler/graph/task-graph.js";
import { taskName } from "../../../runtime/run/watch.js";
import { formatBytes } from "../../../compiler/diagnostics/quantities.js";
import { summarize } from "../../../simulator/summary.js";
import type { TimelineSummary } from "../../../simulator/summary.js";
import type { Timeline } from "../../../simulator/timeline.js";

/** Times are nanoseconds. */
export interface Comparison {
  readonly predicted: TimelineSummary;
  readonly measured: TimelineSummary;
  /** (predicted - measured) / measured, of the makespan. */
  readonly error: number;
  /** Those that add most to the difference first. */
  readonly classes: readonly ClassComparison[];
  /** Absent where no task ends apart by more than `partShare` of the measured makespan. */
  readonly part?: Part;
}

/** Tasks of one kind of one statement. */
export interface ClassComparison {
  /** `h: contraction bf16 64 x 128 x 256`, `sent: transfer 1.024 KB to 16.38 KB`. */
  readonly name: string;
  readonly tasks: number;
  /** Of one task, the mean. */
  readonly predicted_ns: number;
  readonly measured_ns: number;
  /** Predicted less measured, of all its tasks, a rank: their sum over the number of ranks. */
  readonly difference_ns: number;
}

/** The first task, by when it ended, that ended apart. */
export interface Part {
  readonly task: string;
  readonly predicted_ns: number;
  readonly measured_ns: number;
}

/** Of the measured makespan: ends further apart than that are apart. */
export const partShare = 0.1;

export function compareTimelines(graph: TaskGraph, predicted: Timeline, measured: Timeline): Comparison {
  const part = firstApart(graph, predicted, measured);
  return {
    predicted: summarize(graph, predicted),
    measured: summarize(graph, measured),
    error: (predicted.makespanNs - measured.makespanNs) / measured.makespanNs,
    classes: compareClasses(graph, predicted, measured),
    ...(part && { part }),
  };
}

interface Sum {
  tasks: number;
  predicted: number;
  measured: number;
  readonly sizes: Range[];
}
interface Range {
  least: number;
  most: number;
}

function compareClasses(graph: TaskGraph, predicted: Timeline, measured: Timeline): ClassComparison[] {
  const sums = new Map<string, Sum>();
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] === TaskKind.join) continue;
    const { name, sizes } = classOf(graph, task);
    let sum = sums.get(name);
    if (sum === undefined) {
      sum = { tasks: 0, predicted: 0, measured: 0, sizes: sizes.map((size) => ({ least: size, most: size })) };
      sums.set(name, sum);
    }
    sum.tasks++;
    sum.predicted += predicted.finish[task]! - predicted.start[task]!;
    sum.measured += measured.finish[task]! - measured.start[task]!;
    sum.sizes.forEach((range, index) => {
      range.least = Math.min(range.least, sizes[index]!);
      range.most = Math.max(range.most, sizes[index]!);
    });
  }
  const classes = [...sums].map(([name, sum]) => ({
    name: `${name} ${sizesText(name, sum.sizes)}`,
    tasks: sum.tasks,
    predicted_ns: sum.predicted / sum.tasks,
    measured_ns: sum.measured / sum.tasks,
    difference_ns: (sum.predicted - sum.measured) / graph.rankCount,
  }));
  return classes.sort((a, b) => Math.abs(b.difference_ns) - Math.abs(a.difference_ns));
}

/** A statement's tasks of one kind; parts of it are one. Sizes: bytes of a transfer; rows, columns, depth of a block. */
function classOf(graph: TaskGraph, task: number): { readonly name: string; readonly sizes: readonly number[] } {
  const cost = graph.classes[graph.classOf[task]!]!;
  const statement = graph.instances[graph.instance[task]!]!.name.replace(/\[.*/, "");
  if (cost.kind === "transfer") return { name: `${statement}: ${transferName}`, sizes: [cost.payloadBytes] };
  const { does, dtype, rows, columns, depth, parts } = cost.shape;
  const inParts = parts > 1 ? ` in ${parts} parts` : "";
  return { name: `${statement}: ${does} ${dtype}${inParts}`, sizes: [rows, columns, depth] };
}

const transferName = "transfer";

/** `16 to 52 x 64 x 128`; `2.048 KB to 8.704 KB`. */
function sizesText(name: string, sizes: readonly Range[]): string {
  const text = name.endsWith(transferName) ? formatBytes : String;
  return sizes
    .filter(({ most }, index) => index === 0 || most > 1)
    .map(({ least, most }) => (least === most ? text(least) : `${text(least)} to ${text(most)}`))
    .join(" x ");
}

function firstApart(graph: TaskGraph, predicted: Timeline, measured: Timeline): Part | undefined {
  const most = partShare * measured.makespanNs;
  let first = -1;
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] === TaskKind.join) continue;
    if (Math.abs(predicted.finish[task]! - measured.finish[task]!) <= most) continue;
    if (first < 0 || measured.finish[task]! < measured.finish[first]!) first = task;
  }
  if (first < 0) return undefined;
  return {
    task: taskName(graph, first),
    predicted_ns: predicted.finish[first]!,
    measured_ns: measured.finish[first]!,
  };
}
