import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser, FrameLocator, Locator, Page } from "playwright-core";
import type { TestContext } from "vitest";
import { launchChromium } from "../../scripts/chromium.mjs";
import { packageExtension } from "../../scripts/package-extension.mjs";
import { installVsCode } from "../editor/install-vscode.mjs";
import { projectRoot, readProjectFile } from "./project.js";

/** Nothing that moves, greets or asks, so that a test sees what it waits for. */
const settings = {
  "editor.hover.delay": 100,
  "editor.minimap.enabled": false,
  "editor.accessibilitySupport": "off",
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "git.enabled": false,
  "telemetry.telemetryLevel": "off",
  // What a terminal says is text of the page that way, not a picture that the graphics of the computer draw.
  "terminal.integrated.gpuAcceleration": "off",
  "testing.automaticallyOpenTestResults": "neverOpen",
  "window.commandCenter": false,
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.layoutControl.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** Does what `reset` needs in one stroke, wherever the focus is. */
const resetKey = "Control+Alt+Shift+R";
const keys = [
  {
    key: resetKey.toLowerCase().replace("control", "ctrl"),
    command: "runCommands",
    args: {
      commands: [
        "closeFindWidget",
        "notifications.clearAll",
        "workbench.action.focusFirstEditorGroup",
        "workbench.action.files.revert",
        "workbench.action.closeAllEditors",
        "workbench.action.closePanel",
      ],
    },
  },
];

export interface VsCodeOptions {
  /** In which the extension runs: a process of Node, or a worker of the browser. */
  readonly host?: "node" | "web";
}

/** VS Code itself in a headless browser, with the extension as it is packaged, over a copy of examples/. */
export class RealVsCode {
  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly server: ChildProcess,
    private readonly home: string,
  ) {}

  static async open({ host = "node" }: VsCodeOptions = {}): Promise<RealVsCode> {
    const [program, { path: extension }] = await Promise.all([installVsCode(), packageExtension()]);
    const home = mkdtempSync(join(tmpdir(), "stretto-vscode-"));
    let server: ChildProcess | undefined;
    let browser: Browser | undefined;
    try {
      const workspace = makeHome(home, host);
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
    await this.choose("Control+P", "", file, file);
    const editor = this.editor(file);
    await editor.locator(".view-line").first().waitFor();
    return editor;
  }

  /** Runs a command of the palette, by its whole title. */
  async command(title: string): Promise<void> {
    await this.choose("F1", ">", title, title);
  }

  /** Puts the cursor there, from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.choose("Control+G", ":", `${line}:${column}`, `line ${line}`);
    await this.page.locator("#status\\.editor\\.selection", { hasText: `Ln ${line}, Col ${column}` }).waitFor();
  }

  /** Puts the cursor behind the first of these texts in a file's editor, as `file` in the folder examples/ has it. */
  async goBehind(file: string, text: string): Promise<void> {
    const [before] = readProjectFile(`examples/${file}`).split(text);
    const lines = (before! + text).split("\n");
    await this.goTo(lines.length, lines.at(-1)!.length + 1);
  }

  /** Puts the edited file back as it was, and closes everything; after a test that failed, shows what was to be seen. */
  async reset({ task }: TestContext): Promise<void> {
    if (task.result?.state === "fail") {
      const picture = join(
        projectRoot,
        "node_modules/.cache/stretto/failed",
        `${task.name.replaceAll(/\W+/g, "-")}.png`,
      );
      await this.page.screenshot({ path: picture });
      console.error(`what was to be seen: ${picture}`);
    }
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press(resetKey);
    await this.page.locator(".tabs-container .tab").first().waitFor({ state: "detached" });
  }

  /** The document of a page of ours, which stands in two frames. */
  panel(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  }

  /** Types into the box that a key opens, and takes the entry that says so once it is there. */
  private async choose(key: string, prefix: string, text: string, entry: string): Promise<void> {
    const box = this.page.locator(".quick-input-widget");
    await this.page.keyboard.press(key);
    await box.locator("input.input").fill(prefix + text);
    const row = box.locator(".quick-input-list .monaco-list-row", { hasText: entry }).first();
    await row.click();
    await box.waitFor({ state: "hidden" });
  }
}

/** @returns the folder of the workspace */
function makeHome(home: string, host: "node" | "web"): string {
  const user = join(home, "data/User");
  mkdirSync(user, { recursive: true });
  const kind = { "remote.extensionKind": { "stretto.stretto": [host === "web" ? "web" : "workspace"] } };
  writeFileSync(join(user, "settings.json"), JSON.stringify({ ...settings, ...kind }));
  writeFileSync(join(user, "keybindings.json"), JSON.stringify(keys));
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
