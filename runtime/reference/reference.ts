/**
 * The unsharded layer, interpreted: what every schedule must compute. Sums are accumulated in float64 and every value is
 * rounded at its declared dtype; what an op computes on the way (local equations, enclosed epilogues) is not rounded.
 * A value pending under a monoid is here already folded, so most words are the identity.
 */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import type { LayerIR, MeshModel, MonoidIR, TableData, ValueIR } from "../../compiler/check/ir.js";
import { keptComponents, stateMonoid } from "../../compiler/graph/monoid-states.js";
import { roundingOf } from "../numbers/dtypes.js";
import { inputElements, inputScales } from "./inputs.js";
import { scanContributions } from "./contributions.js";
import { compileKernel, denseTensor } from "../cpu/kernels.js";
import type { Tensor } from "../cpu/kernels.js";
import { moveTensor } from "./reference-moves.js";
import type { Combine } from "./reference-moves.js";
import { fullRuns } from "../../compiler/graph/runs.js";
import { foldStates } from "./state-folds.js";

/** What a run is given and compared with. Dense, row-major, by value id of `layer`. */
export interface Reference {
  readonly layer: LayerIR;
  readonly mesh: MeshModel;
  readonly inputs: ReadonlyMap<number, Float64Array>;
  /**
   * Of an input that is pending: what each position along the mesh axes it is pending over contributes (row-major over
   * them); `inputs` holds their fold.
   */
  readonly contributions: ReadonlyMap<number, readonly Float64Array[]>;
  /** Empty where nothing is to be compared. */
  readonly outputs: ReadonlyMap<number, Float64Array>;
}

export interface ReferenceOptions {
  readonly layer: LayerIR;
  readonly mesh: MeshModel;
  readonly tables: readonly TableData[];
  readonly monoids: readonly MonoidIR[];
  /** Of the inputs; 1 if absent. */
  readonly seed?: number;
}

/** Draws the layer's inputs and computes its outputs. Throws InternalFault for what does not execute. */
export function prepareReference(options: ReferenceOptions): Reference {
  const drawn = drawInputs(options);
  const { layer, tables, monoids } = options;
  return { ...drawn, outputs: runReference(layer, tables, monoids, drawn.inputs, drawn) };
}

/** Draws the layer's inputs alone: what is run with them is compared with nothing. */
export function drawInputs({ layer, mesh, monoids, seed = 1 }: Omit<ReferenceOptions, "tables">): Reference {
  const scales = inputScales(layer);
  const inputs = new Map<number, Float64Array>();
  const contributions = new Map<number, readonly Float64Array[]>();
  for (const input of layer.inputs) {
    const value = layer.values[input]!;
    const scale = scales.get(input)!;
    if (value.pending.length === 0) {
      inputs.set(input, inputElements(value, value.name, seed, scale));
      continue;
    }
    const parts = value.pending.flatMap(({ over }) => over).reduce((count, axis) => count * mesh.axes[axis]!.size, 1);
    const drawn = Array.from({ length: parts }, (_, part) => {
      const stream = `${value.name}#${part}`;
      return stateMonoid(value, monoids)
        ? stateElements(value, stream, seed, monoids)
        : inputElements(value, stream, seed, scale / Math.sqrt(parts));
    });
    contributions.set(input, drawn);
    const lengths = value.axes.map(({ size }) => size);
    const folded = foldStates(value.pending[0]!.monoid, drawn, lengths, monoids);
    inputs.set(input, folded.map(roundingOf(value.dtype)));
  }
  return { layer, mesh, inputs, contributions, outputs: new Map() };
}

/** The same tensors under the ids of the layer as it is run: `fuse` renumbers values, inputs and outputs keep their order. */
export function referenceOfRun(reference: Reference, layer: LayerIR): Reference {
  const renumber = <T>(tensors: ReadonlyMap<number, T>): Map<number, T> => {
    const renumbered = new Map<number, T>();
    const keep = (from: readonly number[], to: readonly number[]): void =>
      from.forEach((id, index) => tensors.has(id) && renumbered.set(to[index]!, tensors.get(id)!));
    keep(reference.layer.inputs, layer.inputs);
    keep(reference.layer.outputs, layer.outputs);
    return renumbered;
  };
  const { mesh, inputs, contributions, outputs } = reference;
  return {
    layer,
    mesh,
    inputs: renumber(inputs),
    contributions: renumber(contributions),
    outputs: renumber(outputs),
  };
}

/**
 * The layer's outputs by value id, dense and row-major, from its inputs likewise (already rounded at their dtypes).
 * `parts`: what positions contribute to inputs that are pending, for a layer that scans what is pending.
 * Throws InternalFault where an input is missing, or that.
 */
export function runReference(
  layer: LayerIR,
  tables: readonly TableData[],
  monoids: readonly MonoidIR[],
  inputs: ReadonlyMap<number, Float64Array>,
  parts?: Pick<Reference, "mesh" | "contributions">,
): Map<number, Float64Array> {
  const held = new Map<number, Tensor>();
  const tensorOf = (id: number): Tensor => {
    const tensor = held.get(id);
    if (tensor === undefined) throw new InternalFault("run", `${layer.values[id]!.name} is read before it is computed`);
    return tensor;
  };
  for (const input of layer.inputs) {
    const elements = inputs.get(input);
    if (elements === undefined) throw new InternalFault("run", `no input ${layer.values[input]!.name}`);
    held.set(input, denseTensor(layer.values[input]!, elements));
  }
  for (const statement of layer.statements) {
    const value = layer.values[statement.result]!;
    const result = denseTensor(value);
    const round = roundingOf(value.dtype);
    if (statement.kind === "op") {
      compileKernel(statement.kernel, monoids, tables, "f64").run({
        outputs: [result],
        operands: statement.operands.map(tensorOf),
        ranges: statement.kernel.variables.map(({ size }) => fullRuns(size)),
        rounds: [round],
      });
    } else if (statement.kind === "word" && statement.word === "scan" && statement.cutBefore === undefined) {
      if (parts === undefined) throw new InternalFault("run", `${value.name} is a scan, and no mesh is known`);
      const elementsOf = (id: number) => tensorOf(id).elements as Float64Array;
      const source = { layer, mesh: parts.mesh, tables, monoids, elementsOf, inputs: parts.contributions };
      result.elements.set(scanContributions(statement, source).map(round));
    } else {
      const operand = tensorOf(statement.operand).elements as Float64Array;
      const combine: Combine = ({ name }, left, right) => foldStates(name, [left, right], [left.length], monoids);
      result.elements.set(moveTensor(statement, layer, operand, monoids, combine).map(round));
    }
    held.set(statement.result, result);
  }
  return new Map(layer.outputs.map((output) => [output, tensorOf(output).elements as Float64Array]));
}

/** A state drawn at random: its components, one behind the other, between 1/2 and 3/2. */
function stateElements(value: ValueIR, stream: string, seed: number, monoids: readonly MonoidIR[]): Float64Array {
  const parts = keptComponents(value, monoids).map(({ dtype, dimensions }, component) => {
    const axes = dimensions.map((dimension) => value.axes[dimension]!);
    const elements = inputElements({ ...value, dtype: "f64", axes }, `${stream}.${component}`, seed, 1 / 2);
    return elements.map((element) => roundingOf(dtype)(1 + element));
  });
  return Float64Array.from(parts.flatMap((part) => [...part]));
}
