/** Executes actions on the shared memory of a run. */
import { partsOf } from "../../compiler/graph/execution-plan.js";
import { isWide, roundingOf } from "../numbers/dtypes.js";
import type { Rounding } from "../numbers/dtypes.js";
import { compileKernel, scratchTensor } from "./kernels.js";
import type { CompiledKernel, Tensor } from "./kernels.js";
import type { Precision } from "./kernel-source.js";
import { componentRegion, componentsOf, dtypesOf } from "../numbers/memory.js";
import type { SharedMemory } from "../numbers/memory.js";
import {
  combineAndFinishKernel,
  combineKernel,
  copyKernel,
  finishKernel,
} from "../../compiler/kernels/moving-kernels.js";
import { actionReader, runsReader } from "./actions.js";
import { aliasReader } from "./aliases.js";
import type { SharedActions } from "./actions.js";
import type { KernelIR } from "../../compiler/check/ir.js";
import type { Runs, TaskAction } from "../../compiler/graph/execution-plan.js";
import { forEachAddress, layoutOf } from "../../compiler/graph/layout.js";

/** Part of a tensor, by global indices. */
export interface TensorPart {
  readonly tensor: Tensor;
  readonly region: readonly Runs[];
}

type ComputeAction = Extract<TaskAction, { kind: "compute" }>;

export interface Performer {
  /** Does what a task does. */
  perform(task: number): void;
  /** All that `perform` writes: accumulators, and what is stored, under each of its names. */
  writes(task: number): readonly TensorPart[];
  /** Where a region of a buffer is kept, a part a component. */
  parts(buffer: number, region: readonly Runs[]): readonly TensorPart[];
  /** Makes accumulators what they were before the first task. */
  reset(): void;
  /** Copies all of a buffer to wherever it stays under another name. */
  passOn(buffer: number): void;
}

/**
 * Arithmetic is rounded to f32 at every step (a device with f32 accumulators),
 * or left at f64 where an operand or the result is kept in 64 bits.
 */
export function createPerformer(actions: SharedActions, memory: SharedMemory): Performer {
  const { buffers, kernels, monoids, tables } = actions;
  const runsOf = runsReader(actions);
  const actionOf = actionReader(actions, runsOf);
  const passesOf = aliasReader(actions, runsOf);
  const tensors: (readonly Tensor[] | undefined)[] = Array.from({ length: buffers.length });
  const compiled = new Map<string, CompiledKernel>();
  /** Accumulators of buffers that are accumulated into, by buffer and what of its last dimensions share one. */
  const partials = new Map<string, readonly Tensor[]>();

  const domainOf = (buffer: number): readonly Runs[] => actions.domains[buffer]!.map(runsOf);
  /** A tensor a component of a state; one of what is none. */
  const tensorsOf = (buffer: number): readonly Tensor[] => {
    const known = tensors[buffer];
    if (known !== undefined) return known;
    const domain = domainOf(buffer);
    const made = componentsOf(memory, buffers, buffer).map((elements, component): Tensor => {
      const own = componentRegion(buffers[buffer]!.state, component, domain);
      return { elements, layout: layoutOf(own), domain: own };
    });
    return (tensors[buffer] = made);
  };
  const kernelFor = (key: string, precision: Precision, make: () => KernelIR): CompiledKernel => {
    const full = `${key} ${precision}`;
    let kernel = compiled.get(full);
    if (kernel === undefined) {
      kernel = compileKernel(make(), monoids, tables, precision);
      compiled.set(full, kernel);
    }
    return kernel;
  };
  const precisionOf = (touched: readonly number[]): Precision =>
    touched.some((buffer) => dtypesOf(buffers[buffer]!).some(isWide)) ? "f64" : "f32";
  const roundsOf = (buffer: number): Rounding[] => dtypesOf(buffers[buffer]!).map(roundingOf);

  const compiledFor = (action: ComputeAction): { readonly kernel: CompiledKernel; readonly precision: Precision } => {
    const precision = precisionOf([action.output, ...action.operands]);
    return { precision, kernel: kernelFor(`kernel ${action.kernel}`, precision, () => kernels[action.kernel]!) };
  };

  const compute = (action: ComputeAction): void => {
    const { kernel, precision } = compiledFor(action);
    const { accumulate, region, output } = action;
    kernel.run({
      outputs: tensorsOf(output),
      operands: action.operands.map((operand) => tensorsOf(operand)[0]!),
      ranges: action.ranges.map((runs, variable) => region[variable] ?? runs),
      rounds: roundsOf(output),
      writesState: buffers[output]!.state !== undefined,
      ...(accumulate && { accumulate: { ...accumulate, partials: partialsFor(action, kernel, precision) } }),
    });
  };

  const partialsFor = (
    { accumulate, output, region }: ComputeAction,
    kernel: CompiledKernel,
    precision: Precision,
  ): readonly Tensor[] => {
    const { axes } = monoids.find(({ name }) => name === accumulate!.monoid)!;
    const key = `${output} ${region.slice(region.length - axes.length).join(" ")}`;
    let made = partials.get(key);
    if (made === undefined) {
      const domains = kernel.partialDomains(accumulate!.monoid, domainOf(output), region);
      // As all memory: what is accumulated into before its first contribution is there shows.
      made = domains.map((domain) => scratchTensor(domain, precision));
      for (const { elements } of made) elements.fill(NaN);
      partials.set(key, made);
    }
    return made;
  };

  /** Applies an elementwise kernel to whole buffers, one component of what it writes at a time. */
  const elementwise = (
    key: string,
    make: (component: number) => KernelIR,
    into: number,
    operands: (component: number) => readonly Tensor[],
    region: readonly Runs[],
    precision: Precision,
  ): void => {
    const rounds = roundsOf(into);
    tensorsOf(into).forEach((output, component) => {
      const full = `${key} ${component} ${region.length}`;
      kernelFor(full, precision, () => make(component)).run({
        outputs: [output],
        operands: operands(component),
        ranges: componentRegion(buffers[into]!.state, component, region),
        rounds: [rounds[component]!],
      });
    });
  };

  const combine = ({ monoid: name, into, left, right, region }: Extract<TaskAction, { kind: "combine" }>): void => {
    const monoid = monoids.find((candidate) => candidate.name === name)!;
    const operands = [...tensorsOf(left), ...tensorsOf(right)];
    const isLast = finishes(left, into);
    const rank = region.length;
    const make = (component: number): KernelIR =>
      isLast ? combineAndFinishKernel(monoid, rank) : combineKernel(monoid, component, rank);
    const key = `${isLast ? "combine and finish" : "combine"} ${name}`;
    elementwise(key, make, into, () => operands, region, precisionOf([into, left, right]));
  };

  const finishes = (from: number, to: number): boolean =>
    buffers[from]!.state !== undefined && buffers[to]!.state === undefined;

  /** What arrives where no state is kept is finished; the region is of `to`, which may have further dimensions first. */
  const copy = (from: number, to: number, region: readonly Runs[]): void => {
    const sent = tensorsOf(from);
    const { state } = buffers[from]!;
    const precision = precisionOf([to, from]);
    if (state !== undefined && finishes(from, to)) {
      const monoid = monoids.find(({ name }) => name === state.monoid)!;
      const rank = actions.domains[from]!.length;
      const make = (): KernelIR => finishKernel(monoid, rank, region.length);
      return elementwise(`finish ${state.monoid} of ${rank}`, make, to, () => sent, region, precision);
    }
    const make = (component: number): KernelIR => copyKernel(componentRegion(state, component, region).length);
    elementwise(
      state === undefined ? "copy" : `copy ${state.monoid}`,
      make,
      to,
      (component) => [sent[component]!],
      region,
      precision,
    );
  };

  /** Copies a region to another one, element by element, row-major; the buffers are of one dtype. */
  const move = (from: number, region: readonly Runs[], to: number, place: readonly Runs[]): void => {
    const addresses: number[] = [];
    const [source, target] = [tensorsOf(from), tensorsOf(to)];
    source.forEach((sent, component) => {
      addresses.length = 0;
      const own = componentRegion(buffers[from]!.state, component, region);
      forEachAddress(own, [sent.layout], ([address]) => addresses.push(address!));
      let next = 0;
      const onto = componentRegion(buffers[to]!.state, component, place);
      forEachAddress(onto, [target[component]!.layout], ([address]) => {
        target[component]!.elements[address!] = sent.elements[addresses[next++]!]!;
      });
    });
  };

  const passOn = (written: number, region: readonly Runs[]): void => {
    for (const { to, region: common, place } of passesOf(written, region)) {
      if (place === undefined || finishes(written, to)) copy(written, to, place ?? common);
      else move(written, common, to, place);
      passOn(to, place ?? common);
    }
  };

  const parts = (buffer: number, region: readonly Runs[]): TensorPart[] =>
    tensorsOf(buffer).map((tensor, component) => {
      return { tensor, region: componentRegion(buffers[buffer]!.state, component, region) };
    });
  const named = (buffer: number, region: readonly Runs[]): TensorPart[] => [
    ...parts(buffer, region),
    ...passesOf(buffer, region).flatMap((passed) => named(passed.to, passed.place ?? passed.region)),
  ];
  const accumulated = (action: ComputeAction): TensorPart[] => {
    const { kernel, precision } = compiledFor(action);
    const own = kernel.partialDomains(action.accumulate!.monoid, action.region, action.region);
    return partialsFor(action, kernel, precision).map((tensor, component) => ({ tensor, region: own[component]! }));
  };

  return {
    perform(task) {
      const action = actionOf(task);
      switch (action.kind) {
        case "compute":
          compute(action);
          if (action.accumulate?.last ?? true) passOn(action.output, action.region);
          return;
        case "copy":
          for (const { from, to, region, place } of partsOf(action)) {
            if (place) move(from, region, to, place);
            else copy(from, to, region);
            passOn(to, place ?? region);
          }
          return;
        case "combine":
          combine(action);
          return passOn(action.into, action.region);
        case "none":
          return;
      }
    },
    writes(task) {
      const action = actionOf(task);
      switch (action.kind) {
        case "compute": {
          const stored = (action.accumulate?.last ?? true) ? named(action.output, action.region) : [];
          return action.accumulate === undefined ? stored : [...accumulated(action), ...stored];
        }
        case "copy":
          return partsOf(action).flatMap(({ to, region, place }) => named(to, place ?? region));
        case "combine":
          return named(action.into, action.region);
        case "none":
          return [];
      }
    },
    parts,
    reset: () => partials.clear(),
    passOn: (buffer) => passOn(buffer, actions.domains[buffer]!.map(runsOf)),
  };
}
