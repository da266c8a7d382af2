/**
 * What a kernel reads: its accesses, with local equations expanded, so that every index is an expression of output
 * variables and reduction variables alone. Only the accesses matter for dependencies, never the arithmetic. Each
 * reduction has variables of its own.
 */
import type { IndexIR, KernelIR, ReduceIR, ScalarIR } from "../check/ir.js";

export interface Access {
  readonly operand: number;
  readonly at: readonly IndexIR[];
  /** Rows variables bound by `rows where column = equals`, outermost first. */
  readonly rows: readonly RowsBinding[];
  /** Variables of enclosing reductions that no index names: where one ranges over nothing, nothing is read. */
  readonly unnamed: readonly number[];
}

export interface RowsBinding {
  readonly variable: number;
  readonly table: number;
  readonly column: "from" | "to";
  readonly equals: IndexIR;
}

type Substitution = ReadonlyMap<number, IndexIR>;
const noSubstitution: Substitution = new Map();

/** Reductions around a place, outermost first. */
interface Reductions {
  readonly rows: readonly RowsBinding[];
  readonly variables: readonly number[];
}
const noReductions: Reductions = { rows: [], variables: [] };

/** Distinct accesses of the kernel, in order of appearance. */
export function collectAccesses(kernel: KernelIR): Access[] {
  const found = new Map<string, Access>();
  visit(kernel, kernel.body, noSubstitution, noReductions, (access) => {
    const key = JSON.stringify(access);
    if (!found.has(key)) found.set(key, access);
  });
  return [...found.values()];
}

function visit(
  kernel: KernelIR,
  node: ScalarIR,
  substitution: Substitution,
  around: Reductions,
  report: (access: Access) => void,
): void {
  switch (node.kind) {
    case "constant":
    case "argument":
    case "weight":
    case "index":
      return;
    case "read": {
      const at = node.at.map((index) => substitute(index, substitution));
      const named = new Set(at.flatMap((index) => variablesOf(index, around.rows)));
      const unnamed = around.variables.filter((variable) => !named.has(variable));
      report({ operand: node.operand, at, rows: around.rows, unnamed });
      return;
    }
    case "local": {
      const local = kernel.locals[node.local]!;
      const inner = new Map<number, IndexIR>();
      local.indices.forEach((variable, i) => inner.set(variable, substitute(node.at[i]!, substitution)));
      visit(kernel, local.body, inner, around, report);
      return;
    }
    case "call":
      for (const argument of node.arguments) visit(kernel, argument, substitution, around, report);
      return;
    case "binary":
      visit(kernel, node.left, substitution, around, report);
      visit(kernel, node.right, substitution, around, report);
      return;
    case "reduce": {
      const rows = [...around.rows, ...rowsBinding(node, substitution)];
      const variables = [...around.variables, ...node.variables];
      visit(kernel, node.body, substitution, { rows, variables }, report);
      return;
    }
  }
}

function rowsBinding(node: ReduceIR, substitution: Substitution): RowsBinding[] {
  if (node.rowsWhere === undefined) return [];
  const { table, column, equals } = node.rowsWhere;
  return [{ variable: node.variables[0]!, table, column, equals: substitute(equals, substitution) }];
}

export function substitute(index: IndexIR, substitution: Substitution): IndexIR {
  if (index.kind === "column") {
    const at = substitute(index.at, substitution);
    return at === index.at ? index : { ...index, at };
  }
  if (!index.terms.some((term) => substitution.has(term.variable))) return index;
  const only = index.terms.length === 1 && index.terms[0]!.coefficient === 1 && index.offset === 0;
  if (only) return substitution.get(index.terms[0]!.variable)!;
  const coefficients = new Map<number, number>();
  let offset = index.offset;
  for (const { variable, coefficient } of index.terms) {
    const replacement = substitution.get(variable);
    const inner =
      replacement === undefined
        ? { terms: [{ variable, coefficient: 1 }], offset: 0 }
        : replacement.kind === "affine"
          ? replacement
          : undefined;
    if (inner === undefined) return index; // check refuses arithmetic on columns
    offset += coefficient * inner.offset;
    for (const term of inner.terms)
      coefficients.set(term.variable, (coefficients.get(term.variable) ?? 0) + coefficient * term.coefficient);
  }
  const terms = [...coefficients]
    .filter(([, c]) => c !== 0)
    .map(([variable, coefficient]) => ({ variable, coefficient }));
  return { kind: "affine", terms, offset };
}

/** Variables an index expression names, rows variables followed to what they are bound by as well. */
export function variablesOf(index: IndexIR, rows: readonly RowsBinding[]): number[] {
  const out = new Set<number>();
  const add = (expression: IndexIR): void => {
    if (expression.kind === "column") add(expression.at);
    else
      for (const { variable } of expression.terms) {
        if (out.has(variable)) continue;
        out.add(variable);
        const binding = rows.find((b) => b.variable === variable);
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
