/** Paths that texts are written with, of imports and of tables' files, and how they change where files move. */
import { isStandardPath } from "../../compiler/bind/standard-library.js";
import { resolveTableFile } from "../../compiler/bind/paths.js";
import type { SourceFile, StringLiteral } from "../../grammar/ast.js";
import { importTarget, rootOf } from "./program-scopes.js";
import type { TextEdit } from "./rename.js";

/** A path in a text and the file it leads to. */
export interface WrittenPath {
  readonly literal: StringLiteral;
  readonly target: string;
  readonly kind: "import" | "table";
}

export function writtenPaths(tree: SourceFile, file: string): WrittenPath[] {
  return tree.declarations.flatMap((node): WrittenPath[] => {
    if (node.kind === "ImportDecl") {
      const target = importTarget(node.from.value, file);
      return target === undefined ? [] : [{ literal: node.from, target, kind: "import" }];
    }
    const sources =
      node.kind === "TableDecl"
        ? [node.source]
        : node.kind === "ProfileDecl"
          ? node.settings.map((one) => one.value)
          : [];
    return sources.flatMap((source): WrittenPath[] => {
      const found = source?.kind === "StringLiteral" ? resolveTableFile(source.value, file, rootOf(file)) : undefined;
      return found && "path" in found ? [{ literal: source as StringLiteral, target: found.path, kind: "table" }] : [];
    });
  });
}

/** What the paths of a file are to be once files have moved, its own among them. */
export function movedPaths(tree: SourceFile, file: string, moved: (path: string) => string): TextEdit[] {
  return writtenPaths(tree, file).flatMap(({ literal, target, kind }) => {
    if (isStandardPath(target)) return [];
    const [from, to] = [moved(file), moved(target)];
    if (from === file && to === target) return [];
    const written = relativePath(from, to);
    const path = kind === "import" || /^\.\.?\//.test(literal.value) ? written : written.replace(/^\.\//, "");
    // A table's file beside it may be written without `./`.
    return path === literal.value ? [] : [{ span: literal.span, newText: `"${path}"` }];
  });
}

/** `./b.stretto`, `../b.stretto`. */
function relativePath(from: string, to: string): string {
  const folders = from.split("/").slice(0, -1);
  const steps = to.split("/");
  let shared = 0;
  while (shared < folders.length && shared < steps.length - 1 && folders[shared] === steps[shared]) shared++;
  const up = folders.slice(shared).map(() => "..");
  return [...(up.length > 0 ? up : ["."]), ...steps.slice(shared)].join("/");
}
