/**
 * Fusion. Statements first .. last may become one kernel if
 *   - all of them are ops;
 *   - each value made before the last is read by a later one of them, by no other statement, and is no output of the layer;
 *   - each reader among them reads it elementwise, and it and its reader have the same axes and layout; or it is a gather,
 *     which a reader reads through wherever it reads;
 * so that no value between is computed twice, all they need is on the same rank, and none of them need ever be in memory.
 */
import { composeKernels, mergeOperands, readsElementwise } from "../check/compose-kernels.js";
import type { KernelIR, LayerIR, OpStatement, StatementIR, ValueId, ValueIR } from "../check/ir.js";
import { gatheredAt, readThrough } from "./gather.js";

export interface FusionProblem {
  /** For "cannot be one kernel: ..": `` `sent` is moved, not computed ``. */
  readonly problem: string;
}

/** Statements first .. last (indices into `layer.statements`, both included) as one, which makes the last one's value. */
export function fuseStatements(layer: LayerIR, first: number, last: number): LayerIR | FusionProblem {
  const name = (value: ValueId) => `\`${layer.values[value]!.name}\``;
  if (first > last || first < 0 || last >= layer.statements.length)
    return { problem: "the first stands after the last" };
  if (first === last) return layer;
  const group = layer.statements.slice(first, last + 1);
  const other = group.find((statement) => statement.kind !== "op");
  if (other) {
    const how = other.kind === "word" ? "is moved" : `has another layout by \`${other.view}\``;
    return { problem: `${name(other.result)} ${how}, not computed` };
  }
  const ops = group as readonly OpStatement[];
  const problem = problemBetween(layer, ops, last, name);
  if (problem !== undefined) return { problem };
  const fused = composeGroup(ops);
  const gone = new Set(ops.slice(0, -1).map((op) => op.result));
  const statements = [...layer.statements.slice(0, first), fused, ...layer.statements.slice(last + 1)];
  return withoutValues({ ...layer, statements }, gone);
}

function problemBetween(
  layer: LayerIR,
  ops: readonly OpStatement[],
  last: number,
  name: (value: ValueId) => string,
): string | undefined {
  const result = layer.values[ops.at(-1)!.result]!;
  const priced = ops.find((op) => op.kernel.cost !== undefined);
  if (priced) return `${name(priced.result)} has a cost of its own, stated by its op`;
  for (const { result: between } of ops.slice(0, -1)) {
    if (layer.outputs.includes(between)) return `${name(between)} is an output of the layer`;
    const outside = layer.statements.slice(last + 1).find((statement) => operandsOf(statement).includes(between));
    if (outside) return `${name(between)} is read by ${name(outside.result)} too, which is not among them`;
    const readers = ops.filter((op) => op.operands.includes(between));
    if (readers.length === 0) return `${name(between)} is read by none of them`;
    const gathered = gatheredAt(ops.find((op) => op.result === between)!.kernel);
    if (gathered !== undefined && readers.every((op) => readThrough(op.kernel, op.operands.indexOf(between), gathered)))
      continue;
    for (const reader of readers) {
      if (!readsElementwise(reader.kernel, reader.operands.indexOf(between))) {
        return `${name(reader.result)} reads ${name(between)} at other places than its own`;
      }
    }
    if (!sameLayout(layer.values[between]!, result)) {
      return `${name(between)} and ${name(result.id)} do not have the same axes and layout`;
    }
  }
  return undefined;
}

function operandsOf(statement: StatementIR): readonly ValueId[] {
  return statement.kind === "op" ? statement.operands : [statement.operand];
}

function sameLayout(a: ValueIR, b: ValueIR): boolean {
  const key = ({ axes, pending, at }: ValueIR) =>
    JSON.stringify([axes.map(({ size, table, cuts }) => [size, table, cuts]), pending, at]);
  return key(a) === key(b);
}

interface Group {
  readonly kernel: KernelIR;
  readonly operands: readonly ValueId[];
}

/** Composed from the last statement upward, so that a value read twice is still computed once. */
function composeGroup(ops: readonly OpStatement[]): OpStatement {
  const last = ops.at(-1)!;
  let current: Group = { kernel: last.kernel, operands: last.operands };
  for (const inner of ops.slice(0, -1).toReversed()) {
    const place = current.operands.indexOf(inner.result);
    const gathered = gatheredAt(inner.kernel);
    const through = gathered && readThrough(current.kernel, place, gathered);
    if (through) {
      const operands = current.operands.with(place, inner.operands[0]!);
      current = mergeOperands({ ...through, name: `${through.name}(${inner.kernel.name})` }, operands);
      continue;
    }
    const name = `${current.kernel.name}(${inner.kernel.name})`;
    const kernel = composeKernels(current.kernel, place, inner.kernel, inner.operands.length, name);
    const operands = [...inner.operands, ...current.operands.filter((_, operand) => operand !== place)];
    current = mergeOperands(kernel, operands);
  }
  return { ...last, kernel: current.kernel, operands: current.operands };
}

/** The layer with its values renumbered. */
function withoutValues(layer: LayerIR, gone: ReadonlySet<ValueId>): LayerIR {
  const kept = layer.values.filter((value) => !gone.has(value.id));
  const numbers = new Map(kept.map((value, id) => [value.id, id]));
  const renumber = (value: ValueId) => numbers.get(value)!;
  return {
    ...layer,
    values: kept.map((value, id) => ({ ...value, id })),
    inputs: layer.inputs.map(renumber),
    outputs: layer.outputs.map(renumber),
    statements: layer.statements.map((statement) =>
      statement.kind === "op"
        ? { ...statement, result: renumber(statement.result), operands: statement.operands.map(renumber) }
        : { ...statement, result: renumber(statement.result), operand: renumber(statement.operand) },
    ),
  };
}
