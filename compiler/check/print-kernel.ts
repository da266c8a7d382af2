/** A kernel as an op in the language: concrete sizes, every name made up. */
import type { AxisIR, ConditionIR, IndexIR, KernelIR, ReduceIR, ScalarIR, ValueIR } from "./ir.js";
import { columnText } from "../graph/table-columns.js";
import { exactVariable } from "../kernels/index-math.js";
import { ownIndices, scalarParts, walkKernel } from "../kernels/walk.js";

export interface PrintedKernel {
  readonly name: string;
  readonly kernel: KernelIR;
  readonly operands: readonly ValueIR[];
  readonly result: ValueIR;
  readonly tableName: (table: number) => string;
}

/** `op moe_k0(_a0: bf16[_a0_0, _a0_1]) -> bf16[_v0: rows(gate), _v1: _a0_1] = _a0[from(_v0), _v1]`. */
export function printKernel(printed: PrintedKernel): string {
  const { name, kernel, operands, result } = printed;
  const cost = Object.entries(kernel.cost ?? {}).map(([what, value]) => `${what} = ${value}`);
  const stated = cost.length > 0 ? ` cost { ${cost.join(", ")} }` : "";
  if (kernel.opaque) return `opaque op ${name}${opaqueSignature(printed)}${stated}`;
  const names = nameVariables(printed);
  const parameters = operands.map(
    (operand, index) => `_a${index}: ${operand.dtype}[${operandAxes(operand, index, printed)}]`,
  );
  const axes = result.axes.map((axis, dimension) => resultAxis(axis, dimension, printed));
  const head = `op ${name}(${parameters.join(", ")}) -> ${result.dtype}[${axes.join(", ")}]`;
  const scope = { names, printed };
  const body = printScalar(kernel.body, scope, 0);
  if (kernel.locals.length === 0) return `${head} = ${body}${stated}`;
  const locals = kernel.locals.map((local, index) => {
    const indices = local.indices.map((variable) => names.get(variable)!);
    const list = indices.length > 0 ? `[${indices.join(", ")}]` : "";
    return `  let _t${index}${list} = ${printScalar(local.body, scope, 0)}\n`;
  });
  return `${head} {\n${locals.join("")}  return ${body}\n}${stated}`;
}

/** What an opaque op reads is said by its axes' names alone: those of the result's, where it reads at its own index. */
function opaqueSignature({ kernel, operands, result, tableName }: PrintedKernel): string {
  const names = operands.map((operand, index) => operand.axes.map((_, dimension) => `_a${index}_${dimension}`));
  walkKernel(kernel, (scalar) => {
    if (scalar.kind !== "read") return;
    scalar.at.forEach((at, dimension) => {
      const variable = exactVariable(at);
      if (variable !== undefined && variable < kernel.outputRank) {
        names[scalar.operand]![dimension] = `_v${variable}`;
      }
    });
  });
  const sized = (axis: AxisIR, name: string) =>
    axis.table === undefined ? name : `${name}: rows(${tableName(axis.table)})`;
  const parameters = operands.map(
    ({ dtype, axes }, index) =>
      `_a${index}: ${dtype}[${axes.map((axis, d) => sized(axis, names[index]![d]!)).join(", ")}]`,
  );
  const axes = result.axes.map((axis, dimension) => {
    const name = `_v${dimension}`;
    if (axis.table !== undefined || names.some((own) => own.includes(name))) return sized(axis, name);
    return `${name}: ${axis.size}`;
  });
  return `(${parameters.join(", ")}) -> ${result.dtype}[${axes.join(", ")}]`;
}

function operandAxes(operand: ValueIR, index: number, { tableName }: PrintedKernel): string {
  const axes = operand.axes.map((axis, dimension) =>
    axis.table === undefined ? `_a${index}_${dimension}` : `_a${index}_${dimension}: rows(${tableName(axis.table)})`,
  );
  return axes.join(", ");
}

/** Named after an operand's axis where that is the same one, so that its name flows; else by its own name. */
function resultAxis(axis: AxisIR, dimension: number, { operands, tableName }: PrintedKernel): string {
  if (axis.table !== undefined) return `_v${dimension}: rows(${tableName(axis.table)})`;
  for (const [index, operand] of operands.entries()) {
    const same = operand.axes.findIndex(
      (other) => other.table === undefined && other.name === axis.name && other.size === axis.size,
    );
    if (same >= 0) return `_v${dimension}: _a${index}_${same}`;
  }
  if (axis.factors !== undefined) return `_v${dimension}: ${axis.name}`;
  return isIdentifier(axis.name) ? `${axis.name}: ${axis.size}` : `_v${dimension}: ${axis.size}`;
}

export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/**
 * Outputs by dimension, reduced variables in the order in which they occur. A local equation's own variable takes the
 * name of an operand's axis that is as long, which is how its length is said.
 */
function nameVariables(printed: PrintedKernel): Map<number, string> {
  const { kernel, operands, result } = printed;
  const names = new Map<number, string>();
  for (const [dimension, axis] of result.axes.entries()) {
    const spelled = resultAxis(axis, dimension, printed);
    names.set(dimension, spelled.slice(0, spelled.indexOf(":")));
  }
  for (const local of kernel.locals) {
    const taken = new Set<string>(local.indices.flatMap((variable) => names.get(variable) ?? []));
    for (const variable of local.indices) {
      if (names.has(variable)) continue;
      const name = axisOfLength(kernel.variables[variable]!, operands, taken) ?? `_l${variable}`;
      taken.add(name);
      names.set(variable, name);
    }
  }
  let reduced = 0;
  const visit = (scalar: ScalarIR): void => {
    if (scalar.kind === "reduce") {
      for (const variable of scalar.variables) if (!names.has(variable)) names.set(variable, `_r${reduced++}`);
    }
    scalarParts(scalar).forEach(visit);
  };
  for (const local of kernel.locals) visit(local.body);
  visit(kernel.body);
  return names;
}

function axisOfLength(
  variable: KernelIR["variables"][number],
  operands: readonly ValueIR[],
  taken: ReadonlySet<string>,
): string | undefined {
  for (const [index, operand] of operands.entries()) {
    for (const [dimension, axis] of operand.axes.entries()) {
      const name = `_a${index}_${dimension}`;
      if (axis.size === variable.size && axis.table === variable.table && !taken.has(name)) return name;
    }
  }
  return undefined;
}

interface PrintScope {
  readonly names: ReadonlyMap<number, string>;
  readonly printed: PrintedKernel;
}

/** How tightly a form binds: a sum 1, a product 2, anything else 3. `least` is what the place needs without parentheses. */
function printScalar(scalar: ScalarIR, scope: PrintScope, least: number): string {
  const at = ownIndices(scalar).map((index) => printIndex(index, scope));
  const list = at.length > 0 ? `[${at.join(", ")}]` : "";
  switch (scalar.kind) {
    case "constant":
      return parenthesised(numberText(scalar.value), scalar.value < 0 ? 0 : 3, least);
    case "read":
      return `_a${scalar.operand}${list}`;
    case "local":
      return `_t${scalar.local}${list}`;
    case "weight":
      return `weight(${at[0]})`;
    case "index":
      return parenthesised(at[0]!, /[-+*]/.test(at[0]!) ? 1 : 3, least);
    case "argument":
      return `#${scalar.argument}`;
    case "call": {
      const parts = scalar.arguments.map((part) => printScalar(part, scope, scalar.function === "neg" ? 3 : 0));
      if (scalar.function === "neg") return parenthesised(`-${parts[0]}`, 0, least);
      return `${scalar.function}(${parts.join(", ")})`;
    }
    case "binary": {
      const level = scalar.operator === "+" || scalar.operator === "-" ? 1 : 2;
      const left = printScalar(scalar.left, scope, level);
      const right = printScalar(scalar.right, scope, level + 1);
      return parenthesised(`${left} ${scalar.operator} ${right}`, level, least);
    }
    case "select": {
      const [chosen, other] = [scalar.whenTrue, scalar.whenFalse].map((part) => printScalar(part, scope, 0));
      return `if(${printCondition(scalar.condition, scope, 0)}, ${chosen}, ${other})`;
    }
    case "reduce":
      return parenthesised(printReduce(scalar, scope), 0, least);
  }
}

function parenthesised(text: string, level: number, least: number): string {
  return level < least ? `(${text})` : text;
}

function printReduce(reduce: ReduceIR, scope: PrintScope): string {
  const { names, printed } = scope;
  const binders = reduce.variables.map((variable) => {
    const { size, table } = printed.kernel.variables[variable]!;
    return `${names.get(variable)} in ${table === undefined ? `0 ..< ${size}` : `rows(${printed.tableName(table)})`}`;
  });
  const { rowsWhere, where } = reduce;
  const row = names.get(reduce.variables[0]!);
  const guards = [
    ...(rowsWhere ? [`${rowsWhere.column}(${row}) == ${printIndex(rowsWhere.equals, scope)}`] : []),
    ...(where ? [printCondition(where, scope, rowsWhere ? 2 : 0)] : []),
  ];
  const guard = guards.length > 0 ? ` where ${guards.join(" and ")}` : "";
  return `${reduce.monoid}[${binders.join(", ")}${guard}] ${printBodies(reduce, scope)}`;
}

/** How tightly a form binds: `or` 1, `and` 2, a comparison 3. */
function printCondition(condition: ConditionIR, scope: PrintScope, least: number): string {
  if (condition.kind === "compare") {
    return `${printIndex(condition.left, scope)} ${condition.operator} ${printIndex(condition.right, scope)}`;
  }
  if (condition.parts.length === 0) return condition.kind === "and" ? "0 == 0" : "0 != 0";
  if (condition.parts.length === 1) return printCondition(condition.parts[0]!, scope, least);
  const level = condition.kind === "or" ? 1 : 2;
  const parts = joined(condition).map((part) => printCondition(part, scope, level + 1));
  return parenthesised(parts.join(` ${condition.kind} `), level, least);
}

/** `(a and b) and c` reads as a, b and c. */
function joined({ kind, parts }: Extract<ConditionIR, { kind: "and" | "or" }>): readonly ConditionIR[] {
  return parts.flatMap((part) => (part.kind === kind && part.parts.length > 0 ? joined(part) : [part]));
}

function printBodies({ bodies }: ReduceIR, scope: PrintScope): string {
  if (bodies.length === 1) return printScalar(bodies[0]!, scope, 2);
  return `(${bodies.map((body) => printScalar(body, scope, 0)).join(", ")})`;
}

function printIndex(index: IndexIR, scope: PrintScope): string {
  if (index.kind === "column")
    return columnText(scope.printed.tableName(index.table), index.column, printIndex(index.at, scope));
  const terms = index.terms.map(({ variable, coefficient }) => {
    const name = scope.names.get(variable)!;
    const size = Math.abs(coefficient);
    return { sign: coefficient < 0 ? "-" : "+", text: size === 1 ? name : `${size} * ${name}` };
  });
  if (index.offset !== 0 || terms.length === 0) {
    terms.push({ sign: index.offset < 0 ? "-" : "+", text: String(Math.abs(index.offset)) });
  }
  return terms
    .map(({ sign, text }, place) => (place > 0 ? ` ${sign} ${text}` : sign === "-" ? `-${text}` : text))
    .join("");
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}
