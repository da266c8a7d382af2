import { CompletionItemKind } from "vscode-languageserver";
import { folderOf, resolveImport } from "../../compiler/bind/paths.js";
import { standardModules } from "../../compiler/bind/standard-library.js";
import { Rank, type Offer } from "./offer.js";
import { definitionOffer } from "./offers.js";
import type { Scene } from "./scene.js";

/** Names of the file that an import is from, where that is written already; else all of the standard library. */
export function importedNameOffers(scene: Scene): Offer[] {
  const { analysis, expected, standard } = scene;
  const from = expected.after.findIndex((image, index) => image === "from" && expected.after[index - 1] === "}");
  const written = /^"(.*)"$/.exec(from < 0 ? "" : (expected.after[from + 1] ?? ""))?.[1];
  const target = written === undefined ? undefined : resolveImport(written, analysis.path, analysis.path);
  const path = target && "path" in target ? target.path : undefined;
  const inFile = analysis.bound?.files.get(path ?? "")?.definitions ?? [];
  const names = new Map(
    [...standard, ...inFile.map((definition) => ({ name: definition.name, definition, rank: Rank.file }))]
      .filter(({ definition }) => path === undefined || definition.file === path)
      .map((visible) => [visible.name, visible]),
  );
  return [...names.values()].map((visible) => definitionOffer(scene, { ...visible, rank: Rank.file }));
}

/** Those in a file's folder, as they are written there: what a file names lies nowhere else. */
const besideFile = (path: string, others: readonly string[]): string[] => {
  const folder = folderOf(path);
  return others
    .filter((other) => other !== path && other.startsWith(folder))
    .map((other) => other.slice(folder.length));
};

/** What tables may be from. */
export function tablePaths(path: string, others: readonly string[]): Offer[] {
  return besideFile(path, others).map((label) => ({ label, kind: CompletionItemKind.File, rank: Rank.file }));
}

/** What imports may be from: the standard library, and files beside. */
export function importPaths(path: string, others: readonly string[]): Offer[] {
  const beside = besideFile(path, others).map((other) => `./${other}`);
  return [
    ...standardModules.map((module) => ({
      ...{
        label: `std/${module}`,
        kind: CompletionItemKind.Module,
        rank: Rank.fitting,
        detail: "the standard library",
      },
    })),
    ...beside.map((label) => ({ label, kind: CompletionItemKind.File, rank: Rank.file })),
  ];
}
