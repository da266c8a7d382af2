/**
 * Whole-number expressions over the rows of a table: `if(2 * (from - to) <= ranks, from, to)`, `place.to(from)`,
 * `mostly(next, 80 %)`. `/` is the floor of the quotient and `%` has the sign of the divisor, as in collectives. They are
 * compiled once and evaluated for each row.
 */
import type { BinaryExpr, CallExpr, Expr, Identifier, MemberExpr } from "../../grammar/ast.js";
import type { TableData } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { columnNamed, columnNames } from "../graph/table-columns.js";
import { locate } from "./bound-program.js";
import { describeDimension, plain, truth } from "./quantity.js";
import { arithmetic, calls, comparisons, drawMostly, functions } from "./row-arithmetic.js";
import { didYouMean, nearestName } from "./suggest.js";
import { rowOfEach, rowOfPair } from "../graph/table-lookups.js";
import type { Values } from "./values.js";

/** The row that an expression is evaluated for. */
export interface Cursor {
  row: number;
  from: number;
  to: number;
}
export type RowValue = (cursor: Cursor) => number;

export interface RowScope {
  /** Where the expression stands. */
  readonly file: string;
  readonly values: Values;
  readonly diagnostics: DiagnosticCollector;
  readonly variables: ReadonlyMap<string, RowValue>;
  /** The table a name means; undefined where it means none or has an error, which is reported. */
  table(name: Identifier): TableData | undefined;
  /** For `mostly`: how many values there are, and the seed. */
  readonly draw?: { readonly size: number; readonly seed: number };
}

/** Why an expression has no value for some row. */
export interface RowFault {
  readonly expression: Expr;
  readonly reason: string;
}

export interface RowExpression {
  readonly expression: Expr;
  readonly file: string;
  /** A condition, 1 where it holds; else a whole number. */
  readonly isTruth: boolean;
  /** NaN where it has no value; `fault` then says why. */
  readonly value: RowValue;
  readonly fault: () => RowFault | undefined;
}

/** Deeper expressions are none that anyone writes. */
const deepestExpression = 200;

type Compiled = Pick<RowExpression, "isTruth" | "value">;

/** The same, of an expression that must be a whole number. */
export function compileRowNumber(root: Expr, scope: RowScope): RowExpression | undefined {
  const compiled = compileRowExpression(root, scope);
  if (!compiled?.isTruth) return compiled;
  const parts = { what: "A column", expected: describeDimension(plain), found: describeDimension(truth) };
  scope.diagnostics.report("wrong-unit", locate(scope.file, root), parts);
  return undefined;
}

/** Undefined where it means nothing, which is reported. */
export function compileRowExpression(root: Expr, scope: RowScope): RowExpression | undefined {
  const { file, diagnostics, variables } = scope;
  let found: RowFault | undefined;
  let draws = 0;
  const fail = (expression: Expr, reason: string): number => {
    found ??= { expression, reason };
    return NaN;
  };
  const compiled = compile(root, 0);
  return compiled && { ...compiled, expression: root, file, fault: () => found };

  function compile(expression: Expr, depth: number): Compiled | undefined {
    if (depth > deepestExpression) return refuse(expression, "An expression nested so deep");
    switch (expression.kind) {
      case "NumberLiteral":
      case "NameExpr":
        return compileNumber(expression);
      case "UnaryExpr": {
        const operand = compile(expression.operand, depth + 1);
        const isTruth = expression.operator === "not";
        if (!operand || !expect(operand, isTruth, expression.operand, `What \`${expression.operator}\` stands before`))
          return undefined;
        const { value } = operand;
        return isTruth ? { isTruth, value: (at) => 1 - value(at) } : { isTruth, value: (at) => 0 - value(at) };
      }
      case "BinaryExpr":
        return compileBinary(expression, depth);
      case "TupleExpr":
        return expression.elements.length === 1 ? compile(expression.elements[0]!, depth + 1) : refuse(expression);
      case "CallExpr":
        return compileCall(expression, depth);
      case "MissingExpr":
        return undefined;
      default:
        return refuse(expression);
    }
  }

  function compileNumber(expression: Extract<Expr, { kind: "NumberLiteral" | "NameExpr" }>): Compiled | undefined {
    const variable = expression.kind === "NameExpr" ? variables.get(expression.name.text) : undefined;
    if (variable) return { isTruth: false, value: variable };
    const names = new Map([...variables.keys()].map((name) => [name, { value: 0, dimension: plain }]));
    const quantity = scope.values.evaluate(expression, file, names);
    if (!quantity) return undefined;
    const place = locate(file, expression);
    const what = "A number in the rows of a table";
    const { value, dimension } = quantity;
    if (describeDimension(dimension) !== describeDimension(plain)) {
      const parts = { what, expected: describeDimension(plain), found: describeDimension(dimension) };
      diagnostics.report("wrong-unit", place, parts);
    } else if (!Number.isInteger(value)) diagnostics.report("size-not-whole", place, { what, value });
    else return { isTruth: false, value: () => value };
    return undefined;
  }

  function compileBinary(expression: BinaryExpr, depth: number): Compiled | undefined {
    const left = compile(expression.left, depth + 1);
    const right = compile(expression.right, depth + 1);
    if (!left || !right) return undefined;
    const { operator } = expression;
    const logical = operator === "and" || operator === "or";
    if (left.isTruth !== logical || right.isTruth !== logical) {
      const described = ({ isTruth }: Compiled) => describeDimension(isTruth ? truth : plain);
      const parts = { operator, left: described(left), right: described(right) };
      diagnostics.report("mixed-units", locate(file, expression), parts);
      return undefined;
    }
    const [a, b] = [left.value, right.value];
    if (operator === "and") return { isTruth: true, value: (at) => (a(at) === 1 ? b(at) : 0) };
    if (operator === "or") return { isTruth: true, value: (at) => (a(at) === 1 ? 1 : b(at)) };
    const compare = comparisons[operator];
    if (compare) return { isTruth: true, value: (at) => (compare(a(at), b(at)) ? 1 : 0) };
    const apply = arithmetic[operator]!;
    const divides = operator === "/" || operator === "%";
    return {
      isTruth: false,
      value(at) {
        const divisor = b(at);
        if (divides && divisor === 0) return fail(expression, "it divides by zero");
        return apply(a(at), divisor);
      },
    };
  }

  function compileCall(call: CallExpr, depth: number): Compiled | undefined {
    if (call.callee.kind === "MemberExpr") return compileLookup(call, call.callee, depth);
    if (call.callee.kind !== "NameExpr") return refuse(call);
    const { name } = call.callee;
    const known = Object.hasOwn(functions, name.text) ? functions[name.text] : undefined;
    if (name.text === "row") return compileRow(call, depth);
    if (name.text === "mostly") return compileMostly(call, depth);
    if (name.text === "if") return compileIf(call, depth);
    if (!known) {
      const near = nearestName(name.text, calls);
      const expected = `a function of whole numbers (${calls.join(", ")})`;
      diagnostics.report("unknown-name", locate(file, name), { name: name.text, expected, hint: didYouMean(near) });
      return undefined;
    }
    const least = known.arity === Infinity ? 1 : known.arity;
    if (!hasArguments(call, name, least, known.arity)) return undefined;
    const parts = compileNumbers(call.arguments, `This argument of \`${name.text}\``, depth);
    if (!parts) return undefined;
    const { apply } = known;
    const value: RowValue = (at) => {
      const result = apply(parts.map((part) => part(at)));
      return Number.isSafeInteger(result) || Number.isNaN(result) ? result : fail(call, "it is no whole number");
    };
    return { isTruth: false, value };
  }

  function compileIf(call: CallExpr, depth: number): Compiled | undefined {
    if (!hasArguments(call, { text: "if" }, 3, 3)) return undefined;
    const parts = call.arguments.map((argument) => compile(argument, depth + 1));
    const [condition, whenTrue, whenFalse] = parts;
    if (!condition || !whenTrue || !whenFalse) return undefined;
    const [first, second, third] = call.arguments;
    if (!expect(condition, true, first!, "What `if` asks")) return undefined;
    for (const [part, written] of [
      [whenTrue, second!],
      [whenFalse, third!],
    ] as const)
      if (!expect(part, false, written, "This argument of `if`")) return undefined;
    const [a, b, c] = [condition.value, whenTrue.value, whenFalse.value];
    return { isTruth: false, value: (at) => (a(at) === 1 ? b(at) : c(at)) };
  }

  /** `place.to(from)`: of the only row that the table has for an index. */
  function compileLookup(call: CallExpr, callee: MemberExpr, depth: number): Compiled | undefined {
    const { object, member } = callee;
    if (object.kind !== "NameExpr") return refuse(call);
    if (!hasArguments(call, member, 1, 1)) return undefined;
    const table = scope.table(object.name);
    const parts = compileNumbers(call.arguments, "The index of a row", depth);
    if (!table || !parts) return undefined;
    const column = columnNamed(table, member.text);
    if (!column) {
      reportColumn(table, member);
      return undefined;
    }
    const rows = rowOfEach(table);
    if ("several" in rows) {
      const parts_ = { name: table.name, axis: table.fromAxis, index: rows.several, found: rows.count };
      diagnostics.report("table-not-a-map", locate(file, object), parts_);
      return undefined;
    }
    const [index] = parts;
    const { values } = column;
    const value: RowValue = (at) => {
      const from = index!(at);
      const row = rows.of[from];
      if (row !== undefined || Number.isNaN(from)) return row === undefined ? NaN : values[row]!;
      return fail(call, `\`${table.fromAxis}\` of \`${table.name}\` is ${table.fromSize}, and this asks for ${from}`);
    };
    return { isTruth: false, value };
  }

  /** `row(P, a, b)`: the number of the row of P from a to b. */
  function compileRow(call: CallExpr, depth: number): Compiled | undefined {
    if (!hasArguments(call, { text: "row" }, 3, 3)) return undefined;
    const [first, ...others] = call.arguments;
    if (first!.kind !== "NameExpr") return refuse(first!);
    const table = scope.table(first!.name);
    const parts = compileNumbers(others, "The end of a row", depth);
    if (!table || !parts) return undefined;
    const [from, to] = parts;
    const value: RowValue = (at) => {
      const [a, b] = [from!(at), to!(at)];
      const row = rowOfPair(table, a, b);
      if (row >= 0 || Number.isNaN(a + b)) return row >= 0 ? row : NaN;
      return fail(call, `\`${table.name}\` has ${row === -1 ? "no row" : "several rows"} from ${a} to ${b}`);
    };
    return { isTruth: false, value };
  }

  /** `mostly(v, 80 %)`: v with that probability, else one of the others alike; pure in seed, from and to. */
  function compileMostly(call: CallExpr, depth: number): Compiled | undefined {
    const { draw } = scope;
    if (!draw) return refuse(call, "`mostly`");
    if (!hasArguments(call, { text: "mostly" }, 2, 2)) return undefined;
    const [first, second] = call.arguments;
    const parts = compileNumbers([first!], "What `mostly` chooses", depth);
    const share = scope.values.evaluate(second!, file);
    if (!parts || !share) return undefined;
    const what = "A probability";
    const expected = "a number without a unit from 0 to 1, or a share such as `80 %`";
    if (describeDimension(share.dimension) !== describeDimension(plain) || share.value < 0 || share.value > 1) {
      diagnostics.report("value-out-of-range", locate(file, second!), { what, expected, value: share.value });
      return undefined;
    }
    const [usual] = parts;
    const number = (draws += 1);
    const value: RowValue = (at) => drawMostly(usual!(at), share.value, draw, at, number);
    return { isTruth: false, value };
  }

  function compileNumbers(expressions: readonly Expr[], what: string, depth: number): RowValue[] | undefined {
    const parts = expressions.map((expression) => {
      const part = compile(expression, depth + 1);
      return part && expect(part, false, expression, what) ? part.value : undefined;
    });
    return parts.every((part) => part !== undefined) ? parts : undefined;
  }

  function hasArguments(call: CallExpr, name: { text: string }, least: number, most: number): boolean {
    const { length } = call.arguments;
    if (length >= least && length <= most) return true;
    const expected = most === Infinity ? "one argument or more" : least === 1 ? "one argument" : `${least} arguments`;
    diagnostics.report("wrong-argument-count", locate(file, call), { name: name.text, expected, found: length });
    return false;
  }

  function expect({ isTruth }: Compiled, wanted: boolean, at: Expr, what: string): boolean {
    if (isTruth === wanted) return true;
    const [expected, other] = [wanted ? truth : plain, wanted ? plain : truth].map(describeDimension);
    diagnostics.report("wrong-unit", locate(file, at), { what, expected: expected!, found: other! });
    return false;
  }

  function reportColumn(table: TableData, { text, span }: Identifier): void {
    const names = columnNames(table);
    const hint = didYouMean(nearestName(text, names));
    const known = names.map((name) => `\`${name}\``).join(", ");
    diagnostics.report("no-such-column", { file, span }, { table: table.name, name: text, known, hint });
  }

  function refuse(expression: Expr, what = "This"): undefined {
    diagnostics.report("table-expression", locate(file, expression), { what });
    return undefined;
  }
}
