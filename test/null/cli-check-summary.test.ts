import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parsers } from "prettier/plugins/markdown";
import { afterAll, describe, expect, test } from "vitest";
import { diagnosticsOf } from "../../cli/support/check/report.js";
import type { FileReport } from "../../cli/support/check/report.js";
import { renderSummary } from "../../cli/support/check/summary.js";
import { printable } from "../../compiler/diagnostics/excerpt.js";
import { renderText } from "../../compiler/diagnostics/render-text.js";
import { exampleReport, missingReport, oddReports } from "../support/check-reports.js";
import { stretto, temporaryFolder } from "../support/command-line.js";

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

/** The tree of a page, as a parser makes it that is not ours. */
const read = (markdown: string): Node => parsers.markdown.parse(markdown, {} as never) as Node;

/** What a reader sees of a node: tags have no text. */
function shown({ type, value, children }: Node): string {
  if (type === "html") return "";
  return value ?? (children ?? []).map(shown).join("");
}

/** White space at the ends of a cell is not shown. */
const rowsOf = (table: Node): string[][] =>
  table.children!.map((row) => row.children!.map((cell) => shown(cell).trim()));
const nodes = (page: Node, type: string): Node[] => page.children!.filter((node) => node.type === type);

test("a table of files, each file's claims with what was measured, and what is wrong with its source", () => {
  const text = renderSummary({
    files: [exampleReport, missingReport],
    changed: { revision: "v1|2", unaffected: ["x"] },
  });
  const page = read(text);
  expect(shown(nodes(page, "heading")[0]!)).toBe("stretto check: 2 files: 2 claims hold, 1 fails; 2 errors elsewhere");
  const [files, claims] = nodes(page, "table").map(rowsOf);
  expect(files).toEqual([
    ["", "file", "schedules proved", "claims hold", "fail", "errors elsewhere"],
    ["wrong", "sub/mlp.stretto", "1 of 2", "2", "1", "1"],
    ["wrong", "gone.stretto", "0 of 0", "0", "0", "1"],
  ]);
  expect(claims).toEqual([
    ["", "of", "claimed", "measured"],
    ["holds", "fast", "no deadlock", "12 tasks, no cycle"],
    ["fails", "fast", "memory <= 1 KB", "78.20 GB"],
    ["holds", "fast", "no race", "12 tasks, all accesses in order"],
  ]);
  expect(shown(nodes(page, "paragraph")[0]!)).toBe("1 file is not affected since v1|2.");
  expect(nodes(page, "code").map(shown)[1]).toContain("  3 |   memory <= 1 KB\n    |   ~~~~~~~~~~~~~~");
  // What a person reads who is shown the text itself.
  expect(text).toContain("| **fails** | `fast` | `memory <= 1 KB` | 78.20 GB |\n");
});

test("a file where all holds is folded, one where something is wrong is open", () => {
  const good = { ...exampleReport, schedules: [], outcomes: exampleReport.outcomes.slice(0, 1) };
  expect(renderSummary({ files: [good] })).toContain("<details>\n<summary>sub/mlp.stretto</summary>\n");
  expect(renderSummary({ files: [exampleReport] })).toContain("<details open>\n");
});

test("whatever stands in a file is shown as it is, and is only text", () => {
  fc.assert(
    fc.property(oddReports, (files) => {
      const page = read(renderSummary({ files }));
      const kinds = new Set(page.children!.map(({ type }) => type));
      for (const kind of kinds) expect(["heading", "table", "html", "code"]).toContain(kind);
      const tables = nodes(page, "table").map(rowsOf);
      for (const [heads, ...rows] of tables) for (const row of rows) expect(row).toHaveLength(heads!.length);
      if (files.length > 0)
        expect(
          tables
            .shift()!
            .slice(1)
            .map((row) => row[1]),
        ).toEqual(files.map(({ file }) => seen(file)));
      const claimed = files.filter(({ outcomes }) => outcomes.length > 0);
      expect(tables.map((table) => table.slice(1).map((row) => row.slice(1)))).toEqual(
        claimed.map(({ outcomes }) =>
          outcomes.map(({ subject, text, measuredText }) => [subject, text, measuredText].map(seen)),
        ),
      );
      expect(nodes(page, "code").map(({ value }) => `${value}\n`)).toEqual(files.flatMap(renderedOf));
      expect(nodes(page, "html").filter(({ value }) => value === "</details>")).toHaveLength(
        files.filter((report) => report.outcomes.length > 0 || diagnosticsOf(report).length > 0).length,
      );
    }),
  );
});

function seen(text: string): string {
  return printable(text).trim();
}

function renderedOf(report: FileReport): string[] {
  return diagnosticsOf(report).map((one) => renderText([one], (file) => report.sources.get(file)));
}

test("there is room for it in the summary of a step, whatever the number of files", () => {
  const files = Array.from({ length: 3000 }, (_, index) => ({ ...exampleReport, file: `f${index}.stretto` }));
  const text = renderSummary({ files });
  expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
  expect(text).toContain("no room for it here");
  expect(renderSummary({ files: files.slice(0, 10) })).not.toContain("no room");
});

describe("where it is written", () => {
  const folder = temporaryFolder({ "a.stretto": "param a = 1\n", "bad.stretto": "param a = 1 / 0\n" });
  afterAll(() => folder.remove());
  const check = (args: readonly string[], environment = {}) =>
    stretto(["check", ...args], { workingDirectory: folder.path, environment });
  const at = (name: string): string => join(folder.path, name);

  test("--summary replaces a file; a step's is continued, and by format github alone", async () => {
    writeFileSync(at("summary.md"), "old\n");
    writeFileSync(at("step.md"), "before\n");
    const environment = { GITHUB_STEP_SUMMARY: at("step.md") };
    expect((await check(["a.stretto", "--summary", "summary.md"], environment)).code).toBe(0);
    const written = readFileSync(at("summary.md"), "utf8");
    expect(written).toMatch(/^## stretto check: 1 file: 0 claims hold, 0 fail\n/);
    expect(readFileSync(at("step.md"), "utf8")).toBe("before\n");
    expect((await check(["a.stretto", "--format", "github"], environment)).code).toBe(0);
    expect(readFileSync(at("step.md"), "utf8")).toBe(`before\n${written}`);
  });

  test("a summary is written of what is wrong, too", async () => {
    const { code } = await check(["bad.stretto", "--summary", "bad.md"]);
    expect(code).toBe(1);
    expect(readFileSync(at("bad.md"), "utf8")).toContain("error ST2303 division-by-zero");
  });

  test("one that cannot be written is told, once the rest is, and gives exit code 1", async () => {
    mkdirSync(at("folder"));
    const before = readdirSync(folder.path);
    for (const args of [
      ["--summary", "folder"],
      ["--summary", "none/summary.md"],
    ]) {
      const { code, output, errors } = await check(["a.stretto", ...args]);
      expect(output).toContain("a.stretto\n");
      expect(errors).toContain("ST7104 output-not-written");
      expect(code).toBe(1);
    }
    const step = await check(["a.stretto", "--format", "github"], { GITHUB_STEP_SUMMARY: at("folder") });
    expect([step.code, step.errors.includes("output-not-written")]).toEqual([1, true]);
    expect(readdirSync(folder.path)).toEqual(before);
  });
});
