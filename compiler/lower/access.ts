/**
 * What a kernel reads: its accesses, with local equations expanded, so that every index is an expression of output
 * variables and reduction variables alone. Only the accesses matter for dependencies, never the arithmetic. Each
 * reduction has variables of its own.
 */
import { conditionIndices, mapCondition, negateCondition } from "../kernels/conditions.js";
import type { ConditionIR, IndexIR, KernelIR, ReduceIR, ScalarIR } from "../check/ir.js";
import { alternativesOf, variablesIn } from "./guards.js";

export interface Access {
  readonly operand: number;
  readonly at: readonly IndexIR[];
  /** What binds variables other than their range, outermost first. */
  readonly bindings: readonly Binding[];
  /** Variables of enclosing reductions that no index names: where one ranges over nothing, nothing is read. */
  readonly unnamed: readonly number[];
  /** What must all hold of the variables, else nothing is read. */
  readonly guards: readonly ConditionIR[];
}

/** A variable of the rows whose column equals an index; or, without `rows`, one that stands for the index itself. */
export interface Binding {
  readonly variable: number;
  readonly rows?: { readonly table: number; readonly column: string };
  readonly equals: IndexIR;
}

/** What an index of a local equation is where it is read: an index expression, and a variable for it in sums. */
interface Replacement {
  readonly index: IndexIR;
  readonly variable?: number;
}
type Substitution = ReadonlyMap<number, Replacement>;
const noSubstitution: Substitution = new Map();

/** What stands around a place, outermost first: bindings, variables of reductions, and conditions. */
interface Surroundings {
  readonly bindings: readonly Binding[];
  readonly variables: readonly number[];
  readonly guards: readonly ConditionIR[];
}
const nothingAround: Surroundings = { bindings: [], variables: [], guards: [] };

/** Distinct accesses of the kernel, in order of appearance. */
export function collectAccesses(kernel: KernelIR): Access[] {
  const found = new Map<string, Access>();
  const report = (access: Access): void => {
    const key = JSON.stringify(access);
    if (!found.has(key)) found.set(key, access);
  };
  const seen = new Set<string>();
  const waiting: LocalRead[] = [];
  const readLocal = (read: LocalRead): void => {
    const { local, substitution, around } = read;
    const key = JSON.stringify([local, [...substitution], around]);
    if (!seen.has(key)) waiting.push(read);
    seen.add(key);
  };
  const visitor = { kernel, report, readLocal };
  visit(visitor, kernel.body, noSubstitution, nothingAround);
  // A list, and each read once: a chain of local equations may be long, and each may read the next one twice.
  for (let next = waiting.shift(); next; next = waiting.shift())
    visit(visitor, kernel.locals[next.local]!.body, next.substitution, next.around);
  return [...found.values()];
}

/**
 * When a kernel that is one reduction folds anything at all: accesses to nothing, of which one has an image where some
 * values of the reduction's variables pass its guards. Undefined where all values pass.
 */
export function reductionMask(kernel: KernelIR): Access[] | undefined {
  const { body } = kernel;
  if (body.kind !== "reduce" || (body.where === undefined && body.rowsWhere === undefined)) return undefined;
  const bindings = rowsBinding(body, noSubstitution);
  const guards = alternativesOf(body.where === undefined ? [] : [body.where]);
  return guards.map((own) => ({ operand: -1, at: [], bindings, unnamed: body.variables, guards: own }));
}

/** A local equation, by what its indices are where it is read, and what stands around that place. */
interface LocalRead {
  readonly local: number;
  readonly substitution: Substitution;
  readonly around: Surroundings;
}

interface Visitor {
  readonly kernel: KernelIR;
  readonly report: (access: Access) => void;
  readonly readLocal: (read: LocalRead) => void;
}

function visit(visitor: Visitor, node: ScalarIR, substitution: Substitution, around: Surroundings): void {
  const { kernel, report, readLocal } = visitor;
  switch (node.kind) {
    case "constant":
    case "argument":
    case "weight":
    case "index":
      return;
    case "read": {
      const at = node.at.map((index) => substitute(index, substitution));
      const named = new Set(at.flatMap((index) => variablesOf(index, around.bindings)));
      const unnamed = around.variables.filter((variable) => !named.has(variable));
      const rows = around.bindings.filter((binding) => binding.rows !== undefined);
      for (const guards of alternativesOf(around.guards)) {
        const others = [...rows.map((binding) => binding.equals), ...guards.flatMap(conditionIndices)];
        const used = new Set(others.flatMap((index) => variablesOf(index, around.bindings)));
        const bindings = around.bindings.filter(
          (binding) => binding.rows !== undefined || named.has(binding.variable) || used.has(binding.variable),
        );
        report({ operand: node.operand, at, bindings, unnamed, guards });
      }
      return;
    }
    case "local": {
      const local = kernel.locals[node.local]!;
      const inner = new Map<number, Replacement>();
      const bindings = [...around.bindings];
      local.indices.forEach((own, i) => {
        const index = substitute(node.at[i]!, substitution);
        if (index.kind === "affine") return inner.set(own, { index });
        const variable = kernel.variables.length + bindings.length;
        bindings.push({ variable, equals: index });
        return inner.set(own, { index, variable });
      });
      readLocal({ local: node.local, substitution: inner, around: { ...around, bindings } });
      return;
    }
    case "call":
      for (const argument of node.arguments) visit(visitor, argument, substitution, around);
      return;
    case "binary":
      visit(visitor, node.left, substitution, around);
      visit(visitor, node.right, substitution, around);
      return;
    case "select": {
      const condition = mapCondition(node.condition, (index) => substitute(index, substitution));
      const chosen = { ...around, guards: [...around.guards, condition] };
      const other = { ...around, guards: [...around.guards, negateCondition(condition)] };
      visit(visitor, node.whenTrue, substitution, chosen);
      visit(visitor, node.whenFalse, substitution, other);
      return;
    }
    case "reduce": {
      const bindings = [...around.bindings, ...rowsBinding(node, substitution)];
      const variables = [...around.variables, ...node.variables];
      const where = node.where && mapCondition(node.where, (index) => substitute(index, substitution));
      const inside = { bindings, variables, guards: where ? [...around.guards, where] : around.guards };
      for (const body of node.bodies) visit(visitor, body, substitution, inside);
      return;
    }
  }
}

function rowsBinding(node: ReduceIR, substitution: Substitution): Binding[] {
  if (node.rowsWhere === undefined) return [];
  const { table, column, equals } = node.rowsWhere;
  return [{ variable: node.variables[0]!, rows: { table, column }, equals: substitute(equals, substitution) }];
}

function substitute(index: IndexIR, substitution: Substitution): IndexIR {
  if (index.kind === "column") {
    const at = substitute(index.at, substitution);
    return at === index.at ? index : { ...index, at };
  }
  if (!index.terms.some((term) => substitution.has(term.variable))) return index;
  const only = index.terms.length === 1 && index.terms[0]!.coefficient === 1 && index.offset === 0;
  if (only) return substitution.get(index.terms[0]!.variable)!.index;
  const coefficients = new Map<number, number>();
  let offset = index.offset;
  for (const { variable, coefficient } of index.terms) {
    const replacement = substitution.get(variable);
    const inner =
      replacement?.index.kind === "affine"
        ? replacement.index
        : { terms: [{ variable: replacement?.variable ?? variable, coefficient: 1 }], offset: 0 };
    offset += coefficient * inner.offset;
    for (const term of inner.terms)
      coefficients.set(term.variable, (coefficients.get(term.variable) ?? 0) + coefficient * term.coefficient);
  }
  const terms = [...coefficients]
    .filter(([, c]) => c !== 0)
    .map(([variable, coefficient]) => ({ variable, coefficient }));
  return { kind: "affine", terms, offset };
}

/** Variables an index expression names, bound ones followed to what they are bound by as well. */
export function variablesOf(index: IndexIR, bindings: readonly Binding[]): number[] {
  const out = new Set<number>();
  const add = (expression: IndexIR): void => {
    if (expression.kind === "column") add(expression.at);
    else
      for (const { variable } of expression.terms) {
        if (out.has(variable)) continue;
        out.add(variable);
        const binding = bindings.find((b) => b.variable === variable);
        if (binding !== undefined) add(binding.equals);
      }
  };
  add(index);
  return [...out];
}

/** The variable where the index is exactly one variable, else undefined. */
export function pureVariable(index: IndexIR): number | undefined {
  if (index.kind !== "affine" || index.offset !== 0 || index.terms.length !== 1) return undefined;
  return index.terms[0]!.coefficient === 1 ? index.terms[0]!.variable : undefined;
}

/** Variables that what is read depends on, through indices, guards, and what binds others. */
export function dependsOnVariables({ at, unnamed, bindings, guards }: Access): number[] {
  const guarded = guards.flatMap(conditionIndices);
  const bounds = bindings.filter(
    ({ variable }) => unnamed.includes(variable) || guards.some((guard) => variablesIn(guard).includes(variable)),
  );
  const indices = [...at, ...guarded, ...bounds.map((binding) => binding.equals)];
  return indices.flatMap((index) => variablesOf(index, bindings));
}
