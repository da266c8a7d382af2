import type { Declaration, SourceFile } from "../../grammar/ast.js";
import type { BoundProgram, Definition, DefinitionKind } from "../../compiler/bind/bound-program.js";
import { definitionsOf } from "../../compiler/bind/definitions.js";
import { resolveImport } from "../../compiler/bind/paths.js";
import { preludeModules, standardModuleOf, standardPath } from "../../compiler/bind/standard-library.js";
import { Rank } from "./offer.js";

/** A definition by the name it has in a file. */
export interface Visible {
  readonly name: string;
  readonly definition: Definition;
  readonly rank: Rank;
}

/** All that a file names: its own, what it imports, the prelude. */
export function visibleDefinitions(path: string, tree: SourceFile, bound: BoundProgram | undefined): Visible[] {
  const own = definitionsOf(path, tree).map((definition) => visible(definition, Rank.file));
  const imported = tree.declarations.flatMap((node): Visible[] => {
    if (node.kind !== "ImportDecl") return [];
    const target = resolveImport(node.from.value, path, bound?.entry ?? path);
    const found = "path" in target ? (bound?.files.get(target.path)?.definitions ?? []) : [];
    return node.names.flatMap(({ name, as }) =>
      found
        .filter((definition) => definition.name === name.text)
        .map((definition) => ({ name: (as ?? name).text, definition, rank: Rank.file })),
    );
  });
  const prelude = preludeModules
    .flatMap((module) => bound?.files.get(standardPath(module))?.definitions ?? [])
    .map((definition) => visible(definition, Rank.known));
  return [...own, ...imported, ...prelude];
}

function visible(definition: Definition, rank: Rank): Visible {
  return { name: definition.name, definition, rank };
}

export function ofKinds(all: readonly Visible[], ...kinds: readonly DefinitionKind[]): Visible[] {
  return all.filter(({ definition }) => kinds.includes(definition.kind));
}

/** Names of the factors of axes that are made of some. */
export function factorNames(tree: SourceFile): string[] {
  return tree.declarations.flatMap((node) =>
    node.kind === "AxisDecl" ? (node.factors ?? []).map(({ name }) => name.text) : [],
  );
}

/** The declaration of the file itself whose text an offset lies in. */
export function declarationAt(tree: SourceFile, offset: number): Declaration | undefined {
  return tree.declarations.findLast(({ span }) => span.start <= offset && offset <= span.end);
}

/** `std/ops` of a definition of the standard library. */
export function standardImport(definition: Definition): string {
  return `std/${standardModuleOf(definition.file)}`;
}
