/**
 * `order v as w`, `order v by axis, ..`
 *
 * Legality. One of v and w needs the other (through data edges); the named axes are v's. Blocks of one value do not
 * need each other, but for the contributions of an `accumulate`, whose monoid allows any order: so any order of
 * issue computes the same (R10: the order is derived from the neighbour, nobody spells rotations of ranks).
 *
 * Effect. Blocks are issued by key. w upstream: the greatest (round, block) of w among a block's data predecessors, none
 * first. w downstream: the least among its successors, none last. Ties row-major. By axes: the first axis named varies
 * slowest; of a word, blocks at one place go round by round.
 */
import { ancestors, quoteList, type VerbContext, type VerbOf } from "./context.js";
import type { Target } from "../../check/ir.js";

export function applyOrder(context: VerbContext, verb: VerbOf<"order">): void {
  const { layer, settings, diagnostics } = context;
  const { target } = verb;
  const set = (statement: number, order: (typeof settings.statements)[number]["order"]): void => {
    const own = settings.statements[statement]!;
    if (own.order !== undefined) diagnostics.report("order-twice", verb.location, { value: target.path });
    else own.order = order;
  };
  if (verb.as !== undefined) {
    const pair = nearestPair(context, target, verb.as);
    if (pair === undefined)
      diagnostics.report("order-unrelated", verb.location, { value: target.path, other: verb.as.path });
    else set(pair.statement, { kind: "as", statement: pair.neighbour, upstream: pair.neighbour < pair.statement });
    return;
  }
  const statement = target.statements.at(-1);
  if (statement === undefined) return;
  const axes = layer.values[layer.statements[statement]!.result]!.axes.map((axis) => axis.name);
  const unknown = verb.by.find((name) => !axes.includes(name));
  if (unknown !== undefined)
    diagnostics.report("order-no-such-axis", verb.location, {
      value: target.path,
      axis: unknown,
      axes: quoteList(axes),
    });
  else set(statement, { kind: "by", axes: verb.by });
}

/** The two statements of the calls that stand nearest to each other, one needing the other. */
function nearestPair(
  context: VerbContext,
  target: Target,
  as: Target,
): { statement: number; neighbour: number } | undefined {
  let best: { statement: number; neighbour: number } | undefined;
  for (const statement of target.statements)
    for (const neighbour of as.statements) {
      const later = Math.max(statement, neighbour);
      if (statement === neighbour || !ancestors(context.layer, later).has(Math.min(statement, neighbour))) continue;
      const distance = Math.abs(statement - neighbour);
      if (best === undefined || distance < Math.abs(best.statement - best.neighbour)) best = { statement, neighbour };
    }
  return best;
}
