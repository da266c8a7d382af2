/**
 * Random layers with random schedules, as the front would make them: layouts obey the language's rules (divided in
 * ceiling blocks, replicated, pending, at a position), every image lies in its operand's layout, every word is legal.
 */
import type { AxisCutIR, AxisIR, CheckedProgram, LayerIR, ScheduleIR, ValueIR } from "../../compiler/check/ir.js";
import { factorNamed } from "../../compiler/check/axis-factors.js";
import { nestedApart } from "../../compiler/check/row-parts.js";
import {
  exchangeAll,
  gather,
  reduceAll,
  reduceScatter,
  reshard,
  type WordResult,
} from "../../compiler/check/word-layouts.js";
import { ranksAlong, scan, shift } from "../../compiler/check/part-words.js";
import { broadcast, reduceTo, sendTo, type Place } from "../../compiler/check/position-words.js";
import { fan, partials, shard, spread, type ViewResult } from "../../compiler/check/view-layouts.js";
import { standardMonoids } from "./kernel-builder.js";
import { somewhere, testProgram } from "./layer-builder.js";
import type { Draw } from "./random-draw.js";
import {
  divider,
  divideSome,
  finishGrowth,
  freeMeshAxes,
  freshAxis,
  growValue,
  randomGrowth,
  randomInput,
  type Growth,
} from "./random-growth.js";
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
    growth.at = value.at;
    if (draw.oneIn(3)) growWord(growth, value);
    else if (draw.oneIn(4)) growView(growth, value);
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
  return { layer, ...testProgram({ mesh: growth.mesh, layer, tables: [...growth.tables, growth.documents] }) };
}

function elementsOf(axes: readonly AxisIR[]): number {
  return axes.reduce((count, axis) => count * axis.size, 1);
}

/** One of the words that this layout allows, over one or several mesh axes; nothing where it allows none. */
function growWord(growth: Growth, value: ValueIR): void {
  const { draw, draft } = growth;
  const choices = wordChoices(growth, value);
  if (choices.length === 0) return;
  const { change, result } = draw.pick(choices);
  const made = draft.value(`v${draft.values.length}`, result.axes, { pending: result.pending, at: result.at });
  draft.statements.push({ kind: "word", ...change, result: made, operand: value.id, location: somewhere });
}

/** The value's axes, laid out anew. */
function anyLayout(growth: Growth, value: ValueIR) {
  const { draw, mesh } = growth;
  const bare = value.axes.map((axis) => ({ ...axis, cuts: [] }));
  const at = draw.oneIn(4) ? [{ meshAxis: 0, position: draw.integer(0, mesh.axes[0]!.size - 1) }] : [];
  return { axes: divideSome({ ...growth, at }, bare, []), pending: [], at };
}

type Column = Omit<AxisCutIR, "meshAxis">;

/** One of the views that this layout allows. */
function growView(growth: Growth, value: ValueIR): void {
  const { draw, draft, mesh } = growth;
  const found: Extract<ViewResult, { change: unknown }>[] = [];
  const add = (result: ViewResult): void => void ("change" in result && found.push(result));
  const name = value.pending[0]?.monoid ?? draw.pick(["sum", "max"]);
  const monoid = standardMonoids.find((known) => known.name === name);
  for (const meshAxes of tuples(freeMeshAxes(growth, value.axes, value.pending))) {
    value.axes.forEach((axis, d) => {
      const column = columnAfter(draw, axis);
      add(
        shard(
          value,
          d,
          meshAxes.map((meshAxis) => ({ meshAxis, ...column })),
        ),
      );
    });
    add(spread(value, freshAxis(growth, ranksAlong(meshAxes, mesh)), meshAxes, mesh));
  }
  value.axes.forEach((axis, d) => {
    for (const meshAxes of tuples(axis.cuts.map((cut) => cut.meshAxis))) {
      if (monoid === undefined) continue;
      add(fan(value, d, meshAxes, monoid));
      add(partials(value, d, meshAxes, monoid, mesh));
    }
  });
  if (found.length === 0) return;
  const { change, result } = draw.pick(found);
  draft.view(change, growValue(growth, result.axes, result.pending), value.id);
}

/** Every word over every tuple of mesh axes that the value's layout allows. */
function wordChoices(growth: Growth, value: ValueIR) {
  const { draw, mesh } = growth;
  const columnOf = (to: AxisIR, gone?: AxisIR): Column => columnAfter(draw, to, gone);
  const placeAt = (meshAxes: readonly number[]): Place =>
    meshAxes.map((meshAxis) => ({ meshAxis, position: draw.integer(0, mesh.axes[meshAxis]!.size - 1) }));
  const found: Extract<WordResult, { change: unknown }>[] = [];
  const add = (result: WordResult): void => void ("change" in result && found.push(result));
  const divide = (meshAxes: readonly number[], column: Column): AxisCutIR[] =>
    meshAxes.map((meshAxis) => ({ meshAxis, ...column }));
  value.axes.forEach((axis, before) => {
    for (const meshAxes of tuples(axis.cuts.map((cut) => cut.meshAxis))) {
      add(gather(value, before, meshAxes));
      value.axes.forEach((other, after) => {
        const column = columnOf(other, after === before ? axis : undefined);
        const moves = axis.cuts.at(-1)?.by !== column.by;
        if (after !== before || (nestedApart(other) && moves))
          add(exchangeAll(value, before, after, divide(meshAxes, column)));
      });
    }
  });
  value.axes.forEach((axis, d) => {
    for (const meshAxes of tuples(axis.cuts.map((cut) => cut.meshAxis))) {
      add(shift(value, d, meshAxes, draw.integer(-3, 3), mesh));
      const under = draw.pick(["sum", "max"]);
      const monoid = standardMonoids.find(({ name }) => name === under)!;
      // Of nothing, max is no finite number.
      add(scan(value, d, meshAxes, monoid, under === "max" || draw.oneIn(2), mesh));
    }
  });
  add(reshard(value, anyLayout(growth, value), mesh));
  for (const meshAxes of tuples(value.at.map((at) => at.meshAxis))) {
    add(broadcast(value, meshAxes, mesh));
    add(sendTo(value, placeAt(meshAxes), mesh));
  }
  for (const { over } of value.pending)
    for (const meshAxes of tuples(over)) {
      add(reduceTo(value, placeAt(meshAxes), mesh));
      add(reduceAll(value, meshAxes));
      value.axes.forEach((other, after) => add(reduceScatter(value, after, divide(meshAxes, columnOf(other)))));
    }
  return found;
}

/** Ordered choices of at least one of the items. */
function tuples(items: readonly number[]): number[][] {
  return items.flatMap((item) => [
    [item],
    ...tuples(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  ]);
}

/** Rows that stay rows change the column they are divided by. */
function columnAfter(draw: Draw, to: AxisIR, gone?: AxisIR): Column {
  if (to.table === undefined) {
    const by = divider(draw, to);
    const factor = by === undefined ? undefined : factorNamed(to, by);
    return { ...(by !== undefined && { by }), ...(factor && { factor }) };
  }
  const last = gone?.cuts.at(-1)?.by;
  return { by: draw.pick(["from", "to", "next"].filter((column) => column !== last)) };
}
