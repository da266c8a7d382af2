import { isStandardPath, standardPath } from "./standard-library.js";

/** Where an import, or the name of another file, leads, or why it leads nowhere. */
export type ImportTarget = { readonly path: string } | { readonly refused: "form" | "outside" };

/**
 * The path that an import string means in `importer`.
 * Legal are `std/name`, and `./name.stretto` or `../name.stretto` as long as it stays below the entry's folder.
 */
export function resolveImport(text: string, importer: string, entry: string): ImportTarget {
  const standard = /^std\/([a-z0-9_-]+)$/i.exec(text);
  if (standard) return { path: standardPath(standard[1]!) };
  if (!/^\.\.?\//.test(text) || !text.endsWith(".stretto") || text.includes("\\") || text.includes("\0")) {
    return { refused: "form" };
  }
  return resolveBelow(text, importer, entry);
}

/**
 * The path that the file of a table means in `importer`: `name.csv`, `routes/name.csv`, or one that begins with `./` or
 * `../`, as long as it stays below the entry's folder.
 */
export function resolveTableFile(text: string, importer: string, entry: string): ImportTarget {
  if (!/^[^/\\:\0]+(\/[^/\\\0]+)*$/.test(text) || !text.endsWith(".csv")) return { refused: "form" };
  return resolveBelow(text, importer, entry);
}

function resolveBelow(text: string, importer: string, entry: string): ImportTarget {
  const root = isStandardPath(importer) ? folderOf(importer) : folderOf(entry);
  const below = folderOf(importer)
    .slice(root.length)
    .split("/")
    .filter((part) => part !== "");
  for (const part of text.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") below.push(part);
    else if (below.pop() === undefined) return { refused: "outside" };
  }
  return { path: root + below.join("/") };
}

/** With its last separator; empty for a bare name. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}
