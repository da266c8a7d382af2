/** Shapes of blocks to measure: a grid of them, and those of schedules that are to be predicted well. */
import { TaskKind } from "../../../compiler/graph/task-graph.js";
import type { TaskGraph } from "../../../compiler/graph/task-graph.js";
import type { BlockShape, KernelSort } from "../../../compiler/machine/block-shape.js";

/** What a block's elements are: what a device computes as it stores it, and what it only stores. */
const dtypes = ["f32", "bf16"];

/** Rates of shapes between these are told from them, so that they stand some doublings apart. */
export function gridShapes(): BlockShape[] {
  const shapes = (does: KernelSort, sizes: readonly (readonly number[])[]): BlockShape[] =>
    dtypes.flatMap((dtype) => sizes.map(([rows, columns, depth = 1]) => shapeOf(does, dtype, rows!, columns!, depth)));
  return [
    ...shapes("contraction", [...combinations([1, 8, 64, 512], [16, 64, 256], [64, 512]), [512, 512, 1024]]),
    ...shapes("attention", combinations([32, 256], [16, 64], [64, 512])),
    ...shapes("reduction", [...combinations([16, 256], [64, 512], [2]), ...squares([16, 256], [64, 512])]),
    ...shapes("elementwise", combinations([16, 256], [64, 512])),
  ];
}

/** Of a graph's blocks, those shapes that most work is of, at most so many. */
export function mainShapes(graph: TaskGraph, most: number): BlockShape[] {
  const work = new Map<string, { readonly shape: BlockShape; sum: number }>();
  for (let task = 0; task < graph.taskCount; task++) {
    if (graph.kind[task] !== TaskKind.compute) continue;
    const cost = graph.classes[graph.classOf[task]!]!;
    if (cost.kind !== "compute") continue;
    const key = shapeKey(cost.shape);
    const known = work.get(key) ?? { shape: cost.shape, sum: 0 };
    // A task takes a dispatch at least, however little it does.
    known.sum += cost.flops + cost.bytesRead + cost.bytesWritten + leastWork;
    work.set(key, known);
  }
  return [...work.values()]
    .sort((a, b) => b.sum - a.sum)
    .slice(0, most)
    .map(({ shape }) => shape);
}

const leastWork = 1e5;

/** Each shape once. */
export function distinctShapes(shapes: readonly BlockShape[]): BlockShape[] {
  return [...new Map(shapes.map((shape) => [shapeKey(shape), shape])).values()];
}

const shapeKey = ({ does, dtype, rows, columns, depth, parts }: BlockShape): string =>
  [does, dtype, rows, columns, depth, parts].join(" ");

const shapeOf = (does: KernelSort, dtype: string, rows: number, columns: number, depth: number): BlockShape => ({
  ...{ does, dtype, rows, columns, depth, parts: 1 },
});

/** Folds of rows, which have as many columns. */
const squares = (rows: readonly number[], columns: readonly number[]): number[][] =>
  combinations(rows, columns).map(([row, column]) => [row!, column!, column!]);

function combinations(...choices: readonly (readonly number[])[]): number[][] {
  return choices.reduce<number[][]>((all, own) => all.flatMap((some) => own.map((one) => [...some, one])), [[]]);
}
