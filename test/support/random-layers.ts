/**
 * Random layers with random schedules, as the front would make them: layouts obey the language's rules (divided in
 * ceiling blocks, replicated, pending, at a position), every image lies in its operand's layout, every word is legal.
 */
import type { AxisIR, CheckedProgram, LayerIR, ScheduleIR, ValueIR, Word } from "../../compiler/check/ir.js";
import { testProgram } from "./layer-builder.js";
import type { Draw } from "./random-draw.js";
import { finishGrowth, growValue, randomGrowth, randomInput, type Growth, type Pending } from "./random-growth.js";
import { operations } from "./random-operations.js";

export interface RandomLayer {
  readonly program: CheckedProgram;
  readonly layer: LayerIR;
  readonly schedule: ScheduleIR;
}

/** Elements of one value at most: what is made from several axes stays small enough to enumerate. */
const maximalElements = 400;

export function randomLayer(draw: Draw, spreads = true): RandomLayer {
  const growth = randomGrowth(draw, spreads);
  randomInput(growth);
  const wanted = draw.integer(2, 6);
  const grow = (value: ValueIR): void => {
    if (draw.oneIn(3)) growWord(growth, value);
    else draw.pick(operations)(growth, value);
  };
  // Some operations and words do not apply to the value drawn: a bounded number of attempts.
  for (let attempt = 0; attempt < 30 && growth.draft.statements.length < wanted; attempt++) {
    const small = growth.draft.values.filter((value) => elementsOf(value.axes) <= maximalElements);
    if (small.length === 0) randomInput(growth);
    else if (draw.oneIn(3)) grow(draw.pick(small));
    else grow(small.at(-1)!);
  }
  if (growth.draft.statements.length === 0) operations[0]!(growth, growth.draft.values[0]!);
  const layer = finishGrowth(growth);
  return { layer, ...testProgram({ mesh: growth.mesh, layer, tables: growth.tables }) };
}

function elementsOf(axes: readonly AxisIR[]): number {
  return axes.reduce((count, axis) => count * axis.size, 1);
}

interface WordChoice {
  readonly word: Word;
  readonly meshAxis: number;
  readonly before?: number;
  readonly after?: number;
  readonly monoid?: string;
}

/** One of the words that this layout allows; nothing where it allows none. */
function growWord(growth: Growth, value: ValueIR): void {
  const choices: WordChoice[] = [];
  value.axes.forEach((axis, before) => {
    for (const [position, cut] of axis.cuts.entries()) {
      const { meshAxis } = cut;
      const last = !axis.cuts.slice(position + 1).some((later) => (later.by ?? "to") === (cut.by ?? "to"));
      if (!last) continue;
      choices.push({ word: "all_gather", meshAxis, before });
      value.axes.forEach((other, after) => {
        if (after !== before || other.table !== undefined)
          choices.push({ word: "all_to_all", meshAxis, before, after });
      });
    }
  });
  for (const { monoid, over } of value.pending)
    for (const meshAxis of over) {
      choices.push({ word: "all_reduce", meshAxis, monoid });
      value.axes.forEach((_, after) => choices.push({ word: "reduce_scatter", meshAxis, after, monoid }));
    }
  if (choices.length === 0) return;
  const { draw, draft } = growth;
  const choice = draw.pick(choices);
  const { word, meshAxis, before, after, monoid } = choice;
  const without: readonly AxisIR[] =
    before === undefined
      ? value.axes
      : value.axes.with(before, {
          ...value.axes[before]!,
          cuts: value.axes[before]!.cuts.filter((cut) => cut.meshAxis !== meshAxis),
        });
  const gone = before === undefined ? undefined : value.axes[before]!.cuts.find((cut) => cut.meshAxis === meshAxis)!.by;
  const axes =
    after === undefined
      ? without
      : without.with(after, {
          ...without[after]!,
          cuts: [...without[after]!.cuts, cutAfter(growth, value, choice, gone)],
        });
  const pending: Pending =
    monoid === undefined
      ? value.pending
      : value.pending
          .map((p) => ({ ...p, over: p.over.filter((m) => m !== meshAxis) }))
          .filter((p) => p.over.length > 0);
  draft.word(
    word,
    growValue(growth, axes, pending),
    value.id,
    meshAxis,
    { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
    monoid,
  );
}

/** Rows that stay rows change the column they are divided by. */
function cutAfter(growth: Growth, value: ValueIR, { meshAxis, before, after }: WordChoice, gone?: "from" | "to") {
  if (value.axes[after!]!.table === undefined) return { meshAxis };
  const other = (gone ?? "to") === "to" ? ("from" as const) : ("to" as const);
  return { meshAxis, by: before === after ? other : growth.draw.oneIn(2) ? ("from" as const) : ("to" as const) };
}
