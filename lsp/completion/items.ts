import {
  CompletionItemKind,
  InsertTextFormat,
  MarkupKind,
  type ClientCapabilities,
  type CompletionItem,
  type Range,
} from "vscode-languageserver";
import type { Offer } from "./offer.js";

/** What of a client matters here. */
export interface ItemOptions {
  /** What each of them replaces. */
  readonly range: Range;
  /** What is written next, which an item need not write again. */
  readonly next: string | undefined;
  readonly client: ClientCapabilities;
}

/** Those that a client can take. */
export function offersFor(client: ClientCapabilities, offers: readonly Offer[]): readonly Offer[] {
  return takesSnippets(client) ? offers : offers.filter(({ kind }) => kind !== CompletionItemKind.Snippet);
}

const takesSnippets = (client: ClientCapabilities): boolean =>
  client.textDocument?.completion?.completionItem?.snippetSupport === true;

/** As the client wants them; documentation comes when one is looked at. */
export function itemsOf(offers: readonly Offer[], options: ItemOptions): CompletionItem[] {
  return offers.map((offer, place) => itemOf(offer, place, options));
}

function itemOf(offer: Offer, place: number, { range, next, client }: ItemOptions): CompletionItem {
  const { label, kind, rank, detail, insert = label, snippet, edits } = offer;
  const asSnippet = takesSnippets(client) && snippet !== undefined && next !== "(";
  return {
    ...{ label, kind, sortText: `${rank}${String(place).padStart(4, "0")}`, filterText: label },
    ...(detail !== undefined && { detail }),
    textEdit: { range, newText: asSnippet ? snippet : insert },
    ...(asSnippet && { insertTextFormat: InsertTextFormat.Snippet }),
    ...(edits && { additionalTextEdits: [...edits] }),
    data: place,
  };
}

/** An item with what is said of it. */
export function described(item: CompletionItem, offer: Offer | undefined): CompletionItem {
  const value = offer?.documentation?.();
  return value === undefined ? item : { ...item, documentation: { kind: MarkupKind.Markdown, value } };
}
