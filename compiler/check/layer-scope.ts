/** What a statement of a layer sees while it is elaborated. */
import type { CallExpr, Expr, LayerDecl, Span } from "../../grammar/ast.js";
import type { LayerDefinition } from "../bind/bound-program.js";
import type { Location, RelatedPlace } from "../diagnostics/types.js";
import type { BoundCall } from "./call-binding.js";
import type { TypedValue } from "./axis-specs.js";
import type { CheckContext } from "./check-context.js";
import type { Elaborated, Frame, LayerState, NameNode } from "./elaboration-state.js";
import type { TypeEnvironment } from "./type-environment.js";

export interface LayerScope {
  readonly context: CheckContext;
  readonly state: LayerState;
  readonly environment: TypeEnvironment;
  /** Values by name (`h`, and `sent.take` where printed text is read back); undefined for one with an error. */
  readonly names: Map<string, Elaborated | undefined>;
  /** The call this body was inlined for; undefined in the layer itself. */
  readonly frame: Frame | undefined;
  /** Layers being inlined, outermost first: a call of one of them is a recursion. */
  readonly calls: readonly LayerDecl[];
  /** The outermost call's place, in the layer itself: where values are said to come from. */
  readonly origin: Location | undefined;
  /** Of the layer's own names, by their spans; not of those inside of calls. */
  readonly types: Map<Span, TypedValue>;
  /** Calls around, for related places. */
  readonly calledFrom: readonly RelatedPlace[];
  /** Writes a call of a layer out in place; given here because bodies hold calls, and calls of layers have bodies. */
  readonly inline: (
    call: CallExpr,
    definition: LayerDefinition,
    bound: BoundCall<Elaborated>,
    nodes: readonly NameNode[],
    scope: LayerScope,
  ) => readonly (Elaborated | undefined)[] | undefined;
}

/** `a.b.c` of member expressions, as the name it may be; undefined for other forms. */
export function dottedName(expression: Expr): string | undefined {
  const members: string[] = [];
  let object = expression;
  for (; object.kind === "MemberExpr"; object = object.object) members.unshift(object.member.text);
  return object.kind === "NameExpr" ? [object.name.text, ...members].join(".") : undefined;
}

/** The place a value is said to come from: in the layer itself, for what is inlined the call there. */
export function originOf(expression: Expr, scope: LayerScope): Location {
  return scope.origin ?? { file: scope.environment.file, span: expression.span };
}

/** The node of an argument, below the call it is in. */
export function argumentNode(expression: Expr, encloser: NameNode): NameNode {
  const callee = expression.kind === "CallExpr" ? dottedName(expression.callee) : undefined;
  return { label: callee ?? "value", encloser };
}
