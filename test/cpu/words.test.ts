import { afterAll, describe, expect, test } from "vitest";
import type { CheckedProgram } from "../../compiler/check/ir.js";
import { createNodePool } from "../../runtime/node/workers.js";
import { prepareReference } from "../../runtime/reference/reference.js";
import { run } from "../../runtime/run/run.js";
import { plannedOf, programOf } from "../support/run-text.js";

// Every word and view executed, against the tensor that its equation makes, and the laws that hold between them.

const pool = createNodePool();
afterAll(() => pool.close());

/** Meshes of 2, 4, 6 and 8 ranks; words are over all of their axes. */
const meshes: readonly (readonly (readonly [string, number])[])[] = [
  [["p", 2]],
  [["p", 4]],
  [
    ["p", 2],
    ["q", 3],
  ],
  [
    ["p", 3],
    ["q", 2],
  ],
  [["p", 8]],
  [
    ["p", 2],
    ["q", 2],
    ["r", 2],
  ],
];

interface Names {
  /** `p, q`, `p/q`, `(p, q)`, `p(1), q(0)`, and the first and last place. */
  readonly list: string;
  readonly slash: string;
  readonly over: string;
  readonly n: number;
  readonly first: string;
  readonly last: string;
}

function namesOf(mesh: readonly (readonly [string, number])[]): Names {
  const names = mesh.map(([name]) => name);
  const at = (places: readonly number[]): string => names.map((name, i) => `${name}(${places[i]!})`).join(", ");
  return {
    list: names.join(", "),
    slash: names.join("/"),
    over: names.length > 1 ? `(${names.join(", ")})` : names[0]!,
    n: mesh.reduce((product, [, size]) => product * size, 1),
    first: at(mesh.map(() => 0)),
    last: at(mesh.map(([, size]) => size - 1)),
  };
}

const atPlaces = (places: string): string =>
  places
    .split(", ")
    .map((place) => ` at ${place}`)
    .join("");

function textOf(mesh: readonly (readonly [string, number])[], layers: readonly string[]): string {
  const { n } = namesOf(mesh);
  const schedules = layers.map((layer) => /layer (\w+)/.exec(layer)![1]!);
  return `
import { h100_node } from "std/machines"
import { add, relu, scale } from "std/ops"
mesh on h100_node { ${mesh.map(([name, size]) => `${name}: ${size}`).join(", ")} }
param n = ${n}, even = ${3 * n}, odd = ${2 * n + 1}, h = 5, e = ${n + 1}
${layers.join("\n")}
${schedules.map((name) => `schedule run_${name} of ${name}`).join("\n")}
`;
}

/** Greatest difference of what a layer's schedule leaves, relative to the greatest number of another layer's tensor. */
async function difference(program: CheckedProgram, layer: string, model: string): Promise<number> {
  const planned = plannedOf(program, `run_${layer}`);
  const { mesh, tables, monoids, layers } = program;
  const against = layers.find(({ name }) => name === model)!;
  const reference = prepareReference({ layer: against, mesh, tables, monoids });
  const result = await run(planned.plan, { device: "cpu", reference, pool, adverse: 3 });
  expect(result.failures).toEqual([]);
  return result.maxError!;
}

/** Calls, by what they are of: the value's type, the call, the result's type. */
const calls: Record<string, (names: Names) => [string, string, string]> = {
  all_gather: ({ slash }) => [`f32[odd/${slash}, h]`, `all_gather(x, odd/${slash})`, "f32[odd, h]"],
  reduce_scatter: ({ slash, over }) => [
    `f32[odd, h] pending sum over ${over}`,
    `reduce_scatter(x, odd/${slash})`,
    `f32[odd/${slash}, h]`,
  ],
  all_reduce: ({ list, over }) => [`f32[odd, h] pending max over ${over}`, `all_reduce(x, ${list})`, "f32[odd, h]"],
  all_to_all: ({ slash }) => [
    `f32[odd/${slash}, e]`,
    `all_to_all(x, odd/${slash} -> e/${slash})`,
    `f32[odd, e/${slash}]`,
  ],
  broadcast: ({ list, last }) => [`f32[odd, h]${atPlaces(last)}`, `broadcast(x, ${list})`, "f32[odd, h]"],
  reduce: ({ over, last }) => [
    `f32[odd, h] pending sum over ${over}`,
    `reduce(x, ${last})`,
    `f32[odd, h]${atPlaces(last)}`,
  ],
  send: ({ first, last }) => [`f32[odd, h]${atPlaces(last)}`, `send(x, ${first})`, `f32[odd, h]${atPlaces(first)}`],
  shift: ({ slash }) => [`f32[even/${slash}, h]`, `shift(x, even/${slash}, 1)`, `f32[even/${slash}, h]`],
  "shift back": ({ slash }) => [`f32[h, even/${slash}]`, `shift(x, even/${slash}, -2)`, `f32[h, even/${slash}]`],
  scan: ({ slash }) => [`f32[h, n/${slash}]`, `scan(x, n/${slash}, sum)`, `f32[h, n/${slash}]`],
  "scan, inclusive": ({ slash }) => [`f32[n/${slash}, h]`, `scan(x, n/${slash}, max, inclusive)`, `f32[n/${slash}, h]`],
  reshard: ({ slash }) => [`f32[odd/${slash}, e]`, `reshard(x, [odd, e/${slash}])`, `f32[odd, e/${slash}]`],
  "reshard to a place": ({ slash, last }) => [
    `f32[odd/${slash}, e]`,
    `reshard(x, [odd, e]${atPlaces(last)})`,
    `f32[odd, e]${atPlaces(last)}`,
  ],
  "reshard from a place": ({ slash, first }) => [
    `f32[odd, e]${atPlaces(first)}`,
    `reshard(x, [odd, e/${slash}])`,
    `f32[odd, e/${slash}]`,
  ],
  shard: ({ slash }) => ["f32[odd, h]", `relu(shard(x, odd/${slash}))`, `f32[odd/${slash}, h]`],
  spread: ({ slash }) => ["f32[odd, h]", `relu(spread(x, n/${slash}))`, `f32[n/${slash}, odd, h]`],
  partials: ({ slash, list }) => [`f32[h, n/${slash}]`, `all_reduce(partials(x, n, sum), ${list})`, "f32[h]"],
  fan: ({ slash, list }) => [`f32[h, odd/${slash}]`, `all_reduce(fan(x, odd/${slash}, max), ${list})`, "f32[h, odd]"],
};

describe.each(meshes.map((mesh) => [mesh.map(([, size]) => size).join(" x "), mesh] as const))("%s", (_, mesh) => {
  const names = namesOf(mesh);

  test.each(Object.keys(calls))("%s makes the tensor of its equation", async (word) => {
    const [type, call, result] = calls[word]!(names);
    const program = programOf(textOf(mesh, [`layer a(x: ${type}) -> out: ${result} { return ${call} }`]));
    expect(await difference(program, "a", "a")).toBeLessThan(1e-6);
  });

  const { list, slash, over, n } = names;
  const laws: Record<string, [string, string]> = {
    "reduce_scatter, then all_gather, is all_reduce": [
      `(x: f32[odd, h] pending sum over ${over}) -> out: f32[odd, h] { return all_gather(reduce_scatter(x, odd/${slash}), odd/${slash}) }`,
      `(x: f32[odd, h] pending sum over ${over}) -> out: f32[odd, h] { return all_reduce(x, ${list}) }`,
    ],
    "all_reduce of fan is all_gather": [
      `(x: f32[odd/${slash}, h]) -> out: f32[odd, h] { return all_reduce(fan(x, odd/${slash}, sum), ${list}) }`,
      `(x: f32[odd/${slash}, h]) -> out: f32[odd, h] { return all_gather(x, odd/${slash}) }`,
    ],
    "all_reduce of the partials of a spread is n of it": [
      `(x: f32[odd, h]) -> out: f32[odd, h] { return all_reduce(partials(spread(x, n/${slash}), n, sum), ${list}) }`,
      `(x: f32[odd, h]) -> out: f32[odd, h] { return scale(x, ${n}) }`,
    ],
    "shift by d, then by -d, changes nothing": [
      `(x: f32[even/${slash}, h]) -> out: f32[even/${slash}, h] { return shift(shift(x, even/${slash}, 3), even/${slash}, -3) }`,
      `(x: f32[even/${slash}, h]) -> out: f32[even/${slash}, h] { return x }`,
    ],
    "all_gather of shard changes nothing": [
      `(x: f32[odd, h]) -> out: f32[odd, h] { return all_gather(shard(x, odd/${slash}), odd/${slash}) }`,
      `(x: f32[odd, h]) -> out: f32[odd, h] { return x }`,
    ],
    "reduce, then broadcast, is all_reduce": [
      `(x: f32[odd, h] pending sum over ${over}) -> out: f32[odd, h] { return broadcast(reduce(x, ${names.last}), ${list}) }`,
      `(x: f32[odd, h] pending sum over ${over}) -> out: f32[odd, h] { return all_reduce(x, ${list}) }`,
    ],
    "the last of an inclusive scan is the sum": [
      `(x: f32[n/${slash}, h]) -> out: f32[n/${slash}, h] { return add(scan(x, n/${slash}, sum), x) }`,
      `(x: f32[n/${slash}, h]) -> out: f32[n/${slash}, h] { return scan(x, n/${slash}, sum, inclusive) }`,
    ],
  };
  test.each(Object.keys(laws))("%s", async (law) => {
    const [a, b] = laws[law]!;
    const program = programOf(textOf(mesh, [`layer a${a}`, `layer b${b}`]));
    expect(await difference(program, "a", "b")).toBeLessThan(1e-6);
  });
});

test("a scan along an axis that is split folds all parts of it", async () => {
  const mesh = [
    ["p", 2],
    ["q", 3],
  ] as const;
  const layer = "layer a(x: f32[n/p/q, h]) -> out: f32[n/p/q, h] { return scan(relu(x), n/p/q, sum) }";
  const split = textOf(mesh, [layer]).replace("schedule run_a of a", "schedule run_a of a { split n within p into 2 }");
  expect(await difference(programOf(split), "a", "a")).toBeLessThan(1e-6);
});

test("a scan is a loop over prefixes", async () => {
  const layer = "layer a(x: f32[n/p, h]) -> out: f32[n/p, h] { return scan(x, n/p, sum) }";
  const program = programOf(textOf([["p", 6]], [layer]));
  const { mesh, tables, monoids, layers } = program;
  const reference = prepareReference({ layer: layers[0]!, mesh, tables, monoids });
  const result = await run(plannedOf(program).plan, { device: "cpu", reference, pool });
  const x = [...reference.inputs.values()][0]!;
  const wanted: number[] = [];
  for (let i = 0; i < 6; i++)
    for (let k = 0; k < 5; k++) {
      let sum = 0;
      for (let j = 0; j < i; j++) sum += x[j * 5 + k]!;
      wanted.push(sum);
    }
  const { elements } = result.outputs[0]!;
  wanted.forEach((value, i) => expect(elements[i]).toBeCloseTo(value, 5));
});

test.each([
  ["f32[seq, heads, dim]", "broadcast(reduce(part, p(1)), p)", "f32[seq, heads, dim]"],
  ["f32[seq, heads, dim]", "send(reduce(part, p(1)), p(0))", "f32[seq, heads, dim] at p(0)"],
  ["f32[seq/q, heads, dim]", "all_reduce(shift(part, seq/q, 1), p)", "f32[seq/q, heads, dim]"],
  ["f32[seq, heads, dim]", "all_reduce(shard(part, seq/q), p)", "f32[seq/q, heads, dim]"],
  ["f32[seq, heads, dim]", "all_reduce(spread(part, two/q), p)", "f32[two/q, seq, heads, dim]"],
])("what is pending under a state of several numbers moves as that: q: %s, %s", async (queries, call, result) => {
  const program = programOf(`
import { h100_node } from "std/machines"
import { attend } from "std/ops"
mesh on h100_node { p: 2, q: 2 }
param seq = 6, heads = 2, dim = 4, two = 2
layer a(queries: ${queries}, k, v: f32[keys: seq/p, heads, dim]) -> out: ${result} {
  let part = attend(queries, k, v)
  return ${call}
}
schedule run_a of a
`);
  expect(await difference(program, "a", "a")).toBeLessThan(1e-5);
});
