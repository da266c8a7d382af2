import { CompletionItemKind } from "vscode-languageserver";
import { ofKinds } from "./definitions.js";
import { columnOffers } from "./axes.js";
import { layerOfSchedule, valueOffers } from "./schedule-values.js";
import { Rank, type Offer } from "./offer.js";
import { plainOffers } from "./offers.js";
import type { Scene } from "./scene.js";

/** What stands after a dot: columns of a table, components of a monoid's state, values inside a value, a count. */
export function memberOffers(scene: Scene): Offer[] {
  const { declaration, expected } = scene;
  if (layerOfSchedule(scene) !== undefined) return valueOffers(scene);
  if (declaration?.kind === "MonoidDecl") {
    const components = declaration.state.flatMap(({ names }) => names.map(({ text }) => text));
    return plainOffers(components, CompletionItemKind.Field, Rank.local, "component");
  }
  if (declaration?.kind === "MeshDecl")
    return plainOffers(["count"], CompletionItemKind.Property, Rank.local, "how many");
  const object = expected.before.at(-2)?.image;
  const table = ofKinds(scene.visible, "table").find(({ name }) => name === object)?.definition;
  if (table?.kind !== "table") return columnOffers(scene);
  const columns = ["from", "to", ...table.node.with.map(({ name }) => name.text)];
  return plainOffers(columns, CompletionItemKind.Field, Rank.local, `column of ${table.name}`);
}
