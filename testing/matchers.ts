/**
 * The matchers, for `expect.extend(matchers)` of vitest and jest. Each is a claim that a `check` can make, measured by
 * the same code, and fails with the same diagnostic, at the schedule instead of at the claim.
 */
import { formatBytes, formatCount, formatError, formatRatio, formatShare } from "../compiler/diagnostics/quantities.js";
import { measureDifference, measureHidden, measureQuantity, measureSpeedup } from "../evidence/claim-measurements.js";
import type { Measurement } from "../evidence/claim-measurements.js";
import { bytesOf } from "./bytes.js";
import { StrettoError, rendered } from "./error.js";
import { subjectOf, valueOf } from "./schedule.js";
import type { Subject } from "./schedule.js";
import type { Bytes, MatchOptions, Movement, ScheduleUnderTest } from "./types.js";

/** What vitest and jest want of a matcher. */
export interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** @param asked what is expected, after `to` or `not to`: `hide at least 85.0 % of its communication` */
function verdict(
  { name, path, sources }: Subject,
  asked: string,
  { text, failure }: Pick<Measurement, "text" | "failure">,
  limit?: string,
): Verdict {
  const pass = failure === undefined;
  const lines = [
    `expected \`${name}\` of ${path} ${pass ? "not to" : "to"} ${asked}`,
    `  measured: ${text}`,
    ...(limit === undefined ? [] : [`  limit:    ${limit}`]),
    ...(failure === undefined ? [] : ["", rendered([failure], sources)]),
  ];
  return { pass, message: () => lines.join("\n") };
}

/** Whether the proofs found what a diagnostic of this name tells. @param aside names of other proofs, made apart from it */
function proved(subject: Subject, found: string, asked: string, aside: readonly string[]): Verdict {
  const attempt = subject.plan();
  if ("value" in attempt) {
    return verdict(subject, asked, { text: `proved, over ${formatCount(attempt.value.graph.taskCount)} tasks` });
  }
  const errors = attempt.diagnostics.filter(({ severity }) => severity === "error");
  const failure = errors.find(({ name }) => name === found);
  if (failure !== undefined) return verdict(subject, asked, { text: failure.message, failure });
  // Where something else is wrong, nothing was proved, neither this nor its opposite.
  if (errors.some(({ name }) => !aside.includes(name))) return valueOf(subject, attempt) as never;
  return verdict(subject, asked, { text: "proved" });
}

/** Proofs that are made only where there is no deadlock. */
const madeAfter = ["race", "out-of-order", "shared-too-early"];

function toBeDeadlockFree(received: unknown): Verdict {
  return proved(subjectOf(received, "toBeDeadlockFree"), "deadlock", "be free of deadlocks", madeAfter);
}

function toBeRaceFree(received: unknown): Verdict {
  return proved(subjectOf(received, "toBeRaceFree"), "race", "be free of races", []);
}

/** @throws StrettoError where it is no number above 0, with which every comparison would be true or false */
function positive(given: number, what: string): number {
  if (given > 0) return given;
  throw new StrettoError(`${what} is a number above 0, not ${given}.`);
}

async function toMatchLayer(received: unknown, layer?: string, options: MatchOptions = {}): Promise<Verdict> {
  const subject = subjectOf(received, "toMatchLayer");
  const { within, device } = options;
  if (device === "null") throw new StrettoError("Device `null` computes nothing that could match a layer.");
  if (within !== undefined) positive(within, "`within`");
  const against = layer === undefined ? {} : { against: layer };
  const ran = valueOf(subject, await subject.compute({ ...against, ...(device && { device }) }));
  const limit = within ?? ran.tolerance;
  const { location } = ran.schedule;
  const claim = { claim: "same result", layer: 0, location, ...(within === undefined ? {} : { within }) } as const;
  const measured = measureDifference(ran.schedule, ran.against, ran.result.outputs, claim, limit);
  return verdict(subject, `compute what \`${ran.against.name}\` does`, measured, formatError(limit));
}

function toHide(received: unknown, share: number): Verdict {
  const subject = subjectOf(received, "toHide");
  if (!(share >= 0 && share <= 1))
    throw new StrettoError(`A share is a number from 0 to 1, not ${share}: toHide(0.85).`);
  const prediction = valueOf(subject, subject.predict());
  const { location } = prediction.planned.schedule;
  const measured = measureHidden(prediction, { claim: "hides", share, location });
  const limit = formatShare(share);
  return verdict(subject, `hide at least ${limit} of its communication`, measured, limit);
}

function toFitIn(received: unknown, memory: Bytes): Verdict {
  const subject = subjectOf(received, "toFitIn");
  const limit = bytesOf(memory);
  const prediction = valueOf(subject, subject.predict());
  const { location } = prediction.planned.schedule;
  const claim = { claim: "memory", perRank: false, comparison: "<=", limit, location } as const;
  const text = formatBytes(limit);
  return verdict(subject, `fit in ${text} on every rank`, measureQuantity(prediction, claim), text);
}

function toMove(received: unknown, { bytes, atMost, perRank = false }: Movement): Verdict {
  const subject = subjectOf(received, "toMove");
  if ((bytes === undefined) === (atMost === undefined))
    throw new StrettoError('toMove takes one of `bytes` and `atMost`: toMove({ atMost: "2 GB" }).');
  const limit = bytesOf(bytes ?? atMost!);
  const prediction = valueOf(subject, subject.predict());
  const { location } = prediction.planned.schedule;
  const comparison = bytes === undefined ? "<=" : "==";
  const measured = measureQuantity(prediction, { claim: "bytes moved", perRank, comparison, limit, location });
  const [own, asked] = [prediction.result, formatCount(limit)];
  const exact = formatCount(perRank ? own.bytes_per_rank : own.bytes_moved);
  const what = `move ${bytes === undefined ? "at most " : ""}${asked} bytes${perRank ? " per rank" : ""}`;
  return verdict(subject, what, { ...measured, text: `${exact} bytes` }, `${asked} bytes`);
}

function toBeFasterThan(received: unknown, other: string | ScheduleUnderTest, factor?: number): Verdict {
  const subject = subjectOf(received, "toBeFasterThan");
  const slower = subjectOf(typeof other === "string" ? subject.shown.file.schedule(other) : other, "toBeFasterThan");
  const [own, theirs] = [valueOf(subject, subject.predict()), valueOf(slower, slower.predict())];
  const { location } = own.planned.schedule;
  const by = factor === undefined ? {} : { by: positive(factor, "A factor") };
  const measured = measureSpeedup(own, theirs, { claim: "faster than", schedule: 0, ...by, location });
  const asked = factor === undefined ? "be faster than" : `be ${factor} times as fast as`;
  const limit = factor === undefined ? "more than 1 x" : formatRatio(factor);
  return verdict(subject, `${asked} \`${slower.name}\``, measured, limit);
}

function toBeWithinOfBound(received: unknown, factor: number): Verdict {
  const subject = subjectOf(received, "toBeWithinOfBound");
  const { makespan_ns, bound_ns, bound_by } = valueOf(subject, subject.predict()).result;
  // Of nothing to do, the bound and the time are both 0.
  const ratio = makespan_ns === bound_ns ? 1 : makespan_ns / bound_ns;
  const pass = ratio <= positive(factor, "A factor");
  const lines = [
    `expected \`${subject.name}\` of ${subject.path} ${pass ? "not to" : "to"} take at most ${factor} times its lower bound`,
    `  measured: ${ratio.toFixed(3)} x; the bound is set by ${bound_by}`,
    `  limit:    ${factor} x`,
  ];
  return { pass, message: () => lines.join("\n") };
}

export const matchers = {
  toBeDeadlockFree,
  toBeRaceFree,
  toMatchLayer,
  toHide,
  toFitIn,
  toBeFasterThan,
  toMove,
  toBeWithinOfBound,
};
