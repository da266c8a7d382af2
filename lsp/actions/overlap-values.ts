/** `overlap a -> b by ..`: a consumer that begins before its producer has ended, by the first grain that can be proved. */
import type { CheckedLayer, NamedValue } from "../../compiler/check/layers.js";
import type { ValueIR } from "../../compiler/check/ir.js";
import { pathText } from "../../compiler/check/schedules.js";
import { refuse, type Outcome, type Refactoring } from "./action.js";
import { scheduleAt, withVerb, type KnownSchedule } from "./schedule-scene.js";

export const overlapValues: Refactoring = {
  id: "overlap-values",
  kind: "refactor.rewrite",
  offers(scene) {
    const schedule = scheduleAt(scene);
    if (!schedule) return [];
    return pairsOf(schedule).map(({ producer, consumer }) => ({
      title: `Overlap \`${producer}\` with \`${consumer}\``,
      argument: `${producer} -> ${consumer}`,
    }));
  },
  async propose(argument, scene) {
    const schedule = scheduleAt(scene);
    const pair = schedule && pairsOf(schedule).find((one) => `${one.producer} -> ${one.consumer}` === argument);
    if (!schedule || !pair) return refuse("There are no such values here.");
    let first: Outcome | undefined;
    for (const grain of pair.grains) {
      const outcome = await withVerb(schedule, `overlap ${argument} by ${grain}`, "last", scene);
      if ("edits" in outcome) return outcome;
      first ??= outcome;
    }
    return first ?? refuse("No grain fits.");
  },
};

interface Pair {
  readonly producer: string;
  readonly consumer: string;
  /** The likeliest first. */
  readonly grains: readonly string[];
}

/** Values that statements of the layer name, one of which moves what the other computes, and that no verb overlaps. */
function pairsOf({ node, layer }: KnownSchedule): Pair[] {
  const overlapped = node.verbs.flatMap((verb) =>
    verb.kind === "OverlapVerb" ? [verb.groups.flatMap((group) => group.map(pathText))] : [],
  );
  const values = ownValues(layer);
  const nameOf = new Map(values.map(([name, { value }]) => [value, name]));
  return values.flatMap(([consumer, to]) => {
    const read = new Set(to.statements.flatMap((statement) => operandsOf(layer, statement)));
    return [...read].flatMap((value) => {
      const producer = nameOf.get(value);
      if (producer === undefined || producer === consumer) return [];
      if (overlapped.some((names) => names.includes(producer) && names.includes(consumer))) return [];
      const isMoved = movesBytes(layer, layer.names.get(producer)!);
      if (isMoved === movesBytes(layer, to)) return [];
      return [{ producer, consumer, grains: grainsFor(layer.ir.values[value]!, isMoved) }];
    });
  });
}

/** One name a value: the first, which is its own. */
function ownValues({ ir, names }: CheckedLayer): (readonly [string, NamedValue])[] {
  const inputs = new Set(ir.inputs);
  const seen = new Set<number>();
  return [...names].filter(([name, { value }]) => {
    if (name.includes(".") || inputs.has(value) || seen.has(value)) return false;
    seen.add(value);
    return true;
  });
}

function movesBytes({ ir }: CheckedLayer, { statements }: NamedValue): boolean {
  return statements.some((s) => ir.statements[s]!.kind === "word");
}

function operandsOf({ ir }: CheckedLayer, index: number): readonly number[] {
  const statement = ir.statements[index]!;
  return statement.kind === "op" ? statement.operands : [statement.operand];
}

/** What arrives is released by where it comes from; what is computed, by an axis that can leave in parts. */
function grainsFor({ axes }: ValueIR, isMoved: boolean): string[] {
  if (isMoved) return ["shard", "rows", "tile"];
  const along = axes
    .filter(({ name, table, size }) => table === undefined && size >= 2 && /^[A-Za-z_]\w*$/.test(name))
    .map(({ name }) => `${name}(${name} / 4)`);
  return ["tile", ...along.reverse(), "rows"];
}
