import type { Doc } from "prettier";
import { builders, utils } from "prettier/doc";
import type {
  ApproximateSpec,
  Assignment,
  AxisFactor,
  Declaration,
  Expr,
  ImportName,
  LayerStatement,
  LetTarget,
  LocalEquation,
  MeshAxis,
  MonoidRule,
  OpDecl,
  RoundStatement,
  TableColumnDecl,
  TableDecl,
} from "../ast.js";
import { block, braced, commaSeparated, enclosed, lines, type AnyNode, type Printing } from "./context.js";
import { assigned, beforeWord } from "./expressions.js";
import { parametersDoc, typeParametersDoc } from "./types.js";

const { group, hardline, indent, join, line } = builders;

export function declarationDoc(node: Declaration, printing: Printing): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  const list = (children: readonly AnyNode[]): Doc => commaSeparated(children.map(print));
  switch (node.kind) {
    case "ImportDecl":
      return ["import ", braced(node.names.map(print), printing.inside()), " from ", print(node.from)];
    case "ParamDecl":
      return group(["param ", indent(join([",", line], node.params.map(print)))]);
    case "ProfileDecl":
      return ["profile ", print(node.name), " ", braced(node.settings.map(print), printing.inside())];
    case "AxisDecl": {
      if (node.factors) {
        const size = node.size ? [": ", print(node.size)] : "";
        return ["axis ", print(node.name), size, " = ", enclosed("(", node.factors.map(print), ")")];
      }
      return node.size ? assigned(["axis ", print(node.name)], node.size, printing) : ["axis ", print(node.name)];
    }
    case "MachineDecl":
      return ["machine ", print(node.name), " ", block(node.items, printing)];
    case "MeshDecl": {
      const name = node.name ? [print(node.name), " "] : "";
      const ranks = node.ranks ? [" at rank ", print(node.ranks)] : "";
      return ["mesh ", name, "on ", print(node.machine), " ", braced(node.axes.map(print), printing.inside()), ranks];
    }
    case "TableDecl":
      return tableDoc(node, printing);
    case "MonoidDecl": {
      const parts: Doc[] = [];
      if (node.identity) parts.push(assigned("identity", node.identity, printing));
      if (node.combine) parts.push(["combine", print(node.combine)]);
      if (node.finish) parts.push(["finish", print(node.finish)]);
      const inside = parts.length === 0 ? printing.inside() : [];
      const body = parts.length + inside.length === 0 ? "{}" : bracedLines([...parts, ...inside]);
      return [
        node.ordered ? "ordered " : "",
        "monoid ",
        print(node.name),
        parametersDoc(node.state, printing),
        " ",
        body,
      ];
    }
    case "OpDecl":
      return opDoc(node, printing);
    case "RecordDecl":
      return ["record ", print(node.name), " ", braced(node.fields.map(print), printing.inside())];
    case "LayerDecl": {
      const head = ["layer ", print(node.name), typeParametersDoc(node.typeParameters, printing)];
      if (node.approximate) return [head, " = ", print(node.approximate)];
      // In one piece: where a header is too long, its parameters stand one a line.
      const results = node.results.length > 0 ? utils.removeLines(list(node.results)) : "()";
      const arrow = [parametersDoc(node.parameters, printing), " ->"];
      const led = node.results.some((result) => printing.led(result));
      const lines = indent([hardline, join([",", hardline], node.results.map(print))]);
      return [head, arrow, led ? lines : [" ", results], " ", block(node.body, printing)];
    }
    case "CollectiveDecl": {
      const { input, inputType, output, outputType, equation } = node;
      const signature = [
        [print(input), ": ", print(inputType), " -> "],
        [output ? [print(output), ": "] : "", print(outputType)],
        equation ? [", ", wordEquationDoc(equation, printing)] : "",
      ];
      const head = ["collective ", print(node.name), typeParametersDoc(node.typeParameters, printing)];
      const levels = node.levels.length > 0 ? [" = ", join(" * ", node.levels.map(print))] : "";
      return [head, "(", signature, ") over ", print(node.over), levels, " ", block(node.body, printing)];
    }
    case "ScheduleDecl": {
      const head = ["schedule ", print(node.name), " of ", print(node.layer)];
      const inside = node.verbs.length === 0 ? printing.inside() : [];
      if (node.verbs.length + inside.length === 0) return head;
      return [head, " ", node.verbs.length > 0 ? block(node.verbs, printing) : bracedLines(inside)];
    }
    case "CheckDecl":
      return ["check ", print(node.subject), " ", block(node.claims, printing)];
    case "AssumeDecl":
      return assigned(["assume ", print(node.name)], node.value, printing);
  }
}

/** The parts of declarations that are nodes of their own. */
export function partDoc(
  node:
    ImportName | Assignment | AxisFactor | TableColumnDecl | MeshAxis | MonoidRule | LocalEquation | ApproximateSpec,
  printing: Printing,
): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  switch (node.kind) {
    case "ImportName":
      return node.as === undefined ? print(node.name) : [print(node.name), " as ", print(node.as)];
    case "Assignment":
      return assigned(print(node.name), node.value, printing);
    case "AxisFactor":
      return [print(node.name), node.size ? [": ", print(node.size)] : "", node.mirrored ? " mirrored" : ""];
    case "TableColumnDecl":
      return tableColumnDoc(node, printing);
    case "MeshAxis":
      return [print(node.name), ": ", print(node.size)];
    case "MonoidRule":
      return assigned(["(", commaSeparated(node.parameters.map(print)), ")"], node.body, printing);
    case "LocalEquation": {
      const indices = node.indices.length > 0 ? ["[", commaSeparated(node.indices.map(print)), "]"] : "";
      return assigned(["let ", print(node.name), indices], node.value, printing);
    }
    case "ApproximateSpec": {
      const clauses = node.clauses.map((clause) => clause.value);
      const body = clauses.length === 0 ? "{}" : bracedLines(clauses);
      return ["approximate ", print(node.base), " ", body];
    }
  }
}

export function statementDoc(
  node: LayerStatement | LetTarget | Exclude<RoundStatement, LocalEquation>,
  printing: Printing,
): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  const list = (children: readonly AnyNode[]): Doc => commaSeparated(children.map(print));
  switch (node.kind) {
    case "LetStatement": {
      const single = node.targets.length === 1;
      return assigned(
        ["let ", single ? print(node.targets[0]!) : ["(", list(node.targets), ")"]],
        node.value,
        printing,
      );
    }
    case "LetTarget":
      return node.type === undefined ? print(node.name) : [print(node.name), ": ", print(node.type)];
    case "NextStatement":
      return assigned(["next ", print(node.name)], node.value, printing);
    case "WhenStatement":
      return ["when ", print(node.condition), " ", block(node.body, printing)];
    case "ReturnStatement":
      return ["return ", list(node.values)];
    case "SendStatement": {
      const source = node.source ? [" from ", beforeWord(node.source, printing)] : "";
      const into = node.into ? [print(node.into), " at "] : "";
      const target = node.guard && !node.combining ? beforeWord(node.target, printing) : print(node.target);
      const end = [node.combining ? ", combining" : "", node.guard ? [" when ", print(node.guard)] : ""];
      return ["send ", beforeWord(node.value, printing), source, " to ", into, target, end];
    }
    case "RoundBlock":
      return ["round ", block(node.body, printing)];
    case "RequireStatement":
      return ["require ", print(node.condition)];
    case "RoundLoop":
      return ["for ", print(node.variable), " in ", print(node.range), " ", block(node.body, printing)];
    case "RoundGroup":
      return join(" & ", node.sends.map(print));
  }
}

function tableDoc(node: TableDecl, printing: Printing): Doc {
  const { columns, source, seed, guard } = node;
  const print = (child: AnyNode): Doc => printing.print(child);
  const head = ["table ", print(node.name), ": ", print(node.from), " -> ", print(node.to)];
  const value = source && (seed || guard ? beforeWord(source, printing) : print(source));
  const rows = [
    head,
    ...columns.map((column) => [", ", print(column)]),
    value ? [" = ", source.kind === "StringLiteral" ? "from " : "", value] : "",
    seed ? [" seed ", guard ? beforeWord(seed, printing) : print(seed)] : "",
    guard ? [" where ", node.with.length > 0 ? beforeWord(guard, printing) : print(guard)] : "",
  ];
  if (node.with.length === 0) return rows;
  return [rows, indent([hardline, group(["with ", indent(join([",", line], node.with.map(print)))])])];
}

/** `owner: ranks = from seed 3`. */
function tableColumnDoc({ name, axis, value, seed }: TableColumnDecl, printing: Printing): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  return [
    [print(name), ": ", print(axis)],
    value ? [" = ", seed ? beforeWord(value, printing) : print(value)] : "",
    seed ? [" seed ", print(seed)] : "",
  ];
}

function opDoc(node: OpDecl, printing: Printing): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  const { body, equations, guard, cost } = node;
  const signature = [
    [node.opaque ? "opaque " : "", "op ", print(node.name), typeParametersDoc(node.typeParameters, printing)],
    [parametersDoc(node.parameters, printing), " -> ", print(node.result)],
  ];
  const tail = [
    guard ? [" where ", cost.length > 0 ? beforeWord(guard, printing) : print(guard)] : "",
    cost.length > 0 ? [" cost ", braced(cost.map(print))] : "",
  ];
  if (equations.length > 0) {
    const lastEquation = equations.at(-1)!;
    const blank = printing.blankAfter(lastEquation) && !printing.commented(lastEquation) ? hardline : "";
    const last = ["return ", body ? print(body) : ""];
    return [
      signature,
      " {",
      indent([hardline, ...lines(equations, printing), hardline, blank, last]),
      hardline,
      "}",
      tail,
    ];
  }
  if (body === undefined) return [signature, tail];
  if (guard === undefined && cost.length === 0) return assigned(signature, body, printing);
  return group([signature, " =", indent([line, beforeWord(body, printing)]), tail]);
}

/** `y[i] = fold u x[j] for j < i`, held as a comparison. */
function wordEquationDoc(node: Expr, printing: Printing): Doc {
  if (node.kind !== "BinaryExpr") return printing.print(node);
  const { left, right } = node;
  if (right.kind !== "ReductionExpr" || right.binders.length > 0 || right.guard === undefined) {
    return [printing.print(left), " = ", printing.print(right)];
  }
  const fold = ["fold ", printing.print(right.monoid), " ", printing.print(right.body)];
  return [printing.print(left), " = ", fold, " for ", printing.print(right.guard)];
}

function bracedLines(parts: readonly Doc[]): Doc {
  return ["{", indent([hardline, join(hardline, [...parts])]), hardline, "}"];
}
