import { CompletionItemKind } from "vscode-languageserver";
import type { LayerDecl } from "../../grammar/ast.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import { factorNames, ofKinds } from "./definitions.js";
import { Rank, type Offer } from "./offer.js";
import { definitionOffers, functionOffers, plainOffers } from "./offers.js";
import { layerOfSchedule } from "./schedule-values.js";
import type { Scene } from "./scene.js";

/** Axes that a type may have, or a word or verb may name: declared ones, sizes, and those of the types at hand. */
export function axisOffers(scene: Scene): Offer[] {
  return [
    ...plainOffers(scene.local.axes, CompletionItemKind.TypeParameter, Rank.local, "axis"),
    ...parameterOffers(scene, "axis", undefined),
    ...definitionOffers(scene, "axis", "param"),
    ...rowsOffers(scene),
  ];
}

/** `rows(gate)`: the rows of a table are an axis; so are what its columns point into, `R.from`. */
export function rowsOffers(scene: Scene): Offer[] {
  return [...functionOffers(["rows"]), ...tableOffers(scene)];
}

export function tableOffers(scene: Scene): Offer[] {
  return [...parameterOffers(scene, "table"), ...definitionOffers(scene, "table")];
}

/** Parameters in angle brackets that are said to be one of these. */
export function parameterOffers(scene: Scene, ...bounds: readonly (string | undefined)[]): Offer[] {
  const found = [...scene.local.parameters].filter(([, bound]) => bounds.includes(bound));
  return found.flatMap(([name, bound]) =>
    plainOffers([name], CompletionItemKind.TypeParameter, Rank.local, bound ?? "parameter"),
  );
}

/** Axes of the layer that a schedule is of. */
export function layerAxisOffers(scene: Scene): Offer[] {
  const layer = layerOfSchedule(scene);
  const own = layer?.checked?.ir.values.flatMap(({ axes }) => axes) ?? [];
  const named = own.filter(({ name }) => /^[A-Za-z_]\w*$/.test(name));
  const sizes = new Map(named.map(({ name, size }) => [name, size]));
  return [
    ...[...sizes].flatMap(([name, size]) => plainOffers([name], CompletionItemKind.Enum, Rank.fitting, `${size}`)),
    ...plainOffers(written(layer?.node), CompletionItemKind.Enum, Rank.local, "axis"),
    ...definitionOffers(scene, "axis", "param"),
  ];
}

/** Axes that the types of a layer name, for one that has errors. */
function written(layer: LayerDecl | undefined): Set<string> {
  const names = new Set<string>();
  for (const { type } of [...(layer?.parameters ?? []), ...(layer?.results ?? [])]) {
    if (type.kind !== "TensorType") continue;
    for (const axis of type.axes) {
      if (axis.kind === "AxisSpec" && axis.size.kind === "NameExpr") names.add(axis.size.name.text);
    }
  }
  return names;
}

/** Axes of the meshes of the file, and what a layer with parameters calls one. */
export function meshAxisOffers(scene: Scene): Offer[] {
  const { tree } = scene.analysis;
  const meshes = tree.declarations.filter((node) => node.kind === "MeshDecl");
  const axes = meshes.flatMap((mesh) =>
    mesh.axes.map(({ name, size }) => ({
      name: name.text,
      size: scene.analysis.text.slice(size.span.start, size.span.end),
    })),
  );
  const collective = scene.declaration?.kind === "CollectiveDecl" ? scene.local.numbers : [];
  return [
    ...plainOffers(collective, CompletionItemKind.EnumMember, Rank.local, "ranks"),
    ...parameterOffers(scene, "axis", undefined),
    ...axes.flatMap(({ name, size }) =>
      plainOffers([name], CompletionItemKind.EnumMember, Rank.file, `mesh axis of ${size}`),
    ),
    ...plainOffers(scene.local.meshAxes, CompletionItemKind.EnumMember, Rank.local, "mesh axis"),
  ];
}

export function dtypeOffers(scene: Scene): Offer[] {
  return [
    ...plainOffers(scene.local.dtypes, CompletionItemKind.TypeParameter, Rank.local, "dtype"),
    ...plainOffers(dtypeNames, CompletionItemKind.Struct, Rank.file, "dtype"),
    ...plainOffers(["number"], CompletionItemKind.Keyword, Rank.keyword, "a number"),
    ...definitionOffers(scene, "record"),
  ];
}

/** By what rows or an axis of factors are divided. */
export function columnOffers(scene: Scene): Offer[] {
  const tables = ofKinds(scene.visible, "table");
  const further = tables.flatMap(({ definition }) =>
    definition.kind === "table" ? definition.node.with.map(({ name }) => name.text) : [],
  );
  return [
    ...functionOffers(["from", "to"], Rank.local),
    ...plainOffers(new Set([...further, ...columnsWritten(scene)]), CompletionItemKind.Field, Rank.file, "column"),
    ...plainOffers(factorNames(scene.analysis.tree), CompletionItemKind.Field, Rank.file, "factor"),
  ];
}

/** Columns that the types at hand divide by: of a table parameter, which columns there are is said by no one else. */
function columnsWritten({ expected: { before } }: Scene): string[] {
  const after = (word: string) =>
    before.filter(({ image }, index) => before[index - 1]?.image === word && /^[A-Za-z_]/.test(image));
  return [...after("by"), ...after(".")].map(({ image }) => image);
}
