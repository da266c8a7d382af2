/**
 * Collectives, proved before anything is lowered: the rounds of each word of a schedule, run symbolically at the sizes
 * it has there, leave what the word promises. What is wrong is told once for each collective and size.
 */
import type { CheckedProgram, LayerIR, ScheduleIR, WordStatement } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { describeProblem, type CollectiveProblem } from "../lower/collective-problems.js";
import { runCollective } from "../lower/collective-run.js";
import type { Settings } from "../lower/settings.js";
import { isCollective, useOf } from "../lower/word-contract.js";
import { collectiveWitness } from "./collective-witness.js";

export function proveCollectives(
  program: CheckedProgram,
  layer: LayerIR,
  settings: Settings,
  schedule: ScheduleIR,
  diagnostics: DiagnosticCollector,
): void {
  const told = new Set<string>();
  layer.statements.forEach((statement, s) => {
    const { collective } = settings.statements[s]!;
    if (statement.kind !== "word" || collective === undefined || !isCollective(statement)) return;
    const run = runCollective(collective, useOf(program, statement));
    const [problem] = run.problems;
    if (problem === undefined) return;
    const said = describeProblem(problem);
    const more = run.problems.length > 1 ? ", and more is wrong" : "";
    const key = `${collective.location.file} ${collective.location.span.start} ${run.size} ${said}`;
    if (told.has(key)) return;
    told.add(key);
    const { name } = layer.values[statement.result]!;
    const used = { location: placeOf(schedule, s, statement), message: `\`${name}\` is done by it` };
    const itself = { location: collective.location, message: "here it is" };
    const { file } = itself.location;
    const sent = "span" in problem ? [{ location: { file, span: problem.span }, message: "by this send" }] : [];
    // A collective that is not for this size is right elsewhere: the mistake is in its use.
    const [place, ...related] = problem.kind === "size" ? [used, itself] : [itself, ...sent, used];
    const witness = collectiveWitness(collective, run, problem);
    diagnostics.report(
      codes[problem.kind],
      place!.location,
      {
        ...{ collective: collective.name, word: statement.word, size: run.size, problem: said + more },
        monoid: statement.monoid ?? "",
      },
      { related, ...(witness && { witness }) },
    );
  });
}

const codes = {
  size: "collective-size",
  "not-held": "collective-not-held",
  doubled: "collective-doubled",
  "delivered-twice": "collective-delivered-twice",
  unordered: "collective-unordered",
  missing: "collective-wrong",
  "too-much": "collective-wrong",
  misplaced: "collective-misplaced",
} as const satisfies Record<CollectiveProblem["kind"], string>;

/** The `use` that says so, else the word. */
function placeOf(schedule: ScheduleIR, s: number, statement: WordStatement) {
  for (const verb of schedule.verbs)
    if (verb.verb === "use" && verb.targets.some(({ statements }) => statements.includes(s))) return verb.location;
  return statement.location;
}
