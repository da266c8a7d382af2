import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";

/** The folder with our package.json: two levels higher from `dist` than from the source. */
const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)));

function findRoot(folder: string): string {
  if (existsSync(join(folder, "package.json"))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new InternalFault("installation", "package.json is missing");
  return findRoot(parent);
}

/** Absolute path of a file of the package: `docs/diagnostics`, `cli/templates`. */
export function packagePath(relative: string): string {
  return join(packageRoot, relative);
}

export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packagePath("package.json"), "utf8"));
  return (manifest as { version: string }).version;
}
