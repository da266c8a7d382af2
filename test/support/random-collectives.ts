/** Correct collectives of every word, drawn: each chunk goes its own way through a tree or along a path, in rounds that wait for what they need and no more than they like. */
import type { Word } from "../../compiler/check/ir.js";
import type { WordUse } from "../../compiler/lower/word-contract.js";
import type { ExplicitSend } from "./collective-builder.js";
import type { Draw } from "./random-draw.js";

/** A send that waits for others to have been made in earlier rounds. */
interface Step extends ExplicitSend {
  readonly after: readonly Step[];
}

export interface RandomCollective {
  readonly use: WordUse;
  readonly rounds: readonly (readonly ExplicitSend[])[];
}

export function randomCollective(draw: Draw, word: Word): RandomCollective {
  const n = draw.integer(1, 6);
  const use: WordUse = {
    ...{ word, sizes: [n], root: draw.integer(0, n - 1), target: draw.integer(0, n - 1), offset: draw.integer(-n, n) },
    ...(word === "scan" && { inclusive: draw.oneIn(2), ordered: draw.oneIn(2) }),
  };
  if (word === "scan") return { use, rounds: scanRounds(draw, n, use.inclusive!) };
  return { use, rounds: inRounds(draw, stepsOf(draw, use, n)) };
}

function stepsOf(draw: Draw, { word, root, target, offset }: WordUse, n: number): Step[] {
  const chunks = Array.from({ length: n }, (_, c) => c);
  switch (word) {
    case "all_gather":
      return chunks.flatMap((c) => spread(draw, n, c, [c], []));
    case "broadcast":
      return chunks.flatMap((c) => spread(draw, n, root!, [c], []));
    case "reduce_scatter":
      return chunks.flatMap((c) => gather(draw, n, c, [c]));
    case "reduce":
      return chunks.flatMap((c) => gather(draw, n, root!, [c]));
    case "all_reduce":
      return chunks.flatMap((c) => {
        const middle = draw.integer(0, n - 1);
        const gathered = gather(draw, n, middle, [c]);
        return [...gathered, ...spread(draw, n, middle, [c], gathered)];
      });
    case "all_to_all":
      return chunks.flatMap((p) => chunks.flatMap((q) => path(draw, n, p, q, [p, q])));
    case "send":
      return chunks.flatMap((c) => path(draw, n, root!, target!, [c]));
    default:
      return chunks.flatMap((c) => path(draw, n, c, (((c + offset!) % n) + n) % n, [c]));
  }
}

/** Parents of a random tree over all ranks, those nearer the root first. */
function tree(draw: Draw, n: number, root: number): { readonly rank: number; readonly parent: number }[] {
  const reached = [root];
  const edges: { rank: number; parent: number }[] = [];
  for (const rank of shuffled(draw, n).filter((other) => other !== root)) {
    edges.push({ rank, parent: draw.pick(reached) });
    reached.push(rank);
  }
  return edges;
}

function spread(draw: Draw, n: number, root: number, what: readonly number[], after: readonly Step[]): Step[] {
  const came = new Map<number, Step>();
  for (const { rank, parent } of tree(draw, n, root)) {
    const before = came.get(parent);
    came.set(rank, { source: parent, target: rank, what, combining: false, after: before ? [before] : after });
  }
  return [...came.values()];
}

function gather(draw: Draw, n: number, root: number, what: readonly number[]): Step[] {
  const steps: Step[] = [];
  for (const { rank, parent } of tree(draw, n, root).reverse()) {
    const after = steps.filter(({ target }) => target === rank);
    steps.push({ source: rank, target: parent, what, combining: true, after });
  }
  return steps;
}

function path(draw: Draw, n: number, from: number, to: number, what: readonly number[]): Step[] {
  if (from === to) return [];
  const others = shuffled(draw, n).filter((rank) => rank !== from && rank !== to);
  const stops = [from, ...others.slice(0, draw.integer(0, others.length)), to];
  const steps: Step[] = [];
  for (let i = 1; i < stops.length; i++)
    steps.push({ source: stops[i - 1]!, target: stops[i]!, what, combining: false, after: steps.slice(-1) });
  return steps;
}

/** Each step in some round after those it waits for. */
function inRounds(draw: Draw, steps: readonly Step[]): ExplicitSend[][] {
  const rounds: ExplicitSend[][] = [];
  const done = new Set<Step>();
  let left = [...steps];
  while (left.length > 0) {
    const ready = left.filter((step) => step.after.every((before) => done.has(before)));
    const chosen = ready.filter(() => !draw.oneIn(3));
    const round = chosen.length > 0 ? chosen : [draw.pick(ready)];
    rounds.push(round);
    for (const step of round) done.add(step);
    left = left.filter((step) => !done.has(step));
  }
  return rounds;
}

/** y[i] has the fold from first[i] on; whoever stands right before it may add what it has. */
function scanRounds(draw: Draw, n: number, inclusive: boolean): ExplicitSend[][] {
  const first = Array.from({ length: n }, (_, i) => i);
  const rounds: ExplicitSend[][] = [];
  while (first.some((begin) => begin > 0)) {
    const waiting = first.flatMap((begin, i) => (begin > 0 ? [i] : []));
    const chosen = waiting.filter(() => draw.oneIn(2));
    const targets = chosen.length > 0 ? chosen : [draw.pick(waiting)];
    const before = [...first];
    rounds.push(
      targets.map((target) => {
        const source = before[target]! - 1;
        first[target] = before[source]!;
        const empty = !inclusive && before[target] === target;
        const alone = before[source] === source;
        const what = inclusive ? "y" : alone && draw.oneIn(2) ? "x" : "combine(y, x)";
        return { source, target, what, combining: !empty || draw.oneIn(2) };
      }),
    );
  }
  return rounds;
}

function shuffled(draw: Draw, n: number): number[] {
  const list = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = draw.integer(0, i);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}
