/** What a collective does to the chunk that comes out wrong: the sends that bring it there, or should, round by round. */
import type { CollectiveIR } from "../check/ir.js";
import type { Location, Witness, WitnessStep } from "../diagnostics/types.js";
import type { CollectiveProblem } from "../lower/collective-problems.js";
import { deliveriesIn, type CollectiveRun } from "../lower/collective-run.js";
import { hasContribution, lowestContribution, wayOf } from "../lower/collective-ways.js";

/** Ranks are positions in the group of ranks that the collective is run by, as in the message. */
export function collectiveWitness(
  collective: CollectiveIR,
  run: CollectiveRun,
  problem: CollectiveProblem,
): Witness | undefined {
  if (problem.kind === "size" || run.spans === undefined) return undefined;
  const last = lastStep(collective, run, problem);
  const events = [...new Set(eventsToward(run, problem))].toSorted((a, b) => a - b);
  // What comes too late stands behind the send that has no use for it.
  const late = problem.kind === "not-held" && problem.comes !== undefined;
  const begins = late ? [last] : firstSteps(collective, run, problem, events);
  const first = begins.length;
  const indexOf = new Map(events.map((event, index) => [event, index + first]));
  const told = events.map((event): WitnessStep => {
    const { sent, into, source, target } = run.events[event]!;
    const after = [sent, into].flatMap((state) => indexOf.get(state < 0 ? -1 : run.states[state]!.event) ?? []);
    return {
      rank: source,
      target,
      task: `${problem.chunk}, round ${run.events[event]!.round}`,
      what: whatIsBrought(collective, run, event),
      location: locationOf(collective, run.spans![event]!),
      ...(after.length > 0 && { after }),
    };
  });
  const causes = "states" in problem ? problem.states.flatMap((s) => indexOf.get(run.states[s]!.event) ?? []) : [];
  const ends = late ? [] : [{ ...last, ...(causes.length > 0 && { after: causes }) }];
  return { kind: kinds[problem.kind], rankCount: run.size, steps: [...begins, ...told, ...ends] };
}

const kinds = {
  "not-held": "missing",
  doubled: "doubled contribution",
  "delivered-twice": "doubled contribution",
  unordered: "missing",
  missing: "lost contribution",
  "too-much": "doubled contribution",
  misplaced: "missing",
} as const satisfies Record<Exclude<CollectiveProblem["kind"], "size">, Witness["kind"]>;

type Problem = Exclude<CollectiveProblem, { readonly kind: "size" }>;

/** The deliveries that the failure comes of. */
function eventsToward(run: CollectiveRun, problem: Problem): number[] {
  switch (problem.kind) {
    case "not-held":
      return [...problem.events];
    case "doubled":
    case "too-much":
      return problem.states.flatMap((state) => wayOf(run, state, problem.contribution));
    case "unordered":
      return problem.states.flatMap((state) => deliveriesIn(run, state));
    case "delivered-twice":
    case "misplaced":
      return problem.states.flatMap((state) => wayOf(run, state, lowestContribution(run.states[state]!.contributions)));
    case "missing": {
      const { thing, contribution } = problem;
      const all = problem.states.flatMap((state) => allIn(run, state));
      const arrived = all.length <= mostArrivals ? all : problem.states.flatMap((state) => deliveriesIn(run, state));
      const carriers = [...run.events.keys()].filter((event) => {
        const { chunk, contributions } = run.states[run.events[event]!.sent]!;
        return chunk === thing && (contribution === undefined || hasContribution(contributions, contribution));
      });
      return [...arrived, ...carriers];
    }
  }
}

/** More than these that made what is there are left to the last of them. */
const mostArrivals = 8;

/** All deliveries that made a state, and what was sent in them. */
function allIn(run: CollectiveRun, state: number): number[] {
  const found = new Set<number>();
  const list = [state];
  for (const at of list) {
    const { event, joins } = run.states[at]!;
    list.push(...(joins ?? []));
    if (event < 0 || found.has(event) || found.size > mostArrivals) continue;
    found.add(event);
    const { sent, into } = run.events[event]!;
    list.push(sent, ...(into >= 0 ? [into] : []));
  }
  return [...found];
}

/** Where it was before the first round, if nothing that is told begins there. */
function firstSteps(
  collective: CollectiveIR,
  run: CollectiveRun,
  problem: Problem,
  events: readonly number[],
): WitnessStep[] {
  const at = { task: problem.chunk, location: collective.location };
  if (problem.kind === "not-held") {
    const holder = run.states.find(({ event, chunk }) => event < 0 && chunk === problem.thing);
    if (holder === undefined || events.length > 0) return [];
    return [{ ...at, rank: holder.position, what: "has it before the first round" }];
  }
  if (problem.kind !== "missing") return [];
  const { contribution, thing, rank } = problem;
  const isSent = events.some((event) => {
    const { contributions } = run.states[run.events[event]!.sent]!;
    return contribution === undefined || hasContribution(contributions, contribution);
  });
  if (isSent || contribution === rank) return [];
  const owner = contribution ?? run.states.find(({ event, chunk }) => event < 0 && chunk === thing)?.position;
  return owner === undefined ? [] : [{ ...at, rank: owner, what: "no send takes along what this rank has" }];
}

/** Where it fails, and how. */
function lastStep(collective: CollectiveIR, run: CollectiveRun, problem: Problem): WitnessStep {
  const { rank, chunk } = problem;
  const place = "span" in problem ? locationOf(collective, problem.span) : collective.location;
  const inRound = "round" in problem ? `${chunk}, round ${problem.round}` : `${chunk}, at the end`;
  const here = { rank, task: inRound, location: place };
  const [first, second] = "states" in problem ? problem.states : [];
  const held = first === undefined ? 0n : run.states[first]!.contributions;
  const source = second === undefined ? rank : run.states[second]!.position;
  const there = source === rank ? here : { ...here, rank: source, target: rank };
  switch (problem.kind) {
    case "not-held":
      return {
        ...here,
        target: problem.target,
        what: `sends it, but rank ${rank} does not have it${problem.comes === undefined ? "" : " yet"}`,
      };
    case "doubled": {
      const twice = `rank ${problem.contribution}'s contribution, which is in it already`;
      return { ...there, what: source === rank ? `joins it with ${twice}` : `brings ${twice}` };
    }
    case "delivered-twice":
      return { ...there, what: problem.together ? "brings it in the same round" : "brings it though it is there" };
    case "unordered": {
      const brought = second === undefined ? 0n : run.states[second]!.contributions;
      return { ...there, what: `brings ${contributionsOf(brought)} beside ${contributionsOf(held)}` };
    }
    case "missing": {
      const { contribution } = problem;
      if (contribution === undefined) return { ...here, what: "nothing has brought it" };
      return { ...here, what: `has ${contributionsOf(held)}, and not rank ${contribution}'s` };
    }
    case "too-much":
      return { ...here, what: `has ${contributionsOf(held)}; rank ${problem.contribution}'s is no part of it` };
    case "misplaced":
      return { ...here, what: "is neither kept nor sent on" };
  }
}

const reducing: ReadonlySet<string> = new Set(["reduce_scatter", "all_reduce", "reduce", "scan"]);

function whatIsBrought(collective: CollectiveIR, run: CollectiveRun, event: number): string {
  const { sent, combining } = run.events[event]!;
  if (!reducing.has(collective.word)) return "brings it";
  const brought = contributionsOf(run.states[sent]!.contributions);
  return combining ? `adds ${brought}` : `puts ${brought} in place of what is there`;
}

/** `rank 2's contribution`, `the contributions of ranks 0, 1`; of many, how many. */
function contributionsOf(mask: bigint): string {
  const ranks: number[] = [];
  for (let rank = 0, rest = mask; rest !== 0n; rank++, rest >>= 1n) if ((rest & 1n) === 1n) ranks.push(rank);
  if (ranks.length === 0) return "nothing";
  if (ranks.length === 1) return `rank ${ranks[0]}'s contribution`;
  return ranks.length > 8
    ? `the contributions of ${ranks.length} ranks`
    : `the contributions of ranks ${ranks.join(", ")}`;
}

function locationOf(collective: CollectiveIR, span: Location["span"]): Location {
  return { file: collective.location.file, span };
}
