/** Words and views that a layout allows, with the layout after them. */
import { copiesOf, letValue, usedBy, type Growth } from "./text-growth.js";
import type { TextAxis, TextValue } from "./verbs.js";

/** One of the words that this layout allows; nothing where it allows none. */
export function growWord(growth: Growth, value: TextValue): TextValue | undefined {
  const { draw, meshAxes } = growth;
  const { name, axes, pending } = value;
  const choices: (() => TextValue)[] = [];
  const word = (call: string, changed: readonly TextAxis[], left = pending): TextValue =>
    letValue(growth, call, changed, left);
  const free = (m: string): boolean => axes.every(({ cuts }) => !cuts.includes(m));
  const cut = (axis: TextAxis, m: string): TextAxis => ({ ...axis, cuts: [...axis.cuts, m] });
  const uncut = (axis: TextAxis): TextAxis => ({ ...axis, cuts: axis.cuts.slice(0, -1) });
  axes.forEach((axis, d) => {
    const m = axis.cuts.at(-1);
    if (m !== undefined) {
      choices.push(() => word(`all_gather(${name}, ${axis.name}/${m})`, axes.with(d, uncut(axis))));
      axes.forEach((other, e) => {
        if (e === d) return;
        const call = `all_to_all(${name}, ${axis.name}/${m} -> ${other.name}/${m})`;
        choices.push(() => word(call, axes.with(d, uncut(axis)).with(e, cut(other, m))));
      });
    }
    for (const m of pending.filter(free)) {
      const left = pending.filter((other) => other !== m);
      choices.push(() => word(`reduce_scatter(${name}, ${axis.name}/${m})`, axes.with(d, cut(axis, m)), left));
    }
  });
  for (const m of pending.filter((p) => meshAxes.includes(p))) {
    const left = pending.filter((other) => other !== m);
    if (pending.length === 1) choices.push(() => word(`all_reduce(${name})`, axes, left));
  }
  choices.push(...placeWords(growth, value), ...partWords(growth, value), ...views(growth, value));
  return choices.length === 0 ? undefined : draw.pick(choices)();
}

type Choice = () => TextValue;

/** Words from and to one position. */
function placeWords(growth: Growth, { name, axes, pending, at }: TextValue): Choice[] {
  const { draw, sizes } = growth;
  const somewhere = (m: string): string => `${m}(${draw.integer(0, sizes.get(m)! - 1)})`;
  const moved = (call: string, left: readonly string[], places: readonly string[]): TextValue => {
    growth.at = places;
    return letValue(growth, call, axes, left);
  };
  const choices = pending.map((m): Choice => {
    const place = somewhere(m);
    const left = pending.filter((other) => other !== m);
    return () => moved(`reduce(${name}, ${place})`, left, [...at, place]);
  });
  for (const place of at) {
    const m = place[0]!;
    const others = at.filter((other) => other !== place);
    choices.push(() => moved(`broadcast(${name}, ${m})`, pending, others));
    const next = somewhere(m);
    if (next !== place) choices.push(() => moved(`send(${name}, ${next})`, pending, [...others, next]));
  }
  return choices;
}

/** Words between the parts of an axis, and over several mesh axes. */
function partWords(growth: Growth, { name, axes, pending, at }: TextValue): Choice[] {
  const { draw, sizes } = growth;
  const choices: Choice[] = [];
  const word =
    (call: string, changed = axes, left = pending): Choice =>
    () =>
      letValue(growth, call, changed, left);
  axes.forEach((axis, d) => {
    const ranks = axis.cuts.reduce((count, m) => count * sizes.get(m)!, 1);
    const divided = [axis.name, ...axis.cuts].join("/");
    if (axis.cuts.length > 1)
      choices.push(word(`all_gather(${name}, ${divided})`, axes.with(d, { ...axis, cuts: [] })));
    if (axis.cuts.length > 0 && sizes.has(axis.name) && sizes.get(axis.name)! % ranks === 0)
      choices.push(word(`shift(${name}, ${divided}, ${draw.integer(-3, 3)})`));
    if (axis.cuts.length === 1 && copiesOf[axis.cuts[0]!] === axis.name && pending.length === 0)
      choices.push(word(`scan(${name}, ${divided}, sum${draw.pick(["", ", inclusive"])})`));
  });
  if (pending.length > 1) choices.push(word(`all_reduce(${name}, ${pending.join(", ")})`, axes, []));
  if (pending.length === 0 && at.length === 0) {
    const free = [...growth.meshAxes];
    const anew = axes.map((axis): TextAxis => {
      const cuts = free.length > 0 && draw.oneIn(2) ? free.splice(draw.integer(0, free.length - 1), 1) : [];
      return { ...axis, cuts };
    });
    const layout = anew.map((axis) => [axis.name, ...axis.cuts].join("/")).join(", ");
    choices.push(word(`reshard(${name}, [${layout}])`, anew));
  }
  return choices;
}

/** Changes of layout that move nothing. */
function views(growth: Growth, value: TextValue): Choice[] {
  const { name, axes, pending } = value;
  const choices: Choice[] = [];
  const view =
    (call: string, changed: readonly TextAxis[], left = pending): Choice =>
    () =>
      letValue(growth, call, changed, left);
  for (const m of growth.meshAxes.filter((one) => !usedBy(value).includes(one))) {
    axes.forEach((axis, d) => {
      const cut = axes.with(d, { ...axis, cuts: [...axis.cuts, m] });
      choices.push(view(`shard(${name}, ${axis.name}/${m})`, cut));
    });
    const copies = copiesOf[m]!;
    if (axes.every((axis) => axis.name !== copies))
      choices.push(view(`spread(${name}, ${copies}/${m})`, [{ name: copies, cuts: [m] }, ...axes]));
  }
  axes.forEach((axis, d) => {
    const m = axis.cuts.at(-1);
    if (m === undefined) return;
    const whole = { ...axis, cuts: axis.cuts.slice(0, -1) };
    choices.push(view(`fan(${name}, ${axis.name}/${m}, sum)`, axes.with(d, whole), [...pending, m]));
    if (axis.cuts.length === 1 && copiesOf[m] === axis.name && axes.length > 1)
      choices.push(view(`partials(${name}, ${axis.name}, sum)`, axes.toSpliced(d, 1), [...pending, m]));
  });
  return choices;
}
