/** What can be done to a program at a place, and what becomes of it. */
import type { CancellationToken } from "vscode-languageserver";
import type { Span } from "../../grammar/ast.js";
import type { Replacement } from "../../grammar/format-range.js";
import type { Analysis } from "../documents/analysis.js";
import type { Server } from "../server.js";

/** A document and what is selected in it; empty: where the cursor is. */
export interface Scene {
  readonly server: Server;
  readonly analysis: Analysis;
  readonly selection: Span;
  /** Of the request: what is asked of the background for it ends with it. */
  readonly token: CancellationToken;
}

/** By path, in order and apart. */
export type Edits = ReadonlyMap<string, readonly Replacement[]>;

/** An edit, or why there is none. */
export type Outcome = { readonly edits: Edits } | { readonly refused: string };

/** One thing that could be done; whether it can is found out when it is asked for. */
export interface Offer {
  readonly title: string;
  /** What `propose` needs to know beside the place: the same text means the same. */
  readonly argument: string;
  /** Why it cannot be, where that is seen at once. */
  readonly disabled?: string;
}

/** A change of a program that leaves what it computes as it is. */
export interface Refactoring {
  readonly id: string;
  /** Of the protocol: `refactor.extract`, .. */
  readonly kind: string;
  /** What may be worth a try here. Asked at each move of the cursor: quick, so nothing is checked. */
  offers(scene: Scene): readonly Offer[];
  /** The edit, checked and proved. */
  propose(argument: string, scene: Scene): Promise<Outcome>;
}

export function refuse(reason: string): Outcome {
  return { refused: reason };
}

/** Whether a selection is in a span, ends of it among it. */
export function isWithin(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
