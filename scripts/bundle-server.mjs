// The language server in one file beside its threads: an editor waits for it, and loading some hundred modules takes longer than
// reading a document does.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Packages that are no modules call `require`, which a module has to make. */
const requireInModules =
  'import { createRequire as createRequireHere } from "node:module"; const require = createRequireHere(import.meta.url);';

/** The whole of prettier brings ten languages that are not ours: 5 MB. */
export const smallPrettier = {
  name: "small prettier",
  setup(bundle) {
    bundle.onResolve({ filter: /^prettier$/ }, ({ kind, resolveDir }) =>
      bundle.resolve("prettier/standalone", { kind, resolveDir }),
    );
  },
};

/**
 * Writes `node.js`, which serves standard input and output, and the programs of its threads.
 *
 * @param {string} outdir an absolute folder; `std/` is to be two above it
 * @param {string} version that the server names
 */
export async function bundleServer(outdir, version) {
  await build({
    entryPoints: [
      { in: join(root, "lsp/node/stdio.ts"), out: "node" },
      { in: join(root, "lsp/node/background-worker.ts"), out: "background-worker" },
      { in: join(root, "runtime/node/worker.ts"), out: "worker" },
    ],
    ...{ outdir, absWorkingDir: root, bundle: true, minify: true, splitting: true, legalComments: "none" },
    ...{ logLevel: "warning", define: { strettoVersion: JSON.stringify(version) }, plugins: [smallPrettier] },
    ...{ platform: "node", target: "node20", format: "esm", banner: { js: requireInModules }, external: ["webgpu"] },
  });
}
