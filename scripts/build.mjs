// Compiles TypeScript into dist/, bundles the loader of shipped schedules, the command line and the language server, and puts the
// standard library beside them. A build that fails leaves dist/ as it was.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleCommandLine, bundleServer } from "./bundle-programs.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const next = join(root, "dist.next"); // beside dist/, so that source maps lead to the sources from there too
const dist = join(root, "dist");

rmSync(next, { recursive: true, force: true });
try {
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const compile = (...options) =>
    execFileSync(process.execPath, [compiler, ...options], { cwd: root, stdio: "inherit" });
  compile("-p", "tsconfig.json", "--outDir", next);
  compile("-p", "tsconfig.browser.json");
  compile("-p", "vscode-extension/tsconfig.json");
  await bundleLoader(join(next, "loader/package"));
  await bundleCommandLine(join(next, "cli"));
  await bundleServer(join(next, "lsp/server"), JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version);
} catch {
  process.exit(1); // the compiler has said why
}
cpSync(join(root, "std"), join(next, "std"), { recursive: true });
chmodSync(join(next, "cli/main.js"), 0o755); // npm does so when it links the command, but not after a later build
rmSync(dist, { recursive: true, force: true });
renameSync(next, dist);

async function bundleLoader(folder) {
  const entries = (at, files) =>
    Object.entries(files).map(([out, name]) => ({ in: join(root, at, `${name}.ts`), out }));
  const common = { bundle: true, format: "esm", outdir: folder, absWorkingDir: root, logLevel: "warning" };
  await build({
    ...common,
    ...{ platform: "browser", target: "es2023", tsconfig: join(root, "tsconfig.browser.json") },
    entryPoints: [
      ...entries("loader/browser", {
        browser: "load",
        page: "page",
        reference: "reference",
        isolation: "isolation",
      }),
      ...entries("runtime/browser", { worker: "worker" }),
    ],
  });
  await build({
    ...common,
    ...{ platform: "node", target: "node20", external: ["webgpu"], tsconfig: join(root, "tsconfig.json") },
    entryPoints: [
      ...entries("loader/node", { node: "load", run: "main" }),
      ...entries("runtime/node", { "node-worker": "worker" }),
    ],
  });
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "loader/browser/index.html"), join(folder, "index.html"));
  const types = readFileSync(join(root, "loader/types.ts"), "utf8");
  writeFileSync(join(folder, "index.d.ts"), `${types}\nexport declare const load: Load;\n`);
  for (const entry of ["node", "browser"])
    writeFileSync(join(folder, `${entry}.d.ts`), 'export * from "./index.js";\n');
}
