/** Why one task waits for another, in words. */
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { WaitingTask, WaitReason } from "../../compiler/graph/waits.js";

/** Tasks of one statement that are waited for, or wait, for the same reasons. */
export interface WaitGroup {
  readonly tasks: readonly number[];
  readonly reasons: readonly WaitReason[];
  /** All of them are. */
  readonly implied: boolean;
}

export function groupWaits(graph: TaskGraph, waits: readonly WaitingTask[]): WaitGroup[] {
  const groups = new Map<string, { tasks: number[]; reasons: readonly WaitReason[]; implied: boolean }>();
  for (const { task, reasons, implied } of waits) {
    const key = `${graph.instance[task]} ${reasons.toSorted().join()} ${implied}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { tasks: [task], reasons, implied });
    else group.tasks.push(task);
  }
  return [...groups.values()];
}

/** What is known of two tasks, one of which waits for the other. */
export interface Pair {
  /** Their statements. */
  readonly earlier: string;
  readonly later: string;
  /** What the earlier one writes, where it is known. */
  readonly region: string | undefined;
  /** Of the later one. */
  readonly queue: string;
}

/** Said of the earlier one. */
export function whyFirst(reason: WaitReason, { earlier, later, region, queue }: Pair): string {
  switch (reason) {
    case "data":
      return `its result is needed${region === undefined ? "" : `: ${region}`}`;
    case "reuse":
      return `it reads what \`${later}\` overwrites, in a slot of \`keep\``;
    case "order":
      return `program order: \`${earlier}\` comes first, and no verb lets \`${later}\` overlap it`;
    case "contribution":
      return "it is added into the same block first";
    case "queue":
      return `it stands first in queue ${queue}, which issues in order`;
  }
}

/** Said of the later one. */
export function whyLater(reason: WaitReason, { earlier, later, region, queue }: Pair): string {
  switch (reason) {
    case "data":
      return `needs the result${region === undefined ? "" : `: ${region}`}`;
    case "reuse":
      return `overwrites what \`${earlier}\` reads, in a slot of \`keep\``;
    case "order":
      return `program order: \`${later}\` comes after \`${earlier}\`, and no verb lets it overlap`;
    case "contribution":
      return "is added into the same block after it";
    case "queue":
      return `stands behind it in queue ${queue}, which issues in order`;
  }
}
