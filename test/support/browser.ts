import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchChromium, serveFolders } from "../../scripts/chromium.mjs";
import type { Served } from "../../scripts/chromium.mjs";
import { stretto } from "./command-line.js";

/** A browser, and a folder of packages that it is served. */
export class PackageBrowser {
  private constructor(
    readonly folder: string,
    readonly browser: Browser,
    /** As any static file server does it. */
    private readonly plain: Served,
    /** With the headers that isolate a page. */
    private readonly isolated: Served,
  ) {}

  static async open(): Promise<PackageBrowser> {
    const folder = mkdtempSync(join(tmpdir(), "stretto-pages-"));
    const browser = await launchChromium();
    const served = [serveFolders({ "": folder }), serveFolders({ "": folder }, { isolated: true })] as const;
    return new PackageBrowser(folder, browser, await served[0], await served[1]);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await Promise.all([this.plain.close(), this.isolated.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Ends the process that all devices of the browser live in. */
  async crashGpu(): Promise<void> {
    const session = await this.browser.newBrowserCDPSession();
    await session.send("Browser.crashGpuProcess");
    await session.detach();
  }

  /** Compiles schedules of a file into packages; returns their folders' names. */
  async compile(file: string, out: string, ...args: readonly string[]): Promise<string[]> {
    const command = ["compile", file, "--target", "webgpu", "--out", join(this.folder, out), ...args];
    const { code, errors } = await stretto(command);
    if (code !== 0) throw new Error(errors);
    return [...errors.matchAll(/^wrote .*?([^/\s]+\.webgpu):/gm)].map(([, name]) => `${out}/${name}`);
  }

  /**
   * Opens a package's page in a tab of its own, or of a browser context that has seen none.
   *
   * @param before JavaScript that the page runs before its own
   */
  async page(name: string, { isolated = false, fresh = false, before = "" } = {}): Promise<Page> {
    const context = fresh
      ? await this.browser.newContext()
      : (this.browser.contexts()[0] ?? (await this.browser.newContext()));
    const page = await context.newPage();
    if (before !== "") await page.addInitScript(before);
    await page.goto(`${(isolated ? this.isolated : this.plain).address}${name}/`);
    return page;
  }
}

export interface PageResult {
  readonly stage: string;
  readonly failure: string;
  readonly results: string;
  /** Whether what was compared is within its tolerance. */
  readonly isRight: boolean;
}

/** Waits until the page's run has ended, well or not. */
export async function pageResult(page: Page): Promise<PageResult> {
  await page.waitForFunction(`["done", "failed"].includes(document.getElementById("stage")?.textContent)`);
  return page.evaluate(`(() => {
    const text = (id) => document.getElementById(id).textContent;
    const isRight = document.getElementById("results").dataset.right === "true";
    return { stage: text("stage"), failure: text("failure"), results: text("results"), isRight };
  })()`);
}
