/** Whether the claims of a check hold at all that it ranges over: cases are drawn, and of those that fail the smallest is told. */
import type { CheckedProgram, CheckIR, RangeIR } from "../compiler/check/ir.js";
import { rangeLength } from "../compiler/check/for-clauses.js";
import { createDiagnostic } from "../compiler/diagnostics/catalogue.js";
import type { ClaimOutcome, PropertyResult } from "./claims.js";
import { createCases } from "./cases.js";
import type { Case, CaseContext, CaseOptions, Cases } from "./cases.js";
import { repeatingCommand } from "./repeat.js";
import { searchCases } from "./search.js";
import type { SearchOptions } from "./search.js";

export interface PropertyContext extends CaseContext {
  readonly options: CaseOptions & SearchOptions;
}

export interface Shown {
  /** A line a claim that fails, else one for all. */
  readonly outcomes: readonly ClaimOutcome[];
  /** Texts that the diagnostics of the outcomes name. */
  readonly sources: ReadonlyMap<string, string>;
}

/** What only says that this computer does not compute so much: at such a size nothing is shown, and nothing fails. */
const limits: readonly string[] = ["too-large-to-run", "too-many-tasks"];

/**
 * @param index of the check, which is the same whatever the sizes. A name that `--set` gives is not ranged over: so what
 * a counterexample prints repeats it alone.
 */
export async function showProperty(program: CheckedProgram, index: number, context: PropertyContext): Promise<Shown> {
  const check = program.checks[index]!;
  const given = new Set([...(context.options.set?.keys() ?? [])].map((name) => name.split(/\s+/).join(" ")));
  const ranges = check.ranges.filter(({ name }) => !given.has(name));
  if (ranges.length === 0 || check.claims.length === 0) return { outcomes: [], sources: new Map() };
  const cases = createCases(check, index, ranges, context);
  const { kind, index: place } = check.subject;
  const subject = (kind === "schedule" ? program.schedules : program.layers)[place]!.name;
  const failing = await failures(check, ranges, cases, context.options);
  const outcomes = failing.map(({ found, claim }) => failed(found, claim, ranges, subject, context));
  return {
    outcomes: outcomes.length > 0 ? outcomes : [held(check, ranges, subject, cases, context.options)],
    sources: new Map(
      [...failing.map(({ found }) => found), ...cases.drawn().slice(0, 1)].flatMap(({ sources }) => [...sources]),
    ),
  };
}

interface Failure {
  readonly found: Case;
  /** Index of the claim; absent: there is no such program. */
  readonly claim?: number;
}

/** One search a claim, all of the same draws, so that each is shrunk by itself: a smaller case may break another claim. */
async function failures(
  { claims }: CheckIR,
  ranges: readonly RangeIR[],
  cases: Cases,
  options: SearchOptions,
): Promise<Failure[]> {
  const lengths = ranges.map(({ values }) => rangeLength(values));
  const all = claims.map((_, claim) => claim);
  const found: Failure[] = [];
  const search = async (claim: number | undefined): Promise<void> => {
    const wanted = claim === undefined ? [] : [claim];
    const { failing } = await searchCases(lengths, options, async (places, isDraw) => {
      const one = await cases.at(places, isDraw ? all : wanted, isDraw);
      if (claim === undefined) return one.refused === undefined;
      return one.refused !== undefined || stateOf(one.outcomes[claim]!) !== "fails";
    });
    if (failing) found.push({ found: await cases.at(failing, wanted, false), ...(claim !== undefined && { claim }) });
  };
  await search(undefined);
  for (const claim of all) await search(claim);
  return found;
}

function stateOf({ state, diagnostics }: ClaimOutcome): ClaimOutcome["state"] | "too large" {
  const isLimit = diagnostics.length > 0 && diagnostics.every(({ name }) => limits.includes(name));
  return state === "fails" && isLimit ? "too large" : state;
}

function failed(
  { settings, refused, outcomes }: Case,
  claim: number | undefined,
  ranges: readonly RangeIR[],
  subject: string,
  { options, file }: PropertyContext,
): ClaimOutcome {
  const where = [...settings].map(([name, text]) => `${name} = ${text}`).join(", ");
  const command = repeatingCommand(file, options, settings);
  const property = propertyOf(options, { settings: Object.fromEntries(settings), command });
  if (claim === undefined) {
    const told = createDiagnostic("refused-in-range", ranges[0]!.location, { settings: where, command });
    const base = { ...clause(ranges, subject), property, diagnostics: [told, ...refused!] };
    return { ...base, state: "fails", measured: null, measuredText: `refused where ${where}` };
  }
  const own = outcomes[claim]!;
  const parts = { subject, claim: own.text, settings: where, command };
  const told = createDiagnostic("counterexample", own.claim.location, parts);
  return {
    ...own,
    text: `${own.text} ${forText(ranges)}`,
    measuredText: `${own.measuredText} where ${where}`,
    diagnostics: [told, ...own.diagnostics],
    property,
  };
}

/** One line where no claim fails: how often they were shown to hold. */
function held(
  { claims }: CheckIR,
  ranges: readonly RangeIR[],
  subject: string,
  cases: Cases,
  options: SearchOptions,
): ClaimOutcome {
  const drawn = cases.drawn();
  const counts = claims.map((_, claim) => {
    const states = drawn.map(({ outcomes }) => stateOf(outcomes[claim]!));
    return { claim, holds: states.filter((state) => state === "holds").length };
  });
  const base = { ...clause(ranges, subject), property: propertyOf(options), measured: drawn.length, diagnostics: [] };
  const all = ranges.reduce((product, { values }) => product * rangeLength(values), 1);
  const count = drawn.length === all ? `all ${all} cases` : `${drawn.length} cases, seed ${options.seed}`;
  const [rarest] = counts.toSorted((a, b) => a.holds - b.holds);
  const outcomes = drawn.map((one) => one.outcomes[rarest!.claim]!);
  if (rarest!.holds === drawn.length) return { ...base, state: "holds", measuredText: count };
  const measuredText = `${count}; \`${outcomes[0]!.text}\` at ${rarest!.holds} of them, too large at the others`;
  if (rarest!.holds > 0) return { ...base, state: "holds", measuredText };
  // Nobody is to take for shown what was computed nowhere.
  return { ...base, state: "fails", measuredText, diagnostics: outcomes[0]!.diagnostics };
}

function clause(ranges: readonly RangeIR[], subject: string) {
  return {
    subject,
    claim: { claim: "for", location: ranges[0]!.location },
    text: forText(ranges),
    limit: null,
  } as const;
}

function forText(ranges: readonly RangeIR[]): string {
  return `for ${ranges.map(({ text }) => text).join(", ")}`;
}

function propertyOf({ runs, seed }: SearchOptions, counterexample?: PropertyResult["counterexample"]): PropertyResult {
  return { runs, seed, ...(counterexample && { counterexample }) };
}
