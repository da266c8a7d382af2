import { expect, test } from "vitest";
import { gapsFolder, refusedPrograms } from "../support/known-gaps.js";
import { stretto } from "../support/command-line.js";
import { projectRoot } from "../support/project.js";

test.each(refusedPrograms)("%s put right computes what its layer says", async (name) => {
  const { code, output, errors } = await stretto(["check", `${gapsFolder}/${name}.repaired.stretto`], {
    workingDirectory: projectRoot,
  });
  expect(code, output + errors).toBe(0);
  expect(output).toContain("holds  same result");
});
