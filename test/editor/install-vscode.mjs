// A real VS Code for tests: code-server, of one version, from the npm registry alone, into node_modules/.cache/stretto/vscode-*.
// Once: later calls find it there, and of several at once one installs. `node test/editor/install-vscode.mjs` does it beforehand.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** VS Code 1.100.3: the last that runs on Node 20. */
const version = "4.100.3";
const packages = {
  vscode: {
    name: `code-server@${version}`,
    sha512: "q/Fh2DOxCRNhC/WiG/6sAhSKnj7ZACTVBaeeZ+rWjol//0FCbl/qg1ln5ecZ99jYcfqMxZZAyWcN+YBIo0DgpA==",
  },
  // What it looks for files with. Its own package would download it from elsewhere.
  search: {
    name: "@vscode/ripgrep-linux-x64@1.18.0",
    sha512: "mQ3bVrUpnD2vs7QT0vX90Lt0cnUq467uFtEktIdsJJmW296RoSULRGqWgzG1AKxyBpNDD6l4ZO4qKf6SgyC23Q==",
  },
};

const cache = fileURLToPath(new URL("../../node_modules/.cache/stretto/", import.meta.url));
const target = join(cache, `vscode-${version}`);
const lock = join(cache, `vscode-${version}.lock`);
const run = promisify(execFile);

/** A lock that is older was left by a process that is gone. */
const lockMinutes = 10;

/** @returns {Promise<string>} the program that Node starts */
export async function installVsCode() {
  const program = join(target, "out/node/entry.js");
  mkdirSync(cache, { recursive: true });
  while (!existsSync(program)) {
    if (!takeLock()) {
      await sleep(500);
      continue;
    }
    try {
      if (!existsSync(program)) await install();
    } catch (error) {
      const said = error instanceof Error ? (error.stderr ?? error.message) : String(error);
      throw new Error(`code-server ${version}, which the tests of the editor need, cannot be installed:\n${said}`);
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return program;
}

function takeLock() {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const age = existsSync(lock) ? Date.now() - statSync(lock).mtimeMs : 0;
    if (age > lockMinutes * 60_000) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

async function install() {
  const beside = mkdtempSync(join(cache, ".installing-"));
  try {
    const [folder, search] = await Promise.all([
      unpack(packages.vscode, join(beside, "vscode")),
      unpack(packages.search, join(beside, "search")),
    ]);
    // No scripts run, so nothing is compiled: what is native stays away, and with it terminals and passwords.
    const options = ["install", "--silent", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
    await Promise.all([npm(folder, options), npm(join(folder, "lib/vscode"), options)]);
    const passwords = join(folder, "node_modules/argon2");
    writeFileSync(join(passwords, JSON.parse(readFileSync(join(passwords, "package.json"), "utf8")).main), "");
    renameSync(join(search, "bin"), join(folder, "lib/vscode/node_modules/@vscode/ripgrep/bin"));
    renameSync(folder, target);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** @returns {Promise<string>} where the files of a package are */
async function unpack({ name, sha512 }, folder) {
  mkdirSync(folder);
  await npm(folder, ["pack", "--silent", name]);
  const packed = join(folder, readdirSync(folder)[0]);
  const found = createHash("sha512").update(readFileSync(packed)).digest("base64");
  if (found !== sha512) throw new Error(`${name} is not the package that is expected: sha512-${found}`);
  await run("tar", ["xzf", packed], { cwd: folder });
  return join(folder, "package");
}

/** Without the variables of the npm that may have started this process. */
async function npm(cwd, args) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(?!config_)/i.test(name)));
  await run("npm", args, { cwd, env, maxBuffer: 1 << 26 });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const began = performance.now();
  const program = await installVsCode();
  console.log(`${program} (${((performance.now() - began) / 1000).toFixed(0)} s)`);
}
