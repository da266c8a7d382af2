import type { Span } from "../../grammar/ast.js";

/** A place in a file. `file` is the path as the user gave or imported it; `""` when there is none (the command line). */
export interface Location {
  readonly file: string;
  readonly span: Span;
}

export type Severity = "error" | "warning" | "note";

/** A change of text that would repair a mistake. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly location: Location; readonly newText: string }[];
}

export interface RelatedPlace {
  readonly location: Location;
  readonly message: string;
}

/** One thing a rank does on the way to a failure. */
export interface WitnessStep {
  readonly rank: number;
  /** Of a transfer, the receiver. */
  readonly target?: number;
  /** What is done, of whom it is done left out: `writes keys [0:64, :]`. */
  readonly what: string;
  /** Of which task: `keys, block 3`. */
  readonly task: string;
  readonly location: Location;
  /** Indices of the steps that it waits for or conflicts with. */
  readonly after?: readonly number[];
}

/** How it comes to a failure, step by step: the fewest that show it, in an order in which they can be read. */
export interface Witness {
  readonly kind: "cycle" | "interleaving" | "lost contribution" | "doubled contribution" | "missing";
  readonly rankCount: number;
  readonly steps: readonly WitnessStep[];
}

/** What the user is told. Made only by `createDiagnostic` of the catalogue, so that every code has one wording. */
export interface Diagnostic {
  /** `ST2104`. */
  readonly code: string;
  /** `unordered-write`. */
  readonly name: string;
  readonly severity: Severity;
  readonly message: string;
  readonly location: Location;
  /** The steps of a witness last, so that an editor needs to know nothing of it. */
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
  /** Where a proof failed. */
  readonly witness?: Witness;
}
