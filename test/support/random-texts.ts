/**
 * Random whole programs as text: layers over the ops of std, the words and the views with right layouts, and a schedule of
 * random verbs over their values. The layouts are kept by rules of its own, apart from those of the compiler.
 */
import type { Draw } from "./random-draw.js";
import { meshOf, randomVerbs, type TextAxis, type TextValue } from "./random-verbs.js";

export interface RandomText {
  readonly text: string;
  /** The same, but for its schedule. */
  readonly layerText: string;
}

interface Growth {
  readonly draw: Draw;
  readonly dtype: string;
  readonly meshAxes: readonly string[];
  readonly axisNames: readonly string[];
  readonly parameters: string[];
  readonly statements: string[];
  readonly inputs: TextValue[];
  readonly values: TextValue[];
  /** Of each axis and mesh axis. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Where what is made next is. */
  at: readonly string[];
}

const axisNames = ["t", "h", "f", "g", "s"] as const;
/** Axes with one index a position along a mesh axis. */
const copiesOf: Readonly<Record<string, string>> = { p: "cp", q: "cq" };

export function randomText(draw: Draw): RandomText {
  const routed = draw.oneIn(3);
  const p = draw.integer(1, 5);
  const q = draw.integer(1, Math.max(1, Math.floor(8 / p)));
  const sizes = new Map([
    ...axisNames.map((name): [string, number] => [name, draw.integer(1, 12)]),
    ["p", p],
    ["cp", p],
    ["q", q],
    ["cq", q],
  ]);
  const growth: Growth = {
    draw,
    dtype: draw.pick(["f32", "bf16", "f16"]),
    meshAxes: ["p", "q"],
    axisNames,
    parameters: [],
    statements: [],
    inputs: [],
    values: [],
    sizes,
    at: [],
  };
  if (routed) growRouted(growth);
  else grow(growth);
  const out = growth.values.at(-1)!;
  growth.statements.push(`return ${out.name}`);
  const experts = draw.integer(1, 6);
  const gate = draw.pick([
    "uniform",
    "zipf(1.3)",
    "one(0)",
    `one(${experts - 1})`,
    ...(experts > 4 ? ["without(0)"] : []),
  ]);
  const machine = draw.pick(["h100_node", "l20_node", "a100_node"]);
  const layerText = [
    `import { ${machine} } from "std/machines"`,
    `import { add, combine, dispatch, gelu, grouped_matmul, layernorm, matmul, mul, relu, rmsnorm, scale, silu, softmax, take, topk_combine } from "std/ops"`,
    `param ${axisNames.map((name) => `${name} = ${sizes.get(name)}`).join(", ")}, cp = ${p}, cq = ${q}, experts = ${experts}`,
    `mesh on ${machine} { p: ${p}, q: ${q} }`,
    `table gate: t -> experts, top(${draw.integer(1, Math.min(4, experts))}) = ${gate} seed ${draw.integer(0, 9)}`,
    `layer net(${growth.parameters.join(", ")}) -> out: ${typeText(growth, out)} {`,
    ...growth.statements.map((line) => `  ${line}`),
    "}",
    "",
  ].join("\n");
  const verbs = randomVerbs(draw, growth.values.with(-1, { ...out, name: "out" }), growth.inputs);
  const text = `${layerText}schedule random of net {\n${verbs.map((verb) => `  ${verb}\n`).join("")}}\n`;
  return { text, layerText };
}

// ---- layers

function typeText({ dtype }: Growth, { axes, pending, at }: Pick<TextValue, "axes" | "pending" | "at">): string {
  const inside = axes.map(({ name, cuts }) => [name, ...cuts].join("/")).join(", ");
  const places = at.map((place) => ` at ${place}`).join("");
  return `${dtype}[${inside}]${pending.length > 0 ? ` pending sum over (${pending.join(", ")})` : ""}${places}`;
}

const usedBy = (value: TextValue): string[] => [
  ...value.axes.flatMap(({ cuts }) => cuts.map(meshOf)),
  ...value.pending,
  ...value.at.map((place) => place[0]!),
];

function input(growth: Growth, axes: readonly TextAxis[], pending: readonly string[] = []): TextValue {
  const value = { name: `i${growth.inputs.length}`, call: "", axes, pending, at: growth.at };
  growth.inputs.push(value);
  growth.parameters.push(`${value.name}: ${typeText(growth, value)}`);
  return value;
}

function letValue(growth: Growth, call: string, axes: readonly TextAxis[], pending: readonly string[]): TextValue {
  const value = { name: `v${growth.values.length}`, call, axes, pending, at: growth.at };
  growth.values.push(value);
  growth.statements.push(`let ${value.name} = ${call}`);
  return value;
}

function grow(growth: Growth): void {
  const { draw } = growth;
  const names = [...growth.axisNames];
  const axes: TextAxis[] = [];
  const free = [...growth.meshAxes];
  for (let d = draw.integer(1, 3); d > 0; d--) {
    const cuts = [];
    while (free.length > 0 && draw.oneIn(3)) cuts.push(...free.splice(draw.integer(0, free.length - 1), 1));
    axes.push({ name: names.splice(draw.integer(0, names.length - 1), 1)[0]!, cuts });
  }
  const pending = free.length > 0 && draw.oneIn(6) ? [draw.pick(free)] : [];
  let value = input(growth, axes, pending);
  const wanted = draw.integer(1, 6);
  for (let attempt = 0; attempt < 30 && growth.values.length < wanted; attempt++) {
    if (growth.values.length > 0 && draw.oneIn(5)) value = draw.pick(growth.values);
    growth.at = value.at;
    value = (draw.oneIn(2) ? growWord(growth, value) : growOp(growth, value)) ?? value;
  }
  if (growth.values.length === 0) letValue(growth, `scale(${value.name}, 2)`, value.axes, value.pending);
}

function growOp(growth: Growth, value: TextValue): TextValue | undefined {
  const { draw } = growth;
  const { name, axes, pending } = value;
  const last = axes.at(-1)!;
  const vector = [{ name: last.name, cuts: [] }];
  const same = growth.values.filter((v) => v !== value && typeText(growth, v) === typeText(growth, value));
  switch (draw.integer(0, 7)) {
    case 0:
      return letValue(growth, `scale(${name}, 0.5)`, axes, pending);
    case 1: {
      const other = same.length > 0 ? draw.pick(same) : input(growth, axes, pending);
      return letValue(growth, `add(${name}, ${other.name})`, axes, pending);
    }
    case 2:
      return letValue(growth, `mul(${name}, ${input(growth, axes).name})`, axes, pending);
    case 3:
    case 4: {
      const free = growth.meshAxes.filter((m) => !usedBy(value).includes(m));
      const names = growth.axisNames.filter((n) => axes.every((axis) => axis.name !== n));
      if (names.length === 0 || axes.length < 2) return undefined;
      const column = { name: draw.pick(names), cuts: free.length > 0 && draw.oneIn(2) ? [draw.pick(free)] : [] };
      const weights = input(growth, [last, column]);
      const product = `matmul(${name}, ${weights.name})`;
      const summed = [...pending, ...last.cuts];
      const result = [...axes.slice(0, -1), column];
      if (summed.length > 0 || draw.oneIn(2)) return letValue(growth, product, result, summed);
      return letValue(growth, `${draw.pick(["gelu", "silu"])}(${product})`, result, summed);
    }
    case 5:
      return pending.length > 0
        ? undefined
        : letValue(growth, `${draw.pick(["gelu", "relu", "silu"])}(${name})`, axes, []);
    default: {
      if (pending.length > 0 || last.cuts.length > 0) return undefined;
      const weights = (): string => input(growth, vector).name;
      const call = draw.pick([
        () => `softmax(${name})`,
        () => `rmsnorm(${name}, ${weights()})`,
        () => `layernorm(${name}, ${weights()}, ${weights()})`,
      ]);
      return letValue(growth, call(), axes, []);
    }
  }
}

function growWord(growth: Growth, value: TextValue): TextValue | undefined {
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

function growRouted(growth: Growth): void {
  const { draw } = growth;
  const m = draw.pick(growth.meshAxes);
  const spread = draw.oneIn(2);
  const rowAxis = (cuts: readonly string[]): TextAxis => ({ name: "rows(gate)", cuts });
  const h = { name: "h", cuts: [] };
  const x = input(growth, [{ name: "t", cuts: [m] }, h]);
  const f = { name: "f", cuts: spread ? [] : [m] };
  const expertAxis = { name: "experts", cuts: spread ? [m] : [] };
  const up = input(growth, [expertAxis, h, f]);
  const rowCuts = spread ? [`${m} by to`] : [];
  let rows: TextValue;
  if (spread) {
    if (draw.oneIn(2)) rows = letValue(growth, `dispatch(${x.name}, gate)`, [rowAxis(rowCuts), h], []);
    else {
      const picked = letValue(growth, `take(${x.name}, gate)`, [rowAxis([`${m} by from`]), h], []);
      rows = letValue(growth, `all_to_all(${picked.name}, by from -> by to)`, [rowAxis(rowCuts), h], []);
    }
  } else {
    const full = letValue(growth, `all_gather(${x.name}, t)`, [{ name: "t", cuts: [] }, h], []);
    rows = letValue(growth, `take(${full.name}, gate)`, [rowAxis([]), h], []);
  }
  let y = letValue(growth, `silu(grouped_matmul(${rows.name}, ${up.name}))`, [rowAxis(rowCuts), f], []);
  if (draw.oneIn(3)) y = letValue(growth, `scale(${y.name}, 2)`, y.axes, []);
  if (!spread || draw.oneIn(2)) {
    const down = input(growth, [expertAxis, f, h]);
    y = letValue(growth, `grouped_matmul(${y.name}, ${down.name})`, [rowAxis(rowCuts), h], spread ? [] : [m]);
  }
  const column = y.axes[1]!;
  if (spread) {
    const home = letValue(growth, `combine(${y.name}, gate)`, [{ name: "t", cuts: [m] }, column], []);
    if (draw.oneIn(3)) letValue(growth, `softmax(${home.name})`, home.axes, []);
    return;
  }
  const part = letValue(growth, `topk_combine(${y.name}, gate)`, [{ name: "t", cuts: [] }, column], [m]);
  const axis = draw.pick(["t", column.name]);
  const cut = part.axes.map((a) => (a.name === axis ? { ...a, cuts: [m] } : a));
  letValue(growth, `reduce_scatter(${part.name}, ${axis})`, cut, []);
}
