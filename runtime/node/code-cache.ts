/**
 * Runs a bundle with the code that V8 made of it in a run before. As `module.enableCompileCache` of Node 22 does, for Node 20 too,
 * and with the functions that were compiled when they were first called.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { cachedDataVersionTag } from "node:v8";
import { Script } from "node:vm";
import { cacheFolders } from "./cache-folders.js";
import { importPackage } from "./import-package.js";

/** What a bundle sees beside what is global; `importModule`, since a script that is no module may not import any. */
const parameters = ["exports", "require", "module", "__filename", "importModule"] as const;

type Wrapped = (
  exports: object,
  require: NodeJS.Require,
  module: { exports: object },
  filename: string,
  importModule: typeof importPackage,
) => void;

/**
 * Returns what the bundle exports.
 *
 * @param file a bundle in CommonJS
 * @param use of which the code is kept: others call other functions
 */
export function runWithCodeCache(file: string, use: string): object {
  const source = readFileSync(file);
  // V8 itself tells sources apart by their length only.
  const kind = `${basename(file)}-${use}-${cachedDataVersionTag()}-${process.arch}-`;
  const name = `${kind}${digestOf(source).slice(0, 16)}.code`;
  const cachedData = readKept(name);
  const script = new Script(`(function (${parameters.join()}) {${source.toString("utf8")}\n})`, {
    filename: file,
    ...(cachedData && { cachedData }),
  });
  const module = { exports: {} };
  (script.runInThisContext() as Wrapped)(module.exports, createRequire(file), module, file, importPackage);
  // At the end, when all that this use calls has been compiled.
  if (cachedData === undefined || script.cachedDataRejected === true)
    process.once("exit", () => keep(kind, name, script.createCachedData()));
  return module.exports;
}

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const digestLength = digestOf(new Uint8Array()).length;

/** The code, behind its digest: V8 runs whatever it is given. */
function readKept(name: string): Buffer | undefined {
  for (const folder of cacheFolders())
    try {
      const kept = readFileSync(join(folder, name));
      const code = kept.subarray(digestLength);
      if (digestOf(code) === kept.toString("latin1", 0, digestLength)) return code;
    } catch {
      // Nothing is kept there.
    }
  return undefined;
}

/** Whole or not at all, instead of what was kept of another version; without it, the next start is as slow as this one. */
function keep(kind: string, name: string, code: Buffer): void {
  for (const folder of cacheFolders())
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const beside = join(folder, `.${randomUUID()}`);
      writeFileSync(beside, Buffer.concat([Buffer.from(digestOf(code), "latin1"), code]), { mode: 0o600 });
      for (const other of readdirSync(folder)) if (other.startsWith(kind)) rmSync(join(folder, other), { force: true });
      return renameSync(beside, join(folder, name));
    } catch {
      // The next one.
    }
}
