/** Kernels as functions over typed arrays: one compiled function for each variant, bound to the arrays of each task. */
import type { IndexIR, KernelIR, MonoidIR, ScalarIR, TableData } from "../compiler/check/ir.js";
import type { Runs } from "../compiler/graph/execution-plan.js";
import { columnOf, rowsByValue } from "../compiler/graph/table-columns.js";
import type { Elements, Rounding } from "./dtypes.js";
import { accumulationOf } from "./accumulation.js";
import { generateKernel } from "./kernel-source.js";
import type { Precision, Stage, Variant } from "./kernel-source.js";
import type { ArrayName, KernelSource, Slot } from "./kernel-writer.js";
import { localDomainsOf } from "./local-domains.js";
import { layoutOf, positionMapOf, runsLength } from "./runs.js";
import type { Layout } from "./runs.js";

export interface Tensor {
  readonly elements: Elements;
  readonly layout: Layout;
  /** Global indices held, per dimension. */
  readonly domain: readonly Runs[];
}

/** One application of a kernel: output[region] from operands, where ranges give the region and all else varied. */
export interface KernelTask {
  readonly output: Tensor;
  readonly operands: readonly Tensor[];
  /** Per variable of the kernel; those of the output are the region. */
  readonly ranges: readonly Runs[];
  readonly round: Rounding;
  readonly accumulate?: {
    readonly monoid: string;
    readonly first: boolean;
    readonly last: boolean;
    /** Partial results from the first contribution to the last, laid out by `partialDomain`. */
    readonly partial: Tensor;
  };
}

export interface CompiledKernel {
  run(task: KernelTask): void;
  /** Domain of what an accumulation keeps between its contributions. Throws InternalFault as `accumulationOf` does. */
  partialDomain(monoid: string, output: Tensor): readonly Runs[];
  /** The JavaScript generated so far, one text a variant. */
  sources(): readonly string[];
}

interface CompiledVariant {
  readonly source: KernelSource;
  readonly apply: (...values: unknown[]) => void;
}

interface BoundTask extends KernelTask {
  readonly locals: readonly Tensor[];
}

/** Throws InternalFault for monoids of more than one number. */
export function compileKernel(
  kernel: KernelIR,
  monoids: readonly MonoidIR[],
  tables: readonly TableData[],
  precision: Precision,
): CompiledKernel {
  const byName = new Map(monoids.map((monoid) => [monoid.name, monoid]));
  const variants = new Map<string, CompiledVariant>();
  const domainsOf = localDomainsOf(kernel, tables);

  const variantFor = (variant: Variant): CompiledVariant => {
    const key = JSON.stringify(variant);
    let compiled = variants.get(key);
    if (compiled === undefined) {
      const source = generateKernel(kernel, byName, variant);
      const apply = new Function(...source.slots.map(({ name }) => name), source.body) as CompiledVariant["apply"];
      compiled = { source, apply };
      variants.set(key, compiled);
    }
    return compiled;
  };

  return {
    run(task) {
      const locals = domainsOf(task.ranges).map((domain) => scratchTensor(domain, precision));
      const bound: BoundTask = { ...task, locals };
      const { accumulate } = task;
      const stage = stageOf(accumulate);
      const { source, apply } = variantFor({
        precision,
        stage: stageOf(accumulate),
        ...(accumulate === undefined ? {} : { accumulated: accumulate.monoid }),
        output: mapped(task.output),
        operands: task.operands.map(mapped),
        locals: locals.map(mapped),
        partial: stage === "whole" ? [] : mapped(accumulate!.partial),
        someRows: kernel.variables.map(
          (variable, number) => variable.table !== undefined && runsLength(task.ranges[number]!) < variable.size,
        ),
      });
      apply(...source.slots.map(({ slot }) => valueOfSlot(slot, bound, tables)));
    },
    partialDomain: (monoid, output) =>
      accumulationOf(kernel, monoid).indices.map((variable) => output.domain[variable]!),
    sources: () => [...variants.values()].map(({ source }) => source.body),
  };
}

/** Memory of a kernel's own, at the precision of its arithmetic. */
export function scratchTensor(domain: readonly Runs[], precision: Precision): Tensor {
  const layout = layoutOf(domain);
  const elements = precision === "f32" ? new Float32Array(layout.elements) : new Float64Array(layout.elements);
  return { elements, layout, domain };
}

function stageOf(accumulate: KernelTask["accumulate"]): Stage {
  if (accumulate === undefined || (accumulate.first && accumulate.last)) return "whole";
  return accumulate.first ? "first" : accumulate.last ? "last" : "next";
}

const mapped = (tensor: Tensor): boolean[] => tensor.layout.maps.map((map) => map !== undefined);

function tensorOf(array: ArrayName, task: BoundTask): Tensor {
  if (array === "output") return task.output;
  if (array === "partial") return task.accumulate!.partial;
  const [kind, number] = array.split(" ");
  return (kind === "operand" ? task.operands : task.locals)[Number(number)]!;
}

function valueOfSlot(slot: Slot, task: BoundTask, tables: readonly TableData[]): unknown {
  switch (slot.kind) {
    case "array":
      return tensorOf(slot.array, task).elements;
    case "offset":
      return tensorOf(slot.array, task).layout.offset;
    case "stride":
      return tensorOf(slot.array, task).layout.strides[slot.dimension];
    case "positions":
      return tensorOf(slot.array, task).layout.maps[slot.dimension]!.positions;
    case "first":
      return tensorOf(slot.array, task).layout.maps[slot.dimension]!.first;
    case "runs":
      return task.ranges[slot.variable];
    case "rowPositions":
      return positionMapOf(task.ranges[slot.variable]!).positions;
    case "rowFirst":
      return positionMapOf(task.ranges[slot.variable]!).first;
    case "localRuns":
      return task.locals[slot.local]!.domain[slot.dimension];
    case "column":
      return columnOf(tables[slot.table]!, slot.column).values;
    case "weight":
      return tables[slot.table]!.weight;
    case "rowStart":
      return rowsByValue(columnOf(tables[slot.table]!, slot.column)).start;
    case "rowsOf":
      return rowsByValue(columnOf(tables[slot.table]!, slot.column)).rows;
    case "round":
      return task.round;
  }
}

const outputIndices = (rank: number): IndexIR[] =>
  Array.from({ length: rank }, (_, variable) => ({ kind: "affine", terms: [{ variable, coefficient: 1 }], offset: 0 }));

function elementwise(name: string, rank: number, body: ScalarIR): KernelIR {
  // Sizes matter only to rows, which these variables are not.
  const variables = Array.from({ length: rank }, (_, d) => ({ name: `i${d}`, size: 0 }));
  return { name, outputRank: rank, variables, locals: [], body };
}

/** output[i..] = operand 0 [i..]. */
export function copyKernel(rank: number): KernelIR {
  return elementwise("copy", rank, { kind: "read", operand: 0, at: outputIndices(rank) });
}

/** output[i..] = combine(operand 0 [i..], operand 1 [i..]), for monoids of one number. */
export function combineKernel(monoid: MonoidIR, rank: number): KernelIR {
  const withOperands = (scalar: ScalarIR): ScalarIR => {
    if (scalar.kind === "argument") return { kind: "read", operand: scalar.argument, at: outputIndices(rank) };
    if (scalar.kind === "call") return { ...scalar, arguments: scalar.arguments.map(withOperands) };
    if (scalar.kind === "binary") {
      return { ...scalar, left: withOperands(scalar.left), right: withOperands(scalar.right) };
    }
    return scalar;
  };
  return elementwise(`combine ${monoid.name}`, rank, withOperands(monoid.combine[0]!));
}
