import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exampleNames, examplePath } from "../support/examples.js";
import { PackageBrowser, pageResult } from "../support/browser.js";

let browser: PackageBrowser;
beforeAll(async () => void (browser = await PackageBrowser.open()));
afterAll(() => browser.close());

const small = ["--profile", "small", "--set", "ranks=4"];

describe("the page of every schedule of the examples computes its layer, 4 ranks", () => {
  test.each(exampleNames)("%s", async (name) => {
    for (const schedule of await browser.compile(examplePath(name), name, ...small)) {
      const page = await browser.page(schedule);
      const { failure, results, isRight } = await pageResult(page);
      await page.close();
      expect(failure, schedule).toBe("");
      expect(isRight, `${schedule}: ${results}`).toBe(true);
    }
  });
});
