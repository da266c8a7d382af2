import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { URI } from "vscode-uri";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { isStandardPath, standardModuleOf, standardPrefix } from "../../compiler/bind/standard-library.js";
import type { SourceHost } from "../../compiler/bind/source-host.js";
import type { Platform } from "../platform.js";
import { startBackgroundWorker } from "./background.js";

/** The standard library lies beside the compiler's folder, as files that an editor can open. */
const standardFolder = fileURLToPath(new URL("../../std/", import.meta.url));

/** A file of the package, whichever folder of it the server runs from; undefined where it is not shipped. */
function packageFile(path: string): string | undefined {
  return ["../../", "../../../"]
    .map((up) => fileURLToPath(new URL(`${up}${path}`, import.meta.url)))
    .find((file) => existsSync(file));
}

/** Folders that hold no sources of a user's; nor do hidden ones. */
const passedOver: ReadonlySet<string> = new Set(["node_modules", "dist", "out"]);

/** A workspace may be a home folder, or a whole disk, with few sources in it. */
const mostFolders = 5000;

const isLookedThrough = (folder: string): boolean => !folder.startsWith(".") && !passedOver.has(folder);

const hasScheme = (path: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(path);

/** For what is not on the disk. */
const standardOnly: SourceHost = {
  read: (path) => (isStandardPath(path) ? createNodeHost(standardFolder).read(path) : { problem: { kind: "missing" } }),
};

export const nodePlatform: Platform = {
  hostFor: (entry) => (isAbsolute(entry) ? createNodeHost(entry) : standardOnly),
  pathOf(uri) {
    const parsed = URI.parse(uri);
    if (parsed.scheme !== "file") return uri;
    const path = parsed.fsPath;
    return path.startsWith(standardFolder) ? standardPrefix + path.slice(standardFolder.length) : path;
  },
  uriOf(path) {
    if (isStandardPath(path)) return URI.file(join(standardFolder, `${standardModuleOf(path)}.stretto`)).toString();
    return !isAbsolute(path) && hasScheme(path) ? path : URI.file(path).toString();
  },
  stampOf(path) {
    try {
      const { mtimeMs, size, ino } = statSync(path);
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      return undefined;
    }
  },
  startWorker: startBackgroundWorker,
  pageOf(code, name) {
    const page = packageFile(`docs/diagnostics/${code}-${name}.md`);
    return page && URI.file(page).toString();
  },
  async listFiles(folder, ending, limit) {
    const found: string[] = [];
    const folders = isAbsolute(folder) ? [folder] : [];
    // A list that grows while it is gone through.
    for (const next of folders) {
      if (found.length >= limit) break;
      const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const path = join(next, entry.name);
        if (entry.isFile() && path.endsWith(ending)) found.push(path);
        else if (entry.isDirectory() && isLookedThrough(entry.name) && folders.length < mostFolders) folders.push(path);
      }
    }
    return found.slice(0, limit);
  },
};
