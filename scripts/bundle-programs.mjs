// The programs that people wait for, in one file each: loading some hundred modules takes longer than most of what is asked of them.
// They are no modules, since the code that V8 makes of modules cannot be kept (runtime/node/code-cache.ts).
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The whole of prettier brings ten languages that are not ours: 5 MB. */
export const smallPrettier = {
  name: "small prettier",
  setup(bundle) {
    bundle.onResolve({ filter: /^prettier$/ }, ({ kind, resolveDir }) =>
      bundle.resolve("prettier/standalone", { kind, resolveDir }),
    );
  },
};

const common = {
  ...{ absWorkingDir: root, bundle: true, platform: "node", target: "node20", logLevel: "warning" },
  ...{ legalComments: "none", plugins: [smallPrettier], external: ["webgpu"] },
};

/** A script may not import a module: who runs it does, by this name (runtime/node/code-cache.ts). */
const importedByLoader = {
  name: "imported by the loader",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]import-package\.ts$/ }, () => ({
      contents: "export const importPackage = importModule;",
      loader: "js",
    }));
  },
};

const entries = (files) => Object.entries(files).map(([out, path]) => ({ in: join(root, path), out }));

/** A program, as `runWithCodeCache` runs it: `<out>.cjs`. */
const program = (outdir, files, options) =>
  build({
    ...common,
    ...{ entryPoints: entries(files), outdir, format: "cjs", outExtension: { ".js": ".cjs" }, ...options },
    plugins: [...common.plugins, importedByLoader],
    define: { ...options?.define, "import.meta.url": "ownUrl" },
    banner: { js: 'const ownUrl = require("node:url").pathToFileURL(__filename).href;' },
  });

/** Modules: what Node starts by itself, and the programs of threads. Packages that are none call `require`, which a module has to make. */
const modules = (outdir, files, options) =>
  build({
    ...common,
    ...{ entryPoints: entries(files), outdir, format: "esm", splitting: true, ...options },
    banner: {
      js: 'import { createRequire as createRequireHere } from "node:module"; const require = createRequireHere(import.meta.url);',
    },
  });

/**
 * Writes `main.js`, which Node starts, and the command line that it runs, whose names stay as they are: a fault of ours is told with
 * the functions that it came from.
 *
 * @param {string} outdir dist/cli
 */
export async function bundleCommandLine(outdir) {
  const folder = join(outdir, "program");
  await Promise.all([
    modules(outdir, { main: "cli/main.ts" }, { splitting: false }),
    program(folder, { program: "cli/program.ts" }),
    modules(folder, { worker: "runtime/node/worker.ts" }),
  ]);
}

/**
 * Writes `node.js`, which starts `server.cjs`, which serves standard input and output, and the programs of its threads. Small: they
 * are in the extension too.
 *
 * @param {string} outdir an absolute folder; `std/` is to be two above it
 * @param {string} version that the server names
 */
export async function bundleServer(outdir, version) {
  const threads = { "background-worker": "lsp/node/background-worker.ts", worker: "runtime/node/worker.ts" };
  await Promise.all([
    program(
      outdir,
      { server: "lsp/node/stdio.ts" },
      { minify: true, define: { strettoVersion: JSON.stringify(version) } },
    ),
    modules(outdir, { node: "lsp/node/launch.ts", ...threads }, { minify: true }),
  ]);
}
