import { CompletionItemKind } from "vscode-languageserver";
import { typeText } from "../../compiler/check/type-text.js";
import { words } from "../../compiler/check/elaborate-word.js";
import { views } from "../../compiler/check/elaborate-view.js";
import type { Places } from "../../grammar/expected.js";
import { axisOffers, columnOffers, meshAxisOffers, parameterOffers, tableOffers } from "./axes.js";
import { ofKinds } from "./definitions.js";
import { functionsOf } from "./functions.js";
import { typesAtCursor, wordArgumentOffers, wordOffers, type LayerTypes } from "./layout-words.js";
import { Rank, type Offer } from "./offer.js";
import { definitionOffers, functionOffers, plainOffers } from "./offers.js";
import { valueOffers } from "./schedule-values.js";
import type { Scene } from "./scene.js";

/** Names in expressions: what they may be is said by the declaration, and by where in it they stand. */
export function expressionOffers(scene: Scene, places: Places): Offer[] {
  const [rules] = places;
  switch (rules?.[1]) {
    case "layer":
      return rules.includes("layerBody") ? layerOffers(scene, rules) : axisOffers(scene);
    case "op":
      return rules.includes("settings") ? costOffers(scene) : mathematicsOffers(scene);
    case "monoid":
      return monoidOffers(scene);
    case "collective":
      return collectiveOffers(scene);
    case "table":
      return tableExpressionOffers(scene, rules);
    case "mesh":
      return [...sizeOffers(scene), ...meshAxisOffers(scene), ...machineRankOffers(scene)];
    case "schedule":
      // `keep v in host` begins as `keep 2 of v` does, and `async v 2 ahead` goes on with a number.
      return [...sizeOffers(scene), ...(rules.includes("keepVerb") ? valueOffers(scene) : [])];
    case "check":
      return [...sizeOffers(scene), ...(rules.includes("forBinding") ? sourceOffers(scene) : [])];
    case "profile":
      return [...sizeOffers(scene), ...sourceOffers(scene)];
    default:
      return sizeOffers(scene);
  }
}

/** Params, declared axes, and functions of numbers. */
function sizeOffers(scene: Scene): Offer[] {
  return [
    ...definitionOffers(scene, "param", "axis"),
    ...functionOffers(functionsOf.sizes),
    ...(scene.call?.callee === "rows" ? tableOffers(scene) : []),
  ];
}

/** What a table may be set to: `for gate in uniform, one(0)`. */
function sourceOffers(scene: Scene): Offer[] {
  return [...functionOffers(functionsOf.sources), ...tableOffers(scene)];
}

function costOffers(scene: Scene): Offer[] {
  return [...plainOffers(scene.local.axes, CompletionItemKind.Variable, Rank.local, "axis"), ...sizeOffers(scene)];
}

function layerOffers(scene: Scene, rules: readonly string[]): Offer[] {
  const known = typesAtCursor(scene);
  const inCall = rules.includes("argument");
  const isWord = inCall && [...words, ...views].some((word) => word === scene.call?.callee);
  return [
    ...localValueOffers(scene, known),
    ...(isWord ? wordArgumentOffers(scene, known) : []),
    ...wordOffers(known),
    ...definitionOffers(scene, "op", "layer"),
    ...(inCall || rules.includes("binary") ? argumentOffers(scene, isWord) : []),
  ];
}

/** Values that are named already, the latest first. */
function localValueOffers(scene: Scene, known: LayerTypes | undefined): Offer[] {
  return [...scene.local.values].map(([label, written]) => {
    const type = known?.types.get(label);
    const text = written && scene.analysis.text.slice(written.start, written.end);
    const detail = type && known ? typeText(type, known.mesh) : text;
    return { label, kind: CompletionItemKind.Variable, rank: Rank.local, ...(detail !== undefined && { detail }) };
  });
}

/** What calls of ops, layers and words take beside values. */
function argumentOffers(scene: Scene, isWord: boolean): Offer[] {
  const further = isWord
    ? [...plainOffers(["inclusive"], CompletionItemKind.Keyword, Rank.known), ...tierOffers(scene)]
    : [];
  return [
    ...axisOffers(scene),
    ...meshAxisOffers(scene),
    ...columnOffers(scene),
    ...definitionOffers(scene, "monoid"),
    ...parameterOffers(scene, "number", "monoid"),
    ...further,
  ];
}

function mathematicsOffers(scene: Scene): Offer[] {
  return [
    ...localValueOffers(scene, undefined),
    ...plainOffers(scene.local.axes, CompletionItemKind.Variable, Rank.local, "index"),
    ...plainOffers(scene.local.numbers, CompletionItemKind.Variable, Rank.local, "index"),
    ...functionOffers([...functionsOf.mathematics, ...functionsOf.rows]),
    ...columnOffers(scene),
    ...parameterOffers(scene, "table", "number", undefined),
    ...functionOffers(["rows"]),
    ...definitionOffers(scene, "monoid", "param", "axis", "table"),
  ];
}

function monoidOffers(scene: Scene): Offer[] {
  return [
    ...localValueOffers(scene, undefined),
    ...plainOffers(["inf"], CompletionItemKind.Constant, Rank.known, "infinity"),
    ...functionOffers(functionsOf.mathematics),
  ];
}

function collectiveOffers(scene: Scene): Offer[] {
  const named = scene.expected.before.filter(
    // Where broadcast and send leave from, how far shift goes: the signature names them.
    ({ image }, index, all) =>
      /^[A-Za-z_]\w*$/.test(image) && all[index - 1]?.image === "(" && all[index + 1]?.image === ")",
  );
  return [
    ...localValueOffers(scene, undefined),
    ...plainOffers(["rank"], CompletionItemKind.Variable, Rank.local, "the rank at hand"),
    ...plainOffers(scene.local.numbers, CompletionItemKind.Variable, Rank.local, "number"),
    ...plainOffers(scene.local.axes, CompletionItemKind.TypeParameter, Rank.local, "axis"),
    ...plainOffers(
      named.map(({ image }) => image),
      CompletionItemKind.Variable,
      Rank.local,
      "number",
    ),
    ...parameterOffers(scene, "number", "monoid", undefined),
    ...functionOffers(functionsOf.ranks),
  ];
}

/** Ends, sources, guards and further columns of tables. */
function tableExpressionOffers(scene: Scene, rules: readonly string[]): Offer[] {
  const columns = [
    ...plainOffers(["from", "to"], CompletionItemKind.Field, Rank.local, "column"),
    ...plainOffers(scene.local.numbers, CompletionItemKind.Field, Rank.local, "column"),
    ...ofKinds(scene.visible, "table").flatMap(({ definition, name }) =>
      definition.kind === "table"
        ? plainOffers(
            definition.node.with.map((column) => column.name.text),
            CompletionItemKind.Field,
            Rank.file,
            name,
          )
        : [],
    ),
  ];
  return [
    ...sizeOffers(scene),
    ...tableOffers(scene),
    ...columns,
    ...functionOffers(functionsOf.tables),
    ...(rules.includes("tableColumn") ? [] : functionOffers(functionsOf.sources, Rank.file)),
    ...(scene.call?.callee === "lengths" ? functionOffers(functionsOf.lengths, Rank.local) : []),
    ...functionOffers(["top"]),
    ...plainOffers(["any"], CompletionItemKind.Keyword, Rank.known, "as many rows as there are"),
  ];
}

/** Kinds of ranks of the machine that a mesh is on: `gpu.count`. */
function machineRankOffers({ declaration, visible }: Scene): Offer[] {
  const named = declaration?.kind === "MeshDecl" ? declaration.machine.segments[0]?.name.text : undefined;
  const machine = ofKinds(visible, "machine").find(({ name }) => name === named)?.definition;
  const items = machine?.kind === "machine" ? machine.node.items : [];
  const kinds = items.flatMap((item) =>
    item.kind === "RankDecl" || item.kind === "LevelDecl" ? [item.name.text] : [],
  );
  return plainOffers(kinds, CompletionItemKind.EnumMember, Rank.known, "ranks");
}

/** Tiers of memory of the machines at hand. */
export function tierOffers({ analysis }: Scene): Offer[] {
  const tiers = (analysis.bound?.meshes ?? []).flatMap(({ machine }) => machine?.tiers ?? []);
  return plainOffers(new Set(tiers.map(({ name }) => name)), CompletionItemKind.EnumMember, Rank.file, "memory tier");
}
