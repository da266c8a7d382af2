import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { renderJunit } from "../../cli/support/check/junit.js";
import { recordedSession } from "../../cli/support/session.js";
import { renderText } from "../../compiler/diagnostics/render-text.js";
import { exampleReport, missingReport, oddReports, oddText } from "../support/check-reports.js";
import { isLegal, readXml } from "../support/xml-reader.js";
import type { XmlElement } from "../support/xml-reader.js";

const session = recordedSession();
const casesOf = (suite: XmlElement): readonly XmlElement[] => suite.children;
const has = (element: XmlElement, name: string): boolean => element.children.some((child) => child.name === name);

/** What XML can hold of a text. */
const written = (text: string): string =>
  Array.from(text, (character) => (isLegal(character.codePointAt(0)!) ? character : "\ufffd")).join("");

/** Counts are of the cases below. */
function expectCounts(element: XmlElement, cases: readonly XmlElement[]): void {
  const count = (name: string): string => String(cases.filter((each) => has(each, name)).length);
  expect(element.attributes).toMatchObject({
    tests: String(cases.length),
    failures: count("failure"),
    skipped: count("skipped"),
    errors: "0",
  });
}

test("a suite a file; a case for the file, for each schedule and for each claim, with line and outcome", () => {
  const root = readXml(renderJunit(session, { files: [exampleReport, missingReport] }));
  expect(root.name).toBe("testsuites");
  expectCounts(root, root.children.flatMap(casesOf));
  expect(root.children.map(({ name, attributes }) => [name, attributes["name"]])).toEqual([
    ["testsuite", "sub/mlp.stretto"],
    ["testsuite", "gone.stretto"],
  ]);
  const [example, missing] = root.children;
  for (const suite of root.children) expectCounts(suite, casesOf(suite));
  expect(
    casesOf(example!).map(({ attributes, children }) => [
      attributes["name"],
      attributes["line"],
      children[0]?.name ?? "passes",
    ]),
  ).toEqual([
    ["parse, bind and check", "1", "passes"],
    ["fast: plan and prove", "1", "passes"],
    ["slow: plan and prove", "6", "failure"],
    ["fast: no deadlock", "2", "passes"],
    ["fast: memory <= 1 KB", "3", "failure"],
    ["fast: no race", "4", "passes"],
  ]);
  const [failure] = casesOf(example!)[4]!.children;
  expect(failure!.attributes["type"]).toBe("ST6002 quantity-out-of-limit");
  expect(failure!.attributes["message"]).toContain("78.20 GB");
  expect(failure!.text).toContain("sub/mlp.stretto:3:3: error ST6002");
  expect(failure!.text).toContain("\n  3 |   memory <= 1 KB\n");
  expect(casesOf(missing!)).toHaveLength(1);
  expect(casesOf(missing!)[0]!.children[0]!.attributes["type"]).toBe("ST7001 file-not-found");
});

test("warnings and notes fail no case, and are told", () => {
  const note = { ...exampleReport.schedules[1]!.diagnostics[0]!, severity: "note" as const };
  const [suite] = readXml(renderJunit(session, { files: [{ ...missingReport, own: [note] }] })).children;
  expectCounts(suite!, casesOf(suite!));
  expect(casesOf(suite!)[0]!.children.map(({ name }) => name)).toEqual(["system-out"]);
});

test("a claim that is made twice is two cases of different names", () => {
  const twice = { ...exampleReport, outcomes: [exampleReport.outcomes[0]!, exampleReport.outcomes[0]!] };
  const [suite] = readXml(renderJunit(session, { files: [twice] })).children;
  const names = casesOf(suite!).map(({ attributes }) => attributes["name"]);
  expect(new Set(names).size).toBe(names.length);
});

test("without files it is still a document", () => {
  const root = readXml(renderJunit(session, { files: [] }));
  expect([root.attributes["tests"], root.children]).toEqual(["0", []]);
});

test("whatever stands in a file: what is read is what was written, and every count is right", () => {
  fc.assert(
    fc.property(oddReports, (files) => {
      const root = readXml(renderJunit(session, { files }));
      expectCounts(root, root.children.flatMap(casesOf));
      expect(root.children.map(({ attributes }) => attributes["name"])).toEqual(files.map(({ file }) => written(file)));
      root.children.forEach((suite, index) => {
        const { own, schedules, outcomes, sources } = files[index]!;
        const cases = casesOf(suite);
        expectCounts(suite, cases);
        const told = [own, ...schedules.map((one) => one.diagnostics), ...outcomes.map((one) => one.diagnostics)];
        expect(cases).toHaveLength(told.length);
        cases.forEach((each, at) => {
          const text = each.children.find(({ name }) => name !== "skipped")?.text ?? "";
          expect(text).toBe(written(renderText(told[at]!, (file) => sources.get(file))));
        });
        outcomes.forEach(({ subject, text, state, diagnostics }, at) => {
          const { attributes, children } = cases[1 + schedules.length + at]!;
          expect(attributes["name"]!.startsWith(written(`${subject}: ${text}`))).toBe(true);
          const [outcome] = children;
          if (state === "fails") expect(outcome!.attributes["message"]).toBe(written(diagnostics[0]!.message));
          if (state === "holds") expect(outcome).toBeUndefined();
        });
      });
    }),
  );
});

describe("the reader that this is tested with", () => {
  test.each([
    ["a bare &", "<a>&</a>"],
    ["no entity", "<a>&nbsp;</a>"],
    ["a reference to 0", "<a>&#0;</a>"],
    ["]]> in text", "<a>]]></a>"],
    ["U+1 is illegal", "<a>\u0001</a>"],
    ["a second b", '<a b="" b=""/>'],
    ["no end of a tag", '<a b="<"/>'],
    ["b is not closed", "<a><b></a>"],
    ["more than one element", "<a/><b/>"],
  ])("refuses what is not well formed: %s", (problem, text) => {
    expect(() => readXml(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`)).toThrow(problem);
  });

  test("reads references, and white space as the recommendation has it", () => {
    const { attributes, text } = readXml(
      '<?xml version="1.0" encoding="UTF-8"?><a b="&#10;\n&quot;">&lt;\r\n&#x1F600;</a>',
    );
    expect([attributes["b"], text]).toEqual(['\n "', "<\n😀"]);
  });

  test("any legal text that is written with references is read", () => {
    fc.assert(
      fc.property(oddText.map(written), (text) => {
        const references = Array.from(text, (character) => `&#${character.codePointAt(0)};`).join("");
        expect(readXml(`<?xml version="1.0" encoding="UTF-8"?><a>${references}</a>`).text).toBe(text);
      }),
    );
  });
});
