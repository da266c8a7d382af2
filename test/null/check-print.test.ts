import fc from "fast-check";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { check } from "../../compiler/check/check.js";
import type { CheckedProgram, LayerIR, StatementIR } from "../../compiler/check/ir.js";
import { inferLayout } from "../../compiler/check/layout-inference.js";
import { printLayer } from "../../compiler/check/print-ir.js";
import { bindText } from "../support/bind-text.js";
import { checkFiles, layersOf, preamble } from "../support/check-text.js";
import { seededDraw } from "../support/random-draw.js";
import { randomLayer } from "../support/random-layers.js";

/** Values, by name, and what is done to them in which order; kernels are compared as they are printed. */
function shapeOf(layer: LayerIR) {
  const name = (value: number) => layer.values[value]!.name;
  const shape = (statement: StatementIR) => {
    if (statement.kind === "op") return [name(statement.result), ...statement.operands.map(name)];
    const { result, operand, location: _, ...change } = statement;
    return [name(result), name(operand), change];
  };
  return {
    inputs: layer.inputs.map(name),
    outputs: layer.outputs.map(name),
    statements: layer.statements.map(shape),
    values: Object.fromEntries(
      layer.values.map(({ name: own, dtype, axes, pending, at }) => [own, { dtype, axes, pending, at }]),
    ),
  };
}

function expectSame(again: LayerIR, layer: LayerIR): void {
  expect(shapeOf(again)).toEqual(shapeOf(layer));
}

/** Reads a printed layer in a file that has what it names. */
function readBack(header: string, text: string): CheckedProgram {
  const { program, diagnostics } = checkFiles({ "main.stretto": `${header}\n${text}` });
  if (!program) throw new Error([...diagnostics.map((one) => `${one.name}: ${one.message}`), text].join("\n"));
  return program;
}

/** The declarations of a file without its layers, schedules and checks, whose names the printed ones take. */
function headerOf(source: string): string {
  const { tree } = bindText(source).bound.files.get("main.stretto")!;
  const kept = tree.declarations.filter(({ kind }) => !["LayerDecl", "ScheduleDecl", "CheckDecl"].includes(kind));
  return kept.map(({ span }) => source.slice(span.start, span.end)).join("\n");
}

test.each(["comet", "t3", "flux"])("layers of %s are printed, read, and printed the same", (name) => {
  const source = readFileSync(new URL(`../../examples/${name}.stretto`, import.meta.url), "utf8");
  const { program } = checkFiles({ "main.stretto": source });
  for (const layer of program!.layers) {
    const text = printLayer(layer, program!);
    const again = readBack(headerOf(source), text);
    expectSame(again.layers[0]!, layer);
    expect(printLayer(again.layers[0]!, again)).toBe(text);
  }
});

test("what an op asks of a table for an index is printed and read", () => {
  const source = `import { packed_attend } from "std/ops"
import { laptop } from "std/machines"
param tokens = 16
mesh on laptop { sp: 4 }
table doc: tokens -> 4 = lengths(5, 0, 9, 2)
layer net(q, k, v: f32[tokens/sp, 2, 3]) -> out: f32[tokens/sp, 2, 3] {
  return packed_attend(q, all_gather(k, tokens), all_gather(v, tokens), doc)
}`;
  const { program } = checkFiles({ "main.stretto": source });
  const text = printLayer(program!.layers[0]!, program!);
  expect(text).toContain("doc.to(");
  const again = readBack(headerOf(source), text);
  expectSame(again.layers[0]!, program!.layers[0]!);
  expect(printLayer(again.layers[0]!, again)).toBe(text);
});

test("std ops with local equations, packs, halos, several outputs and words are printed and read", () => {
  const source = `
op window(x: T[n, k]) -> T[i: (n - 2), k] = sum[j in 0 ..< 3] x[i + j, k] * (j + 1)
op gram(x: T[n, k]) -> T[i: n, j: n] { let s[i, j] = sum[k] x[i, k] * x[j, k] return s[i, j] - max[j] s[i, j] }
layer norms(x: f32[tokens/p, hidden], w, b: f32[hidden]) -> a: f32[tokens/p, hidden], out: f32[tokens/p, hidden] {
  let c = softmax(rmsnorm(x, w))
  return layernorm(c, w, b), scale(c, -0.5)
}
layer halo(x: f32[tokens, hidden/q]) -> out: f32[i: 62, hidden/q] { return window(x) }
layer square(x: f32[tokens, hidden]) -> out: f32[tokens, tokens] { return gelu(gram(x)) }
layer worded(x: f32[tokens/p/q, heads] pending sum over q) -> out: f32[tokens/p, heads] { return x }
`.replace(/layer worded.*\n/, "");
  const { program, layers } = layersOf(source);
  for (const layer of layers) {
    const text = printLayer(layer, program);
    const again = readBack(preamble, text);
    expectSame(again.layers[0]!, layer);
    expect(printLayer(again.layers[0]!, again)).toBe(text);
  }
});

test("reductions under states are printed and read, whatever the guard", () => {
  const header = `
import { attend_before, attend_within, causal_attend, causal_grouped_attend } from "std/ops"
param k = 4, d = 6, g = 2, chunks = 4, pos = 5
monoid mean(total: f32, count: f32) {
  identity = (0, 0)
  combine(a, b) = (a.total + b.total, a.count + b.count)
  finish(a) = a.total / a.count
}
op averaged(x: T[t, r]) -> T[r] = mean[t] (x[t, r], 1)
`;
  const source = `
layer a(q: f32[tokens, heads, k], keys: f32[tokens/p, heads, k], v: f32[tokens/p, heads, d]) -> out: f32[tokens/p, heads, d] {
  let part = causal_attend(q, keys, v)
  return scale(reduce_scatter(part, tokens), 2)
}
layer b(q: f32[tokens/p, heads, g, k], keys: f32[tokens, heads, k], v: f32[tokens, heads, d]) -> out: f32[tokens/p, heads, g, d] {
  return silu(causal_grouped_attend(q, keys, v))
}
layer c(q: f32[chunks/p, pos, heads, k], states: f32[chunks, heads, k, d]) -> out: f32[chunks/p, pos, heads, d] {
  return attend_before(q, states)
}
layer e(x: f32[tokens/p, hidden]) -> out: f32[hidden] { return all_reduce(averaged(x)) }
layer f(x: f32[tokens/p, hidden]) -> out: f32[4/p, hidden] { return scan(averaged(x), 4/p, inclusive) }
layer h(x: f32[k/p, hidden] pending sum over q) -> out: f32[g/q, k/p, hidden] { return scan(x, g/q) }
`;
  const { program, layers } = layersOf(header + source);
  for (const layer of layers) {
    const text = printLayer(layer, program);
    const again = readBack(preamble + header, text);
    expectSame(again.layers[0]!, layer);
    expect(printLayer(again.layers[0]!, again)).toBe(text);
  }
});

test("random layers are printed, read, and printed the same", () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const { program, layer } = randomLayer(seededDraw(seed));
      const isSpelled = layer.statements.every((statement) => {
        if (statement.kind !== "op") return true;
        // The front reads a value that is given twice as one operand.
        if (new Set(statement.operands).size < statement.operands.length) return false;
        const operands = statement.operands.map((operand) => layer.values[operand]!);
        const { layout } = inferLayout(statement.kernel, operands, inference(program));
        const { axes, pending, at } = layer.values[statement.result]!;
        const declared = { cuts: axes.map((axis) => axis.cuts), pending, at };
        return JSON.stringify(layout) === JSON.stringify(declared);
      });
      // Some are divided where their operands are whole, which no text says.
      if (!isSpelled) return;
      compared += 1;
      const table = program.tables.find(({ name }) => name === "gate");
      const sizes: [string, number][] = table
        ? [
            ["tokens", table.fromSize],
            ["experts", table.toSize],
          ]
        : [];
      const text = printLayer(layer, { ...program, params: new Map(sizes) });
      const axes = program.mesh.axes.map(({ name, size }) => `${name}: ${size}`).join(", ");
      const rows = table
        ? `table gate: tokens -> experts = uniform()\nparam tokens = ${table.fromSize}, experts = ${table.toSize}\n`
        : "";
      const { fromSize, toSize } = program.tables.at(-1)!;
      const asked = `table doc: ${fromSize} -> ${toSize} = uniform()\n`;
      const machine = preamble.slice(preamble.indexOf("machine"), preamble.indexOf("param"));
      const header = `${machine}mesh on node { ${axes} }\n${rows}${asked}`;
      const { bound } = bindText(`${header.replace("gpu[8]", "gpu[64]")}\n${text}`);
      const { program: again, diagnostics } = check({ ...bound, tables: program.tables });
      expect(diagnostics.map((one) => one.message)).toEqual([]);
      expectSame(again!.layers[0]!, layer);
      expect(printLayer(again!.layers[0]!, again!)).toBe(text);
    }),
    { numRuns: 500 },
  );
  expect(compared).toBeGreaterThan(60);
});

function inference({ tables, mesh }: CheckedProgram) {
  return {
    meshAxisCount: mesh.axes.length,
    rowParts: { tables, mesh },
    columnSize: (table: number, column: string) =>
      column === "from" ? tables[table]!.fromSize : tables[table]!.toSize,
    kindOf: (monoid: string) => (monoid === "sum" ? ("additive" as const) : ("maximum" as const)),
  };
}
