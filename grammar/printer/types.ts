import type { Doc } from "prettier";
import type {
  AtSpec,
  AxisCut,
  AxisPack,
  AxisSpec,
  Expr,
  NamedType,
  Parameter,
  Path,
  PathSegment,
  PendingSpec,
  TensorType,
  TypeParameter,
} from "../ast.js";
import { builders } from "prettier/doc";
import { dtypeNames } from "../dtypes.js";
import { commaSeparated, enclosed, type AnyNode, type Printing, type PrintOptions } from "./context.js";

const { group, ifBreak, indent, join, line, softline } = builders;

export function typeDoc(
  node:
    TensorType | NamedType | AxisSpec | AxisPack | AxisCut | PendingSpec | AtSpec | TypeParameter | Path | PathSegment,
  printing: Printing,
): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  switch (node.kind) {
    case "TensorType": {
      const bare = node.dtype !== undefined && node.axes.length === 0;
      return [
        node.dtype ? print(node.dtype) : "",
        bare ? "" : enclosed("[", node.axes.map(print), "]"),
        ...[...node.pending, ...node.at].map((each) => [" ", print(each)]),
        node.on ? [" on ", print(node.on)] : "",
        node.tier ? [" in ", print(node.tier)] : "",
      ];
    }
    case "NamedType":
      return print(node.name);
    case "AxisPack":
      return "..";
    case "AxisSpec": {
      // `2 FLOP/s` on a mesh axis `s` would be a rate.
      const unit = node.size.kind === "NumberLiteral" && node.size.unit !== undefined && node.cuts.length > 0;
      const size = isBareSize(node.size) && !unit ? print(node.size) : ["(", print(node.size), ")"];
      return [node.label ? [print(node.label), ": "] : "", size, ...node.cuts.map((cut) => ["/", print(cut)])];
    }
    case "AxisCut":
      return node.by === undefined ? print(node.mesh) : [print(node.mesh), " by ", print(node.by)];
    case "PendingSpec": {
      const over = commaSeparated(node.over.map(print));
      return ["pending ", print(node.monoid), " over ", node.over.length === 1 ? over : ["(", over, ")"]];
    }
    case "AtSpec":
      return ["at ", print(node.mesh), "(", print(node.position), ")"];
    case "TypeParameter":
      return node.bound === undefined ? print(node.name) : [print(node.name), ": ", print(node.bound)];
    case "Path":
      return join(".", node.segments.map(print));
    case "PathSegment": {
      if (node.index === undefined) return print(node.name);
      return [print(node.name), "[", node.index === "*" ? "*" : print(node.index), "]"];
    }
  }
}

export function parameterDoc(node: Parameter, printing: Printing, { pad = 0 }: PrintOptions): Doc {
  const names = commaSeparated(node.names.map((name) => printing.print(name)));
  const brackets = isScalarOfName(node.type) ? "[]" : "";
  return [names, ": ", ifBreak(" ".repeat(pad), ""), printing.print(node.type), brackets];
}

/** `x: T[]`: without its brackets, `T` would be the name of a type. */
function isScalarOfName(type: Parameter["type"]): boolean {
  if (type.kind === "NamedType" || type.dtype === undefined || dtypeNames.has(type.dtype.text)) return false;
  const { axes, pending, at, on, tier } = type;
  return axes.length + pending.length + at.length === 0 && on === undefined && tier === undefined;
}

/** `(x: .., y: ..)`, types lined up where each parameter has a line of its own. */
export function parametersDoc(parameters: readonly Parameter[], printing: Printing): Doc {
  if (parameters.length === 0) return "()";
  const widths = parameters.map(({ names }) => names.reduce((sum, name) => sum + name.text.length + 2, -2));
  const widest = Math.max(...widths);
  const items = parameters.map((each, index) => printing.print(each, { pad: widest - widths[index]! }));
  return group(["(", indent([softline, join([",", line], items)]), ifBreak(","), softline, ")"]);
}

export function typeParametersDoc(parameters: readonly TypeParameter[], printing: Printing): Doc {
  if (parameters.length === 0) return "";
  return ["<", commaSeparated(parameters.map((each) => printing.print(each))), ">"];
}

function isBareSize(node: Expr): boolean {
  switch (node.kind) {
    case "NameExpr":
    case "NumberLiteral":
    case "TupleExpr":
      return true;
    case "MemberExpr":
      return isBareSize(node.object) && node.object.kind !== "NumberLiteral" && node.object.kind !== "TupleExpr";
    case "CallExpr":
      return (
        node.typeArguments === undefined &&
        isBareSize(node.callee) &&
        node.callee.kind !== "NumberLiteral" &&
        node.callee.kind !== "TupleExpr"
      );
    default:
      return false;
  }
}
