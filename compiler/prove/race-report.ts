/** Races, told: the two accesses, each with its place in the text, in an order that nothing forbids. */
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Location, Witness, WitnessStep } from "../diagnostics/types.js";
import type { ExecutionPlan } from "../graph/execution-plan.js";
import { describeTask, nameOfTask } from "../graph/describe-task.js";
import { intervalsOf, type Region } from "../graph/runs.js";
import { endsOf } from "./deadlock-witness.js";
import type { Missing, Race } from "./races.js";
import type { SharedUse } from "./shared-memory.js";

const doing = { read: "reading", write: "writing", overwrite: "taking the place of" } as const;
const does = { read: "reads", write: "writes", overwrite: "takes the place of" } as const;

export function reportRaces(plan: ExecutionPlan, races: readonly Race[], diagnostics: DiagnosticCollector): void {
  const { graph } = plan;
  for (const race of races) {
    const { first, second, buffer, region } = race;
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
      { witness: interleaving(plan, race) },
    );
  }
}

/** The order in which the second comes too early. */
function interleaving({ graph, buffers }: ExecutionPlan, { first, second, buffer, region }: Race): Witness {
  const { name, rank } = buffers[buffer]!;
  const where = `${regionText(region)} of ${name} on rank ${rank}`;
  const step = ({ task, does: act }: Race["first"] | Race["second"], what: string): WitnessStep => ({
    ...endsOf(graph, task),
    task: nameOfTask(graph, task),
    what: `${does[act]} ${where}${what}`,
    location: describeTask(graph, task).location,
  });
  const steps = [step(second, ", without waiting for step 2"), { ...step(first, ", too late"), after: [0] }];
  return { kind: "interleaving", rankCount: graph.rankCount, steps };
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
