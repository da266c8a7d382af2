/**
 * What tasks do to memory, in the two moments at which others may see it: a task reads all that it reads at its start or at
 * its end, and what it writes is there from its end on. In between, what it is about to destroy is lost already.
 */
import type { ExecutionPlan, Overwrite, TaskAction } from "../../compiler/graph/execution-plan.js";
import { partsOf } from "../../compiler/graph/execution-plan.js";
import { forEachAddress } from "../../compiler/graph/layout.js";
import { shareActions } from "../cpu/actions.js";
import { createPerformer } from "../cpu/perform.js";
import type { TensorPart } from "../cpu/perform.js";
import type { Elements } from "../numbers/dtypes.js";
import { allocateMemory, elementsOf } from "../numbers/memory.js";
import type { Reference } from "../reference/reference.js";
import { prepareMemory } from "../run/host-work.js";

export interface Effects {
  /** Makes all memory what it was before the first task: inputs, and not a number. */
  reset(): void;
  /** @param reads whether the task reads now; otherwise it does at its end */
  begin(task: number, reads: boolean): void;
  end(task: number, reads: boolean): void;
  elementsOf(buffer: number): Elements;
}

/** Elements that are to be written. */
interface Kept {
  readonly elements: Elements;
  readonly addresses: Int32Array;
  readonly values: Float64Array;
}

/** Throws RangeError where the machine has not the memory. */
export function createEffects(plan: ExecutionPlan, inputs: Reference): Effects {
  const memory = allocateMemory(plan.buffers, plan.graph.rankCount);
  const actions = shareActions(plan);
  prepareMemory(plan, inputs, actions, memory);
  const before = memory.arenas.map((arena) => new Uint8Array(arena).slice());
  const performer = createPerformer(actions, memory);
  const kept = new Map<number, readonly Kept[]>();

  /** Does what a task does, and puts back what lay where it wrote. */
  const performAside = (task: number): Kept[] => {
    const places = performer.writes(task).map((part) => ({
      elements: part.tensor.elements,
      addresses: addressesOf(part),
    }));
    const held = places.map(({ elements, addresses }) => valuesAt(elements, addresses));
    performer.perform(task);
    const written = places.map((place) => ({ ...place, values: valuesAt(place.elements, place.addresses) }));
    places.forEach((place, number) => store({ ...place, values: held[number]! }));
    return written;
  };

  const destroy = (lost: readonly Overwrite[]): void => {
    for (const { buffer, region } of lost)
      for (const part of performer.parts(buffer, region)) {
        const { elements } = part.tensor;
        for (const address of addressesOf(part)) elements[address] = NaN;
      }
  };

  /** What a task destroys; of its own operands, which it reads before it writes, or of all others. */
  const destroyed = (task: number, own: boolean): readonly Overwrite[] => {
    const lost = plan.overwrites(task);
    if (lost.length === 0) return lost;
    const operands = operandsOf(plan.action(task));
    return lost.filter(({ buffer }) => operands.includes(buffer) === own);
  };

  return {
    reset() {
      memory.arenas.forEach((arena, rank) => new Uint8Array(arena).set(before[rank]!));
      performer.reset();
      kept.clear();
    },
    begin(task, reads) {
      if (reads) {
        kept.set(task, performAside(task));
        destroy(destroyed(task, true));
      }
      destroy(destroyed(task, false));
    },
    end(task, reads) {
      const own = reads ? destroyed(task, true) : [];
      if (reads && own.length === 0) return performer.perform(task);
      const written = reads ? performAside(task) : kept.get(task)!;
      destroy(own);
      written.forEach(store);
      kept.delete(task);
    },
    elementsOf: (buffer) => elementsOf(memory, plan.buffers, buffer),
  };
}

function operandsOf(action: TaskAction): readonly number[] {
  switch (action.kind) {
    case "compute":
      return action.operands;
    case "copy":
      return partsOf(action).map(({ from }) => from);
    case "combine":
      return [action.left, action.right];
    case "none":
      return [];
  }
}

function addressesOf({ tensor, region }: TensorPart): Int32Array {
  const addresses: number[] = [];
  forEachAddress(region, [tensor.layout], ([address]) => addresses.push(address!));
  return Int32Array.from(addresses);
}

function valuesAt(elements: Elements, addresses: Int32Array): Float64Array {
  const values = new Float64Array(addresses.length);
  for (let i = 0; i < values.length; i++) values[i] = elements[addresses[i]!]!;
  return values;
}

function store({ elements, addresses, values }: Kept): void {
  for (let i = 0; i < values.length; i++) elements[addresses[i]!] = values[i]!;
}
