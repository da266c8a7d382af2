/**
 * A layer while its calls are inlined. Names are known late: whether a call is fused into what encloses it decides the
 * names of all it encloses, so values carry a node of the tree of calls, and names are read off at the end.
 */
import type { Location } from "../diagnostics/types.js";
import type { TypedValue } from "./axis-specs.js";
import type { KernelIR, WordChange } from "./ir.js";
import type { ViewChange } from "./view-layouts.js";

/** Where a value stands in the calls: a name of its own, or `<encloser>.<label>`. */
export interface NameNode {
  readonly label: string;
  readonly encloser?: NameNode;
  /** Set once it is fused into its encloser, or returned: it then bears that name. */
  mergedInto?: NameNode;
}

/** One inlined call of a layer; its value carries the statements made inside. */
export interface Frame {
  readonly node: NameNode;
  readonly parent?: Frame;
}

export interface ValueEntry {
  type: TypedValue;
  readonly node: NameNode;
  readonly location: Location;
  readonly isInput: boolean;
}

/** An op that is not written out yet, since what encloses it may still be fused onto it. */
export interface OpenKernel {
  readonly slot: Slot;
  readonly kernel: KernelIR;
  readonly operands: readonly ValueEntry[];
  readonly type: TypedValue;
  readonly node: NameNode;
  readonly location: Location;
  /** Has an op that is not elementwise. */
  readonly hasCore: boolean;
}

export type Elaborated =
  { readonly kind: "value"; readonly entry: ValueEntry } | { readonly kind: "open"; readonly open: OpenKernel };

/** A place in program order; it stays empty where an op was fused into a later one. */
export interface Slot {
  readonly frame: Frame | undefined;
  content?: SlotContent;
}
export type SlotContent =
  | {
      readonly kind: "op";
      readonly result: ValueEntry;
      readonly operands: readonly ValueEntry[];
      readonly kernel: KernelIR;
    }
  | {
      readonly kind: "word";
      readonly result: ValueEntry;
      readonly operand: ValueEntry;
      readonly change: WordChange;
    }
  | {
      readonly kind: "view";
      readonly result: ValueEntry;
      readonly operand: ValueEntry;
      readonly change: ViewChange;
    };

export interface LayerState {
  readonly name: string;
  readonly slots: Slot[];
  readonly inputs: ValueEntry[];
  /** Names beside those of the values' own nodes: `let a = b`, what was returned, and calls that return an input. */
  readonly aliases: { readonly node: NameNode; readonly entry: ValueEntry }[];
  readonly budget: CallBudget;
}

/** Calls that all layers of a file may make together once they are written out; beyond them elaboration gives up. */
export interface CallBudget {
  left: number;
  /** Set once that was reported. */
  exhausted: boolean;
}

export const mostCalls = 20_000;
export const deepestCalls = 64;

export function createLayerState(name: string, budget: CallBudget): LayerState {
  return { name, slots: [], inputs: [], aliases: [], budget };
}

export function addSlot(state: LayerState, frame: Frame | undefined): Slot {
  const slot: Slot = { frame };
  state.slots.push(slot);
  return slot;
}

/** Writes an open op out as a statement of its own. */
export function close(elaborated: Elaborated): ValueEntry {
  if (elaborated.kind === "value") return elaborated.entry;
  const { slot, kernel, operands, type, node, location } = elaborated.open;
  const result: ValueEntry = { type, node, location, isInput: false };
  slot.content = { kind: "op", result, operands, kernel };
  return result;
}

export function typeOf(elaborated: Elaborated): TypedValue {
  return elaborated.kind === "value" ? elaborated.entry.type : elaborated.open.type;
}

/** The node whose name a node bears. */
export function bearer(node: NameNode): NameNode {
  let current = node;
  while (current.mergedInto) current = current.mergedInto;
  return current;
}

/** `sent.take`. */
export function pathOf(node: NameNode): string {
  const labels: string[] = [];
  for (
    let current: NameNode | undefined = bearer(node);
    current;
    current = current.encloser && bearer(current.encloser)
  ) {
    labels.unshift(current.label);
  }
  return labels.join(".");
}
