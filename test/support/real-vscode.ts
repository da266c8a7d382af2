import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser, Locator, Page } from "playwright-core";
import { launchChromium } from "../../scripts/chromium.mjs";
import { packageExtension } from "../../scripts/package-extension.mjs";
import { installVsCode } from "../editor/install-vscode.mjs";
import { projectRoot } from "./project.js";

/** Nothing that moves, greets or asks, so that a test sees what it waits for. */
const settings = {
  "editor.hover.delay": 100,
  "editor.minimap.enabled": false,
  "editor.accessibilitySupport": "off",
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "git.enabled": false,
  "telemetry.telemetryLevel": "off",
  "testing.automaticallyOpenTestResults": "neverOpen",
  "window.commandCenter": false,
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.layoutControl.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** VS Code itself in a headless browser, with the extension as it is packaged, over a copy of examples/. */
export class RealVsCode {
  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly server: ChildProcess,
    private readonly home: string,
  ) {}

  static async open(): Promise<RealVsCode> {
    const [program, { path: extension }] = await Promise.all([installVsCode(), packageExtension()]);
    const home = mkdtempSync(join(tmpdir(), "stretto-vscode-"));
    let server: ChildProcess | undefined;
    let browser: Browser | undefined;
    try {
      const workspace = makeHome(home);
      const own = ["--user-data-dir", join(home, "data"), "--extensions-dir", join(home, "extensions")];
      await ended(start(home, program, [...own, "--install-extension", extension]));
      const quiet = ["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"];
      server = start(home, program, [...own, "--auth", "none", "--bind-addr", "127.0.0.1:0", ...quiet]);
      const [address] = await Promise.all([addressOf(server), launchChromium().then((one) => (browser = one))]);
      const page = await browser!.newPage({ viewport: { width: 1440, height: 900 } });
      page.setDefaultTimeout(20_000);
      await page.goto(`${address}?folder=${encodeURIComponent(workspace)}`);
      await page.locator(".monaco-workbench .explorer-folders-view").waitFor({ timeout: 60_000 });
      return new RealVsCode(page, browser!, server, home);
    } catch (error) {
      await stop(browser, server, home);
      throw error;
    }
  }

  close(): Promise<void> {
    return stop(this.browser, this.server, this.home);
  }

  /** The editor of a file, whose text is drawn. */
  editor(file: string): Locator {
    return this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${file}"]`);
  }

  /** Opens a file, as Ctrl+P does. */
  async openFile(file: string): Promise<Locator> {
    await this.choose("Control+P", file);
    const editor = this.editor(file);
    await editor.locator(".view-line").first().waitFor();
    return editor;
  }

  /** Runs a command of the palette, by its title. */
  async command(title: string): Promise<void> {
    await this.choose("F1", title);
  }

  /** Puts the cursor there, from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.choose("Control+G", `${line}:${column}`);
  }

  /** Line and column of the cursor, from 1, as the status bar says. */
  async cursor(): Promise<string> {
    return (await this.page.locator("#status\\.editor\\.selection").textContent()) ?? "";
  }

  /** What the drawn lines of an editor say. */
  async text(editor: Locator): Promise<string> {
    const lines = await editor.locator(".view-lines .view-line").evaluateAll((all) =>
      all
        .map((line) => ({ top: Number.parseFloat((line as HTMLElement).style.top), text: line.textContent ?? "" }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text.replaceAll("\u00a0", " ")),
    );
    return lines.join("\n");
  }

  /** The document of a webview of ours, which stands in two frames. */
  panel(): ReturnType<Page["frameLocator"]> {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  private async choose(key: string, text: string): Promise<void> {
    await this.page.keyboard.press(key);
    const input = this.page.locator(".quick-input-widget input.input");
    await input.waitFor();
    const prefix = key === "F1" ? ">" : key === "Control+G" ? ":" : "";
    await input.fill(prefix + text);
    await this.page.locator(".quick-input-list .monaco-list-row").first().waitFor();
    await this.page.keyboard.press("Enter");
    await input.waitFor({ state: "hidden" });
  }
}

/** @returns the folder of the workspace */
function makeHome(home: string): string {
  const user = join(home, "data/User");
  mkdirSync(user, { recursive: true });
  writeFileSync(join(user, "settings.json"), JSON.stringify(settings));
  const workspace = join(home, "workspace");
  cpSync(join(projectRoot, "examples"), workspace, { recursive: true });
  return workspace;
}

/** A process of its own group, so that all that it starts can be ended with it, and with a home of its own. */
function start(home: string, program: string, args: readonly string[]): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE|VITEST|XDG|NODE)_?/.test(name));
  return spawn(process.execPath, [program, ...args], {
    env: { ...Object.fromEntries(inherited), HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
}

async function ended(child: ChildProcess): Promise<void> {
  let said = "";
  child.stdout!.on("data", (text: Buffer) => (said += text.toString()));
  child.stderr!.on("data", (text: Buffer) => (said += text.toString()));
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`the extension cannot be installed:\n${said}`);
}

async function addressOf(server: ChildProcess): Promise<string> {
  const said: string[] = [];
  server.stderr!.resume();
  for await (const line of createInterface({ input: server.stdout! })) {
    said.push(line);
    const found = /HTTP server listening on (http:\S+)/.exec(line);
    if (found !== null) {
      server.stdout!.resume();
      return found[1]!;
    }
  }
  throw new Error(`VS Code does not start:\n${said.join("\n")}`);
}

async function stop(browser: Browser | undefined, server: ChildProcess | undefined, home: string): Promise<void> {
  await browser?.close();
  if (server?.pid !== undefined && server.exitCode === null) {
    const exit = once(server, "exit");
    process.kill(-server.pid, "SIGTERM");
    const hurry = setTimeout(() => process.kill(-server.pid!, "SIGKILL"), 5000);
    await exit;
    clearTimeout(hurry);
  }
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
}
