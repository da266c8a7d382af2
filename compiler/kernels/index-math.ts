/** Arithmetic on index expressions: affine in variables, or a column of a table. */
import type { IndexIR, IndexVariable } from "../check/ir.js";

export type AffineIndex = Extract<IndexIR, { kind: "affine" }>;

export function variableIndex(variable: number): AffineIndex {
  return { kind: "affine", terms: [{ variable, coefficient: 1 }], offset: 0 };
}

export function constantIndex(offset: number): AffineIndex {
  return { kind: "affine", terms: [], offset };
}

/** left + factor * right, terms sorted by variable, none of them zero. */
export function addAffine(left: AffineIndex, right: AffineIndex, factor = 1): AffineIndex {
  const coefficients = new Map<number, number>();
  for (const { variable, coefficient } of left.terms) coefficients.set(variable, coefficient);
  for (const { variable, coefficient } of right.terms) {
    coefficients.set(variable, (coefficients.get(variable) ?? 0) + factor * coefficient);
  }
  return {
    kind: "affine",
    terms: [...coefficients]
      .filter(([, coefficient]) => coefficient !== 0)
      .sort(([a], [b]) => a - b)
      .map(([variable, coefficient]) => ({ variable, coefficient })),
    offset: left.offset + factor * right.offset,
  };
}

/** The variable an index is exactly (coefficient 1, offset 0), if it is one. */
export function exactVariable(index: IndexIR): number | undefined {
  if (index.kind !== "affine" || index.offset !== 0 || index.terms.length !== 1) return undefined;
  const [term] = index.terms;
  return term!.coefficient === 1 ? term!.variable : undefined;
}

/** Variables that occur in an index. */
export function indexVariables(index: IndexIR): number[] {
  return index.kind === "affine" ? index.terms.map((term) => term.variable) : indexVariables(index.at);
}

/** The index with each variable replaced; undefined where a sum would hold a table's column. */
export function substituteIndex(index: IndexIR, replace: (variable: number) => IndexIR): IndexIR | undefined {
  if (index.kind === "column") {
    const at = substituteIndex(index.at, replace);
    return at && { ...index, at };
  }
  const exact = exactVariable(index);
  if (exact !== undefined) return replace(exact);
  let sum = constantIndex(index.offset);
  for (const { variable, coefficient } of index.terms) {
    const replacement = replace(variable);
    if (replacement.kind !== "affine") return undefined;
    sum = addAffine(sum, replacement, coefficient);
  }
  return sum;
}

/** Renumbers the variables of an index. */
export function renumberIndex(index: IndexIR, variable: (old: number) => number): IndexIR {
  if (index.kind === "column") return { ...index, at: renumberIndex(index.at, variable) };
  const terms = index.terms.map((term) => ({ variable: variable(term.variable), coefficient: term.coefficient }));
  return { ...index, terms: terms.sort((a, b) => a.variable - b.variable) };
}

/** Least and greatest value over all values of the variables; undefined where some variable has none. */
export function indexRange(
  index: IndexIR,
  variables: readonly IndexVariable[],
  columnSize: (table: number, column: string) => number,
): { low: number; high: number } | undefined {
  if (index.kind === "column") {
    if (indexRange(index.at, variables, columnSize) === undefined) return undefined;
    const size = columnSize(index.table, index.column);
    return size === 0 ? undefined : { low: 0, high: size - 1 };
  }
  let low = index.offset;
  let high = index.offset;
  for (const { variable, coefficient } of index.terms) {
    const last = variables[variable]!.size - 1;
    if (last < 0) return undefined;
    if (coefficient > 0) high += coefficient * last;
    else low += coefficient * last;
  }
  return { low, high };
}

/** A text that two indices share exactly when they are the same. */
export function indexKey(index: IndexIR): string {
  if (index.kind === "column") return `${index.table}.${index.column}(${indexKey(index.at)})`;
  return `${index.terms.map((term) => `${term.coefficient}*${term.variable}`).join("+")}+${index.offset}`;
}
