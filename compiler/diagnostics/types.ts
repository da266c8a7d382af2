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

/** What the user is told. Made only by `createDiagnostic` of the catalogue, so that every code has one wording. */
export interface Diagnostic {
  /** `ST2104`. */
  readonly code: string;
  /** `unordered-write`. */
  readonly name: string;
  readonly severity: Severity;
  readonly message: string;
  readonly location: Location;
  readonly related: readonly RelatedPlace[];
  readonly fixes: readonly Fix[];
}
