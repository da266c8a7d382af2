import { afterAll, afterEach, beforeAll, test } from "vitest";
import { RealVsCode } from "../support/real-vscode.js";

// The extension's browser entry in VS Code's web worker host, its server in a worker of that.
let code: RealVsCode;
beforeAll(async () => void (code = await RealVsCode.open({ host: "web" })));
afterAll(() => code.close());
afterEach((context) => code.reset(context));

test("a file is diagnosed, and what it imports is read through the editor", async () => {
  const editor = await code.openFile("t3.stretto");
  await code.goBehind("t3.stretto", "let y = matmul(h");
  await code.page.keyboard.type("oops");
  await editor.locator(".squiggly-error").first().waitFor();
  await code.command("Problems: Focus on Problems View");
  // Of the whole file this is all: std/ops and std/machines were found.
  await code.page.locator(".markers-panel .monaco-list-row", { hasText: "hoops" }).waitFor();
});

test("claims are checked, results computed in that worker", async () => {
  await code.openFile("t3.stretto");
  await code.page.locator(".activitybar .action-label[aria-label^='Testing']").click();
  const explorer = code.page.locator(".test-explorer");
  await explorer.locator(".monaco-list-row", { hasText: "comet.stretto" }).waitFor();
  await code.command("Stretto: Check");
  await explorer.locator(".monaco-list-row[aria-label^='t3.stretto (Passed']").waitFor({ timeout: 60_000 });
});

test("completion, and the timeline, which a worker of the worker predicts", async () => {
  await code.openFile("zeco.stretto");
  await code.command("Stretto: Open Timeline");
  await code.panel().locator(".bar").first().waitFor();
  await code.page.keyboard.press("Control+1");
  await code.goTo(1);
  await code.page.keyboard.press("Enter");
  await code.page.keyboard.type("sched");
  await code.page.locator(".suggest-widget .monaco-list-row", { hasText: "schedule" }).first().waitFor();
});
