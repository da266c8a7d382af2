import { randomBytes } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";

/**
 * Writes a file whole or not at all: into a new file beside it, flushed to the disk, then renamed over it. A reader sees
 * the old content or the new, never a part; after a failure nothing new is left in the folder.
 * A device or a pipe cannot be replaced: it is written directly.
 *
 * @param chunks text, or bytes, in order; made while it is written, so that a large file is never held in memory
 * @returns what the system said went wrong, or undefined
 */
export function writeWhole(path: string, chunks: Iterable<string | Uint8Array>): string | undefined {
  return attempt(() => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return "a folder of that name is in the way";
    if (stat !== undefined && !stat.isFile()) writeTo(path, "w", chunks, () => {});
    // A link stays: what it leads to is replaced, and keeps its rights.
    else replace(stat === undefined ? path : realpathSync(path), chunks, stat?.mode);
    return undefined;
  });
}

/**
 * Why a file could not be written now, before the work that makes it; undefined where nothing stands in the way. Nothing is
 * left behind.
 */
export function whyUnwritable(path: string): string | undefined {
  return attempt(() => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return "a folder of that name is in the way";
    if (stat !== undefined && !stat.isFile()) return undefined;
    const beside = besideOf(stat === undefined ? path : realpathSync(path));
    closeSync(openSync(beside, "wx"));
    rmSync(beside);
    return undefined;
  });
}

/** Makes a folder and those above it. Returns what the system said went wrong, or undefined. */
export function makeFolder(path: string): string | undefined {
  return attempt(() => {
    mkdirSync(path, { recursive: true });
    return undefined;
  });
}

/**
 * Removes the files of a folder, and of those within it, whose names are such: paths from the folder, `/` between.
 * Returns what the system said went wrong, or undefined.
 */
export function removeFiles(folder: string, isSuch: (name: string) => boolean): string | undefined {
  return attempt(() => {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      if (isSuch(relative(folder, path).split(sep).join("/"))) rmSync(path);
    }
    return undefined;
  });
}

function attempt(action: () => string | undefined): string | undefined {
  try {
    return action();
  } catch (error) {
    if (isSystemError(error)) return systemErrorText(error);
    throw error;
  }
}

const besideOf = (path: string): string =>
  join(dirname(path), `.${basename(path).slice(0, 200)}.${randomBytes(6).toString("hex")}.tmp`);

function replace(path: string, chunks: Iterable<string | Uint8Array>, mode: number | undefined): void {
  const beside = besideOf(path);
  try {
    writeTo(beside, "wx", chunks, (file) => {
      if (mode !== undefined) fchmodSync(file, mode & 0o7777);
      fsyncSync(file);
    });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function writeTo(
  path: string,
  flag: "w" | "wx",
  chunks: Iterable<string | Uint8Array>,
  finish: (file: number) => void,
): void {
  const file = openSync(path, flag);
  try {
    writeChunks(file, chunks);
    finish(file);
  } finally {
    closeSync(file);
  }
}

/** Few large writes instead of many small ones. */
const flushAt = 1 << 20;

function writeChunks(file: number, chunks: Iterable<string | Uint8Array>): void {
  let waiting: Uint8Array[] = [];
  let size = 0;
  const flush = (): void => {
    writeFileSync(file, Buffer.concat(waiting));
    waiting = [];
    size = 0;
  };
  for (const chunk of chunks) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    waiting.push(bytes);
    size += bytes.length;
    if (size >= flushAt) flush();
  }
  if (size > 0) flush();
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === "string";
}

const errorTexts: Readonly<Record<string, string>> = {
  ENOSPC: "no space is left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than the system allows",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOENT: "no such folder",
  ENOTDIR: "a part of the path is not a folder",
  EEXIST: "something of that name is in the way",
  EISDIR: "a folder of that name is in the way",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
};

/** What a system error means, in words; its code is kept for searching. */
export function systemErrorText(error: NodeJS.ErrnoException): string {
  const text = error.code === undefined ? undefined : errorTexts[error.code];
  return text === undefined ? error.message : `${text} (${error.code})`;
}
