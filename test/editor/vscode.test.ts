import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { RealVsCode } from "../support/real-vscode.js";

// One VS Code for all: each test puts back what it has changed.
let code: RealVsCode;
beforeAll(async () => void (code = await RealVsCode.open()));
afterAll(() => code.close());
afterEach((context) => code.reset(context));

const file = "t3.stretto";
const wait = { timeout: 20_000, interval: 100 };

/** What of a browser these tests know. */
interface Browser {
  getComputedStyle(element: unknown): { readonly color: string };
}

/** A piece of coloured text, all of it. */
const piece = (text: string): RegExp => new RegExp(`^\\s*${text}\\s*$`);

test("words, names and numbers of an example have colours of their own", async () => {
  const editor = await code.openFile(file);
  const colourOf = (text: string): Promise<string> =>
    editor
      .locator(".view-line span span", { hasText: piece(text) })
      .first()
      .evaluate((span) => (globalThis as unknown as Browser).getComputedStyle(span).color);
  const kinds = { word: "import", number: "8192", text: '"std/ops"', dtype: "f16", name: "tokens" };
  const colours = await Promise.all(Object.values(kinds).map(colourOf));
  expect(new Set(colours).size, colours.join(" ")).toBeGreaterThanOrEqual(4);
});

test("what is broken is underlined, listed under Problems, and gone when it is repaired", async () => {
  const editor = await code.openFile(file);
  await code.goBehind(file, "let y = matmul(h");
  await code.page.keyboard.type("oops");
  await editor.locator(".squiggly-error").first().waitFor();
  await code.command("Problems: Focus on Problems View");
  await code.page.locator(".markers-panel .monaco-list-row", { hasText: "hoops" }).waitFor();
  await code.page.keyboard.press("Control+1");
  await code.goBehind(file, "let y = matmul(h");
  for (let letter = 0; letter < 4; letter++) await code.page.keyboard.press("Delete");
  await editor.locator(".squiggly-error").first().waitFor({ state: "detached" });
});

test("hover says what a value is", async () => {
  const editor = await code.openFile(file);
  const product = editor.locator(".view-line span span", { hasText: piece("matmul") }).last();
  const box = code.page.locator(".monaco-hover", { hasText: "matmul" });
  // Before the server is ready, nothing is shown, and nothing comes later either.
  await expect
    .poll(async () => {
      await code.page.mouse.move(0, 0);
      await product.hover();
      await code.page.waitForTimeout(1000);
      return box.count();
    }, wait)
    .toBeGreaterThan(0);
});

test("completion offers the verbs of a schedule", async () => {
  await code.openFile(file);
  await code.goBehind(file, "schedule barrier of mlp {\n  use ring for out");
  await code.page.keyboard.press("Enter");
  await code.page.keyboard.type("over");
  await code.page.locator(".suggest-widget .monaco-list-row", { hasText: "overlap" }).first().waitFor();
  await code.page.keyboard.press("Escape");
});

test("format lays a line out", async () => {
  const editor = await code.openFile(file);
  await code.goBehind(file, "split tokens");
  await code.page.keyboard.type("     ");
  await code.command("Format Document");
  await expect
    .poll(() => editor.locator(".view-line", { hasText: "split" }).first().textContent(), wait)
    .toBe("  split tokens within tp into 4".replaceAll(" ", "\u00a0"));
});

test("rename reaches every use", async () => {
  const editor = await code.openFile(file);
  await code.goBehind(file, "schedule chunked");
  await code.page.keyboard.press("F2");
  await code.page.locator(".rename-box input").fill("pieces");
  await code.page.keyboard.press("Enter");
  await expect.poll(() => editor.locator(".view-line", { hasText: "schedule\u00a0pieces" }).count(), wait).toBe(1);
  await code.goTo(75);
  await editor.locator(".view-line", { hasText: "faster\u00a0than\u00a0pieces" }).waitFor();
});

test("Simulate draws the timeline; a bar leads to its line, and the cursor to its bars", async () => {
  await code.openFile(file);
  await code.command("Stretto: Simulate");
  const panel = code.panel();
  await panel.locator(".bar").first().waitFor();
  await expect.poll(() => panel.locator("header").textContent(), wait).toContain("of mlp on t3_node");
  // Its first bar is of `h`, which the layer's first statement makes.
  await panel.locator(".bar").first().click();
  await code.page.locator("#status\\.editor\\.selection", { hasText: /^Ln 23,/ }).waitFor();
  await panel.locator("nav button.here", { hasText: "h" }).waitFor();
  await code.goTo(25, 3);
  await panel.locator("nav button.here", { hasText: "out" }).waitFor();
  await panel.locator("select").selectOption("barrier");
  await code.page.locator(".tab", { hasText: "Timeline: barrier" }).waitFor();
});

test("Run in Terminal executes the command for the file that is edited", async () => {
  await code.openFile(file);
  await code.command("Stretto: Run in Terminal");
  // This VS Code is installed without the native part that would start a shell: the terminal says what it is to execute.
  const said = code.page.locator(".terminal-wrapper .xterm-rows", { hasText: "'run' 't3.stretto'" });
  await said.waitFor();
});

test("a server that is restarted tells of mistakes as the one before did", async () => {
  const editor = await code.openFile(file);
  await code.command("Stretto: Restart Language Server");
  await code.goBehind(file, "let y = matmul(h");
  await code.page.keyboard.type("oops");
  await editor.locator(".squiggly-error").first().waitFor();
});

test("claims of checks are run in the test explorer", async () => {
  await code.openFile(file);
  await code.page.locator(".activitybar .action-label[aria-label^='Testing']").click();
  const explorer = code.page.locator(".test-explorer");
  await explorer.locator(".monaco-list-row", { hasText: "comet.stretto" }).waitFor();
  await code.command("Stretto: Check");
  await explorer.locator(".monaco-list-row[aria-label^='t3.stretto (Passed']").waitFor({ timeout: 60_000 });
});
