import { CompletionItemKind } from "vscode-languageserver";
import type { LayerDecl } from "../../grammar/ast.js";
import type { CheckedLayer } from "../../compiler/check/layers.js";
import type { StatementIR } from "../../compiler/check/ir.js";
import { pathText } from "../../compiler/check/schedules.js";
import { typeText } from "../../compiler/check/type-text.js";
import { Rank, type Offer } from "./offer.js";
import { plainOffers } from "./offers.js";
import type { Scene } from "./scene.js";

export interface ScheduledLayer {
  readonly node: LayerDecl | undefined;
  /** Absent where it has an error. */
  readonly checked: CheckedLayer | undefined;
}

/** The layer that the schedule at the cursor is of. */
export function layerOfSchedule({ declaration, analysis }: Scene): ScheduledLayer | undefined {
  if (declaration?.kind !== "ScheduleDecl") return undefined;
  const name = pathText(declaration.layer);
  const node = analysis.tree.declarations.find(
    (other): other is LayerDecl => other.kind === "LayerDecl" && other.name.text === name,
  );
  return { node, checked: analysis.layers.get(name)?.layer };
}

/** Values of the layer, by the paths that lead to them: after `out.`, what is inside it. */
export function valueOffers(scene: Scene): Offer[] {
  const layer = layerOfSchedule(scene);
  if (layer === undefined) return [];
  const inside = pathBefore(scene);
  const offers = layer.checked ? checkedValues(scene, layer.checked) : writtenValues(layer.node);
  return offers.flatMap((offer) =>
    offer.label.startsWith(inside) ? [{ ...offer, label: offer.label.slice(inside.length) }] : [],
  );
}

/** `out.` of `out.┆`. */
function pathBefore({ expected: { before } }: Scene): string {
  let path = "";
  for (let at = before.length - 1; before[at]?.image === "." && at > 0; at -= 2)
    path = `${before[at - 1]!.image}.${path}`;
  return path;
}

function checkedValues({ analysis }: Scene, { ir, names }: CheckedLayer): Offer[] {
  const mesh = analysis.bound?.meshes[ir.mesh]?.mesh ?? { axes: [] };
  return [...names].map(([name, { value, statements }]) => {
    const statement = ir.statements[statements.at(-1) ?? -1];
    return {
      label: name,
      kind: statement === undefined ? CompletionItemKind.Variable : kindOfStatement(statement),
      // Inputs are seldom what a verb is about.
      rank: statement === undefined ? Rank.file : name.includes(".") ? Rank.local : Rank.fitting,
      detail: typeText(ir.values[value]!, mesh),
      documentation: () => describeStatement(statement),
    };
  });
}

function kindOfStatement({ kind }: StatementIR): CompletionItemKind {
  return kind === "word" ? CompletionItemKind.Event : CompletionItemKind.Value;
}

function describeStatement(statement: StatementIR | undefined): string {
  if (statement === undefined) return "An input of the layer.";
  if (statement.kind === "op") return `Made by \`${statement.kernel.name}\`.`;
  return statement.kind === "word"
    ? `Made by the word \`${statement.word}\`.`
    : `Made by \`${statement.view}\`, which moves nothing.`;
}

/** Of a layer with errors: the names it is written with. */
function writtenValues(node: LayerDecl | undefined): Offer[] {
  const named = [...(node?.parameters ?? []), ...(node?.results ?? [])].flatMap(({ names }) => names);
  const made = (node?.body ?? []).flatMap((statement) =>
    statement.kind === "LetStatement" ? statement.targets.flatMap(({ name }) => name.segments.slice(0, 1)) : [],
  );
  const names = new Set([...named.map(({ text }) => text), ...made.map(({ name }) => name.text)]);
  return plainOffers(names, CompletionItemKind.Value, Rank.local);
}
