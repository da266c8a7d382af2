/** What words and views mean for the whole tensor, element by element: shares nothing with the runtime's reference. */
import type { MeshModel, ValueIR, ViewStatement, WordStatement } from "../../compiler/check/ir.js";

/** The equation of a word or view, element by element. */
export function movedTensor(
  statement: WordStatement | ViewStatement,
  values: readonly ValueIR[],
  mesh: MeshModel,
  x: ReadonlyMap<string, number>,
): Map<string, number> {
  const combined = (a: number, b: number): number => (statement.monoid === "max" ? Math.max(a, b) : a + b);
  const identity = statement.monoid === "max" ? -Infinity : 0;
  const operand = values[statement.operand]!;
  const kind = statement.kind === "word" ? statement.word : statement.view;
  const elements = everyIndex(values[statement.result]!).map((at): [string, number] => {
    const read = (index: readonly number[]): number => x.get(index.join())!;
    if (kind === "spread") return [at.join(), read(at.slice(1))];
    if (kind === "partials" && statement.kind === "view") {
      const { dimension } = statement;
      const all = Array.from({ length: operand.axes[dimension]!.size }, (_, i) => read(at.toSpliced(dimension, 0, i)));
      return [at.join(), all.reduce(combined)];
    }
    if (statement.kind === "word" && kind === "scan") {
      const d = statement.cutBefore!;
      const before = Array.from({ length: at[d]! + (statement.inclusive ? 1 : 0) }, (_, j) => read(at.with(d, j)));
      return [at.join(), before.reduce(combined, identity)];
    }
    if (statement.kind === "word" && kind === "shift") {
      const d = statement.cutBefore!;
      const { cuts, size } = operand.axes[d]!;
      const sizeOf = (meshAxis: number): number => mesh.axes[meshAxis]!.size;
      const depth = cuts.findIndex(({ meshAxis }) => meshAxis === statement.meshAxes.at(-1)) + 1;
      const part = size / cuts.slice(0, depth).reduce((count, { meshAxis }) => count * sizeOf(meshAxis), 1);
      const parts = statement.meshAxes.reduce((count, meshAxis) => count * sizeOf(meshAxis), 1);
      const own = Math.floor(at[d]! / part);
      const from = own - (own % parts) + (((own % parts) + parts - statement.offset!) % parts);
      return [at.join(), read(at.with(d, from * part + (at[d]! % part)))];
    }
    return [at.join(), read(at)];
  });
  return new Map(elements);
}

function everyIndex({ axes }: ValueIR): number[][] {
  return axes.reduce<number[][]>(
    (tuples, { size }) => tuples.flatMap((tuple) => Array.from({ length: size }, (_, index) => [...tuple, index])),
    [[]],
  );
}
