// What the kernel benchmark needs beside this repository: the libraries it compares with, and a page with all of it in one file.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const peers = join(root, "bench/peers");
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/**
 * The libraries are 218 MB, which is why `npm ci` leaves them out: they are installed on first use, from their own lock file. Their
 * install scripts do nothing that a page needs.
 */
function installPeers() {
  const isThere = Object.entries(manifestOf(peers).dependencies).every(([name, version]) => {
    const folder = join(peers, "node_modules", name);
    return existsSync(folder) && manifestOf(folder).version === version;
  });
  if (!isThere) execFileSync("npm", ["ci", "--prefix", peers, "--ignore-scripts"], { stdio: "inherit" });
}

/** The folders of the benchmark's server: the page, and under `ort` the WebAssembly of onnxruntime-web. */
export async function pageFolders() {
  installPeers();
  const folder = join(root, "node_modules/.cache/stretto/bench-kernels");
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [fileURLToPath(new URL("page.mjs", import.meta.url))],
    outfile: join(folder, "page.js"),
    ...{ bundle: true, format: "esm", logLevel: "error" },
  });
  const html = '<!doctype html><title>kernels</title><script type="module" src="page.js"></script>\n';
  writeFileSync(join(folder, "index.html"), html);
  return { "": folder, ort: join(peers, "node_modules/onnxruntime-web/dist") };
}
