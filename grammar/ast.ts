/**
 * The syntax tree. Every node carries `kind` and an exact half-open `span` of UTF-16 offsets into the source.
 * Comments are kept beside the tree (`SourceFile.comments`); documentation comments (`///`) are also attached as `doc`.
 * A tree is produced even for broken text: missing parts are `MissingExpr` or absent optional fields, never null holes.
 */

export interface Span {
  readonly start: number;
  readonly end: number;
}

interface Node<K extends string> {
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

export interface SourceFile extends Node<"SourceFile"> {
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
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
/** An argument of a word: `seq/sp -> heads/sp`, or `by from -> by to`. */
export interface LayoutChangeExpr extends Node<"LayoutChangeExpr"> {
  readonly from: CutRef;
  readonly to: CutRef;
}
export interface CutRef extends Node<"CutRef"> {
  /** Absent in `by from`. */
  readonly axis?: Identifier;
  readonly mesh?: Identifier;
  readonly by?: Identifier;
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

interface DeclNode<K extends string> extends Node<K> {
  readonly doc?: string;
}
export interface ImportDecl extends DeclNode<"ImportDecl"> {
  readonly names: readonly ImportName[];
  readonly from: StringLiteral;
}
export interface ImportName extends Node<"ImportName"> {
  readonly name: Identifier;
  readonly as?: Identifier;
}
export interface Assignment extends Node<"Assignment"> {
  readonly name: Identifier;
  readonly value: Expr;
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
/** `axis seq = 4096`, or `axis seq = (part: 16, pos)` (factors: later). */
export interface AxisDecl extends DeclNode<"AxisDecl"> {
  readonly name: Identifier;
  readonly size?: Expr;
  readonly factors?: readonly AxisFactor[];
}
export interface AxisFactor extends Node<"AxisFactor"> {
  readonly name: Identifier;
  readonly size?: Expr;
}
/** `mesh [pipe] on h800_node { ep: ranks, tp: 2 }`. */
export interface MeshDecl extends DeclNode<"MeshDecl"> {
  readonly name?: Identifier;
  readonly machine: Path;
  readonly axes: readonly MeshAxis[];
}
export interface MeshAxis extends Node<"MeshAxis"> {
  readonly name: Identifier;
  readonly size: Expr;
}
/** `table gate: tokens -> experts, top(topk) = zipf(1.1) seed 7`, or `= from "file.csv"`. */
export interface TableDecl extends DeclNode<"TableDecl"> {
  readonly name: Identifier;
  readonly from: Expr;
  readonly to: Expr;
  /** `top(topk)`, .. */
  readonly columns: readonly Expr[];
  /** A call of a distribution, or a string for `from "file"`. Absent: given elsewhere. */
  readonly source?: Expr;
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
/** `let top[m] = max[n] x[m, n]`; no brackets: a scalar. */
export interface LocalEquation extends Node<"LocalEquation"> {
  readonly name: Identifier;
  readonly indices: readonly (Identifier | Ellipsis)[];
  readonly value: Expr;
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
  readonly body: readonly RoundStatement[];
}
export type RoundStatement = SendStatement | RoundLoop | RoundGroup;
/** `send x[rank - s] to rank + 1, combining`. */
export interface SendStatement extends Node<"SendStatement"> {
  readonly value: Expr;
  /** `from p`; absent: every rank sends, `rank` being each. */
  readonly source?: Expr;
  /** `y` in `to y at r + 1`: the value it is delivered into; absent: the one it came from (later). */
  readonly into?: Identifier;
  readonly target: Expr;
  readonly combining: boolean;
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

// ---------------------------------------------------------------- machines

export interface MachineDecl extends DeclNode<"MachineDecl"> {
  readonly name: Identifier;
  readonly items: readonly MachineItem[];
}
export type MachineItem = RankDecl | LinkDecl | LevelDecl | TierDecl;
/** `rank gpu[8] { .. }`. */
export interface RankDecl extends DeclNode<"RankDecl"> {
  readonly name: Identifier;
  readonly count?: Expr;
  readonly properties: readonly RankProperty[];
}
export type RankProperty =
  | ComputeProperty
  | SmsProperty
  | MemoryProperty
  | CopyEnginesProperty
  | NicsProperty
  | LaunchProperty
  | EfficiencyProperty;
/** `compute bf16 989 TFLOP/s, f32 67 TFLOP/s`. */
export interface ComputeProperty extends DeclNode<"ComputeProperty"> {
  readonly rates: readonly { readonly dtype: Identifier; readonly rate: Expr }[];
}
/** `sms 132, each moves 15 GB/s`. */
export interface SmsProperty extends DeclNode<"SmsProperty"> {
  readonly count: Expr;
  readonly moves?: Expr;
}
/** `memory hbm 80 GB at 3.35 TB/s, reduces sum`. */
export interface MemoryProperty extends DeclNode<"MemoryProperty"> {
  readonly name: Identifier;
  readonly capacity: Expr;
  readonly bandwidth: Expr;
  readonly reduces: readonly Identifier[];
}
export interface CopyEnginesProperty extends DeclNode<"CopyEnginesProperty"> {
  readonly count: Expr;
}
export interface NicsProperty extends DeclNode<"NicsProperty"> {
  readonly count: Expr;
  readonly bandwidth?: Expr;
}
export interface LaunchProperty extends DeclNode<"LaunchProperty"> {
  readonly time: Expr;
}
/** `efficiency 85 %`, of the compute rates, for tiles of ops. */
export interface EfficiencyProperty extends DeclNode<"EfficiencyProperty"> {
  readonly value: Expr;
}
/** `link gpu <-> gpu: switch { 200 GB/s each way, 1.5 us }`; `->` for one direction. */
export interface LinkDecl extends DeclNode<"LinkDecl"> {
  readonly from: Path;
  readonly to: Path;
  readonly directed: boolean;
  /** `switch`, `ring`, `full`, `bus`; more with structured machines. */
  readonly topology: Identifier;
  readonly properties: readonly LinkProperty[];
}
/** `200 GB/s each way`, `1.5 us`, `leaves 4`, `nics 8 at 50 GB/s`, `ecmp seed 1`: words and quantities as they stand. */
export interface LinkProperty extends Node<"LinkProperty"> {
  readonly parts: readonly (Identifier | NumberLiteral)[];
}
/** `level node: h800_node[16]` (later). */
export interface LevelDecl extends DeclNode<"LevelDecl"> {
  readonly name: Identifier;
  readonly machine: Path;
  readonly count?: Expr;
}
/** `tier ssd of node { 8 TB, read 25 GB/s }` (later). */
export interface TierDecl extends DeclNode<"TierDecl"> {
  readonly name: Identifier;
  readonly of: Path;
  readonly properties: readonly LinkProperty[];
}

// ---------------------------------------------------------------- schedule verbs

export type Verb =
  | SplitVerb
  | TileVerb
  | OverlapVerb
  | OrderVerb
  | AsyncVerb
  | AccumulateVerb
  | FuseVerb
  | UseVerb
  | RunVerb
  | KeepVerb
  | RecomputeVerb
  | PriorityVerb
  | InVerb
  | PassVerb;

/** `split tokens within ep into 2 as a, b`, `split tokens into 2 at 640`. */
export interface SplitVerb extends Node<"SplitVerb"> {
  readonly axis: Identifier;
  readonly within?: Identifier;
  readonly count: Expr;
  /** `at 640, 1280`: where parts begin. */
  readonly at: readonly Expr[];
  readonly names: readonly Identifier[];
}
export interface TileVerb extends Node<"TileVerb"> {
  readonly values: readonly Path[];
  readonly sizes: readonly Expr[];
}
/** `overlap a, b -> c -> d by hidden(512)`: groups in order; one group: independents. */
export interface OverlapVerb extends Node<"OverlapVerb"> {
  readonly groups: readonly (readonly Path[])[];
  readonly grain?: Grain;
}
/** `by rows`, `by tile`, `by shard`, `by bucket(25 MB)`, `by hidden(512)`. */
export interface Grain extends Node<"Grain"> {
  readonly name: Identifier;
  readonly size?: Expr;
}
/** `order y as out`, `order y by hidden, rows`, or a named program `order one_f_one_b(8, 32) ..` (later). */
export interface OrderVerb extends Node<"OrderVerb"> {
  readonly value: Path;
  readonly as?: Path;
  readonly by: readonly Identifier[];
  readonly program?: CallExpr;
}
export interface AsyncVerb extends Node<"AsyncVerb"> {
  readonly values: readonly Path[];
  readonly ahead?: Expr;
}
export interface AccumulateVerb extends Node<"AccumulateVerb"> {
  readonly values: readonly Path[];
  readonly axis: Identifier;
}
export interface FuseVerb extends Node<"FuseVerb"> {
  readonly first: Path;
  readonly last: Path;
}
export interface UseVerb extends Node<"UseVerb"> {
  readonly collective: Identifier;
  readonly values: readonly Path[];
}
/** `run out on sms(auto in 8 .. 64)`. */
export interface RunVerb extends Node<"RunVerb"> {
  readonly values: readonly Path[];
  readonly engine: Identifier;
  readonly amount?: Expr | AutoValue;
}
export interface AutoValue extends Node<"AutoValue"> {
  readonly range?: RangeExpr;
}
/** `keep 2 of keys, values`, or `keep v in host` (later). */
export interface KeepVerb extends Node<"KeepVerb"> {
  readonly count?: Expr;
  readonly values: readonly Path[];
  readonly tier?: Identifier;
}
/** (later) */
export interface RecomputeVerb extends Node<"RecomputeVerb"> {
  readonly values: readonly Path[];
  readonly from?: Path;
}
/** (later) */
export interface PriorityVerb extends Node<"PriorityVerb"> {
  readonly value: Path;
  readonly above: Path;
}
/** `in block[*].mlp: use t3` (later). */
export interface InVerb extends Node<"InVerb"> {
  readonly path: Path;
  readonly verb: Verb;
}
/** `pass F = forward of net` (later). */
export interface PassVerb extends Node<"PassVerb"> {
  readonly passes: readonly PassBinding[];
}
/** `B = d values of net`. */
export interface PassBinding extends Node<"PassBinding"> {
  readonly name: Identifier;
  readonly words: readonly Identifier[];
}

// ---------------------------------------------------------------- claims

export type Claim =
  SameResultClaim | DriftClaim | NoClaim | QuantityClaim | HidesClaim | FasterClaim | BoundClaim | ForClause;

export type Comparison = "==" | "<=" | ">=" | "<" | ">";
/** `same result as moe within 1e-2`. */
export interface SameResultClaim extends Node<"SameResultClaim"> {
  readonly layer: Path;
  readonly within?: Expr;
}
/** (later) */
export interface DriftClaim extends Node<"DriftClaim"> {
  readonly layer: Path;
  readonly limit: Expr;
  readonly steps?: Expr;
  /** What is counted: `steps`, `rounds`. */
  readonly counted?: Identifier;
}
/** `no deadlock`, `no race`. */
export interface NoClaim extends Node<"NoClaim"> {
  readonly what: "deadlock" | "race";
}
/** `memory <= 80 GB`, `bytes moved == 3 * h`, `bytes moved per rank <= ..`, `messages <= 56`. */
export interface QuantityClaim extends Node<"QuantityClaim"> {
  readonly quantity: "memory" | "bytes moved" | "messages";
  readonly perRank: boolean;
  readonly comparison: Comparison;
  readonly limit: Expr;
}
/** `hides 85 % of communication`. */
export interface HidesClaim extends Node<"HidesClaim"> {
  readonly share: Expr;
}
/** `faster than barrier by 1.1`. */
export interface FasterClaim extends Node<"FasterClaim"> {
  readonly schedule: Path;
  readonly by?: Expr;
}
/** `within 1.2 x of bound` (later). */
export interface BoundClaim extends Node<"BoundClaim"> {
  readonly factor: Expr;
}
/** `for tokens in 1 .. 65536, gate seed in any` (later). */
export interface ForClause extends Node<"ForClause"> {
  readonly bindings: readonly {
    readonly name: Identifier;
    readonly what?: Identifier;
    readonly range: Expr | "any";
  }[];
}
