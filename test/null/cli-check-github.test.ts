import fc from "fast-check";
import { expect, test } from "vitest";
import { renderGithub, workflowCommand } from "../../cli/support/check/github.js";
import { diagnosticsOf } from "../../cli/support/check/report.js";
import { recordedSession } from "../../cli/support/session.js";
import { printable } from "../../compiler/diagnostics/excerpt.js";
import {
  commandLineReport,
  exampleReport,
  missingReport,
  oddFile,
  oddReports,
  oddText,
} from "../support/check-reports.js";

const session = recordedSession();

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** Reads a line as the runner of GitHub Actions does (`ActionCommand.TryParseV2`); undefined where it is none. */
function readCommand(line: string): Command | undefined {
  const text = line.trimStart();
  const end = text.indexOf("::", 2);
  if (!text.startsWith("::") || end < 0) return undefined;
  const head = text.slice(2, end);
  const blank = head.indexOf(" ");
  const unescaped = (value: string, more: readonly (readonly [string, string])[]): string =>
    [["%0D", "\r"] as const, ["%0A", "\n"] as const, ...more, ["%25", "%"] as const].reduce(
      (all, [from, to]) => all.replaceAll(from, to),
      value,
    );
  const pairs =
    blank < 0
      ? []
      : head
          .slice(blank + 1)
          .trim()
          .split(",")
          .filter(Boolean);
  return {
    name: blank < 0 ? head : head.slice(0, blank),
    properties: Object.fromEntries(
      pairs.map((pair) => {
        const at = pair.indexOf("=");
        const value = unescaped(pair.slice(at + 1), [
          ["%3A", ":"],
          ["%2C", ","],
        ]);
        return [pair.slice(0, at), value];
      }),
    ),
    message: unescaped(text.slice(end + 2), []),
  };
}

const linesOf = (text: string): string[] => text.split(/\r\n|\r|\n/).slice(0, -1);

test("an annotation a diagnostic, with its place, and a line that counts", () => {
  const text = renderGithub(session, { files: [exampleReport, missingReport, commandLineReport] });
  const lines = linesOf(text);
  expect(lines.at(-1)).toBe("checked 3 files: 2 claims hold, 1 fails; 3 errors elsewhere");
  const commands = lines.slice(0, -1).map(readCommand);
  expect(commands.map((command) => [command!.name, command!.properties])).toEqual([
    ["error", { file: "sub/mlp.stretto", line: "6", endLine: "6", col: "29", title: "ST4082 keep-count" }],
    ["error", { file: "sub/mlp.stretto", line: "3", endLine: "3", col: "3", title: "ST6002 quantity-out-of-limit" }],
    ["error", { file: "gone.stretto", title: "ST7001 file-not-found" }],
    ["error", { title: "ST7008 unknown-profile" }],
  ]);
  expect(commands[0]!.message.split("\n").slice(1)).toEqual([
    "sub/mlp.stretto:6:10: in this schedule",
    "fix: write `1`",
  ]);
});

test("what goes over several lines has no column: the runner would drop the place", () => {
  const [first] = exampleReport.schedules[1]!.diagnostics;
  const wide = { ...first!, location: { file: exampleReport.file, span: { start: 0, end: 30 } } };
  const [line] = linesOf(renderGithub(session, { files: [{ ...exampleReport, own: [wide] }] }));
  const { properties } = readCommand(line!)!;
  expect(properties).toEqual({ file: "sub/mlp.stretto", line: "1", endLine: "3", title: "ST4082 keep-count" });
});

test("warnings are warnings, notes are notices", () => {
  const [first] = exampleReport.schedules[1]!.diagnostics;
  const own = (["warning", "note"] as const).map((severity) => ({ ...first!, severity, message: severity }));
  const lines = linesOf(renderGithub(session, { files: [{ ...missingReport, own }] }));
  expect(lines.slice(0, -1).map((line) => readCommand(line)!.name)).toEqual(["warning", "notice"]);
});

test("a place that is in no file of the checkout is said in the message", () => {
  const [first] = exampleReport.schedules[1]!.diagnostics;
  const file = "stretto:std/ops.stretto";
  const inStandard = { ...first!, location: { file, span: { start: 0, end: 1 } } };
  const report = { ...missingReport, own: [inStandard], sources: new Map([[file, "op"]]) };
  const [line] = linesOf(renderGithub(session, { files: [report] }));
  const { properties, message } = readCommand(line!)!;
  expect(properties).toEqual({ title: "ST4082 keep-count" });
  expect(message).toContain("stretto:std/ops.stretto:1:1: `keep` takes");
});

test("under --changed, how many files are left out is said", () => {
  const changed = { revision: "origin/main", unaffected: ["a", "b"] };
  expect(linesOf(renderGithub(session, { files: [], changed }))).toEqual([
    "checked 0 files: 0 claims hold, 0 fail",
    "2 files are not affected since origin/main",
  ]);
});

test("any property and message is read as it was written, in one line", () => {
  fc.assert(
    fc.property(oddFile, oddText, oddText, (file, col, message) => {
      const line = workflowCommand("error", { file, col, title: "ST1 a" }, message);
      expect(linesOf(`${line}\n`)).toHaveLength(1);
      const properties = col === "" ? { file, title: "ST1 a" } : { file, col, title: "ST1 a" };
      expect(readCommand(line)).toEqual({ name: "error", properties, message });
    }),
  );
});

test("whatever stands in a file, only its diagnostics are commands", () => {
  fc.assert(
    fc.property(oddReports, (files) => {
      const commands = linesOf(renderGithub(session, { files }))
        .map(readCommand)
        .filter((command) => command !== undefined);
      const told = files.flatMap(diagnosticsOf);
      expect(commands).toHaveLength(told.length);
      commands.forEach(({ properties, message }, index) => {
        expect(properties["file"]).toBe(told[index]!.location.file);
        expect(message.startsWith(printable(told[index]!.message))).toBe(true);
        expect(message.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
      });
    }),
  );
});
