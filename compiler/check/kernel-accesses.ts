/** What a kernel reads, with its local equations read through: each access in terms of outputs and reduced variables. */
import { exactVariable, indexKey, substituteIndex, variableIndex } from "../kernels/index-math.js";
import type { IndexIR, KernelIR, ScalarIR } from "./ir.js";
import { ownIndices, scalarParts } from "../kernels/walk.js";

export interface KernelAccess {
  readonly operand: number;
  readonly dimension: number;
  /** Undefined where it is no affine index or column any more (a table's column inside a sum). */
  readonly index: IndexIR | undefined;
}

/** A reduced variable that ranges over the rows whose column equals something. */
export interface RowLink {
  readonly variable: number;
  readonly table: number;
  readonly column: string;
  /** The variable the column equals; undefined where it equals anything else. */
  readonly equals: number | undefined;
}

export interface KernelAccesses {
  readonly accesses: readonly KernelAccess[];
  readonly rowLinks: readonly RowLink[];
}

type Environment = ReadonlyMap<number, IndexIR | undefined>;

export function kernelAccesses(kernel: KernelIR): KernelAccesses {
  const accesses = new Map<string, KernelAccess>();
  const rowLinks = new Map<string, RowLink>();
  const seenLocals = new Set<string>();
  const waiting: { number: number; at: readonly (IndexIR | undefined)[] }[] = [];

  function resolve(index: IndexIR, environment: Environment): IndexIR | undefined {
    let lost = false;
    const result = substituteIndex(index, (variable) => {
      if (!environment.has(variable)) return variableIndex(variable);
      const replacement = environment.get(variable);
      if (!replacement) lost = true;
      return replacement ?? variableIndex(variable);
    });
    return lost ? undefined : result;
  }

  function visit(scalar: ScalarIR, environment: Environment): void {
    const indices = ownIndices(scalar).map((index) => resolve(index, environment));
    if (scalar.kind === "read") {
      indices.forEach((index, dimension) => {
        const key = `${scalar.operand}/${dimension}/${index ? indexKey(index) : "?"}`;
        accesses.set(key, { operand: scalar.operand, dimension, index });
      });
    }
    if (scalar.kind === "local") visitLocal(scalar.local, indices);
    if (scalar.kind === "reduce" && scalar.rowsWhere) {
      const equals = indices[0] && exactVariable(indices[0]);
      const link = {
        variable: scalar.variables[0]!,
        table: scalar.rowsWhere.table,
        column: scalar.rowsWhere.column,
        equals,
      };
      rowLinks.set(`${link.variable}/${link.column}/${equals}`, link);
    }
    for (const part of scalarParts(scalar)) visit(part, environment);
  }

  function visitLocal(number: number, at: readonly (IndexIR | undefined)[]): void {
    const key = `${number}:${at.map((index) => (index ? indexKey(index) : "?")).join(",")}`;
    if (seenLocals.has(key)) return;
    seenLocals.add(key);
    waiting.push({ number, at });
  }

  visit(kernel.body, new Map());
  // A list, not recursion: a kernel may have more local equations than a stack has room for.
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { at } = next;
    const local = kernel.locals[next.number]!;
    visit(local.body, new Map(local.indices.map((variable, dimension) => [variable, at[dimension]])));
  }
  return { accesses: [...accesses.values()], rowLinks: [...rowLinks.values()] };
}
