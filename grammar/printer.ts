import type { Doc } from "prettier";
import { builders, printer } from "prettier/doc";
import type { Expr, TensorType } from "./ast.js";
import { lines, type AnyNode, type Printing, type PrintOptions } from "./printer/context.js";
import { declarationDoc, partDoc, statementDoc } from "./printer/declarations.js";
import { beforeWord, expressionDoc } from "./printer/expressions.js";
import { machineDoc } from "./printer/machines.js";
import { claimDoc, verbDoc } from "./printer/schedules.js";
import { parameterDoc, typeDoc } from "./printer/types.js";

export const printWidth = 120;

/** The document of one node, whatever it is; its children come from `printing`. */
export function nodeDoc(node: AnyNode, printing: Printing, options: PrintOptions = {}): Doc {
  const print = (child: AnyNode): Doc => printing.print(child);
  switch (node.kind) {
    case "SourceFile": {
      const inside = node.declarations.length === 0 ? printing.inside() : [];
      const empty = node.declarations.length + inside.length === 0;
      return [
        ...lines(node.declarations, printing),
        builders.join(builders.hardline, inside),
        empty ? "" : builders.hardline,
      ];
    }
    case "Identifier":
      return node.text;
    case "Binder":
      return node.range === undefined ? print(node.name) : [print(node.name), " in ", beforeWord(node.range, printing)];
    case "Parameter":
      return parameterDoc(node, printing, options);
    case "TensorType":
    case "NamedType":
    case "AxisSpec":
    case "AxisPack":
    case "AxisCut":
    case "PendingSpec":
    case "AtSpec":
    case "TypeParameter":
    case "Path":
    case "PathSegment":
      return typeDoc(node, printing);
    case "ImportName":
    case "Assignment":
    case "AxisFactor":
    case "TableColumnDecl":
    case "MeshAxis":
    case "MonoidRule":
    case "LocalEquation":
    case "ApproximateSpec":
      return partDoc(node, printing);
    case "LetStatement":
    case "LetTarget":
    case "NextStatement":
    case "WhenStatement":
    case "ReturnStatement":
    case "SendStatement":
    case "RoundLoop":
    case "RoundGroup":
    case "RoundBlock":
    case "RequireStatement":
      return statementDoc(node, printing);
    case "RankDecl":
    case "LinkDecl":
    case "LevelDecl":
    case "TierDecl":
    case "LinkProperty":
    case "ComputeProperty":
    case "SmsProperty":
    case "MemoryProperty":
    case "CopyEnginesProperty":
    case "NicsProperty":
    case "LaunchProperty":
    case "EfficiencyProperty":
    case "DispatchProperty":
    case "KernelProperty":
      return machineDoc(node, printing);
    case "SplitVerb":
    case "TileVerb":
    case "OverlapVerb":
    case "OrderVerb":
    case "AsyncVerb":
    case "AccumulateVerb":
    case "FuseVerb":
    case "UseVerb":
    case "RunVerb":
    case "KeepVerb":
    case "RecomputeVerb":
    case "PriorityVerb":
    case "InVerb":
    case "PassVerb":
    case "Grain":
    case "AutoValue":
    case "PassBinding":
      return verbDoc(node, printing);
    case "SameResultClaim":
    case "DriftClaim":
    case "NoClaim":
    case "QuantityClaim":
    case "HidesClaim":
    case "FasterClaim":
    case "BoundClaim":
    case "ForClause":
    case "ForBinding":
      return claimDoc(node, printing);
    case "ImportDecl":
    case "ParamDecl":
    case "ProfileDecl":
    case "AxisDecl":
    case "MachineDecl":
    case "MeshDecl":
    case "TableDecl":
    case "MonoidDecl":
    case "OpDecl":
    case "RecordDecl":
    case "LayerDecl":
    case "CollectiveDecl":
    case "ScheduleDecl":
    case "CheckDecl":
    case "AssumeDecl":
      return declarationDoc(node, printing);
    default:
      return expressionDoc(node, printing);
  }
}

/** Printing without a source: no comments, no empty lines. */
const alone: Printing = {
  print: (child, options) => nodeDoc(child, alone, options),
  blankAfter: () => false,
  commented: () => false,
  led: () => false,
  inside: () => [],
};

/** The text of any node, without comments. */
export function printNode(node: AnyNode, width = printWidth): string {
  return printer.printDocToString(nodeDoc(node, alone), { printWidth: width, tabWidth: 2, useTabs: false }).formatted;
}

/** The text of an expression on one line, unless it holds a block. */
export function printExpr(node: Expr): string {
  return printNode(node, Infinity);
}

/** The text of a type on one line. */
export function printType(node: TensorType): string {
  return printNode(node, Infinity);
}
