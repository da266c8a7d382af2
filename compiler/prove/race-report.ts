/** Races, told: the two accesses, each with its place in the text, in an order in which they meet. */
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { ExecutionPlan } from "../graph/execution-plan.js";
import { intervalsOf } from "../graph/runs.js";
import type { Region } from "./accesses.js";
import type { Race } from "./races.js";
import type { SharedUse } from "./shared-memory.js";

const doing = { read: "reading", write: "writing", overwrite: "taking the place of" } as const;
const does = { read: "reads", write: "writes" } as const;

export function reportRaces(plan: ExecutionPlan, races: readonly Race[], diagnostics: DiagnosticCollector): void {
  const { graph } = plan;
  for (const { first, second, buffer, region } of races) {
    const [one, other] = [first, second].map(({ task }) => graph.instances[graph.instance[task]!]!);
    const { name, rank } = plan.buffers[buffer]!;
    diagnostics.report(
      "race",
      one!.location,
      {
        ...{ first: one!.name, firstRank: graph.rank[first.task]!, firstDoes: does[first.does] },
        ...{ second: other!.name, secondRank: graph.rank[second.task]!, secondDoes: doing[second.does] },
        ...{ region: regionText(region), buffer: `${name} on rank ${rank}` },
      },
      {
        related: [
          {
            location: other!.location,
            message: `block ${graph.block[second.task]} of \`${other!.name}\` begins without waiting`,
          },
        ],
      },
    );
  }
}

/** What lies in one place by turns. */
export function reportSharedUse(plan: ExecutionPlan, use: SharedUse, diagnostics: DiagnosticCollector): void {
  const [one, other] = use.instances.map((instance) => plan.graph.instances[instance]!);
  const [first, second] = use.buffers.map((buffer) => plan.buffers[buffer]!.name);
  diagnostics.report(
    "shared-too-early",
    one!.location,
    { first: first!, second: second!, rank: use.rank, user: one!.name, writer: other!.name },
    { related: [{ location: other!.location, message: `\`${other!.name}\` writes \`${second!}\` there` }] },
  );
}

/** `[0:64, 0:128]`. */
export function regionText(region: Region): string {
  const texts = region.map((runs) =>
    intervalsOf(runs)
      .map(([start, end]) => `${start}:${end}`)
      .join(" "),
  );
  return `[${texts.join(", ")}]`;
}
