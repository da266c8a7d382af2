/**
 * Random whole programs as text: layers over the ops of std, the words and the views with right layouts, and a schedule of
 * random verbs over their values. The layouts are kept by rules of its own, apart from those of the compiler.
 */
import type { Draw } from "./draw.js";
import type { ArbitraryMachine } from "./machines.js";
import { input, letValue, typeText, usedBy, type Growth } from "./text-growth.js";
import { growWord } from "./text-words.js";
import { randomVerbs, type TextAxis, type TextValue } from "./verbs.js";

export interface RandomText {
  readonly text: string;
  /** The same, but for its schedule. */
  readonly layerText: string;
  /** Of its schedule `random`, a line each: mostly what the values can have, now and then what they cannot. */
  readonly verbs: readonly string[];
}

const axisNames = ["t", "h", "f", "g", "s"] as const;
const mostRanks = 8;

/** @param on the machine of the mesh; one of the standard library without it */
export function randomText(draw: Draw, on?: ArbitraryMachine): RandomText {
  const routed = draw.oneIn(3);
  const ranks = Math.min(mostRanks, on?.ranks ?? mostRanks);
  const p = draw.integer(1, Math.min(5, ranks));
  const q = draw.integer(1, Math.floor(ranks / p));
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
  const machine = on?.name ?? draw.pick(["h100_node", "l20_node", "a100_node"]);
  const layerText = [
    on?.text ?? `import { ${machine} } from "std/machines"`,
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
  return { text: layerText + scheduleOf("random", verbs), layerText, verbs };
}

/** The same layer with other verbs in its schedule, and beside it one without any, `barrier`. */
export function withVerbs({ layerText }: RandomText, verbs: readonly string[]): RandomText {
  return { text: layerText + scheduleOf("random", verbs) + scheduleOf("barrier", []), layerText, verbs };
}

function scheduleOf(name: string, verbs: readonly string[]): string {
  return `schedule ${name} of net {\n${verbs.map((verb) => `  ${verb}\n`).join("")}}\n`;
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
