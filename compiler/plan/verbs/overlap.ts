/**
 * `overlap a, .. -> b, .. [by grain]`, `overlap a, b, c`
 *
 * Legality. a -> b: b needs a. A grain is legal if its blocks are released by every consumer between them: the consumer
 * reads the cut dimension by an output index, or by the index it accumulates over. (If it reduces over it, each of its
 * blocks needs all of the producer's: the overlap hides nothing, and R6 says why.) A grain along an axis is a union of
 * the tiles of what it cuts. Independents: none needs another. In both cases only order edges go; data edges stay, so
 * the result does (R5).
 *
 * Effect. No barrier stands between any two of the values named, the statements of their calls and those on the way; the
 * blocks in which producer, word and consumer hand on are the grain's.
 */
import { ancestors, quoteList, resultName, type VerbContext, type VerbOf } from "./context.js";
import { applyGrain } from "./grain.js";
import type { Target } from "../../check/ir.js";

export function applyOverlap(context: VerbContext, verb: VerbOf<"overlap">): void {
  if (verb.groups.length === 1) overlapIndependents(context, verb);
  else overlapChain(context, verb);
}

function overlapChain(context: VerbContext, verb: VerbOf<"overlap">): void {
  const { layer, settings } = context;
  const group = new Set<number>();
  for (let g = 0; g + 1 < verb.groups.length; g++) {
    for (const consumer of verb.groups[g + 1]!) {
      let related = 0;
      for (const producer of verb.groups[g]!) {
        const between = statementsBetween(context, producer, consumer);
        if (between.size > 0) related++;
        for (const s of between) group.add(s);
      }
      if (related > 0) continue;
      reportUnrelated(context, verb.groups[g]![0]!, consumer);
    }
  }
  const statements = [...group].toSorted((a, b) => a - b);
  for (const a of statements)
    for (const b of statements) if (a < b) settings.relaxed.add(a * layer.statements.length + b);
  settings.overlapGroups.push(statements);
  if (verb.grain !== undefined && statements.length > 0) applyGrain(context, verb.location, statements, verb.grain);
}

function reportUnrelated(context: VerbContext, producer: Target, consumer: Target): void {
  const [first, second] = [producer.path, consumer.path];
  let instead = "";
  if (statementsBetween(context, consumer, producer).size > 0)
    instead = ` It is the other way round: write \`overlap ${second} -> ${first}\`.`;
  else if (first !== second)
    instead = ` For values that do not need each other, write \`overlap ${first}, ${second}\`.`;
  context.diagnostics.report("overlap-unrelated", consumer.location, { first, second, instead });
}

/** Statements of the two calls, and those on the way from one to the other; empty where neither needs the other. */
function statementsBetween(context: VerbContext, producer: Target, consumer: Target): Set<number> {
  const found = new Set<number>();
  const from = producer.statements.at(-1);
  const to = consumer.statements.at(-1);
  if (from === undefined || to === undefined) return found;
  const needed = ancestors(context.layer, to);
  if (!needed.has(from) || from === to) return found;
  for (const s of needed) if (s >= from && (s === from || ancestors(context.layer, s).has(from))) found.add(s);
  for (const s of [...producer.statements, ...consumer.statements]) found.add(s);
  return found;
}

function overlapIndependents(context: VerbContext, verb: VerbOf<"overlap">): void {
  const { layer, settings, diagnostics } = context;
  const targets = verb.groups[0]!;
  const all = new Set<number>();
  for (const x of targets) {
    for (const s of x.statements) all.add(s);
    for (const y of targets) {
      const [a, b] = [x.statements.at(-1), y.statements.at(-1)];
      if (a === undefined || b === undefined || a >= b) continue;
      if (ancestors(layer, b).has(a)) {
        const [first, second] = [resultName(layer, a), resultName(layer, b)];
        diagnostics.report("overlap-dependent", y.location, { first, second, firstAgain: first, secondAgain: second });
        continue;
      }
      for (const s of x.statements)
        for (const t of y.statements) settings.relaxed.add(Math.min(s, t) * layer.statements.length + Math.max(s, t));
    }
  }
  settings.overlapGroups.push([...all].toSorted((a, b) => a - b));
  if (verb.grain !== undefined)
    diagnostics.report("overlap-no-word", verb.location, { values: quoteList(targets.map((t) => t.path)) });
}
