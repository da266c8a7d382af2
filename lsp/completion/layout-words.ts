import { CompletionItemKind } from "vscode-languageserver";
import type { BoundProgram } from "../../compiler/bind/bound-program.js";
import { cutBy, factorNames } from "../../compiler/check/axis-factors.js";
import type { TypedValue } from "../../compiler/check/axis-specs.js";
import { views } from "../../compiler/check/elaborate-view.js";
import { words } from "../../compiler/check/elaborate-word.js";
import type { AxisIR, MeshModel } from "../../compiler/check/ir.js";
import { meshOfLayer } from "../../compiler/check/mesh-of-layer.js";
import { broadcast } from "../../compiler/check/position-words.js";
import { moveArguments } from "../../compiler/check/print-move.js";
import { typeText } from "../../compiler/check/type-text.js";
import { shard } from "../../compiler/check/view-layouts.js";
import { wordForms } from "../../compiler/check/word-arguments.js";
import { exchangeAll, gather, reduceAll, reduceScatter } from "../../compiler/check/word-layouts.js";
import type { WordOperand, WordResult } from "../../compiler/check/word-layouts.js";
import { columnNames } from "../../compiler/graph/table-columns.js";
import type { LayerDecl } from "../../grammar/ast.js";
import { Rank, type Offer } from "./offer.js";
import type { Scene } from "./scene.js";

type Mesh = Pick<MeshModel, "axes">;

/** What is known of the values of a layer that are named before the cursor, in their order. */
export interface LayerTypes {
  readonly types: ReadonlyMap<string, TypedValue>;
  readonly mesh: Mesh;
  readonly bound: BoundProgram;
}

/** Undefined outside of layers, and before names are bound. */
export function typesAtCursor({ declaration, analysis, expected }: Scene): LayerTypes | undefined {
  const { bound, tree } = analysis;
  if (declaration?.kind !== "LayerDecl" || bound === undefined) return undefined;
  const name = declaration.name.text;
  const node = tree.declarations.find(
    (other): other is LayerDecl => other.kind === "LayerDecl" && other.name.text === name,
  );
  const known = analysis.layers.get(name)?.types;
  if (node === undefined || known === undefined) return undefined;
  const types = new Map<string, TypedValue>();
  const named = [
    ...node.parameters.flatMap(({ names }) => names.map((one) => ({ text: one.text, span: one.span }))),
    ...node.body.flatMap((statement) =>
      statement.kind === "LetStatement"
        ? statement.targets.map((target) => ({ text: target.name.segments[0]!.name.text, span: target.name.span }))
        : [],
    ),
  ];
  for (const { text, span } of named) {
    const type = span.end < expected.span.start ? known.get(span) : undefined;
    if (type !== undefined) types.set(text, type);
  }
  return { types, mesh: bound.meshes[meshOfLayer(node, bound)]?.mesh ?? { axes: [] }, bound };
}

/** A word that fits the layout of a value. */
export interface FittingWord {
  readonly word: string;
  /** What stands behind the value: `tokens/ep`. */
  readonly arguments: string;
  /** The type it gives. */
  readonly result: string;
}

/** Every way to change the layout of a value, but for those over several mesh axes at once. */
function fittingWords(type: TypedValue, { mesh, bound }: Omit<LayerTypes, "types">): FittingWord[] {
  const { tables } = bound;
  const params = new Map([...bound.params].map(([name, { value }]) => [name, value]));
  return [...changes(type, mesh, (axis) => partsOf(axis, tables))].flatMap((applied) => {
    if ("problem" in applied) return [];
    const { word, after } = moveArguments(type, applied.result, applied.change, { mesh, params });
    const result = typeText({ dtype: type.dtype, ...applied.result }, mesh);
    return [{ word, arguments: after.join(", "), result }];
  });
}

/** By what an axis may be divided: a column of its table, a factor, or nothing that is named. */
function partsOf(axis: AxisIR, tables: BoundProgram["tables"]): (string | undefined)[] {
  if (axis.table !== undefined) return columnNames(tables[axis.table]!);
  return [undefined, ...factorNames(axis)];
}

type Applied = WordResult | ReturnType<typeof shard>;

function* changes(
  type: WordOperand,
  mesh: Mesh,
  parts: (axis: AxisIR) => readonly (string | undefined)[],
): Iterable<Applied> {
  const cutsTo = function* (meshAxis: number): Iterable<[number, ReturnType<typeof cutBy>]> {
    for (const [dimension, axis] of type.axes.entries())
      for (const by of parts(axis)) yield [dimension, cutBy(axis, meshAxis, by)];
  };
  for (const [dimension, { cuts }] of type.axes.entries()) {
    const last = cuts.at(-1);
    if (last === undefined) continue;
    yield gather(type, dimension, [last.meshAxis]);
    for (const [to, cut] of cutsTo(last.meshAxis)) {
      if (to !== dimension || cut.by !== last.by) yield exchangeAll(type, dimension, to, [cut]);
    }
  }
  for (const meshAxis of type.pending.flatMap(({ over }) => over)) {
    for (const [dimension, cut] of cutsTo(meshAxis)) yield reduceScatter(type, dimension, [cut]);
    yield reduceAll(type, [meshAxis]);
  }
  for (const { meshAxis } of type.at) yield broadcast(type, [meshAxis], mesh);
  for (const meshAxis of mesh.axes.keys()) {
    for (const [dimension, cut] of cutsTo(meshAxis)) yield shard(type, dimension, [cut]);
  }
}

/** Words and views as what a value is made with; first those that fit a value at hand, the latest of them before others. */
export function wordOffers(known: LayerTypes | undefined): Offer[] {
  const latest = [...(known?.types ?? [])].toReversed();
  const fitting = new Map<string, { readonly value: string; readonly fits: FittingWord }>();
  for (const [value, type] of latest.slice(0, mostValues)) {
    for (const fits of fittingWords(type, known!)) {
      if (!fitting.has(fits.word)) fitting.set(fits.word, { value, fits });
    }
  }
  return [...words, ...views].map((word) => {
    const found = fitting.get(word);
    const isView = views.some((view) => view === word);
    return {
      label: word,
      kind: CompletionItemKind.Event,
      rank: found && !isView ? Rank.fitting : Rank.known,
      ...(found && {
        detail: `of ${found.value}: ${found.fits.result}`,
        snippet: `${word}(\${1:${found.value}}${found.fits.arguments === "" ? "" : `, \${2:${found.fits.arguments}}`})`,
      }),
      documentation: () => `${word}: ${wordForms[word]}`,
    };
  });
}

/** So many values are looked at for what fits them. */
const mostValues = 4;

/** In a call of a word, past its value: what may stand there, and the type that it gives. */
export function wordArgumentOffers({ call }: Scene, known: LayerTypes | undefined): Offer[] {
  if (call === undefined || known === undefined || call.active !== 1) return [];
  const [value] = call.arguments;
  const type = known.types.get((value ?? []).map(({ image }) => image).join(""));
  if (type === undefined) return [];
  return fittingWords(type, known)
    .filter((fits) => fits.word === call.callee && fits.arguments !== "")
    .map((fits) => ({
      label: fits.arguments,
      kind: CompletionItemKind.EnumMember,
      rank: Rank.fitting,
      detail: fits.result,
    }));
}
