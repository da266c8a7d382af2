/** Kernels as functions over typed arrays: one compiled function for each variant, bound to the arrays of each task. */
import type { KernelIR, MonoidIR, TableData, ValueIR } from "../../compiler/check/ir.js";
import { componentDimensions } from "../../compiler/graph/monoid-states.js";
import type { Runs } from "../../compiler/graph/execution-plan.js";
import { columnOf, rowsByValue } from "../../compiler/graph/table-columns.js";
import type { Elements, Rounding } from "../numbers/dtypes.js";
import { accumulationOf } from "../../compiler/kernels/accumulation.js";
import { generateKernel } from "./kernel-source.js";
import type { Precision, Stage, Variant } from "./kernel-source.js";
import type { ArrayName, KernelSource, Slot } from "./kernel-writer.js";
import { localDomainsOf } from "../../compiler/kernels/local-domains.js";
import { layoutOf, positionMapOf } from "../../compiler/graph/layout.js";
import type { Layout } from "../../compiler/graph/layout.js";
import { fullRuns, runsLength } from "../../compiler/graph/runs.js";

export interface Tensor {
  readonly elements: Elements;
  readonly layout: Layout;
  /** Global indices held, per dimension. */
  readonly domain: readonly Runs[];
}

/** One application of a kernel: output[region] from operands, where ranges give the region and all else varied. */
export interface KernelTask {
  /** The result; or, with `writesState`, the components of its state. */
  readonly outputs: readonly Tensor[];
  readonly operands: readonly Tensor[];
  /** Per variable of the kernel; those of the output are the region. */
  readonly ranges: readonly Runs[];
  /** One an output. */
  readonly rounds: readonly Rounding[];
  readonly writesState?: boolean;
  readonly accumulate?: {
    readonly monoid: string;
    readonly first: boolean;
    readonly last: boolean;
    /** The state from the first contribution to the last, a tensor a component, as `partialDomains` says. */
    readonly partials: readonly Tensor[];
  };
}

export interface CompiledKernel {
  run(task: KernelTask): void;
  /**
   * Domains of what an accumulation keeps between its contributions to a region of a value, by component. What a component
   * has no axis for it keeps once, for all of the region. Throws InternalFault as `accumulationOf` does.
   */
  partialDomains(monoid: string, domain: readonly Runs[], region: readonly Runs[]): (readonly Runs[])[];
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

/** Throws InternalFault for a monoid that is not known. */
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
        stage,
        ...(stage === "whole" ? {} : { accumulated: accumulate!.monoid }),
        writesState: task.writesState ?? false,
        outputs: task.outputs.map(mapped),
        operands: task.operands.map(mapped),
        locals: locals.map(mapped),
        partials: stage === "whole" ? [] : accumulate!.partials.map(mapped),
        someRows: kernel.variables.map(
          (variable, number) => variable.table !== undefined && runsLength(task.ranges[number]!) < variable.size,
        ),
      });
      apply(...source.slots.map(({ slot }) => valueOfSlot(slot, bound, tables)));
    },
    partialDomains(name, domain, region) {
      const monoid = byName.get(name)!;
      const { indices } = accumulationOf(kernel, name);
      const first = indices.length - monoid.axes.length;
      return monoid.components.map((_, component) =>
        componentDimensions(monoid, component, indices.length).map((dimension) => {
          const variable = indices[dimension]!;
          return dimension < first ? domain[variable]! : region[variable]!;
        }),
      );
    },
    sources: () => [...variants.values()].map(({ source }) => source.body),
  };
}

/** All of a value; zeros where no elements are given. */
export function denseTensor({ axes }: Pick<ValueIR, "axes">, elements?: Float64Array): Tensor {
  const domain = axes.map(({ size }) => fullRuns(size));
  const layout = layoutOf(domain);
  return { domain, layout, elements: elements ?? new Float64Array(layout.elements) };
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
  const [kind, number] = array.split(" ") as ["output" | "partial" | "operand" | "local", string];
  const arrays = {
    output: task.outputs,
    partial: task.accumulate?.partials,
    operand: task.operands,
    local: task.locals,
  }[kind];
  return arrays![Number(number)]!;
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
      return task.rounds[slot.output];
  }
}
