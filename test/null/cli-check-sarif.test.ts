import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diagnosticsOf } from "../../cli/support/check/report.js";
import type { CheckReport } from "../../cli/support/check/report.js";
import { renderSarif } from "../../cli/support/check/sarif.js";
import { recordedSession } from "../../cli/support/session.js";
import { commandLineReport, exampleReport, missingReport, oddReports } from "../support/check-reports.js";
import { expectSarif, spanOf } from "../support/sarif-reader.js";
import type { SarifLog, SarifRun } from "../support/sarif-reader.js";
import { projectRoot } from "../support/project.js";

const session = recordedSession();

function runOf(report: CheckReport, code: 0 | 1 | 2 = 1): SarifRun {
  const log = JSON.parse(renderSarif(session, report, code)) as SarifLog;
  expectSarif(log);
  return log.runs[0]!;
}

test("a result has its rule, level, message, place, what is related and how to repair it", () => {
  const { results, artifacts, tool, columnKind, invocations } = runOf({ files: [exampleReport, missingReport] });
  expect(tool.driver.name).toBe("stretto");
  expect(columnKind).toBe("utf16CodeUnits");
  expect(invocations).toMatchObject([{ executionSuccessful: true, exitCode: 1 }]);
  expect(results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
    ["ST4082", "error"],
    ["ST6002", "error"],
    ["ST7001", "error"],
  ]);
  const [keep, memory, missing] = results;
  expect(memory!.locations[0]!.physicalLocation).toEqual({
    artifactLocation: { uri: "sub/mlp.stretto", uriBaseId: "%SRCROOT%", index: 0 },
    region: { startLine: 3, startColumn: 3, endLine: 3, endColumn: 17 },
  });
  expect(keep!.relatedLocations).toMatchObject([{ message: { text: "in this schedule" } }]);
  expect(keep!.fixes).toMatchObject([
    {
      description: { text: "write `1`" },
      artifactChanges: [{ replacements: [{ insertedContent: { text: "1" } }] }],
    },
  ]);
  expect(missing!.locations[0]!.physicalLocation).not.toHaveProperty("region");
  expect(artifacts.map(({ location, roles }) => [location.uri, roles])).toEqual([
    ["sub/mlp.stretto", ["analysisTarget"]],
    ["gone.stretto", ["analysisTarget"]],
  ]);
});

test("the help of a rule is the page of its diagnostic", () => {
  const { rules } = runOf({ files: [exampleReport] }).tool.driver;
  expect(rules.map(({ id, name }) => `${id} ${name}`)).toEqual(["ST4082 keep-count", "ST6002 quantity-out-of-limit"]);
  for (const rule of rules) {
    expect(existsSync(join(projectRoot, `docs/diagnostics/${rule.id}-${rule.name}.md`))).toBe(true);
    expect(rule.help.markdown.startsWith(`# ${rule.id} ${rule.name}\n`)).toBe(true);
    expect(rule.help.markdown).toContain(rule.shortDescription.text.slice(0, 40));
  }
});

test("what is wrong with the command line is no result, which would need a place, but a notification", () => {
  const setting = { ...commandLineReport.own[0]!, location: { file: "--set tokens", span: { start: 0, end: 0 } } };
  const { results, invocations } = runOf(
    { files: [{ ...commandLineReport, own: [...commandLineReport.own, setting] }] },
    2,
  );
  expect(results).toEqual([]);
  expect(invocations[0]).toMatchObject({ executionSuccessful: false, exitCode: 2 });
  // Both say the same, at different places: neither is lost.
  expect(invocations[0]!.toolConfigurationNotifications).toMatchObject([
    { level: "error", message: { text: "There is no profile `smal`." } },
    { level: "error", message: { text: "There is no profile `smal`." } },
  ]);
});

describe("addresses", () => {
  const uriOf = (file: string, options: Parameters<typeof recordedSession>[0]): unknown => {
    const log = JSON.parse(renderSarif(recordedSession(options), { files: [{ ...missingReport, file, own: [] }] }, 0));
    expectSarif(log as SarifLog);
    return (log as SarifLog).runs[0]!.artifacts[0]!.location;
  };
  const inRoot = (uri: string) => ({ uri, uriBaseId: "%SRCROOT%" });

  test.each([
    ["a.stretto", {}, "a.stretto"],
    ["./a.stretto", {}, "a.stretto"],
    ["/repo/sub/a.stretto", {}, "a.stretto"],
    ["a.stretto", { GITHUB_WORKSPACE: "/repo" }, "sub/a.stretto"],
    ["../b/a.stretto", { CI_PROJECT_DIR: "/repo" }, "b/a.stretto"],
    ["a.stretto", { GITHUB_WORKSPACE: "/elsewhere" }, "a.stretto"],
    ["a b#c?d:e%.stretto", {}, "a%20b%23c%3Fd%3Ae%25.stretto"],
    ["日.stretto", {}, "%E6%97%A5.stretto"],
  ])("%s, where the environment says %j, is %s", (file, environment, uri) => {
    expect(uriOf(file, { workingDirectory: "/repo/sub", environment })).toEqual(inRoot(uri));
  });

  test("outside the checkout are whole", () => {
    expect(uriOf("../a b.stretto", { workingDirectory: "/repo/sub" })).toEqual({ uri: "file:///repo/a%20b.stretto" });
    expect(uriOf("..a.stretto", { workingDirectory: "/repo" })).toEqual(inRoot("..a.stretto"));
  });

  test("a file that is named in two ways is one artifact", () => {
    const files = ["a.stretto", "./a.stretto"].map((file) => ({ ...missingReport, file, own: [] }));
    expect(runOf({ files }).artifacts).toHaveLength(1);
  });
});

test("whatever stands in a file: places are those of the spans, texts are those of the diagnostics", () => {
  fc.assert(
    fc.property(oddReports, (files) => {
      const { results } = runOf({ files });
      const told = files.flatMap((report) =>
        diagnosticsOf(report).map((diagnostic) => ({ diagnostic, text: [...report.sources.values()][0]! })),
      );
      expect(results).toHaveLength(told.length);
      results.forEach((result, index) => {
        const { diagnostic, text } = told[index]!;
        expect(result.ruleId).toBe(diagnostic.code);
        expect(result.message.text).toBe(diagnostic.message);
        const { artifactLocation, region } = result.locations[0]!.physicalLocation;
        const name = diagnostic.location.file.replace(/\p{Surrogate}/gu, "\ufffd");
        expect(decodeURIComponent(artifactLocation.uri)).toBe(name);
        expect(spanOf(text, region!)).toEqual(diagnostic.location.span);
        expect((result.relatedLocations ?? []).map(({ message }) => message.text)).toEqual(
          diagnostic.related.map(({ message }) => message),
        );
        const edits = (result.fixes ?? []).flatMap(({ artifactChanges }) =>
          artifactChanges.flatMap(({ replacements }) =>
            replacements.map(({ deletedRegion, insertedContent }) => ({
              span: spanOf(text, deletedRegion),
              newText: insertedContent?.text ?? "",
            })),
          ),
        );
        expect(edits).toEqual(
          diagnostic.fixes.flatMap((fix) =>
            fix.edits.map(({ location, newText }) => ({ span: location.span, newText })),
          ),
        );
      });
    }),
  );
});
