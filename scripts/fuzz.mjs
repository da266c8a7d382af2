// npm run fuzz -- --seconds 300 --seed 7: makes texts that nobody would write and asks of each what must hold of any. What is
// found is printed, made smaller, and kept in test/regressions/, which a test runs.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

export async function bundleFuzzer() {
  // Within node_modules, so that what is bundled finds its packages.
  const cache = join(root, "node_modules/.cache/stretto");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "fuzz-"));
  await build({
    entryPoints: ["worker", "main"].map((name) => ({ in: join(root, `test/support/fuzz/${name}.ts`), out: name })),
    ...{ bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" },
    ...{ outdir: folder, outExtension: { ".js": ".mjs" }, sourcemap: "linked", logLevel: "warning" },
  });
  return {
    program: (name) => pathToFileURL(join(folder, `${name}.mjs`)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.setSourceMapsEnabled(true);
  const bundle = await bundleFuzzer();
  try {
    const { fuzz } = await import(bundle.program("main").href);
    process.exitCode = await fuzz(process.argv.slice(2), bundle.program("worker"), root);
  } finally {
    bundle.remove();
  }
}
