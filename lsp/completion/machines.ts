import { CompletionItemKind } from "vscode-languageserver";
import * as linkForms from "../../compiler/bind/machine/link-forms.js";
import { topologies } from "../../compiler/bind/machine/topologies.js";
import { kernelSorts } from "../../compiler/machine/block-shape.js";
import { Rank, type Offer } from "./offer.js";
import { definitionOffers, plainOffers } from "./offers.js";
import type { Scene } from "./scene.js";

export function topologyOffers(): Offer[] {
  return plainOffers(Object.keys(topologies), CompletionItemKind.EnumMember, Rank.fitting, "topology");
}

export function kernelOffers(): Offer[] {
  return plainOffers(kernelSorts, CompletionItemKind.EnumMember, Rank.fitting, "kernels of this sort");
}

/** Kinds of ranks and levels of the machine at the cursor. */
export function rankOffers({ declaration }: Scene): Offer[] {
  const items = declaration?.kind === "MachineDecl" ? declaration.items : [];
  const kinds = items.flatMap((item) =>
    item.kind === "RankDecl" || item.kind === "LevelDecl" ? [item.name.text] : [],
  );
  return plainOffers(kinds, CompletionItemKind.EnumMember, Rank.fitting, "ranks");
}

/** Words of the properties of links and tiers, each with the property it is of. */
export function linkPropertyOffers(scene: Scene): Offer[] {
  const words = new Map<string, string>();
  for (const form of Object.values(linkForms)) {
    if (typeof form !== "object" || !("example" in form)) continue;
    for (const [word] of form.example.matchAll(/[a-z_]+/g))
      if (!isUnitOf(form.example, word)) words.set(word, form.example);
  }
  return [
    ...[...words].flatMap(([word, example]) => plainOffers([word], CompletionItemKind.Property, Rank.known, example)),
    ...plainOffers(linkForms.routingWords, CompletionItemKind.EnumMember, Rank.known, "routing policy"),
    ...definitionOffers(scene, "monoid").filter(({ rank }) => rank !== Rank.elsewhere),
  ];
}

/** `us` of `1.5 us`. */
function isUnitOf(example: string, word: string): boolean {
  return new RegExp(`\\d ${word}(?!\\w)`).test(example) && !["by", "at", "each"].includes(word);
}
