import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CollectiveIR, Word } from "../../compiler/check/ir.js";
import { runCollective, type CollectiveEvent, type CollectiveRun } from "../../compiler/lower/collective-run.js";
import { describeProblem } from "../../compiler/lower/collective-problems.js";
import { runsOf } from "../support/random-draw.js";
import { collectivesOf, standardCollective, standardCollectives } from "../support/std-collectives.js";

const words = ["all_gather", "reduce_scatter", "all_reduce", "all_to_all"] as const;
const signatures: Record<Word, string> = {
  all_gather: "x: [c/n] -> [c]",
  reduce_scatter: "x: [c] pending u over n -> [c/n]",
  all_reduce: "x: [c] pending u over n -> [c]",
  all_to_all: "x: [a/n, b] -> [a, b/n]",
};

function collective(word: Word, body: string): CollectiveIR {
  return collectivesOf(`collective mine(${signatures[word]}) over n {\n${body}\n}\n`)[0]!;
}

/** What each rank holds of each chunk, as a bag of contributions, moved round by round from the deliveries alone. */
function replay(word: Word, n: number, events: readonly CollectiveEvent[]): Map<string, number[]> {
  const held = new Map<string, number[]>();
  for (let rank = 0; rank < n; rank++)
    for (let c = 0; c < n; c++) {
      if (word === "all_gather" && c !== rank) continue;
      held.set(`${rank} ${word === "all_to_all" ? rank * n + c : c}`, [rank]);
    }
  for (let from = 0; from < events.length;) {
    let to = from;
    while (to < events.length && events[to]!.round === events[from]!.round) to++;
    const round = events.slice(from, to);
    const sent = round.map(({ source, chunk }) => held.get(`${source} ${chunk}`) ?? []);
    round.forEach(({ target, chunk, combining }, i) => {
      const key = `${target} ${chunk}`;
      held.set(key, combining ? [...held.get(key)!, ...sent[i]!] : sent[i]!);
    });
    from = to;
  }
  return held;
}

/** The word's equation, checked on what the deliveries leave. */
function holds(word: Word, n: number, events: readonly CollectiveEvent[]): boolean {
  const held = replay(word, n, events);
  const everyone = Array.from({ length: n }, (_, rank) => rank).join();
  for (let rank = 0; rank < n; rank++)
    for (let c = 0; c < n; c++) {
      if (word === "reduce_scatter" && c !== rank) continue;
      const bag = held.get(`${rank} ${word === "all_to_all" ? c * n + rank : c}`) ?? [];
      const wanted = word === "all_gather" || word === "all_to_all" ? String(c) : everyone;
      if (bag.toSorted((a, b) => a - b).join() !== wanted) return false;
    }
  return true;
}

describe.each(words)("%s", (word) => {
  test.each(standardCollectives.filter((c) => c.word === word).map((c) => [c.name, c] as const))(
    "%s does it on 1 to 17 ranks",
    (_name, standard) => {
      for (let n = 1; n <= 17; n++) {
        const run = runCollective(standard, { word, sizes: [n] });
        expect(run.problems, `n = ${n}`).toEqual([]);
        expect(holds(word, n, run.events), `n = ${n}`).toBe(true);
        expect(run.results.every((states) => states.every((s) => run.states[s]!.final))).toBe(true);
      }
    },
  );

  test("what is accepted leaves what the word says; what is refused does not", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("ring", "direct"),
        fc.integer({ min: 2, max: 5 }),
        fc.infiniteStream(fc.nat(1e6)),
        (name, n, numbers) => {
          const draw = (limit: number): number => numbers.next().value! % limit;
          const body = mutated(
            sendsOf(runCollective(standardCollective(name, word), word, n), { word, sizes: [n] }),
            n,
            draw,
          );
          const run = runCollective(collective(word, body), { word, sizes: [n] });
          const fails = run.problems.some((problem) => problem.kind !== "not-held");
          // A combination of one contribution with itself is told as soon as it happens, even of a chunk nobody wants.
          if (!fails) expect(holds(word, n, run.events)).toBe(true);
          else if (run.problems.every((problem) => problem.kind === "missing"))
            expect(holds(word, n, run.events)).toBe(false);
        },
      ),
      { numRuns: runsOf(150) },
    );
  });
});

/** Each round of a run as explicit sends: one group a round. */
function sendsOf(run: CollectiveRun, word: Word, n: number): string[][] {
  const rounds: string[][] = [];
  for (const { round, source, target, chunk, combining } of run.events) {
    const at = word === "all_to_all" ? `${Math.floor(chunk / n)}, ${chunk % n}` : `${chunk}`;
    (rounds[round] ??= []).push(`send x[${at}] from ${source} to ${target}${combining ? ", combining" : ""}`);
  }
  return rounds.filter((round) => round !== undefined);
}

/** One send dropped, doubled, sent elsewhere or earlier, or nothing changed. */
function mutated(rounds: readonly string[][], n: number, draw: (limit: number) => number): string {
  const changed = rounds.map((round) => [...round]);
  const r = draw(changed.length);
  const s = draw(changed[r]!.length);
  const send = changed[r]![s]!;
  switch (draw(5)) {
    case 0:
      changed[r]!.splice(s, 1);
      break;
    case 1:
      changed.splice(r, 0, [send]);
      break;
    case 2:
      changed[r]![s] = send.replace(/to \d+/, `to ${draw(n)}`);
      break;
    case 3:
      changed.splice(draw(changed.length), 0, ...changed.splice(r, 1));
      break;
    default:
  }
  return changed
    .filter((round) => round.length > 0)
    .map((round) => round.join(" & "))
    .join("\n");
}

describe("what is wrong is said with chunk, rank and round", () => {
  const cases: [string, Word, string, number, RegExp][] = [
    [
      "one step too few",
      "all_gather",
      "for s in 0 ..< n - 2 { send x[rank - s] to rank + 1 }",
      4,
      /lacks the contribution/,
    ],
    ["off by one", "all_gather", "for s in 0 ..< n - 1 { send x[rank - s + 1] to rank + 1 }", 4, /does not hold/],
    ["the wrong way", "all_gather", "for s in 0 ..< n - 1 { send x[rank - s] to rank - 1 }", 4, /does not hold/],
    [
      "one step too many",
      "reduce_scatter",
      "for s in 0 ..< n { send x[rank - s - 1] to rank + 1, combining }",
      4,
      /combines x\[\d\] with rank \d's contribution a second time/,
    ],
    [
      "without combining",
      "reduce_scatter",
      "for s in 0 ..< n - 1 { send x[rank - s - 1] to rank + 1 }",
      4,
      /at the end x\[\d\] on rank \d lacks the contribution of rank \d/,
    ],
    [
      "the owner's chunk comes last",
      "reduce_scatter",
      "for s in 0 ..< n - 1 { send x[rank - s] to rank + 1, combining }",
      4,
      /lacks/,
    ],
    ["nothing at all", "all_to_all", "for s in 1 ..< 1 { send x[rank, rank + s] to rank + s }", 3, /lacks/],
    ["to the wrong rank", "all_to_all", "for s in 1 ..< n { send x[rank, rank + s] to rank + s + 1 }", 3, /lacks/],
    ["a name nobody declared", "all_gather", "send x[here] to rank + 1", 2, /unknown name here/],
    ["one index for two", "all_to_all", "for s in 1 ..< n { send x[rank + s] to rank + s }", 2, /2 index/],
    [
      "a loop without end",
      "all_gather",
      "for s in 0 ..< 1000000000 { send x[rank] to rank + 1 }",
      2,
      /more than 65536 rounds/,
    ],
  ];
  test.each(cases)("%s", (_name, word, body, n, said) => {
    const { problems } = runCollective(collective(word, body), { word, sizes: [n] });
    expect(problems.map(describeProblem).join("; ")).toMatch(said);
  });
});

test("sends joined by & are one round: what they read is read before any of them delivers", () => {
  const swap = collective("all_gather", "send x[0] from 0 to 1 & send x[1] from 1 to 0");
  const run = runCollective(swap, { word: "all_gather", sizes: [2] });
  expect(run.problems).toEqual([]);
  expect(run.events.map((event) => event.round)).toEqual([0, 0]);
});

test("a ring's combination holds its own contribution first, then what came, in order of arrival", () => {
  const run = runCollective(standardCollective("direct", "reduce_scatter"), { word: "reduce_scatter", sizes: [5] });
  for (const [position, [result]] of run.results.entries()) {
    const state = run.states[result!]!;
    expect(state.initial).toBe(true);
    expect(state.events.map((event) => run.events[event]!.round)).toEqual([0, 1, 2, 3]);
    expect(state.events.map((event) => run.events[event]!.target)).toEqual([position, position, position, position]);
  }
});
