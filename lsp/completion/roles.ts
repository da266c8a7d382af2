import { CompletionItemKind } from "vscode-languageserver";
import { otherSettings } from "../../compiler/bind/settings.js";
import { plainGrains } from "../../compiler/check/schedules.js";
import type { Places } from "../../grammar/expected.js";
import type { NameRole } from "../../grammar/roles.js";
import { typeWords } from "../names/signature.js";
import {
  axisOffers,
  columnOffers,
  dtypeOffers,
  layerAxisOffers,
  meshAxisOffers,
  parameterOffers,
  rowsOffers,
  tableOffers,
} from "./axes.js";
import { collectiveOffers, engineOffers, servedValueOffers } from "./collectives.js";
import { expressionOffers, tierOffers } from "./expressions.js";
import { importedNameOffers } from "./imports.js";
import { kernelOffers, linkPropertyOffers, rankOffers, topologyOffers } from "./machines.js";
import { memberOffers } from "./members.js";
import { Rank, type Offer } from "./offer.js";
import { definitionOffers, functionOffers, plainOffers } from "./offers.js";
import { valueOffers } from "./schedule-values.js";
import type { Scene } from "./scene.js";

type Source = (scene: Scene, places: Places) => readonly Offer[];

const nothing: Source = () => [];
const words =
  (detail: string, ...names: readonly string[]): Source =>
  () =>
    plainOffers(names, CompletionItemKind.EnumMember, Rank.fitting, detail);

/** What is offered for a name, by what it stands for. */
export const sources: Readonly<Record<NameRole, Source>> = {
  inherited: nothing,
  new: nothing,
  free: nothing,
  expression: expressionOffers,
  member: memberOffers,
  index: (scene) => plainOffers(scene.local.axes, CompletionItemKind.Variable, Rank.local, "index"),
  axis: (scene) => (scene.declaration?.kind === "ScheduleDecl" ? layerAxisOffers(scene) : axisOffers(scene)),
  "mesh axis": meshAxisOffers,
  column: columnOffers,
  rows: (scene) => rowsOffers(scene),
  table: tableOffers,
  dtype: dtypeOffers,
  tier: tierOffers,
  mesh: (scene) => definitionOffers(scene, "mesh"),
  machine: (scene) => definitionOffers(scene, "machine"),
  ranks: rankOffers,
  topology: topologyOffers,
  "link property": linkPropertyOffers,
  kernel: kernelOffers,
  monoid: (scene) => [
    ...parameterOffers(scene, "monoid", undefined),
    ...definitionOffers(scene, "monoid"),
    // Whatever it is called there, it stands for any.
    ...(scene.declaration?.kind === "CollectiveDecl" ? words("any monoid", "u")(scene, []) : []),
  ],
  layer: (scene) => layersAndSchedules(scene, "layer"),
  schedule: (scene) => layersAndSchedules(scene, "schedule"),
  "layer or schedule": (scene) => [...layersAndSchedules(scene, "schedule"), ...layersAndSchedules(scene, "layer")],
  collective: collectiveOffers,
  value: (scene, places) =>
    places.some((rules) => rules.includes("use")) ? servedValueOffers(scene) : valueOffers(scene),
  "carried value": (scene) =>
    plainOffers(scene.local.values.keys(), CompletionItemKind.Variable, Rank.local, "value of the loop"),
  delivery: (scene) => plainOffers(scene.local.values.keys(), CompletionItemKind.Variable, Rank.local, "tensor"),
  import: importedNameOffers,
  setting: (scene) => definitionOffers(scene, "param", "table"),
  "drawn setting": (scene) => [
    ...definitionOffers(scene, "param", "table"),
    ...plainOffers(settingParts(0), CompletionItemKind.Property, Rank.known, "setting"),
  ],
  "part of a setting": (scene) => words("part of a setting", ...settingParts(1))(scene, []),
  cost: words("cost", "flops", "bytes"),
  "kind of parameter": words("kind of parameter", ...typeWords),
  engine: engineOffers,
  grain: (scene) => [
    ...plainOffers(plainGrains, CompletionItemKind.EnumMember, Rank.fitting, "grain"),
    ...plainOffers(["bucket"], CompletionItemKind.EnumMember, Rank.known, "bucket(25 MB)"),
    ...layerAxisOffers(scene).map((offer) => ({ ...offer, snippet: `${offer.label}(\${1:512})` })),
  ],
  "block order": (scene) => [...functionOffers(["rows"]), ...layerAxisOffers(scene)],
  times: words("times", "x"),
  counted: words("counted", "steps", "rounds"),
};

/** Of the file itself: only those can be scheduled and checked. */
function layersAndSchedules(scene: Scene, kind: "layer" | "schedule"): Offer[] {
  return definitionOffers(scene, kind).filter(({ rank }) => rank === Rank.file);
}

/** The first or second words of `links speed` and `inputs seed`. */
function settingParts(part: 0 | 1): string[] {
  return [...new Set(otherSettings.map((setting) => setting.split(" ")[part]!))];
}
