import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examplePath } from "../support/examples.js";
import { PackageBrowser, pageResult } from "../support/browser.js";

let browser: PackageBrowser;
let small: string;
let long: string;
beforeAll(async () => {
  browser = await PackageBrowser.open();
  const compile = async (out: string, ...sizes: string[]): Promise<string> => {
    const options = ["--schedule", "t3", "--profile", "small", "--set", "ranks=4", ...sizes];
    return (await browser.compile(examplePath("t3"), out, ...options))[0]!;
  };
  small = await compile("small");
  // Takes some seconds, in small tasks.
  long = await compile("long", "--set", "tokens=2048", "--set", "hidden=512", "--set", "ffn=1024", "--set", "edge=64");
});
afterAll(() => browser.close());

/** A page that keeps its workers within reach, opened and in the middle of its tasks. */
async function pageAtWork(): Promise<Page> {
  const page = await browser.page(long, {
    before: `const workers = (globalThis.workers = []);
      globalThis.Worker = class extends Worker {
        constructor(...all) { super(...all); workers.push(this); }
      };`,
  });
  await page.waitForFunction(`/^[1-9].* of /.test(document.getElementById("stage").textContent)`);
  return page;
}

/** What the page says after something was done to it. */
async function failureAfter(page: Page, harm: () => Promise<unknown>): Promise<string> {
  await harm();
  const { stage, failure } = await pageResult(page);
  expect(stage).toBe("failed");
  return failure;
}

const place = /rank \d,? .*(h|y|out)\b.* on rank \d/;

describe("a page whose run cannot go on says which rank and task, and runs again", () => {
  test("a tab that is hidden", async () => {
    const page = await pageAtWork();
    const hide = (state: string) =>
      page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "${state}", configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));`);
    const failure = await failureAfter(page, () => hide("hidden"));
    expect(failure).toContain("the page is hidden");
    expect(failure).toMatch(place);
    await hide("visible");
    await page.click("#run");
    expect((await pageResult(page)).failure).toBe("");
    await page.close();
  });

  test("a worker that is gone without a word", async () => {
    const page = await pageAtWork();
    const failure = await failureAfter(page, () => page.evaluate(`workers.at(-1).terminate()`));
    expect(failure).toContain("its worker has ended");
    expect(failure).toMatch(place);
    await page.click("#run");
    expect((await pageResult(page)).failure).toBe("");
    await page.close();
  });

  test("a worker that is gone before it begins", async () => {
    const page = await browser.page(small, {
      before: `globalThis.isHarmful = true;
        globalThis.Worker = class extends Worker {
          constructor(...all) {
            super(...all);
            if (isHarmful) this.addEventListener("message", () => this.terminate(), { once: true });
          }
        };`,
    });
    const { stage, failure } = await pageResult(page);
    expect(stage).toBe("failed");
    expect(failure).toMatch(/rank \d.*: its worker has ended/);
    await page.evaluate(`isHarmful = false`);
    await page.click("#run");
    expect((await pageResult(page)).failure).toBe("");
    await page.close();
  });

  test("a GPU process that crashes", async () => {
    const page = await pageAtWork();
    const failure = await failureAfter(page, () => browser.crashGpu());
    expect(failure).toContain("the device is lost");
    expect(failure).toMatch(place);
    await page.click("#run");
    expect((await pageResult(page)).failure).toBe("");
    await page.close();
  });
});

test("a server that sends the headers needs no service worker", async () => {
  const page = await browser.page(small, { isolated: true, fresh: true });
  const { failure, isRight } = await pageResult(page);
  expect(failure).toBe("");
  expect(isRight).toBe(true);
  expect(await page.evaluate(`navigator.serviceWorker.getRegistrations().then(({ length }) => length)`)).toBe(0);
  await page.context().close();
});

test("a browser without WebGPU is told so", async () => {
  const page = await browser.page(small, { before: `delete Navigator.prototype.gpu;` });
  expect((await pageResult(page)).failure).toContain("this browser has no WebGPU");
  await page.close();
});
