import { afterAll, beforeAll, expect, test } from "vitest";
import { RealVsCode } from "../support/real-vscode.js";

let code: RealVsCode;
beforeAll(async () => void (code = await RealVsCode.open()), 150_000);
afterAll(() => code.close());

test("words, names and numbers of an example have colours of their own", async () => {
  const editor = await code.openFile("t3.stretto");
  const colourOf = (text: string): Promise<string> =>
    editor
      .locator(".view-line span span", { hasText: new RegExp(`^\\s*${text}\\s*$`) })
      .first()
      .evaluate((span) => getComputedStyle(span).color);
  const colours = await Promise.all(["import", "8192", "gelu", "f16"].map(colourOf));
  expect(new Set(colours).size, colours.join(" ")).toBeGreaterThan(2);
});

test("a broken line is underlined, and is listed under Problems", async () => {
  const editor = await code.openFile("t3.stretto");
  await code.goTo(26, 16);
  await code.page.keyboard.type("oops");
  await editor.locator(".squiggly-error").first().waitFor();
  await code.command("View: Focus Problems");
  await code.page.locator(".markers-panel .monaco-list-row", { hasText: "ST2101" }).first().waitFor();
});
