/** The names of texts in memory, and of all that ships. */
import { expect } from "vitest";
import { standardPath } from "../../compiler/bind/standard-library.js";
import type { SourceFile } from "../../grammar/ast.js";
import { parse } from "../../grammar/parser.js";
import { ProgramNames } from "../../lsp/names/program-names.js";
import type { Place } from "../../lsp/names/program-names.js";
import { readMarks } from "./editor.js";
import { strettoFiles } from "./stretto-files.js";

/** Every file of std/ and examples/ by the path the compiler knows it by. */
export const shippedTexts: ReadonlyMap<string, string> = new Map(
  strettoFiles.map(({ path, text }) => {
    const module = /^std\/(.*)\.stretto$/.exec(path)?.[1];
    return [module === undefined ? `/${path}` : standardPath(module), text];
  }),
);
const shippedTrees = new Map([...shippedTexts].map(([path, text]) => [path, parse(text).tree]));

/** The names of these texts, beside the standard library. */
export function namesIn(texts: ReadonlyMap<string, string>): ProgramNames {
  const trees = new Map<string, SourceFile>([...texts].map(([path, text]) => [path, parse(text).tree]));
  return new ProgramNames(texts.keys(), { treeOf: (path) => trees.get(path) ?? shippedTrees.get(path) });
}

/** The place at the cursor of a text, `main.stretto`, that may import others. */
export function nameAt(
  source: string,
  files: Readonly<Record<string, string>> = {},
): { names: ProgramNames; place: Place } {
  const { text, cursors } = readMarks(source);
  const names = namesIn(new Map([...Object.entries({ ...files, "main.stretto": text })]));
  const place = names.at("main.stretto", cursors[0]!);
  if (!place) expect.fail("there is no name at the cursor");
  return { names, place };
}
