import type { Doc } from "prettier";
import { builders } from "prettier/doc";
import type { BinaryExpr, CutRef, Ellipsis, Expr } from "../ast.js";
import { multiplicative, precedence, reductionFollowers } from "../parser/operators.js";
import { block, commaSeparated, enclosed, type AnyNode, type Printing } from "./context.js";

const { group, hardline, indent, line, softline } = builders;

export function expressionDoc(node: Expr | Ellipsis | CutRef, printing: Printing): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  switch (node.kind) {
    case "NumberLiteral":
      return node.unit === undefined ? node.text : [node.text, " ", print(node.unit)];
    case "StringLiteral":
      return quoted(node.value);
    case "NameExpr":
      return print(node.name);
    case "MemberExpr":
      return [object(node.object, printing), ".", print(node.member)];
    case "CallExpr": {
      const given = node.typeArguments;
      const types = given && ["<", commaSeparated(given.map((each) => operand(each, 4, printing))), ">"];
      // `f[i](x)` would be a reduction over `(x)`.
      const indexed = node.callee.kind === "IndexExpr" && node.callee.object.kind === "NameExpr" && types === undefined;
      const callee = indexed ? inParentheses(node.callee, printing) : object(node.callee, printing);
      return [callee, types ?? "", enclosed("(", node.arguments.map(print), ")")];
    }
    case "IndexExpr":
      return [object(node.object, printing), enclosed("[", node.indices.map(print), "]")];
    case "UnaryExpr":
      if (node.operator === "-")
        return ["-", isOpen(node.operand) ? inParentheses(node.operand, printing) : print(node.operand)];
      return ["not ", operand(node.operand, 3, printing)];
    case "BinaryExpr":
      return binaryDoc(node, printing);
    case "ReductionExpr": {
      const guard = node.guard && [" where ", print(node.guard)];
      const bracket = group(["[", commaSeparated(node.binders.map(print)), guard ?? "", "]"]);
      const bare = precedenceOf(node.body) >= multiplicative && opensReductionBody(node.body);
      return [print(node.monoid), bracket, " ", bare ? print(node.body) : inParentheses(node.body, printing)];
    }
    case "TupleExpr":
      if (node.elements.length === 1) return ["(", print(node.elements[0]!), ",)"];
      return enclosed("(", node.elements.map(print), ")");
    case "BlockExpr": {
      const equations = node.equations.map((each) => [
        print(each),
        hardline,
        printing.blankAfter(each) && !printing.commented(each) ? hardline : "",
      ]);
      // After an equation `-a` would go on with it.
      const goesOn = equations.length > 0 && leftmost(node.result).kind === "UnaryExpr";
      const result = goesOn ? inParentheses(node.result, printing) : print(node.result);
      return ["{", indent([hardline, ...equations, result]), hardline, "}"];
    }
    case "RangeExpr": {
      const high = operand(node.high, 4, printing);
      const low = node.low.kind === "RangeExpr" ? inParentheses(node.low, printing) : print(node.low);
      return [low, node.inclusive ? " .. " : " ..< ", high];
    }
    case "LayoutChangeExpr":
      return [print(node.from), " -> ", print(node.to)];
    case "LayoutExpr":
      return [enclosed("[", node.axes.map(print), "]"), ...node.at.map((each) => [" ", print(each)])];
    case "ForExpr": {
      const carried = node.carried.length > 0 ? [" with ", commaSeparated(node.carried.map(print))] : "";
      return ["for ", print(node.variable), " in ", print(node.range), carried, " ", block(node.body, printing)];
    }
    case "MissingExpr":
      return "";
    case "Ellipsis":
      return "..";
    case "CutRef": {
      const by = node.by && ["by ", print(node.by)];
      const axis = node.rows ? ["rows(", print(node.rows), ")"] : node.axis ? print(node.axis) : "";
      const cut = [axis, ...node.meshes.map((mesh) => ["/", print(mesh)])];
      if (by === undefined) return cut;
      return axis === "" && node.meshes.length === 0 ? by : [cut, " ", by];
    }
  }
}

/** An expression before a word that would otherwise turn its last `%` into a remainder. */
export function beforeWord(node: Expr, printing: Printing): Doc {
  return endsInPercent(node) ? inParentheses(node, printing) : printing.print(node);
}

/** `name = value`: operators go on in the next line, brackets open on this one. */
export function assigned(left: Doc, value: Expr, printing: Printing): Doc {
  const printed = printing.print(value);
  if (value.kind !== "BinaryExpr" && value.kind !== "ReductionExpr") return [left, " = ", printed];
  return group([left, " =", indent([line, printed])]);
}

function binaryDoc(node: BinaryExpr, printing: Printing): Doc {
  const own = precedence[node.operator];
  const links: BinaryExpr[] = [];
  let first: Expr = node;
  while (first.kind === "BinaryExpr" && precedence[first.operator] === own) {
    links.push(first);
    first = first.left;
  }
  links.reverse();
  const parts: Doc[] = [leftOperand(first, links[0]!, printing)];
  links.forEach((link, index) => {
    const right = rightOperand(link, links[index + 1], printing);
    // Where `%` ends a line, or begins one, it reads as percent.
    if (link.operator === "%") parts.push(" % ", right);
    else parts.push(` ${link.operator}`, line, right);
  });
  return group(parts);
}

function leftOperand(node: Expr, parent: BinaryExpr, printing: Printing): Doc {
  const own = precedence[parent.operator];
  const word = parent.operator === "and" || parent.operator === "or";
  if (!isOperand(node, own) || (word && endsInPercent(node))) return inParentheses(node, printing);
  if (own === multiplicative && endsInReduction(node)) return inParentheses(node, printing);
  return printing.print(node);
}

function rightOperand(parent: BinaryExpr, next: BinaryExpr | undefined, printing: Printing): Doc {
  const node = parent.right;
  const own = precedence[parent.operator];
  const nextWord = next?.operator === "and" || next?.operator === "or";
  if (!isOperand(node, own + 1)) return inParentheses(node, printing);
  if (next !== undefined && own === multiplicative && endsInReduction(node)) return inParentheses(node, printing);
  if (nextWord && endsInPercent(node)) return inParentheses(node, printing);
  if (parent.operator === "%" && !opensAfterPercent(node)) return inParentheses(node, printing);
  return printing.print(node);
}

/** An operand of something that binds as tightly as `minimum`. */
function operand(node: Expr, minimum: number, printing: Printing): Doc {
  return isOperand(node, minimum) ? printing.print(node) : inParentheses(node, printing);
}

function isOperand(node: Expr, minimum: number): boolean {
  return precedenceOf(node) >= minimum;
}

function precedenceOf(node: Expr): number {
  switch (node.kind) {
    case "BinaryExpr":
      return precedence[node.operator];
    case "UnaryExpr":
      return node.operator === "not" ? precedence["=="] - 0.5 : 6;
    case "RangeExpr":
    case "ForExpr":
    case "LayoutChangeExpr":
    case "LayoutExpr":
      return 0;
    default:
      return 6;
  }
}

function isOpen(node: Expr): boolean {
  return precedenceOf(node) < 6;
}

/** The object of a member, an index or a call. */
function object(node: Expr, printing: Printing): Doc {
  const closed = ["UnaryExpr", "ReductionExpr", "NumberLiteral"].includes(node.kind) || isOpen(node);
  return closed ? inParentheses(node, printing) : printing.print(node);
}

export function inParentheses(node: Expr, printing: Printing): Doc {
  return group(["(", indent([softline, printing.print(node)]), softline, ")"]);
}

/** A reduction at the right end, whose body would take in a `*` that follows. */
function endsInReduction(node: Expr): boolean {
  if (node.kind === "ReductionExpr") return true;
  if (node.kind === "UnaryExpr") return endsInReduction(node.operand);
  return node.kind === "BinaryExpr" && endsInReduction(node.right);
}

function endsInPercent(node: Expr): boolean {
  switch (node.kind) {
    case "NumberLiteral":
      return node.unit?.text === "%";
    case "UnaryExpr":
      return endsInPercent(node.operand);
    case "BinaryExpr":
      return endsInPercent(node.right);
    case "RangeExpr":
      return endsInPercent(node.high);
    case "ReductionExpr":
      return endsInPercent(node.body);
    default:
      return false;
  }
}

/** The leaf an expression begins with, where no parentheses stand before it. */
export function leftmost(node: Expr): Expr {
  switch (node.kind) {
    case "MemberExpr":
    case "IndexExpr":
      return leftmost(node.object);
    case "CallExpr":
      return leftmost(node.callee);
    case "BinaryExpr":
      return leftmost(node.left);
    case "RangeExpr":
      return leftmost(node.low);
    default:
      return node;
  }
}

function opensReductionBody(node: Expr): boolean {
  const first = leftmost(node);
  if (first.kind === "UnaryExpr" || first.kind === "BlockExpr" || first.kind === "MissingExpr") return false;
  const name = first.kind === "NameExpr" ? first.name.text : first.kind === "ReductionExpr" ? first.monoid.text : "";
  return !(reductionFollowers as readonly string[]).includes(name);
}

function opensAfterPercent(node: Expr): boolean {
  const first = leftmost(node);
  if (first.kind === "NameExpr") return first.name.text !== "of";
  if (first.kind === "ReductionExpr") return first.monoid.text !== "of";
  return first.kind === "NumberLiteral" || first.kind === "TupleExpr";
}

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\" };

export function quoted(value: string): string {
  return `"${value.replace(/[\n\r\t"\\]/g, (character) => escapes[character]!)}"`;
}
