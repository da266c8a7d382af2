/**
 * What bind hands to check: every file with its tree, what each name means in each file, and all that has a value
 * before types are known: params, mesh, machine, tables. Names inside ops, layers, schedules and collectives are
 * check's to resolve, with the lookups here.
 */
import type {
  Assignment,
  AxisDecl,
  CheckDecl,
  CollectiveDecl,
  Expr,
  Identifier,
  LayerDecl,
  MachineDecl,
  MeshDecl,
  MonoidDecl,
  OpDecl,
  ProfileDecl,
  RecordDecl,
  ScheduleDecl,
  SourceFile,
  Span,
  TableDecl,
} from "../../grammar/ast.js";
import type { AxisFactorIR, MeshModel, TableData } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Location } from "../diagnostics/types.js";
import type { MachineModel } from "../machine/model.js";
import type { PlacedMesh } from "./mesh.js";
import type { Quantity } from "./quantity.js";

export interface BoundProgram {
  /** Key of the file that was given, into `files`. */
  readonly entry: string;
  /** By path; an imported file stands before those that import it. The prelude's files are among them. */
  readonly files: ReadonlyMap<string, BoundFile>;
  /** Where diagnostics of every stage go; `evaluate` and the others here report into it. */
  readonly diagnostics: DiagnosticCollector;

  /** Params of the entry file, and those imported into it, after profile and `--set`; those with an error are absent. */
  readonly params: ReadonlyMap<string, Quantity>;
  /** Of the entry file, in source order. */
  readonly meshes: readonly PlacedMesh[];
  /** The first of them. Absent where it has none, or one with an error (which is reported). */
  readonly mesh?: MeshModel;
  /** The machine of that mesh. */
  readonly machine?: MachineModel;
  /** From which a run's inputs are drawn; absent: the runtime's own. */
  readonly inputSeed?: number;
  /**
   * Of all files, in the order of `files` and of the source, but each after those it is made from; those with an error are
   * absent.
   */
  readonly tables: readonly TableData[];
  /** Index into `tables` of a table's definition; undefined where the table has an error. */
  tableIndex(definition: TableDefinition): number | undefined;

  /** The text of a file that a diagnostic names, for rendering; `--set name` names the text of that option. */
  sourceText(file: string): string | undefined;

  /** What `name` means in `file`: its own declarations, its imports, then the prelude. */
  lookup(name: string, file: string): Definition | undefined;
  lookupLayer(name: string, file: string): LayerDefinition | undefined;
  lookupSchedule(name: string, file: string): ScheduleDefinition | undefined;
  /** Collectives may share a name, one a word: all of that name, the file's own first, the prelude's last. */
  lookupCollectives(name: string, file: string): readonly CollectiveDefinition[];

  /** Undefined where the axis is made of no factors, or they have an error, which is reported. */
  factorsOf(definition: AxisDefinition): readonly AxisFactorIR[] | undefined;

  /**
   * The value of an expression over params, axes, numbers and counts of rows, `rows(gate)`; `names` are looked up first. Undefined where it has none,
   * which is then reported.
   */
  evaluate(expression: Expr, file: string, names?: ReadonlyMap<string, Quantity>): Quantity | undefined;
  /** The same for what need not be exact, as operations and bytes: it may be beyond 2^53. */
  evaluateCost(expression: Expr, file: string, names: ReadonlyMap<string, Quantity>): Quantity | undefined;
  /** The same, as a whole number in 1 .. `largestSize`, without a unit. `what` opens the message: "The size of `tokens`". */
  evaluateSize(expression: Expr, file: string, what: string, names?: ReadonlyMap<string, Quantity>): number | undefined;

  /**
   * Reports `unknown-name`, with the nearest name of that kind, and the import that would bring it from std.
   * `expected` names what is needed: "an op or a layer"; `more` are further names that would be right here (of values).
   */
  reportUnknownName(
    name: Identifier,
    file: string,
    expected: string,
    kinds: readonly DefinitionKind[],
    more?: Iterable<string>,
  ): void;
}

export interface BoundFile {
  readonly path: string;
  readonly text: string;
  readonly tree: SourceFile;
  /** Shipped with the compiler. */
  readonly isStandard: boolean;
  /** All named declarations of this file, in source order. */
  readonly definitions: readonly Definition[];
  /** In source order; those of the entry file are what is run. */
  readonly layers: readonly LayerDecl[];
  readonly schedules: readonly ScheduleDecl[];
  readonly checks: readonly CheckDecl[];
}

interface DefinitionOf<K extends string, N> {
  readonly kind: K;
  readonly name: string;
  /** Path of the file it stands in. */
  readonly file: string;
  /** Of the name. */
  readonly span: Span;
  readonly node: N;
}
export type ParamDefinition = DefinitionOf<"param", Assignment>;
export type AxisDefinition = DefinitionOf<"axis", AxisDecl>;
export type TableDefinition = DefinitionOf<"table", TableDecl>;
export type MonoidDefinition = DefinitionOf<"monoid", MonoidDecl>;
export type OpDefinition = DefinitionOf<"op", OpDecl>;
export type MachineDefinition = DefinitionOf<"machine", MachineDecl>;
export type LayerDefinition = DefinitionOf<"layer", LayerDecl>;
export type ScheduleDefinition = DefinitionOf<"schedule", ScheduleDecl>;
export type CollectiveDefinition = DefinitionOf<"collective", CollectiveDecl>;

/** Layers, schedules and collectives are namespaces of their own; all other kinds share one. */
export type Definition =
  | ParamDefinition
  | AxisDefinition
  | TableDefinition
  | MonoidDefinition
  | OpDefinition
  | MachineDefinition
  | LayerDefinition
  | ScheduleDefinition
  | CollectiveDefinition
  | DefinitionOf<"profile", ProfileDecl>
  | DefinitionOf<"mesh", MeshDecl>
  | DefinitionOf<"record", RecordDecl>;
export type DefinitionKind = Definition["kind"];

/** Place of a node of `file`. */
export function locate(file: string, node: { readonly span: Span }): Location {
  return { file, span: node.span };
}
