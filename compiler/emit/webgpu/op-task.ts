/** One application of a kernel on a rank: what it touches, the variant of a kernel's text that this wants, and its numbers. */
import type { KernelIR, MonoidIR, TableData } from "../../check/ir.js";
import type { Runs } from "../../graph/execution-plan.js";
import { positionMapOf } from "../../graph/layout.js";
import { indicesOf, runsLength } from "../../graph/runs.js";
import { columnOf, rowsByValue } from "../../graph/table-columns.js";
import type { ArrayVariant, KernelVariant, Stage, TaskKey, TensorName, TensorVariant } from "./kernels/variant.js";
import type { DeviceTensor } from "./tensors.js";
import type { Place } from "./program.js";
import type { KernelsPool, StepWriter } from "./steps.js";
import type { DeviceTraits } from "./traits.js";

/** What all ops of a program share. */
export interface OpContext {
  readonly monoids: ReadonlyMap<string, MonoidIR>;
  readonly tables: readonly TableData[];
  readonly kernels: KernelsPool;
  readonly traits: DeviceTraits;
}

/** output[region] from operands. */
export interface OpTask {
  readonly kernel: KernelIR;
  /** Of the result: all of its dimensions. */
  readonly domain: readonly Runs[];
  /** The result, or the components of its state with the dimensions that each has. */
  readonly outputs: readonly { readonly tensor: DeviceTensor; readonly dimensions: readonly number[] }[];
  readonly operands: readonly DeviceTensor[];
  /** Per variable of the kernel; those of the output are the region. */
  readonly ranges: readonly Runs[];
  readonly writesState: boolean;
  readonly accumulate?: {
    readonly monoid: string;
    readonly stage: Exclude<Stage, "whole">;
    /** What it keeps: a number a component, each over the whole domain of the result. */
    readonly partial: DeviceTensor;
  };
  /** Several buffers may lie in one: then none of it is read-only. */
  readonly sharesBuffers?: boolean;
}

export const fileName = (name: string): string => name.replaceAll(/\W+/g, "-").replaceAll(/^-|-$/g, "") || "op";

export interface BoundTask {
  readonly variant: KernelVariant;
  readonly places: readonly Place[];
}

/** Which arrays a task binds, and where each tensor lies in them. */
export function bind(task: OpTask, { hasF16 }: Pick<DeviceTraits, "hasF16">): BoundTask {
  const { kernel, domain, outputs, operands, ranges, writesState, accumulate } = task;
  const places: Place[] = [];
  const arrays: (Omit<ArrayVariant, "dtype"> & { tensors: DeviceTensor[] })[] = [];
  const arrayOf = (tensor: DeviceTensor, name: string, access: "read" | "write"): number => {
    const { place } = tensor;
    let array = places.findIndex(({ buffer, offset }) => buffer === place.buffer && offset === place.offset);
    if (array < 0) {
      array = places.push(place) - 1;
      arrays.push({ name, access, tensors: [] });
    }
    arrays[array]!.tensors.push(tensor);
    return array;
  };
  const reading = task.sharesBuffers === true ? "write" : "read";
  const last = domain.at(-1);
  const variantOf = (tensor: DeviceTensor, array: number): TensorVariant => ({
    ...{ dtype: tensor.dtype, array },
    mapped: tensor.maps.map((map) => map !== undefined),
    aligned: last !== undefined && isAligned(tensor, last),
  });
  const outputVariants = outputs.map(({ tensor, dimensions }) => ({
    ...variantOf(tensor, arrayOf(tensor, "result", "write")),
    dimensions,
  }));
  const operandVariants = operands.map((tensor, number) =>
    variantOf(tensor, arrayOf(tensor, `operand${number}`, reading)),
  );
  const partial = accumulate && variantOf(accumulate.partial, arrayOf(accumulate.partial, "partial", "write"));
  return {
    places,
    variant: {
      hasF16,
      stage: accumulate?.stage ?? "whole",
      ...(accumulate && { accumulated: accumulate.monoid }),
      writesState,
      arrays: arrays.map(({ name, access, tensors: [first, ...rest] }) => {
        return { name, access, dtype: [first!, ...rest].some(({ shares }) => shares) ? undefined : first!.dtype };
      }),
      outputs: outputVariants,
      operands: operandVariants,
      ...(partial && { partial }),
      listed: ranges.map((runs) => runs.length > 2),
      someRows: kernel.variables.map(
        (variable, number) => variable.table !== undefined && runsLength(ranges[number]!) < variable.size,
      ),
    },
  };
}

/** Whether positions 0, 4, .. along the last dimension of the result are such positions of a tensor too. */
function isAligned({ domain, maps }: DeviceTensor, last: Runs): boolean {
  const own = domain.at(-1);
  if (own === undefined || own.length !== 2 || last.length !== 2 || maps.at(-1) !== undefined) return false;
  return (own[0]! - last[0]!) % 4 === 0;
}

/** What each number of a task is. */
export function taskNumbers(
  task: OpTask,
  { tables: pool }: StepWriter,
  tables: readonly TableData[],
): (key: TaskKey) => number {
  const { kernel, domain, ranges, outputs, operands, accumulate } = task;
  const tensorOf = (name: TensorName): DeviceTensor => {
    if (name === "partial") return accumulate!.partial;
    const [kind, number] = name.split(" ");
    return kind === "output" ? outputs[Number(number)]!.tensor : operands[Number(number)]!;
  };
  const last = kernel.outputRank - 1;
  const groups = last < 0 ? { first: 0, count: 1 } : groupsOf(domain[last]!, ranges[last]!);

  /** Groups of four indices of a variable, aligned as those of the result are. */
  const fours = (variable: number): { first: number; count: number } => {
    const [low, end] = [ranges[variable]![0] ?? 0, ranges[variable]!.at(-1) ?? 0];
    const first = Math.floor((low - (domain[last]![0] ?? 0)) / 4);
    return { first, count: Math.ceil((end - (domain[last]![0] ?? 0)) / 4) - first };
  };

  const valueOf = (key: TaskKey): number => {
    switch (key.kind) {
      case "stride":
        return tensorOf(key.tensor).strides[key.dimension]!;
      case "map": {
        const { positions, first } = tensorOf(key.tensor).maps[key.dimension]!;
        return pool.add(positions) - first;
      }
      case "offset":
        return tensorOf(key.tensor).offset;
      case "firstWord":
        return tensorOf(key.tensor).firstByte / 4;
      case "low":
        return ranges[key.variable]![0] ?? 0;
      case "count":
        return runsLength(ranges[key.variable]!);
      case "list":
        return pool.add(indicesOf(ranges[key.variable]!));
      case "rowMap":
        return pool.add(held(ranges[key.variable]!, kernel.variables[key.variable]!.size));
      case "column":
        return pool.add(columnOf(tables[key.table]!, key.column).values);
      case "rowsOf":
        return pool.add(rowsByValue(columnOf(tables[key.table]!, key.column)).rows);
      case "rowStart":
        return pool.add(rowsByValue(columnOf(tables[key.table]!, key.column)).start);
      case "columnSize":
        return columnOf(tables[key.table]!, key.column).size;
      case "weight":
        return pool.addF32(tables[key.table]!.weight);
      case "firstGroup":
        return groups.first;
      case "groups":
        return groups.count;
      case "firstGroupOf":
        return fours(key.variable).first;
      case "groupsOf":
        return fours(key.variable).count;
      case "lowOfGroup":
        return domain[last]![0] ?? 0;
      case "positions":
        return pool.add(indexAtPositions(domain[last]!, ranges[last]!, groups)) - 4 * groups.first;
      case "rowCount":
        return ranges.slice(0, Math.max(0, last)).reduce((count, runs) => count * runsLength(runs), 1);
      case "threads":
        return valueOf({ kind: "rowCount" }) * groups.count;
      case "partialStride":
        return accumulate!.partial.elements;
      case "bits":
        return key.bits | 0;
    }
  };
  return valueOf;
}

/** The groups of four positions of a domain in which a region lies. */
function groupsOf(domain: Runs, region: Runs): { first: number; count: number } {
  const { first, positions } = positionMapOf(domain);
  const low = Math.floor(positions[region[0]! - first]! / 4);
  const high = Math.floor(positions[region.at(-1)! - 1 - first]! / 4);
  return { first: low, count: high - low + 1 };
}

/** The index at each position of some groups, -1 for what is not of the region. */
function indexAtPositions(domain: Runs, region: Runs, groups: { first: number; count: number }): number[] {
  const indices = indicesOf(domain);
  const wanted = new Set(indicesOf(region));
  return Array.from({ length: 4 * groups.count }, (_, i) => {
    const index = indices[4 * groups.first + i];
    return index !== undefined && wanted.has(index) ? index : -1;
  });
}

/** 0 for each row that is held, -1 for the others. */
function held(rows: Runs, count: number): Int32Array {
  const map = new Int32Array(count).fill(-1);
  for (let i = 0; i < rows.length; i += 2) map.fill(0, rows[i], rows[i + 1]);
  return map;
}
