import { closeSync, fstatSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname, relative, resolve, isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { largestFileBytes } from "./source-host.js";
import type { ReadProblem, ReadResult, SourceHost } from "./source-host.js";
import { isStandardPath, standardPrefix } from "./standard-library.js";

/** The standard library lies beside the compiler's folder, in the sources and in `dist` alike. */
const standardFolder = fileURLToPath(new URL("../../std/", import.meta.url));

/**
 * Reads files for Node: regular files of at most `largestFileBytes` bytes of UTF-8, in the folder of `entry` or below
 * it once links are followed, and the standard library.
 */
export function createNodeHost(entry: string): SourceHost {
  const entryPath = resolve(entry);
  const folder = realFolder(dirname(entryPath));
  return {
    read(path) {
      if (isStandardPath(path))
        return readWithin(resolve(standardFolder, path.slice(standardPrefix.length)), standardFolder);
      const absolute = resolve(path);
      // The file that was given may be a link to anywhere: naming it gives leave to read it.
      return absolute === entryPath ? readRegular(absolute) : readWithin(absolute, folder);
    },
  };
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

function readWithin(path: string, folder: string): ReadResult {
  let real: string;
  try {
    real = realpathSync(path);
  } catch (cause) {
    return { problem: problemOf(cause) };
  }
  const fromFolder = relative(realFolder(folder), real);
  if (fromFolder.startsWith("..") || isAbsolute(fromFolder)) return { problem: { kind: "outside" } };
  return readRegular(real);
}

function readRegular(path: string): ReadResult {
  try {
    // Looked at before it is opened: opening a pipe would wait for its writer.
    const problem = refuse(statSync(path));
    if (problem) return { problem };
    const bytes = readBytes(path);
    if ("problem" in bytes) return bytes;
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes.bytes) };
  } catch (cause) {
    return { problem: cause instanceof TypeError ? { kind: "not-utf8" } : problemOf(cause) };
  }
}

function refuse(stats: Stats): ReadProblem | undefined {
  if (stats.isDirectory()) return { kind: "not-a-file", found: "a directory" };
  if (!stats.isFile()) return { kind: "not-a-file", found: "a device or a pipe" };
  if (stats.size > largestFileBytes) return { kind: "too-large", size: stats.size, limit: largestFileBytes };
  return undefined;
}

/** Reads at most one byte more than the limit, whatever the file grows to meanwhile. */
function readBytes(path: string): { readonly bytes: Uint8Array } | { readonly problem: ReadProblem } {
  const descriptor = openSync(path, "r");
  try {
    const stats = fstatSync(descriptor);
    const problem = refuse(stats);
    if (problem) return { problem };
    const buffer = new Uint8Array(Math.min(stats.size, largestFileBytes) + 1);
    let length = 0;
    while (length < buffer.length) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return { bytes: buffer.subarray(0, length) };
  } finally {
    closeSync(descriptor);
  }
}

function problemOf(cause: unknown): ReadProblem {
  const code = (cause as NodeJS.ErrnoException).code ?? "";
  if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
  if (code === "EISDIR") return { kind: "not-a-file", found: "a directory" };
  const reasons: Readonly<Record<string, string>> = {
    EACCES: "no permission",
    EPERM: "no permission",
    ELOOP: "its links lead round in a circle",
    ENAMETOOLONG: "its name is too long",
  };
  return { kind: "unreadable", reason: reasons[code] ?? (code || "the system refused") };
}
