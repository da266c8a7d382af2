// A headless Chromium with WebGPU for tests and benchmarks, from the packages `@sparticuz/chromium` and `playwright-core`, and a
// static file server on 127.0.0.1. Needs dist/.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { chromium } from "playwright-core";

const quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** A tab behind others computes on: a machine that runs tests has no screen. */
const awake = ["--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding"];

/**
 * Launches the browser; whoever does closes it. `STRETTO_CHROMIUM` names another one, which then uses the machine's own GPU;
 * else it is the package's, on SwiftShader.
 */
export async function launchChromium() {
  const own = process.env.STRETTO_CHROMIUM;
  const webgpu = ["--enable-unsafe-webgpu", "--enable-features=Vulkan"];
  if (own !== undefined)
    return chromium.launch({ executablePath: own, headless: true, args: ["--no-sandbox", ...webgpu, ...quiet] });
  const folder = await chromiumFolder();
  const env = { ...process.env, LD_LIBRARY_PATH: join(folder, "lib") };
  const software = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
  const args = ["--no-sandbox", ...software, ...quiet, ...awake];
  return chromium.launch({ executablePath: join(folder, "chromium"), headless: true, args, env });
}

async function chromiumFolder() {
  const { packageFolder, unpackedFolder } = await import("../dist/runtime/node/unpack.js");
  const found = packageFolder("@sparticuz/chromium");
  if (found === undefined) throw new Error("@sparticuz/chromium is not installed: npm ci");
  const packed = ["chromium.br", "al2023.tar.br", "swiftshader.tar.br"].map((name) => join(found.path, "bin", name));
  return unpackedFolder(`chromium-${found.version}`, packed);
}

const types = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves the files of folders, by the path's first part ("" for what is under none of the others). `isolated`: with the headers
 * that make a page cross-origin isolated. Resolves with its address and how to stop it.
 */
export async function serveFolders(folders, { isolated = false } = {}) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://127.0.0.1").pathname).slice(1);
    const [first, ...rest] = path.split("/");
    const [root, below] = first in folders ? [folders[first], rest.join("/")] : [folders[""], path];
    const file = root && resolve(root, below === "" || below.endsWith("/") ? `${below}index.html` : below);
    if (file === undefined || !file.startsWith(resolve(root) + sep) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("content-type", types[extname(file)] ?? "application/octet-stream");
    if (isolated) {
      response.setHeader("cross-origin-opener-policy", "same-origin");
      response.setHeader("cross-origin-embedder-policy", "require-corp");
    }
    createReadStream(file).pipe(response);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  return {
    address: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}
