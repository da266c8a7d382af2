/** Verbs of a `schedule` and claims of a `check`. */
import type { CallExpr, Expr, Identifier, Node, Path, RangeExpr } from "./expressions.js";

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
/** `run out on sms(auto in 8 .. 64)`, `run out on memory(8)`. */
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
/** `priority v above w`. */
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
/**
 * `memory <= 80 GB`, `bytes moved == 3 * h * 2 B`, `bytes moved per rank <= ..`, `bytes moved over node == ..`,
 * `messages <= 56`, `rounds == 7`.
 */
export interface QuantityClaim extends Node<"QuantityClaim"> {
  readonly quantity: "memory" | "bytes moved" | "messages" | "rounds";
  /** Of bytes moved and messages: only between positions that differ along this mesh axis. */
  readonly over?: Identifier;
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
/** `within 1.2 x of bound`. */
export interface BoundClaim extends Node<"BoundClaim"> {
  readonly factor: Expr;
}
/** `for tokens in 64 .. 4096 step 64, ranks in 2, 4, 8, gate seed in any`: what the claims are to hold for. */
export interface ForClause extends Node<"ForClause"> {
  readonly bindings: readonly ForBinding[];
}
export interface ForBinding extends Node<"ForBinding"> {
  readonly name: Identifier;
  /** `seed` in `gate seed in any`, `speed` in `links speed in 0.1 .. 10`. */
  readonly what?: Identifier;
  /** A range alone, or values. */
  readonly values: readonly Expr[] | "any";
  /** How far the values of the range are apart. */
  readonly step?: Expr;
}
