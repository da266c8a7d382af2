import { expect, test } from "vitest";
import { readCorpus } from "../support/fuzz/corpus.js";
import { examine } from "../support/fuzz/examine.js";
import { projectRoot } from "../support/project.js";
import { regressions } from "../support/regressions.js";

// One test for all: there may be none.
test("every text that was once a fault keeps every promise", async () => {
  const corpus = readCorpus(projectRoot);
  const broken: string[] = [];
  for (const { name, content } of regressions)
    await examine(corpus, content).catch((error: unknown) => broken.push(`${name}: ${String(error)}`));
  expect(broken).toEqual([]);
});
