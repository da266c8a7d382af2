import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import type { RankPool } from "../../../runtime/ranks/pool.js";
import { createClaimEvaluator } from "../../../evidence/claims.js";
import type { ClaimOutcome } from "../../../evidence/claims.js";
import { loadProgram, loadSmall } from "../load.js";
import type { ProgramOptions } from "../options.js";
import { progressOf } from "../progress.js";
import type { Session } from "../session.js";
import { showProperty } from "../../../evidence/properties.js";
import type { PropertyContext } from "../../../evidence/properties.js";
import type { SearchOptions } from "../../../evidence/search.js";
import type { FileReport, ScheduleOutcome } from "./report.js";

/** Checks one file, plans and proves its schedules, and measures its claims. */
export async function checkFile(
  session: Session,
  file: string,
  options: ProgramOptions & SearchOptions,
  pool: RankPool,
): Promise<FileReport> {
  const full = loadProgram(session, file, options);
  const { sources } = full;
  const unread = (own: readonly Diagnostic[]): FileReport => ({ file, own, schedules: [], outcomes: [], sources });
  if (full.loaded === undefined) return unread(full.diagnostics);
  const small = loadSmall(session, file, options);
  if (small.loaded === undefined) return unread(small.diagnostics);

  const { program } = full.loaded;
  const evaluator = createClaimEvaluator(program, small.loaded.program, pool);
  const progress = progressOf(session);
  const schedules: ScheduleOutcome[] = [];
  for (const schedule of program.schedules) {
    progress.say(`${file}: planning ${schedule.name} ..`);
    const planned = evaluator.plan(schedule);
    const { name, location } = schedule;
    schedules.push({ name, location, diagnostics: "value" in planned ? [] : planned.diagnostics });
  }
  const context: PropertyContext = {
    ...{ file, options, pool, say: (text) => progress.say(text) },
    load: (sized, size) => (size === "small" ? loadSmall : loadProgram)(session, file, sized),
  };
  const outcomes: ClaimOutcome[] = [];
  const allSources = new Map(sources);
  for (const [index, check] of program.checks.entries()) {
    for (const claim of check.claims) {
      progress.say(`${file}: ${claim.claim} ..`);
      outcomes.push(await evaluator.evaluate(check, claim));
    }
    const shown = await showProperty(program, index, context);
    outcomes.push(...shown.outcomes);
    for (const [path, text] of shown.sources) allSources.set(path, text);
  }
  progress.clear();
  return { file, own: full.diagnostics, schedules, outcomes, sources: allSources };
}
