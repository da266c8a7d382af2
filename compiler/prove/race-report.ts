/** Races, told: the two accesses, each with its place in the text, in an order in which they meet. */
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Location } from "../diagnostics/types.js";
import type { ExecutionPlan } from "../graph/execution-plan.js";
import { intervalsOf } from "../graph/runs.js";
import type { Region } from "./accesses.js";
import type { Missing, Race } from "./races.js";
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

/** What is read and never written. */
export function reportMissing(
  { graph, buffers }: ExecutionPlan,
  { task, buffer, region }: Missing,
  whole: Location,
  diagnostics: DiagnosticCollector,
): void {
  const { name, rank } = buffers[buffer]!;
  const reader = task === undefined ? undefined : graph.instances[graph.instance[task]!]!;
  const who = reader ? `\`${reader.name}\` on rank ${graph.rank[task!]} reads` : "it has";
  diagnostics.report("not-complete", reader?.location ?? whole, {
    ...{ value: name, rank },
    problem: `${who} ${regionText(region)}, not all of which is ever written`,
  });
}

/** What lies in one place by turns. */
export function reportSharedUse(
  { graph, buffers }: ExecutionPlan,
  { rank, buffers: shared, instances }: SharedUse,
  whole: Location,
  diagnostics: DiagnosticCollector,
): void {
  const [first, second] = shared.map((buffer) => buffers[buffer]!.name);
  const [user, writer] = instances?.map((instance) => graph.instances[instance]!) ?? [];
  const related = writer && [{ location: writer.location, message: `\`${writer.name}\` writes \`${second!}\` there` }];
  diagnostics.report(
    "shared-too-early",
    user?.location ?? whole,
    { first: first!, second: second!, rank, user: user ? `\`${user.name}\`` : "whoever runs it" },
    { related: related ?? [] },
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
