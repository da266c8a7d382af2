import { afterAll, describe, expect, test } from "vitest";
import { formats } from "../../cli/support/check/formats.js";
import { stretto, temporaryFolder } from "../support/command-line.js";
import { expectSarif } from "../support/sarif-reader.js";
import type { SarifLog } from "../support/sarif-reader.js";
import { readXml } from "../support/xml-reader.js";

const folder = temporaryFolder({
  "good.stretto": "param a = 1\n",
  "bad.stretto": "param a = 1\nparam b = a / 0\n",
});
afterAll(() => folder.remove());
const check = (...args: string[]) => stretto(["check", ...args], { workingDirectory: folder.path });

/** Each throws where it is not what it should be. */
const readers: Readonly<Record<string, (output: string) => void>> = {
  json: (output) => void JSON.parse(output),
  sarif: (output) => expectSarif(JSON.parse(output) as SarifLog),
  junit: (output) => void readXml(output),
  github: (output) => expect(output).toMatch(/^(::(error|warning|notice) [^\n]*\n)*checked [^\n]*\n$/),
};

test("each format for machines has a reader here", () => {
  expect(Object.keys(readers)).toEqual(Object.keys(formats).filter((format) => format !== "text"));
});

describe.each(Object.keys(readers))(
  "--format %s is a document on standard output alone, whatever is found:",
  (format) => {
    test.each([
      ["all is well", ["good.stretto"], 0, ""],
      ["a file is wrong", ["good.stretto", "bad.stretto"], 1, "ST2303"],
      ["a file is not there", ["none.stretto"], 1, "ST7001"],
      ["an option is wrong", ["good.stretto", "--profile", "small"], 2, "ST7008"],
      ["the text of an option is", ["good.stretto", "--set", "a=1/0"], 1, "ST2303"],
    ])("%s", async (_, args, code, named) => {
      const outcome = await check(...args, "--format", format);
      expect(outcome.errors).toBe("");
      readers[format]!(outcome.output);
      expect(outcome.output).toContain(named);
      expect(outcome.code).toBe(code);
    });
  },
);
