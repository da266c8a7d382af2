/** Files of packages that are packed: unpacked once into a folder of the cache. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, sep } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { parseTar } from "nanotar";
import { cacheFolders } from "./cache-folders.js";

const require = createRequire(import.meta.url);

/** The folder of an installed package and its version; undefined where it is not installed. */
export function packageFolder(name: string): { readonly path: string; readonly version: string } | undefined {
  let folder: string;
  try {
    folder = dirname(require.resolve(name));
  } catch {
    return undefined;
  }
  while (!existsSync(join(folder, "package.json")) || manifestOf(folder).name !== name) {
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
  return { path: folder, version: manifestOf(folder).version };
}

function manifestOf(folder: string): { readonly name?: string; readonly version: string } {
  const path = join(folder, "package.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as { version: string }) : { version: "" };
}

/**
 * Unpacks files into a folder of the cache called so, and returns it: `.tar.br` as what they contain, `.br` as a program of that
 * name. Whole or not at all; several processes may do it at once. Throws a system error where nothing can be written.
 */
export function unpackedFolder(name: string, packed: readonly string[]): string {
  const folders = cacheFolders();
  const known = folders.map((folder) => join(folder, name)).find((folder) => existsSync(folder));
  if (known !== undefined) return known;
  let failure: unknown;
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return unpackInto(folder, name, packed);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function unpackInto(folder: string, name: string, packed: readonly string[]): string {
  const target = join(folder, name);
  const beside = mkdtempSync(join(folder, ".unpacking-"));
  try {
    for (const path of packed) {
      const bytes = brotliDecompressSync(readFileSync(path));
      if (path.endsWith(".tar.br")) writeTar(bytes, beside);
      else {
        const program = join(beside, basename(path, ".br"));
        writeFileSync(program, bytes);
        chmodSync(program, 0o755);
      }
    }
    try {
      renameSync(beside, target);
    } catch (error) {
      // Another process was first.
      if (!existsSync(target)) throw error;
    }
    return target;
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function writeTar(bytes: Uint8Array, folder: string): void {
  for (const { name, type, data } of parseTar(bytes)) {
    const path = join(folder, name);
    if (!path.startsWith(folder + sep)) continue;
    if (type === "directory") mkdirSync(path, { recursive: true });
    else if (data !== undefined) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, data);
    }
  }
}
