import { CompletionItemKind } from "vscode-languageserver";
import type { Definition, DefinitionKind } from "../../compiler/bind/bound-program.js";
import { importEdit } from "./auto-import.js";
import { ofKinds, standardImport, type Visible } from "./definitions.js";
import { builtIn } from "./functions.js";
import { Rank, type Offer } from "./offer.js";
import type { Scene } from "./scene.js";
import { definitionMarkdown, signatureText } from "../names/definition-text.js";

const kindOf: Readonly<Record<DefinitionKind, CompletionItemKind>> = {
  param: CompletionItemKind.Constant,
  axis: CompletionItemKind.Enum,
  table: CompletionItemKind.Struct,
  monoid: CompletionItemKind.Operator,
  op: CompletionItemKind.Function,
  machine: CompletionItemKind.Class,
  layer: CompletionItemKind.Method,
  schedule: CompletionItemKind.Event,
  collective: CompletionItemKind.Interface,
  profile: CompletionItemKind.Module,
  mesh: CompletionItemKind.Class,
  record: CompletionItemKind.Struct,
};

/** Definitions of some kinds that are in scope, and those of the standard library that an import would bring. */
export function definitionOffers(scene: Scene, ...kinds: readonly DefinitionKind[]): Offer[] {
  const inScope = ofKinds(scene.visible, ...kinds);
  const names = new Set(inScope.map(({ name }) => name));
  const elsewhere = ofKinds(scene.standard, ...kinds).filter(({ name }) => !names.has(name));
  return [...distinct(inScope), ...elsewhere].map((visible) => definitionOffer(scene, visible));
}

/** Collectives share names: one offer is enough. */
function distinct(all: readonly Visible[]): Visible[] {
  return [...new Map(all.toReversed().map((visible) => [visible.name, visible])).values()].toReversed();
}

export function definitionOffer(scene: Scene, { name, definition, rank }: Visible): Offer {
  const text = scene.textOf(definition.file) ?? "";
  const { path } = scene.analysis;
  const isElsewhere = rank === Rank.elsewhere;
  return {
    ...{ label: name, kind: kindOf[definition.kind], rank },
    detail: isElsewhere ? `from "${standardImport(definition)}"` : signatureText(definition, text),
    documentation: () => definitionMarkdown(definition, text),
    ...(isElsewhere && definition.file !== path && { edits: [importOf(scene, definition)] }),
  };
}

function importOf({ analysis }: Scene, definition: Definition) {
  const { span, newText } = importEdit(analysis.tree, analysis.text, definition.name, standardImport(definition));
  return { range: analysis.rangeOf(span), newText };
}

/** Names that are no more than that. */
export function plainOffers(
  names: Iterable<string>,
  kind: CompletionItemKind,
  rank: Rank,
  detail?: string,
  doc?: string,
): Offer[] {
  return [...names].map((label) => ({
    ...{ label, kind, rank },
    ...(detail !== undefined && { detail }),
    ...(doc !== undefined && { documentation: () => doc }),
  }));
}

/** Functions of the language. */
export function functionOffers(names: Iterable<string>, rank: Rank = Rank.known): Offer[] {
  return [...names].map((label) => {
    const found = builtIn(label);
    return {
      ...{ label, kind: CompletionItemKind.Function, rank },
      ...(found && { detail: `${label}(${found.parameters.join(", ")})`, documentation: () => found.doc }),
    };
  });
}
