// npm run screenshots: takes the pictures of VS Code that README.md and docs/editors.md show, into docs/pictures/, from the editor
// that the tests of test/editor use.
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Pages that show them. A test asks whether all that are shown are made here. */
export const pictures = {
  "docs/pictures/editor-timeline.png": timeline,
  "docs/pictures/editor-checks.png": checks,
};

/** @param {import("../test/support/real-vscode.js").RealVsCode} code */
async function timeline(code) {
  await code.openFile("t3.stretto");
  await code.goTo(24, 7);
  await code.command("Stretto: Simulate");
  await code.panel().locator(".bar").first().waitFor();
  await code.panel().locator("nav button.here").waitFor();
  await code.page.locator(".codelens-decoration", { hasText: "of bound" }).first().waitFor();
  await code.page.locator(".codelens-decoration", { hasText: "predicting" }).first().waitFor({ state: "detached" });
  await code.command("View: Toggle Primary Side Bar Visibility");
}

async function checks(code) {
  await code.openFile("t3.stretto");
  await code.goTo(84);
  await code.page.locator(".activitybar .action-label[aria-label^='Testing']").click();
  await code.command("Stretto: Check");
  const row = code.page.locator(".test-explorer .monaco-list-row[aria-label^='t3.stretto (Passed']");
  await row.waitFor({ timeout: 120_000 });
  await row.click();
  await code.page.keyboard.press("ArrowRight");
}

async function takeAll() {
  // Where it lies, the tests' support finds the root as from its own place.
  const program = join(root, `node_modules/.cache/screenshots-${process.pid}.mjs`);
  await build({
    entryPoints: [join(root, "test/support/real-vscode.ts")],
    ...{ outfile: program, bundle: true, format: "esm", platform: "node", target: "node20", packages: "external" },
    plugins: [scriptsStay],
  });
  try {
    const { RealVsCode } = await import(pathToFileURL(program).href);
    for (const [path, show] of Object.entries(pictures)) {
      const code = await RealVsCode.open();
      try {
        await show(code);
        await code.page.mouse.move(0, 0);
        await code.page.waitForTimeout(1000); // whatever fades has faded
        await code.page.screenshot({ path: join(root, path) });
      } finally {
        await code.close();
      }
    }
  } finally {
    rmSync(program, { force: true });
  }
}

/** Scripts find files from where they stand. */
const scriptsStay = {
  name: "scripts stay",
  setup(bundle) {
    bundle.onResolve({ filter: /^\..*\.mjs$/ }, ({ path, resolveDir }) => ({
      path: pathToFileURL(resolve(resolveDir, path)).href,
      external: true,
    }));
  },
};

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) await takeAll();
