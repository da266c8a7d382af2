import type { CompletionItemKind, TextEdit } from "vscode-languageserver";

/** Something that may stand at the cursor. */
export interface Offer {
  readonly label: string;
  readonly kind: CompletionItemKind;
  /** How near it lies: lower ones come first. */
  readonly rank: Rank;
  /** Right of the label: a type, a file. */
  readonly detail?: string;
  /** Markdown, written only once the item is looked at. */
  readonly documentation?: () => string | undefined;
  /** What is written, where that is not the label. */
  readonly insert?: string;
  /** The same with places to fill in, for clients that know such. */
  readonly snippet?: string;
  /** Edits elsewhere: the import of a name. */
  readonly edits?: readonly TextEdit[];
}

/** How near an offer lies to what is meant. */
export const Rank = {
  /** Fits the types and layouts at hand. */
  fitting: 0,
  /** Of the declaration at the cursor. */
  local: 1,
  /** Of the file, or imported into it. */
  file: 2,
  /** Known everywhere. */
  known: 3,
  /** A word of the grammar. */
  keyword: 4,
  /** Has to be imported first. */
  elsewhere: 5,
  /** Goes on with what stands on the line before, where most people begin something new. */
  continuing: 6,
} as const;
export type Rank = (typeof Rank)[keyof typeof Rank];
