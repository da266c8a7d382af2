/**
 * The syntax tree. Every node carries `kind` and an exact half-open `span` of UTF-16 offsets into the source.
 * Comments are kept beside the tree (`SourceFile.comments`); documentation comments (`///`) are also attached as `doc`.
 * A tree is produced even for broken text: missing parts are `MissingExpr` or absent optional fields, never null holes.
 */

import type {
  Assignment,
  Comment,
  DeclNode,
  Expr,
  Identifier,
  LayerStatement,
  LocalEquation,
  NamedType,
  Node,
  Path,
  StringLiteral,
  TensorType,
} from "./ast/expressions.js";
import type { MachineDecl } from "./ast/machines.js";
import type { Claim, Verb } from "./ast/schedules.js";

export type * from "./ast/expressions.js";
export type * from "./ast/machines.js";
export type * from "./ast/schedules.js";

export interface SourceFile extends Node<"SourceFile"> {
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
}

// ---------------------------------------------------------------- declarations

export type Declaration =
  | ImportDecl
  | ParamDecl
  | ProfileDecl
  | AxisDecl
  | MachineDecl
  | MeshDecl
  | TableDecl
  | MonoidDecl
  | OpDecl
  | RecordDecl
  | LayerDecl
  | CollectiveDecl
  | ScheduleDecl
  | CheckDecl
  | AssumeDecl;

export interface ImportDecl extends DeclNode<"ImportDecl"> {
  readonly names: readonly ImportName[];
  readonly from: StringLiteral;
}
export interface ImportName extends Node<"ImportName"> {
  readonly name: Identifier;
  readonly as?: Identifier;
}
/** `param tokens = 16384, hidden = 4096`. */
export interface ParamDecl extends DeclNode<"ParamDecl"> {
  readonly params: readonly Assignment[];
}
/** `profile small { tokens = 256 }`. */
export interface ProfileDecl extends DeclNode<"ProfileDecl"> {
  readonly name: Identifier;
  readonly settings: readonly Assignment[];
}
/** `axis seq = 4096`, or `axis seq: 4096 = (turn: 2, part: 8 mirrored, pos)`, or `axis seq = (part: 16, pos: 256)`. */
export interface AxisDecl extends DeclNode<"AxisDecl"> {
  readonly name: Identifier;
  readonly size?: Expr;
  readonly factors?: readonly AxisFactor[];
}
export interface AxisFactor extends Node<"AxisFactor"> {
  readonly name: Identifier;
  /** Absent: what is left of the axis. */
  readonly size?: Expr;
  /** Counted backward where the factor before it is odd. */
  readonly mirrored: boolean;
}
/** `mesh [pipe] on h800_node { ep: ranks, tp: 2 } [at rank (ep * 3) % 8]`. */
export interface MeshDecl extends DeclNode<"MeshDecl"> {
  readonly name?: Identifier;
  readonly machine: Path;
  readonly axes: readonly MeshAxis[];
  /** The rank at each position, over the names of the axes; absent: in order. */
  readonly ranks?: Expr;
}
export interface MeshAxis extends Node<"MeshAxis"> {
  readonly name: Identifier;
  readonly size: Expr;
}
/**
 * `table gate: tokens -> experts, top(topk) = zipf(1.1) seed 7`, or `= from "file.csv"`, `= all where to <= from`,
 * `= project(gate, to / 4)`; `with next: experts = ..` gives it further columns.
 */
export interface TableDecl extends DeclNode<"TableDecl"> {
  readonly name: Identifier;
  readonly from: Expr;
  readonly to: Expr;
  /** `top(topk)`, .. */
  readonly columns: readonly Expr[];
  /** A call of a distribution, `all`, a table made from others, or a string for `from "file"`. Absent: given elsewhere. */
  readonly source?: Expr;
  readonly seed?: Expr;
  /** `where to <= from`: the rows that are kept. */
  readonly guard?: Expr;
  readonly with: readonly TableColumnDecl[];
}
/** `owner: ranks = if(to < from, from, to) seed 3`; without a value it stands in the table's file. */
export interface TableColumnDecl extends Node<"TableColumnDecl"> {
  readonly name: Identifier;
  /** The axis it points into. */
  readonly axis: Expr;
  readonly value?: Expr;
  readonly seed?: Expr;
}
/** `monoid sum(x: f32) { identity = 0 combine(a, b) = a + b finish(a) = a }`, `ordered` if not commutative. */
export interface MonoidDecl extends DeclNode<"MonoidDecl"> {
  readonly ordered: boolean;
  readonly name: Identifier;
  readonly state: readonly Parameter[];
  readonly identity?: Expr;
  readonly combine?: MonoidRule;
  readonly finish?: MonoidRule;
}
export interface MonoidRule extends Node<"MonoidRule"> {
  readonly parameters: readonly Identifier[];
  readonly body: Expr;
}
/** `q, k: bf16[seq, dim]`: names that share a type. */
export interface Parameter extends Node<"Parameter"> {
  readonly names: readonly Identifier[];
  readonly type: TensorType | NamedType;
}
/** `<R: table, m: axis, h>`. */
export interface TypeParameter extends Node<"TypeParameter"> {
  readonly name: Identifier;
  /** `table`, `axis`, `number`, `dtype`, `monoid`; absent: inferred from use. */
  readonly bound?: Identifier;
}
/** `op matmul(..) -> T[m, n] = sum[k] ..`; with local equations: `{ let top[m] = ..  return .. }`. */
export interface OpDecl extends DeclNode<"OpDecl"> {
  readonly opaque: boolean;
  readonly name: Identifier;
  readonly typeParameters: readonly TypeParameter[];
  readonly parameters: readonly Parameter[];
  readonly result: TensorType;
  readonly equations: readonly LocalEquation[];
  readonly body?: Expr;
  /** `where causal(s, t)`. */
  readonly guard?: Expr;
  /** `cost { flops = .., bytes = .. }`. */
  readonly cost: readonly Assignment[];
}
/** (later) */
export interface RecordDecl extends DeclNode<"RecordDecl"> {
  readonly name: Identifier;
  readonly fields: readonly Parameter[];
}
/** A layer with a body, or `layer b = approximate a { .. }` (later). */
export interface LayerDecl extends DeclNode<"LayerDecl"> {
  readonly name: Identifier;
  readonly typeParameters: readonly TypeParameter[];
  readonly parameters: readonly Parameter[];
  readonly results: readonly Parameter[];
  readonly body: readonly LayerStatement[];
  readonly approximate?: ApproximateSpec;
}
export interface ApproximateSpec extends Node<"ApproximateSpec"> {
  readonly base: Path;
  /** Text of the clauses (`read avg from round - 1`), kept whole until they are built. */
  readonly clauses: readonly StringLiteral[];
}
/** `collective ring(x: [c/n] -> [c]) over n { .. }`. */
export interface CollectiveDecl extends DeclNode<"CollectiveDecl"> {
  readonly name: Identifier;
  readonly typeParameters: readonly TypeParameter[];
  readonly input: Identifier;
  readonly inputType: TensorType;
  readonly output?: Identifier;
  readonly outputType: TensorType;
  /**
   * `y[i] = fold u x[j] for j < i`: other than the identity (later). A comparison `==` of the two sides; the fold is a
   * reduction without binders, guarded by what follows `for`.
   */
  readonly equation?: Expr;
  readonly over: Identifier;
  /** `over n = a * b`: names of the sizes of the mesh axes, outermost first; empty: any number of mesh axes. */
  readonly levels: readonly Identifier[];
  readonly body: readonly RoundStatement[];
}
/** `let g = e` is a local equation without indices. */
export type RoundStatement = SendStatement | RoundLoop | RoundGroup | RoundBlock | RequireStatement | LocalEquation;
/** `send x[rank - s] to rank + 1, combining when rank % 2 == 0`. */
export interface SendStatement extends Node<"SendStatement"> {
  readonly value: Expr;
  /** `from p`; absent: every rank sends, `rank` being each. */
  readonly source?: Expr;
  /** `y` in `to y at r + 1`: the value it is delivered into; absent: the one it came from. */
  readonly into?: Identifier;
  readonly target: Expr;
  readonly combining: boolean;
  /** Which ranks send. */
  readonly guard?: Expr;
}
export interface RoundLoop extends Node<"RoundLoop"> {
  readonly variable: Identifier;
  readonly range: Expr;
  readonly body: readonly RoundStatement[];
}
/** `a & b`: sends of one round. */
export interface RoundGroup extends Node<"RoundGroup"> {
  readonly sends: readonly SendStatement[];
}
/** `round { .. }`: all sends in it, loops included, are one round. */
export interface RoundBlock extends Node<"RoundBlock"> {
  readonly body: readonly RoundStatement[];
}
/** `require n == pow(2, log2(n))`: sizes for which the collective is meant. */
export interface RequireStatement extends Node<"RequireStatement"> {
  readonly condition: Expr;
}
export interface ScheduleDecl extends DeclNode<"ScheduleDecl"> {
  readonly name: Identifier;
  readonly layer: Path;
  readonly verbs: readonly Verb[];
}
export interface CheckDecl extends DeclNode<"CheckDecl"> {
  /** A layer's or a schedule's name. */
  readonly subject: Path;
  readonly claims: readonly Claim[];
}
/** `assume gate = zipf(1.1)` (later). */
export interface AssumeDecl extends DeclNode<"AssumeDecl"> {
  readonly name: Path;
  readonly value: Expr;
}
