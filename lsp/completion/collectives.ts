import { CompletionItemKind } from "vscode-languageserver";
import { engines } from "../../compiler/check/schedules.js";
import { signatureOf } from "../../compiler/check/collectives.js";
import type { StatementIR } from "../../compiler/check/ir.js";
import { ofKinds } from "./definitions.js";
import { Rank, type Offer } from "./offer.js";
import { definitionOffers, plainOffers } from "./offers.js";
import { layerOfSchedule, valueOffers } from "./schedule-values.js";
import type { Scene } from "./scene.js";

/** Collectives for `use`: first those of a word that the values named, or any of the layer, are made with. */
export function collectiveOffers(scene: Scene): Offer[] {
  const layer = layerOfSchedule(scene)?.checked;
  const named = scene.expected.after[0] === "for" ? valuesNamed(scene.expected.after.slice(1)) : undefined;
  const wanted = [...(layer?.names ?? [])]
    .filter(([name]) => named === undefined || named.includes(name))
    .flatMap(([, { statements }]) => statements.map((statement) => layer!.ir.statements[statement]!));
  const fitting = new Set(fittingNames(scene, wanted));
  return definitionOffers(scene, "collective").map((offer) =>
    fitting.has(offer.label) ? { ...offer, rank: Rank.fitting, detail: `for ${wordsOf(wanted).join(", ")}` } : offer,
  );
}

/** `a.b, c`, up to what is no name. */
function valuesNamed(after: readonly string[]): string[] {
  const end = after.findIndex((image, index) =>
    index % 2 === 0 ? !/^[A-Za-z_]/.test(image) : image !== "." && image !== ",",
  );
  return after
    .slice(0, end < 0 ? after.length : end)
    .join("")
    .split(",");
}

const wordsOf = (statements: readonly StatementIR[]): string[] => [
  ...new Set(statements.flatMap((statement) => (statement.kind === "word" ? [statement.word] : []))),
];

function* fittingNames({ visible }: Scene, statements: readonly StatementIR[]): Iterable<string> {
  for (const { definition, name } of ofKinds(visible, "collective")) {
    if (definition.kind !== "collective") continue;
    const does = signatureOf(definition.node)?.word;
    const levels = definition.node.levels.length;
    const fits = statements.some(
      (statement) =>
        statement.kind === "word" && statement.word === does && (levels === 0 || levels === statement.meshAxes.length),
    );
    if (fits) yield name;
  }
}

/** Values for `use ring for ┆`: first those that the collective can do. */
export function servedValueOffers(scene: Scene): Offer[] {
  const layer = layerOfSchedule(scene)?.checked;
  const { before } = scene.expected;
  const use = before.findLastIndex(({ image }) => image === "use");
  const name = before[use + 1]?.image;
  return valueOffers(scene).map((offer) => {
    const served = layer?.names.get(offer.label)?.statements.map((statement) => layer.ir.statements[statement]!) ?? [];
    const fits = [...fittingNames(scene, served)].includes(name ?? "");
    return fits ? { ...offer, rank: Rank.fitting } : { ...offer, rank: Rank.file };
  });
}

const engineDocs: Readonly<Record<(typeof engines)[number], string>> = {
  sms: "So many streaming multiprocessors, reserved while it runs: `sms(20)`, `sms(auto in 8 .. 64)`.",
  copy: "Copy engines: no streaming multiprocessor is taken.",
  nic: "The network interface.",
  stores: "The tile's own stores go to the remote rank.",
  memory: "Near-memory or in-network reduction, where the machine has it.",
};

export function engineOffers(): Offer[] {
  return engines.flatMap((engine) =>
    plainOffers([engine], CompletionItemKind.EnumMember, Rank.fitting, "engine", engineDocs[engine]),
  );
}
