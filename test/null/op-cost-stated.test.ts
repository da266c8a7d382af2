import { expect, test } from "vitest";
import { printLayer } from "../../compiler/check/print-ir.js";
import type { ComputeClass } from "../../compiler/graph/task-graph.js";
import { checkFiles, checkText, layersOf, preamble } from "../support/check-text.js";
import { plannedText } from "../support/plan-text.js";

const costs = (text: string, schedule?: string): ComputeClass[] => {
  const { graph } = plannedText(preamble + text, schedule).planned;
  return [...graph.classOf].flatMap((index) => {
    const found = graph.classes[index];
    return found?.kind === "compute" ? [found] : [];
  });
};

const product = (cost: string) => `
op f(x: T[m, k], w: T[k, n]) -> T[m, n] = sum[k] x[m, k] * w[k, n] ${cost}
layer l(x: bf16[tokens/p, hidden], w: bf16[hidden, ffn/q]) -> out: bf16[tokens/p, ffn/q] { return f(x, w) }
schedule whole of l
schedule parts of l
`;

test("blocks share a stated cost by elements, however they are cut", () => {
  for (const cut of ["", "split tokens within p into 2", "split tokens within p into 3; tile out by (2, 16)"]) {
    const text = product("cost { flops = 7 * m * n, bytes = 3 * k * n * 2 B }").replace(
      "schedule parts of l",
      `schedule parts of l { ${cut} }`,
    );
    const blocks = costs(text, "parts");
    const sum = (of: (block: ComputeClass) => number) => blocks.reduce((total, block) => total + of(block), 0);
    expect(sum((block) => block.matrixFlops)).toBeCloseTo(7 * 64 * 48, 6);
    expect(sum((block) => block.flops)).toBeCloseTo(7 * 64 * 48, 6);
    expect(sum((block) => block.vectorFlops)).toBe(0);
    expect(sum((block) => block.bytesRead + block.bytesWritten)).toBeCloseTo(3 * 32 * 48 * 2, 6);
    expect(new Set(blocks.map((block) => block.matrixDtype))).toEqual(new Set(["bf16"]));
  }
});

test("what is not stated is derived", () => {
  const [derived] = costs(product(""), "whole");
  const [flops] = costs(product("cost { flops = 0 }"), "whole");
  const [bytes] = costs(product("cost { bytes = 0 }"), "whole");
  expect(flops).toMatchObject({ matrixFlops: 0, bytesRead: derived!.bytesRead, bytesWritten: derived!.bytesWritten });
  expect(bytes).toMatchObject({ matrixFlops: derived!.matrixFlops, bytesRead: 0, bytesWritten: 0 });
  expect(derived!.matrixFlops).toBeGreaterThan(0);
});

test("an op with a cost is not an epilogue, nor has one", () => {
  const { layers } = layersOf(`
op free(x: T[..]) -> T[..] = x[..] + 1 cost { flops = 0 }
layer l(x: bf16[tokens, hidden]) -> out: bf16[tokens, hidden] { return relu(free(relu(x))) }`);
  expect(layers[0]!.statements).toHaveLength(3);
});

test("what is counted may be beyond 2^53", () => {
  const [block] = costs(product("cost { flops = 9e15 * m * n, bytes = 9e15 * m * k }"), "whole");
  expect(block!.matrixFlops).toBeCloseTo((9e15 * 64 * 48) / 8, -6);
});

const opaque = `
opaque op solve(x: T[m, k], w: T[k, n]) -> T[m, n] cost { flops = 6 * m * n * k, bytes = 8 * m * n }
`;

test("an opaque op reads its operands at the result's indices, whole along others", () => {
  const { program, layers } = layersOf(`${opaque}
layer l(x: bf16[tokens/p, hidden], w: bf16[hidden, ffn/q]) -> out: bf16[tokens/p, ffn/q] { return solve(x, w) }`);
  const [statement] = layers[0]!.statements;
  if (statement?.kind !== "op") throw new Error("no op");
  expect(statement.kernel).toMatchObject({ opaque: true, cost: { flops: 6 * 64 * 48 * 32, bytes: 8 * 64 * 48 } });
  const again = checkFiles({ "main.stretto": preamble + printLayer(layers[0]!, program) });
  const read = again.program?.layers[0]?.statements[0];
  expect(read?.kind === "op" && { ...read.kernel, name: "" }).toMatchObject({
    cost: statement.kernel.cost,
    opaque: true,
    body: statement.kernel.body,
  });
});

test("what an opaque op reads whole cannot be divided", () => {
  const { diagnostics } = checkText(`${opaque}
layer l(x: bf16[tokens, hidden/p], w: bf16[hidden/p, ffn]) -> out: bf16[tokens, ffn] { return solve(x, w) }`);
  expect(diagnostics.some((one) => one.severity === "error")).toBe(true);
});

test("a cost that means nothing is told of", () => {
  const names = (cost: string) => checkText(product(cost)).diagnostics.map((one) => one.name);
  expect(names("cost { time = 3 }")).toEqual(["op-cost"]);
  expect(names("cost { flops = 3, flops = 4 }")).toEqual(["op-cost"]);
  expect(names("cost { flops = 3 GB }")).toEqual(["op-cost"]);
  expect(names("cost { bytes = 0 - 3 }")).toEqual(["op-cost"]);
  expect(names("cost { flops = z }")).toEqual(["unknown-name"]);
});
