/** Nodes of a `machine` declaration. */
import type { DeclNode, Expr, Identifier, Node, NumberLiteral, Path } from "./expressions.js";

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
  | EfficiencyProperty
  | DispatchProperty
  | KernelProperty;
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
/** `dispatch 80 us`: tasks run one at a time, and each costs this beside its kernel. */
export interface DispatchProperty extends DeclNode<"DispatchProperty"> {
  readonly time: Expr;
}
/** `kernel contraction f32 256 by 256 by 64 at 5 GFLOP/s`: rows, columns, depth and parts of a block, and how fast it was measured. */
export interface KernelProperty extends DeclNode<"KernelProperty"> {
  readonly does: Identifier;
  readonly dtype: Identifier;
  readonly sizes: readonly Expr[];
  readonly rate: Expr;
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
