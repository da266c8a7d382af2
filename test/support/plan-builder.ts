import type { KernelIR, LayerIR, MeshModel, MonoidIR, TableData, ValueIR, Word } from "../../compiler/check/ir.js";
import type { BufferInfo, ExecutionPlan, Runs, TaskAction } from "../../compiler/graph/execution-plan.js";
import { graphBuilder } from "./graph-builder.js";
import { standardMonoids } from "./kernel-builder.js";

const location = { file: "layer.stretto", span: { start: 0, end: 1 } };

export const run = (start: number, end: number): Runs => (end > start ? Int32Array.of(start, end) : new Int32Array(0));

export function value(
  id: number,
  name: string,
  sizes: readonly number[],
  dtype = "f32",
  pending: ValueIR["pending"] = [],
): ValueIR {
  const axes = sizes.map((size, d) => ({ name: `${name}${d}`, size, cuts: [] }));
  return { id, name, dtype, axes, pending, at: [], location };
}

export function layer(
  values: readonly ValueIR[],
  inputs: readonly number[],
  outputs: readonly number[],
  statements: readonly (
    | { readonly result: number; readonly operands: readonly number[]; readonly kernel: KernelIR }
    | { readonly result: number; readonly operand: number; readonly word?: Word; readonly monoid?: string }
  )[],
): LayerIR {
  return {
    name: "test",
    values,
    inputs,
    outputs,
    statements: statements.map((statement) =>
      "kernel" in statement
        ? { kind: "op", ...statement, location }
        : { kind: "word", word: "all_gather", meshAxes: [0], ...statement, location },
    ),
    mesh: 0,
    location,
  };
}

export const oneAxisMesh = (size: number): MeshModel => ({
  name: "test",
  axes: [{ name: "m", size }],
  rankCount: size,
  location,
});

/** Plans by hand; queues are named per rank, and issue in the order in which tasks are added. */
export interface PlanBuilder {
  buffer(rank: number, name: string, domain: readonly Runs[], options?: Partial<BufferInfo>): number;
  compute(
    queue: string,
    output: number,
    operands: readonly number[],
    ranges: readonly Runs[],
    options?: {
      readonly kernel?: number;
      readonly after?: readonly number[];
      readonly accumulate?: Extract<TaskAction, { kind: "compute" }>["accumulate"];
    },
  ): number;
  transfer(queue: string, from: number, to: number, region: readonly Runs[], after?: readonly number[]): number;
  join(rank: number, action: TaskAction, after?: readonly number[]): number;
  /** What is written to `from` within the region is written to `to` as well. */
  alias(from: number, to: number, region: readonly Runs[]): void;
  edge(from: number, to: number): void;
  build(): ExecutionPlan;
}

export interface PlanParts {
  readonly ranks: number;
  readonly values: readonly ValueIR[];
  readonly kernels?: readonly KernelIR[];
  readonly monoids?: readonly MonoidIR[];
  readonly tables?: readonly TableData[];
  /** Ids of the values whose buffers are the layer's outputs. */
  readonly outputs: readonly number[];
}

export function planBuilder({ ranks, values, kernels = [], monoids, tables, outputs }: PlanParts): PlanBuilder {
  const graph = graphBuilder(ranks);
  const buffers: BufferInfo[] = [];
  const actions: TaskAction[] = [];
  const queues = new Map<string, number>();
  const instance = graph.instance("step");

  const queueOf = (name: string, rank: number): number => {
    const key = `${name} ${rank}`;
    let queue = queues.get(key);
    if (queue === undefined) queues.set(key, (queue = graph.queue(rank, { name })));
    return queue;
  };

  return {
    buffer(rank, name, domain, options = {}) {
      const elements = domain.reduce((product, runs) => {
        let length = 0;
        for (let i = 0; i < runs.length; i += 2) length += runs[i + 1]! - runs[i]!;
        return product * length;
      }, 1);
      const owner = values.find((candidate) => candidate.name === name);
      const dtype = owner?.dtype ?? "f32";
      const info = { rank, name, dtype, domain, elements, bytes: 4 * elements, role: "value" as const, aliases: [] };
      return buffers.push({ ...info, value: owner?.id ?? -1, lifetime: buffers.length, ...options }) - 1;
    },
    compute(queue, output, operands, ranges, options = {}) {
      const { kernel = 0, after = [], accumulate } = options;
      const region = ranges.slice(0, kernels[kernel]!.outputRank);
      const compute = { kind: "compute", kernel, output, operands, region, ranges } as const;
      actions.push(accumulate === undefined ? compute : { ...compute, accumulate });
      return graph.compute(queueOf(queue, buffers[output]!.rank), instance, {}, after);
    },
    transfer(queue, from, to, region, after = []) {
      actions.push({ kind: "copy", from, to, region });
      const cost = { target: buffers[to]!.rank, wireBytes: 4 };
      return graph.transfer(queueOf(queue, buffers[from]!.rank), instance, cost, after);
    },
    join(rank, action, after = []) {
      actions.push(action);
      return graph.join(rank, after);
    },
    alias(from, to, region) {
      const info = buffers[from]!;
      buffers[from] = { ...info, aliases: [...info.aliases, { buffer: to, region }] };
    },
    edge: (from, to) => graph.edge(from, to),
    build: () => {
      const held = buffers.map(({ role, value: id }, buffer) => ({ role, value: id, buffer }));
      return {
        graph: graph.build(),
        buffers,
        kernels,
        monoids: monoids ?? standardMonoids,
        tables: tables ?? [],
        values,
        inputs: held.filter(({ role }) => role === "input"),
        outputs: held.filter(({ role, value: id }) => role === "value" && outputs.includes(id)),
        apart: () => false,
        overwrites: () => [],
        action: (task) => actions[task]!,
      };
    },
  };
}
