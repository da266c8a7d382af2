import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, renameSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot, readManifest } from "./project.js";

/** Puts the package into a folder's node_modules as `npm install` would its tarball, which is packed for it: no network. */
export function installPacked(folder: string): void {
  const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
    ...{ cwd: projectRoot, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  }).trim();
  mkdirSync(join(folder, "node_modules"));
  execFileSync("tar", ["-xzf", packed, "-C", "node_modules"], { cwd: folder });
  renameSync(join(folder, "node_modules/package"), join(folder, "node_modules/stretto"));
  linkDependencies(folder);
}

/** The same from what was built, without a tarball: whatever the package would leave out of it is there too. */
export function installBuilt(folder: string): void {
  const own = join(folder, "node_modules/stretto");
  for (const path of ["package.json", "dist"]) cpSync(join(projectRoot, path), join(own, path), { recursive: true });
  linkDependencies(folder);
}

/** What the package depends on, and what a test of its user's does. */
function linkDependencies(folder: string): void {
  const names = new Set([...Object.keys(readManifest().dependencies), "fast-check", "typescript", "vitest"]);
  for (const name of names) {
    const at = join(folder, "node_modules", name);
    mkdirSync(dirname(at), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules", name), at);
  }
}

/** Runs a command of the folder's node_modules, as `npx` would, and hands back all that it printed. */
export function runInstalled(
  folder: string,
  command: "stretto" | "tsc" | "vitest",
  ...args: readonly string[]
): { readonly code: number | null; readonly printed: string } {
  const program = { stretto: "stretto/dist/cli/main.js", tsc: "typescript/bin/tsc", vitest: "vitest/vitest.mjs" };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, "node_modules", program[command]), ...args],
    { cwd: folder, encoding: "utf8", timeout: 110_000, env: outsideEnvironment() },
  );
  return { code: status, printed: stdout + stderr };
}

/** Of a process that is none of ours: a vitest in it is not to take itself for one of our workers. */
export function outsideEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV$|TEST$)/.test(name));
  return { ...Object.fromEntries(inherited), NO_COLOR: "1" };
}
