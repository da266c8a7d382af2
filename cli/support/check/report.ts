/** What `stretto check` found: data, which each format tells in its own way. */
import type { Diagnostic, Location } from "../../../compiler/diagnostics/types.js";
import type { ClaimOutcome } from "../../../evidence/claims.js";

/** A schedule that was planned and proved, or why it could not be. */
export interface ScheduleOutcome {
  readonly name: string;
  readonly location: Location;
  /** Empty where it was. */
  readonly diagnostics: readonly Diagnostic[];
}

/** All that is to be told about one file. */
export interface FileReport {
  readonly file: string;
  /** What is said of the file as a whole: by parse, bind and check. With an error, nothing else was looked at. */
  readonly own: readonly Diagnostic[];
  readonly schedules: readonly ScheduleOutcome[];
  readonly outcomes: readonly ClaimOutcome[];
  /** Text of each file that a diagnostic may name. */
  readonly sources: ReadonlyMap<string, string>;
}

export interface CheckReport {
  readonly files: readonly FileReport[];
  /** Under `--changed`: since when, and the files that were given and are not affected. */
  readonly changed?: ChangedReport;
}

export interface ChangedReport {
  readonly revision: string;
  readonly unaffected: readonly string[];
}

/** Everything that is said of a file. A schedule that cannot be planned fails every claim about it, and is told of once. */
export function diagnosticsOf({ own, schedules, outcomes }: FileReport): readonly Diagnostic[] {
  const all: Diagnostic[] = [];
  for (const diagnostic of [...own, ...[...schedules, ...outcomes].flatMap(({ diagnostics }) => diagnostics)]) {
    if (!all.some((other) => isSame(diagnostic, other))) all.push(diagnostic);
  }
  return all;
}

function isSame(a: Diagnostic, b: Diagnostic): boolean {
  return (
    a.code === b.code &&
    a.message === b.message &&
    a.location.file === b.location.file &&
    a.location.span.start === b.location.span.start
  );
}

export interface Counts {
  readonly holds: number;
  readonly fails: number;
  /** Of files and schedules: those of claims say why they fail. */
  readonly errors: number;
}

/** Claims by what became of them, and errors elsewhere. */
export function countsOf({ own, schedules, outcomes }: FileReport): Counts {
  const count = (state: ClaimOutcome["state"]): number => outcomes.filter((outcome) => outcome.state === state).length;
  const elsewhere = [...own, ...schedules.flatMap(({ diagnostics }) => diagnostics)];
  const errors = elsewhere.filter(({ severity }) => severity === "error").length;
  return { holds: count("holds"), fails: count("fails"), errors };
}

function totalOf(reports: readonly FileReport[]): Counts {
  const total = { holds: 0, fails: 0, errors: 0 };
  for (const counts of reports.map(countsOf)) {
    for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key];
  }
  return total;
}

/** `2 files: 5 claims hold, 1 fails; 1 error elsewhere`. */
export function countsText({ files }: CheckReport): string {
  const { holds, fails, errors } = totalOf(files);
  const wrong = errors === 0 ? "" : `; ${plural(errors, "error")} elsewhere`;
  const held = `${plural(holds, "claim")} ${holds === 1 ? "holds" : "hold"}`;
  return `${plural(files.length, "file")}: ${held}, ${fails} ${fails === 1 ? "fails" : "fail"}${wrong}`;
}

/** What is left out under `--changed`; undefined where nothing is. */
export function unaffectedText({ changed }: CheckReport): string | undefined {
  if (changed === undefined || changed.unaffected.length === 0) return undefined;
  const { length } = changed.unaffected;
  return `${plural(length, "file")} ${length === 1 ? "is" : "are"} not affected since ${changed.revision}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
