/** Nodes that may stand inside each other: names, expressions, types, statements of a layer. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What every node has. */
export interface Node<K extends string> {
  readonly kind: K;
  readonly span: Span;
}

export interface Identifier extends Node<"Identifier"> {
  readonly text: string;
}

/** `a`, `sent.take`, `block[2].mlp`: a name of a value, or a path of calls that leads to one. */
export interface Path extends Node<"Path"> {
  readonly segments: readonly PathSegment[];
}
export interface PathSegment extends Node<"PathSegment"> {
  readonly name: Identifier;
  /** `[e]` after the name; `"*"` for `[*]`. */
  readonly index?: Expr | "*";
}

export interface Comment extends Node<"Comment"> {
  /** Text as written, with its `//` or `///`. */
  readonly text: string;
  /** True where only white space stands before it on its line. */
  readonly ownLine: boolean;
}

/** A node that a documentation comment can stand above. */
export interface DeclNode<K extends string> extends Node<K> {
  readonly doc?: string;
}

// ---------------------------------------------------------------- expressions

export type Expr =
  | NumberLiteral
  | StringLiteral
  | NameExpr
  | MemberExpr
  | CallExpr
  | IndexExpr
  | UnaryExpr
  | BinaryExpr
  | ReductionExpr
  | TupleExpr
  | BlockExpr
  | RangeExpr
  | LayoutChangeExpr
  | LayoutExpr
  | CutRef
  | ForExpr
  | MissingExpr;

/** `16_384`, `1e-2`, `80 GB`, `85 %`. */
export interface NumberLiteral extends Node<"NumberLiteral"> {
  readonly text: string;
  readonly value: number;
  /** A unit of the unit table, as written: `GB/s`, `us`, `%`. */
  readonly unit?: Identifier;
}
export interface StringLiteral extends Node<"StringLiteral"> {
  readonly value: string;
}
export interface NameExpr extends Node<"NameExpr"> {
  readonly name: Identifier;
}
export interface MemberExpr extends Node<"MemberExpr"> {
  readonly object: Expr;
  readonly member: Identifier;
}
export interface CallExpr extends Node<"CallExpr"> {
  readonly callee: Expr;
  /** `f<table, axis>(..)`. */
  readonly typeArguments?: readonly Expr[];
  readonly arguments: readonly Expr[];
}
/** `a[i, j + 1]`, `x[..]`. `".."` stands for the pack of leading axes. */
export interface IndexExpr extends Node<"IndexExpr"> {
  readonly object: Expr;
  readonly indices: readonly (Expr | Ellipsis)[];
}
export interface Ellipsis extends Node<"Ellipsis"> {}
export interface UnaryExpr extends Node<"UnaryExpr"> {
  readonly operator: "-" | "not";
  readonly operand: Expr;
}
export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "and" | "or";
export interface BinaryExpr extends Node<"BinaryExpr"> {
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
}
/** `sum[k] a[m, k] * b[k, n]`; the body extends over `*` and `/`, not over `+`. */
export interface ReductionExpr extends Node<"ReductionExpr"> {
  readonly monoid: Identifier;
  readonly binders: readonly Binder[];
  /** `where from(r) == t`, inside the brackets. */
  readonly guard?: Expr;
  readonly body: Expr;
}
/** `k`, or `j in 0 ..< 3`, or `r in rows(R)`. */
export interface Binder extends Node<"Binder"> {
  readonly name: Identifier;
  readonly range?: Expr;
}
export interface TupleExpr extends Node<"TupleExpr"> {
  readonly elements: readonly Expr[];
}
/** `{ let m = ..  e }` in a monoid's combine. */
export interface BlockExpr extends Node<"BlockExpr"> {
  readonly equations: readonly LocalEquation[];
  readonly result: Expr;
}
/** `lo ..< hi` (exclusive) or `lo .. hi` (inclusive). */
export interface RangeExpr extends Node<"RangeExpr"> {
  readonly low: Expr;
  readonly high: Expr;
  readonly inclusive: boolean;
}
/** An argument of a word: `seq/sp -> heads/sp`, or `by from -> by to`. One side alone stands where it says `by`. */
export interface LayoutChangeExpr extends Node<"LayoutChangeExpr"> {
  readonly from: CutRef;
  readonly to: CutRef;
}
export interface CutRef extends Node<"CutRef"> {
  /** Absent in `by from`, and in `rows(R)`. */
  readonly axis?: Identifier;
  /** R of `rows(R)`. */
  readonly rows?: Identifier;
  /** Outermost first; empty where the layout says which. */
  readonly meshes: readonly Identifier[];
  readonly by?: Identifier;
}
/** An argument of a word: `[seq/sp, heads]`, `[seq, heads] at stage(1)`. */
export interface LayoutExpr extends Node<"LayoutExpr"> {
  readonly axes: readonly (AxisSpec | AxisPack)[];
  readonly at: readonly AtSpec[];
}
/** `for t in 0 ..< steps with w = w0 { .. }` (later). */
export interface ForExpr extends Node<"ForExpr"> {
  readonly variable: Identifier;
  readonly range: Expr;
  readonly carried: readonly Assignment[];
  readonly body: readonly LayerStatement[];
}
/** What recovery puts where an expression should stand. */
export interface MissingExpr extends Node<"MissingExpr"> {}

// ---------------------------------------------------------------- types

/** `bf16[tokens/ep, hidden] pending sum over tp at stage(0)`. */
export interface TensorType extends Node<"TensorType"> {
  /** `bf16`, or a type variable such as `T`; absent in a collective's `[c/n]`. */
  readonly dtype?: Identifier;
  readonly axes: readonly (AxisSpec | AxisPack)[];
  readonly pending: readonly PendingSpec[];
  readonly at: readonly AtSpec[];
  readonly on?: Identifier;
  readonly tier?: Identifier;
}
/** `..`: any leading axes. */
export interface AxisPack extends Node<"AxisPack"> {}
export interface AxisSpec extends Node<"AxisSpec"> {
  /** `r` in `r: rows(R)`. */
  readonly label?: Identifier;
  /** NameExpr, MemberExpr (`R.from`), CallExpr (`rows(R)`), NumberLiteral, or any expression in parentheses. */
  readonly size: Expr;
  /** `/ep by to /dp`: left to right. */
  readonly cuts: readonly AxisCut[];
}
export interface AxisCut extends Node<"AxisCut"> {
  readonly mesh: Identifier;
  readonly by?: Identifier;
}
export interface PendingSpec extends Node<"PendingSpec"> {
  readonly monoid: Identifier;
  readonly over: readonly Identifier[];
}
export interface AtSpec extends Node<"AtSpec"> {
  readonly mesh: Identifier;
  readonly position: Expr;
}
/** A type that is one name: `number`, `table`, `axis`, `dtype`, or a record's name. */
export interface NamedType extends Node<"NamedType"> {
  readonly name: Identifier;
  readonly axes?: readonly AxisSpec[];
}

// ---------------------------------------------------------------- statements

export interface Assignment extends Node<"Assignment"> {
  readonly name: Identifier;
  readonly value: Expr;
}
/** `let top[m] = max[n] x[m, n]`; no brackets: a scalar. */
export interface LocalEquation extends Node<"LocalEquation"> {
  readonly name: Identifier;
  readonly indices: readonly (Identifier | Ellipsis)[];
  readonly value: Expr;
}
export type LayerStatement = LetStatement | NextStatement | WhenStatement | ReturnStatement;
/** `let h: bf16[rows(gate)/ep by to, ffn] = silu(..)`; several names take a tuple apart. */
export interface LetStatement extends DeclNode<"LetStatement"> {
  readonly targets: readonly LetTarget[];
  readonly value: Expr;
}
export interface LetTarget extends Node<"LetTarget"> {
  /** A path where printed IR is read back (`sent.take`). */
  readonly name: Path;
  readonly type?: TensorType;
}
export interface NextStatement extends Node<"NextStatement"> {
  readonly name: Identifier;
  readonly value: Expr;
}
export interface WhenStatement extends Node<"WhenStatement"> {
  readonly condition: Expr;
  readonly body: readonly LayerStatement[];
}
export interface ReturnStatement extends Node<"ReturnStatement"> {
  readonly values: readonly Expr[];
}
