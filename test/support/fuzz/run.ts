/** A run over the cases of a seed. */
import { caseKinds, type CaseKind, type FuzzCase } from "./cases.js";
import type { Reached } from "./examine.js";
import type { Examiner } from "./examiner.js";
import { signatureOf } from "./shrink.js";

export interface Fault {
  readonly number: number;
  readonly made: FuzzCase;
  readonly failure: string;
}

export interface Figures {
  readonly cases: number;
  /** Different ones. */
  readonly faults: number;
  readonly byKind: ReadonlyMap<CaseKind, ReadonlyMap<Reached | "wrong", number>>;
  readonly slowest: { readonly number: number; readonly milliseconds: number };
}

/** Cases from `first` on, as long as `more` says so. `onFault` is told each fault once. */
export async function runCases(
  examiner: Examiner,
  options: {
    readonly seed: number;
    readonly first: number;
    readonly more: (number: number) => boolean;
    readonly onFault: (fault: Fault) => Promise<void>;
  },
): Promise<Figures> {
  const { seed, first, more, onFault } = options;
  const byKind = new Map(caseKinds.map((kind) => [kind, new Map<Reached | "wrong", number>()]));
  const known = new Set<string>();
  let slowest = { number: first, milliseconds: 0 };
  let number = first;
  for (; more(number); number++) {
    const { made, reached, failure, milliseconds } = await examiner.examine({ seed, number });
    if (milliseconds > slowest.milliseconds) slowest = { number, milliseconds };
    // Without it the fault is the generator's own.
    if (made === undefined) throw new Error(`case ${number} of seed ${seed} is not made: ${failure}`);
    const counts = byKind.get(made.kind)!;
    const came = reached ?? "wrong";
    counts.set(came, (counts.get(came) ?? 0) + 1);
    if (failure === undefined) continue;
    const signature = signatureOf(failure);
    if (known.has(signature)) continue;
    known.add(signature);
    await onFault({ number, made, failure });
  }
  return { cases: number - first, faults: known.size, byKind, slowest };
}

/** For people. */
export function figuresOf({ cases, faults, byKind, slowest }: Figures): string {
  const kinds = [...byKind].map(([kind, counts]) => {
    const total = [...counts.values()].reduce((a, b) => a + b, 0);
    return `  ${kind}: ${total}${[...counts].map(([reached, count]) => `, ${count} ${reached}`).join("")}`;
  });
  const slow = `slowest: case ${slowest.number}, ${Math.round(slowest.milliseconds)} ms`;
  return [`${cases} cases, ${faults} faults; ${slow}`, ...kinds].join("\n");
}
