import { expect, test } from "vitest";
import { stretto } from "../support/command-line.js";
import { exampleNames, examplePath } from "../support/examples.js";

interface Answer {
  readonly files: readonly {
    readonly claims: readonly { readonly subject: string; readonly claim: string; readonly state: string }[];
    readonly diagnostics: readonly unknown[];
  }[];
}

test.each(exampleNames)("every claim of %s holds", async (name) => {
  const { code, output } = await stretto(["check", examplePath(name), "--format", "json"]);
  const [file] = (JSON.parse(output) as Answer).files;
  expect(file!.diagnostics).toEqual([]);
  expect(file!.claims.length).toBeGreaterThan(0);
  for (const { subject, claim, state } of file!.claims) expect(state, `${subject}: ${claim}`).toBe("holds");
  expect(code).toBe(0);
});
