/** Fills the inputs of a run from the reference, and compares what the run left in its outputs with the reference's. */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import type { MeshModel, ValueIR } from "../../compiler/check/ir.js";
import type { BufferInfo, ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import type { Elements } from "../numbers/dtypes.js";
import { foldStates } from "./state-folds.js";
import type { Reference } from "./reference.js";
import { componentRegion, splitComponents } from "../numbers/memory.js";
import { forEachAddress, layoutOf } from "../../compiler/graph/layout.js";
import type { Layout } from "../../compiler/graph/layout.js";
import { fullRuns, runsLength } from "../../compiler/graph/runs.js";

export interface OutputComparison {
  readonly name: string;
  /**
   * max |run - reference| / max |reference|, over all elements on all ranks; Infinity where one is not finite; undefined
   * where the reference was not computed.
   */
  readonly maxError: number | undefined;
  /** The run's own result, dense and row-major; of ranks that hold the same element, the last. */
  readonly elements: Float64Array;
  /** Elements that are not finite, and elements that no rank holds. */
  readonly notFinite: number;
  readonly missing: number;
}

type ElementsOf = (buffer: number) => Elements;

const denseLayout = (value: ValueIR): Layout => layoutOf(value.axes.map(({ size }) => fullRuns(size)));

/** Position of a rank among the positions along some mesh axes, row-major over those axes. */
function positionAlong(mesh: MeshModel, rank: number, axes: ReadonlySet<number>): number {
  let position = 0;
  let stride = 1;
  let rest = rank;
  for (let axis = mesh.axes.length - 1; axis >= 0; axis--) {
    const { size } = mesh.axes[axis]!;
    if (axes.has(axis)) {
      position += stride * (rest % size);
      stride *= size;
    }
    rest = Math.floor(rest / size);
  }
  return position;
}

const pendingAxes = (value: ValueIR): Set<number> => new Set(value.pending.flatMap(({ over }) => over));

/** The value of the reference's layer that a value of the plan stands for: of that name, else the one at that place. */
function counterpart(name: string, place: number, ids: readonly number[], reference: Reference): number {
  const found = ids.find((id) => reference.layer.values[id]!.name === name) ?? ids[place];
  if (found === undefined)
    throw new InternalFault("run", `${reference.layer.name} has nothing that ${name} stands for`);
  return found;
}

function placesOf(entries: readonly { readonly value: number }[]): number[] {
  return [...new Set(entries.map(({ value }) => value))];
}

export function fillInputs(plan: ExecutionPlan, reference: Reference, elementsOf: ElementsOf): void {
  const places = placesOf(plan.inputs);
  for (const { value, buffer } of plan.inputs) {
    const id = counterpart(plan.values[value]!.name, places.indexOf(value), reference.layer.inputs, reference);
    const model = reference.layer.values[id]!;
    const info = plan.buffers[buffer]!;
    const { rank, domain } = info;
    const position = positionAlong(reference.mesh, rank, pendingAxes(model));
    const dense = reference.contributions.get(id)?.[position] ?? reference.inputs.get(id)!;
    let start = 0;
    splitComponents(elementsOf(buffer), info).forEach((elements, component) => {
      const own = componentRegion(info.state, component, domain);
      const whole = componentRegion(
        info.state,
        component,
        model.axes.map(({ size }) => fullRuns(size)),
      );
      const layout = layoutOf(whole);
      const first = start;
      forEachAddress(own, [layout, layoutOf(own)], ([from, to]) => {
        elements[to!] = dense[first + from!]!;
      });
      start += layout.elements;
    });
  }
}

/** One comparison for each output of the plan. */
export function compareOutputs(plan: ExecutionPlan, reference: Reference, elementsOf: ElementsOf): OutputComparison[] {
  return placesOf(plan.outputs).map((value, place) => {
    const model = plan.values[value]!;
    const id = counterpart(model.name, place, reference.layer.outputs, reference);
    const buffers = plan.outputs.filter((entry) => entry.value === value).map((entry) => entry.buffer);
    const parts = completeParts(plan, model, buffers, reference.mesh, elementsOf);
    return compareParts(model, parts, reference.outputs.get(id));
  });
}

interface CompletePart {
  readonly buffer: BufferInfo;
  readonly elements: ArrayLike<number>;
}

/** What the buffers hold, those of a pending value folded along the mesh axes it is pending over. */
function completeParts(
  plan: ExecutionPlan,
  value: ValueIR,
  buffers: readonly number[],
  mesh: MeshModel,
  elementsOf: ElementsOf,
): CompletePart[] {
  const pending = pendingAxes(value);
  if (pending.size === 0)
    return buffers.map((number) => ({ buffer: plan.buffers[number]!, elements: elementsOf(number) }));
  const others = new Set(mesh.axes.map((_, axis) => axis).filter((axis) => !pending.has(axis)));
  const groups = new Map<number, number[]>();
  for (const number of buffers) {
    const position = positionAlong(mesh, plan.buffers[number]!.rank, others);
    groups.set(position, [...(groups.get(position) ?? []), number]);
  }
  return [...groups.values()].map((group) => {
    const states = group.map((number) => Float64Array.from(elementsOf(number)));
    const buffer = plan.buffers[group[0]!]!;
    const lengths = buffer.domain.map(runsLength);
    return { buffer, elements: foldStates(value.pending[0]!.monoid, states, lengths, plan.monoids) };
  });
}

function compareParts(
  value: ValueIR,
  parts: readonly CompletePart[],
  expected: Float64Array | undefined,
): OutputComparison {
  const dense = denseLayout(value);
  const elements = new Float64Array(dense.elements).fill(NaN);
  const held = new Uint8Array(dense.elements);
  let largestError = 0;
  let notFinite = 0;
  for (const part of parts) {
    const { domain } = part.buffer;
    forEachAddress(domain, [dense, layoutOf(domain)], ([at, from]) => {
      const element = part.elements[from!]!;
      elements[at!] = element;
      held[at!] = 1;
      if (!Number.isFinite(element)) notFinite++;
      else if (expected) largestError = Math.max(largestError, Math.abs(element - expected[at!]!));
    });
  }
  const missing = held.reduce((count, one) => count - one, held.length);
  const found = { name: value.name, elements, notFinite, missing };
  if (expected === undefined) return { ...found, maxError: undefined };
  const largest = expected.reduce((most, element) => Math.max(most, Math.abs(element)), 0);
  const maxError =
    notFinite > 0 || missing > 0 || Number.isNaN(largestError) ? Infinity : relative(largestError, largest);
  return { ...found, maxError };
}

/** Of a reference that is zero everywhere, any error is infinite. */
function relative(error: number, scale: number): number {
  return error === 0 ? 0 : error / scale;
}
