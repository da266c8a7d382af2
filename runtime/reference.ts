/**
 * The unsharded layer, interpreted: what every schedule must compute. Sums are accumulated in float64 and every value is
 * rounded at its declared dtype; what an op computes on the way (local equations, enclosed epilogues) is not rounded.
 * A value pending under a monoid is here already folded, so every word is the identity.
 */
import { InternalFault } from "../compiler/diagnostics/internal-fault.js";
import type { LayerIR, MeshModel, MonoidIR, TableData, ValueIR } from "../compiler/check/ir.js";
import { roundingOf } from "./dtypes.js";
import { inputElements, inputScales } from "./inputs.js";
import { combineKernel, compileKernel } from "./kernels.js";
import type { Tensor } from "./kernels.js";
import { fullRuns, layoutOf } from "./runs.js";

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
export function prepareReference({ layer, mesh, tables, monoids, seed = 1 }: ReferenceOptions): Reference {
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
    const drawn = Array.from({ length: parts }, (_, part) =>
      inputElements(value, `${value.name}#${part}`, seed, scale / Math.sqrt(parts)),
    );
    contributions.set(input, drawn);
    const folded = foldStates(value.pending[0]!.monoid, drawn, monoids);
    inputs.set(input, folded.map(roundingOf(value.dtype)));
  }
  return { layer, mesh, inputs, contributions, outputs: runReference(layer, tables, monoids, inputs) };
}

/**
 * The layer's outputs by value id, dense and row-major, from its inputs likewise (already rounded at their dtypes).
 * Throws InternalFault where an input is missing, or for a monoid of more than one number.
 */
export function runReference(
  layer: LayerIR,
  tables: readonly TableData[],
  monoids: readonly MonoidIR[],
  inputs: ReadonlyMap<number, Float64Array>,
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
        output: result,
        operands: statement.operands.map(tensorOf),
        ranges: statement.kernel.variables.map(({ size }) => fullRuns(size)),
        round,
      });
    } else result.elements.set(tensorOf(statement.operand).elements.map(round));
    held.set(statement.result, result);
  }
  return new Map(layer.outputs.map((output) => [output, tensorOf(output).elements as Float64Array]));
}

function denseTensor(value: ValueIR, elements?: Float64Array): Tensor {
  const domain = value.axes.map(({ size }) => fullRuns(size));
  const layout = layoutOf(domain);
  return { domain, layout, elements: elements ?? new Float64Array(layout.elements) };
}

/** States of a pending value folded into one, in float64. Throws InternalFault for a monoid that is not known. */
export function foldStates(name: string, states: readonly Float64Array[], monoids: readonly MonoidIR[]): Float64Array {
  const monoid = monoids.find((candidate) => candidate.name === name);
  if (monoid === undefined) throw new InternalFault("run", `no monoid ${name}`);
  const combine = compileKernel(combineKernel(monoid, 1), monoids, [], "f64");
  const domain = [fullRuns(states[0]!.length)];
  const layout = layoutOf(domain);
  return states.reduce((left, right) => {
    const output = { domain, layout, elements: new Float64Array(left.length) };
    const operands = [left, right].map((elements) => ({ domain, layout, elements }));
    combine.run({ output, operands, ranges: domain, round: (value) => value });
    return output.elements;
  });
}
