import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { URI } from "vscode-uri";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import { isStandardPath, standardModuleOf, standardPrefix } from "../../compiler/bind/standard-library.js";
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

/** Folders that hold no sources of a user's. */
const passedOver: ReadonlySet<string> = new Set(["node_modules", ".git", "dist", "out"]);

export const nodePlatform: Platform = {
  hostFor: createNodeHost,
  pathOf(uri) {
    const path = URI.parse(uri).fsPath;
    return path.startsWith(standardFolder) ? standardPrefix + path.slice(standardFolder.length) : path;
  },
  uriOf(path) {
    const file = isStandardPath(path) ? join(standardFolder, `${standardModuleOf(path)}.stretto`) : resolve(path);
    return URI.file(file).toString();
  },
  startWorker: startBackgroundWorker,
  pageOf(code, name) {
    const page = packageFile(`docs/diagnostics/${code}-${name}.md`);
    return page && URI.file(page).toString();
  },
  async listFiles(folder, limit) {
    const found: string[] = [];
    const folders = [folder];
    for (let next = folders.shift(); next !== undefined && found.length < limit; next = folders.shift()) {
      const entries = await readdir(next, { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (entry.isDirectory() && !passedOver.has(entry.name)) folders.push(join(next, entry.name));
        else if (entry.isFile() && entry.name.endsWith(".stretto")) found.push(join(next, entry.name));
      }
    }
    return found.slice(0, limit);
  },
};
