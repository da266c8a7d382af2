import { expect, test } from "vitest";
import { readCorpus } from "../support/fuzz/corpus.js";
import { examine } from "../support/fuzz/examine.js";
import { projectRoot } from "../support/project.js";
import { regressions } from "../support/regressions.js";

const corpus = readCorpus(projectRoot);

test.each(regressions.map(({ name, content }) => [name, content] as const))(
  "%s keeps every promise",
  async (_, content) => {
    await expect(examine(corpus, content)).resolves.toMatch(/UTF-8|unread|read|checked|planned/);
  },
);
