import type { Doc } from "prettier";
import { builders } from "prettier/doc";
import type * as ast from "../ast.js";

const { group, hardline, indent, join, line, softline, ifBreak } = builders;

/** Every node that has a `kind`. */
export type AnyNode =
  | ast.SourceFile
  | ast.Declaration
  | ast.Expr
  | ast.Ellipsis
  | ast.Identifier
  | ast.Path
  | ast.PathSegment
  | ast.TensorType
  | ast.NamedType
  | ast.AxisSpec
  | ast.AxisPack
  | ast.AxisCut
  | ast.PendingSpec
  | ast.AtSpec
  | ast.Parameter
  | ast.TypeParameter
  | ast.Assignment
  | ast.ImportName
  | ast.AxisFactor
  | ast.TableColumnDecl
  | ast.MeshAxis
  | ast.MonoidRule
  | ast.LocalEquation
  | ast.ApproximateSpec
  | ast.LayerStatement
  | ast.LetTarget
  | ast.RoundStatement
  | ast.MachineItem
  | ast.RankProperty
  | ast.LinkProperty
  | ast.Verb
  | ast.Grain
  | ast.AutoValue
  | ast.PassBinding
  | ast.Claim
  | ast.ForBinding
  | ast.Binder
  | ast.CutRef;

/** How a parent wants a child to be printed. */
export interface PrintOptions {
  /** Spaces that line a parameter's type up with those of its neighbours, where each has a line of its own. */
  readonly pad?: number;
}

/** What printing a node asks of its surroundings. */
export interface Printing {
  /** A child, with its comments. */
  print(child: AnyNode, options?: PrintOptions): Doc;
  /** True where the source has an empty line after a node. */
  blankAfter(node: AnyNode): boolean;
  /** True where a node has comments of its own. */
  commented(node: AnyNode): boolean;
  /** True where comments will be printed before a node, each on a line of its own. */
  led(node: AnyNode): boolean;
  /** Comments that belong to a block with nothing else in it. */
  inside(): Doc[];
}

/** Nodes one a line, single empty lines between them kept. */
export function lines(nodes: readonly AnyNode[], printing: Printing): Doc[] {
  return nodes.map((node, index) => {
    const printed = printing.print(node);
    const following = nodes[index + 1];
    if (following === undefined) return printed;
    if (sharesLine(node, printing) && sharesLine(following, printing)) return [printed, ", "];
    const comma = needsComma(node, following) ? "," : "";
    return [printed, comma, hardline, printing.blankAfter(node) ? hardline : ""];
  });
}

/** Without it the bound would be the tolerance of the claim before. */
function needsComma(node: AnyNode, following: AnyNode): boolean {
  return node.kind === "SameResultClaim" && node.within === undefined && following.kind === "BoundClaim";
}

/** `no deadlock, no race`: claims as short as these stand together. */
function sharesLine(node: AnyNode, printing: Printing): boolean {
  return node.kind === "NoClaim" && !printing.commented(node);
}

/** `{ .. }` with one node a line. */
export function block(nodes: readonly AnyNode[], printing: Printing): Doc {
  const comments = nodes.length === 0 ? printing.inside() : [];
  if (nodes.length + comments.length === 0) return "{}";
  return ["{", indent([hardline, ...lines(nodes, printing), join(hardline, comments)]), hardline, "}"];
}

/** `( a, b )`: on one line, or one item a line with a comma after each. */
export function enclosed(open: string, items: readonly Doc[], close: string): Doc {
  if (items.length === 0) return [open, close];
  return group([open, indent([softline, join([",", line], [...items])]), ifBreak(","), softline, close]);
}

/** `{ a, b }`, with spaces inside the braces. */
export function braced(items: readonly Doc[], comments: readonly Doc[] = []): Doc {
  if (items.length + comments.length === 0) return "{}";
  const listed = [...join([",", line], [...items]), items.length > 0 ? ifBreak(",") : ""];
  return group(["{", indent([line, ...listed, join(hardline, [...comments])]), line, "}"]);
}

export function commaSeparated(items: readonly Doc[]): Doc {
  return join(", ", [...items]);
}
