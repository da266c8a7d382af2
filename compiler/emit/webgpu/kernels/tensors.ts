/** Where the elements of tensors are, and how kernels read them. */
import type { DeviceArray } from "../text/arrays.js";
import { formatOf } from "../text/formats.js";
import { isWideIndex, laneText, narrowIndex } from "../text/indices.js";
import type { IndexValue } from "../text/indices.js";
import { narrow, typeOf, wide } from "../text/scalars.js";
import type { Value } from "../text/scalars.js";
import type { WgslWriter } from "../text/writer.js";
import type { KernelVariant, TaskKey, TensorName, TensorVariant } from "./variant.js";

export interface TensorTexts {
  array(tensor: TensorName): DeviceArray;
  /** Place of an element in its tensor, counted in elements. */
  place(tensor: TensorName, at: readonly IndexValue[]): string;
  /** An element, or four where an index has lanes. */
  read(tensor: TensorName, at: readonly IndexValue[]): Value;
}

/** Declares the arrays of a variant, in order. */
export function createTensorTexts(writer: WgslWriter<TaskKey>, variant: KernelVariant): TensorTexts {
  const views = new Map<TensorName, DeviceArray>();
  const bound = variant.arrays.map(({ name, access, dtype }) =>
    dtype === undefined
      ? writer.words(name, access)
      : writer.array({ name, access, format: formatOf(dtype, variant.hasF16) }),
  );
  const variantOf = (tensor: TensorName): TensorVariant => {
    if (tensor === "partial") return variant.partial!;
    const [kind, number] = tensor.split(" ");
    return (kind === "output" ? variant.outputs : variant.operands)[Number(number)]!;
  };

  const array: TensorTexts["array"] = (tensor) => {
    const { array: number, dtype } = variantOf(tensor);
    const whole = bound[number]!;
    if (typeof whole !== "function") return whole;
    let view = views.get(tensor);
    if (view === undefined) {
      const firstWord = writer.field(`${nameOf(tensor)}_word`, { kind: "firstWord", tensor });
      views.set(tensor, (view = whole(formatOf(dtype), firstWord)));
    }
    return view;
  };

  const place: TensorTexts["place"] = (tensor, at) => {
    const name = nameOf(tensor);
    const { mapped } = variantOf(tensor);
    const parts = at.map(({ text }, dimension) => {
      const position = mapped[dimension]
        ? writer.table(`${writer.field(`${name}_map${dimension}`, { kind: "map", tensor, dimension })} + ${text}`)
        : text;
      // Neighbours along the last dimension are neighbours in memory.
      if (dimension === at.length - 1) return position;
      return `${position} * ${writer.field(`${name}_stride${dimension}`, { kind: "stride", tensor, dimension })}`;
    });
    return [...parts, writer.field(`${name}_offset`, { kind: "offset", tensor })].join(" + ");
  };

  const read: TensorTexts["read"] = (tensor, at) => {
    const own = array(tensor);
    if (!at.some(isWideIndex)) return narrow(own.load(place(tensor, at)), own.number);
    const isInOrder = at.at(-1)!.step === 1 && !at.slice(0, -1).some(isWideIndex);
    if (isInOrder && variantOf(tensor).aligned) return wide(own.loadFour(`(${place(tensor, at)}) >> 2u`), own.number);
    const lanes = [0, 1, 2, 3].map((lane) => {
      const ofLane = at.map((value) => narrowIndex(laneText(value, lane), value.depth));
      return own.load(place(tensor, ofLane));
    });
    return wide(`${typeOf(true, own.number)}(${lanes.join(", ")})`, own.number);
  };
  return { array, place, read };
}

const nameOf = (tensor: TensorName): string => tensor.replace(" ", "");
