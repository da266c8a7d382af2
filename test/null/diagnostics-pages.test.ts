import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../compiler/diagnostics/catalogue.js";
import type { DiagnosticName } from "../../compiler/diagnostics/catalogue.js";
import type { CodeDefinition } from "../../compiler/diagnostics/message.js";
import { diagnose } from "../support/diagnose.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}docs/diagnostics/`;
const names = Object.keys(catalogue) as DiagnosticName[];
const definitionOf = (name: DiagnosticName): CodeDefinition<string> => catalogue[name];
const pageOf = (name: DiagnosticName) => `${definitionOf(name).code}-${name}.md`;

/** The fenced programs below a heading, and the files of their tables: the one without `file=` is the entry. */
function programBelow(page: string, heading: string): Record<string, string> {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? "";
  const fences = [...section.matchAll(/^```(?:stretto|csv)(?: file=(\S+))?\n(.*?)^```$/gms)];
  return Object.fromEntries(fences.map(([, file, text]) => [file ?? "main.stretto", text!]));
}

test("codes are of a stage, and unique", () => {
  const codes = names.map((name) => definitionOf(name).code);
  expect(codes.filter((code) => !/^ST[1-7]\d{3}$/.test(code))).toEqual([]);
  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
});

test("every code is reported somewhere", () => {
  const sources = ["cli", "compiler", "evidence", "runtime", "simulator"].flatMap((part) =>
    readdirSync(root + part, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !`${part}/${file}`.startsWith("compiler/diagnostics/codes/"))
      .map((file) => readFileSync(`${root}${part}/${file}`, "utf8")),
  );
  expect(names.filter((name) => !sources.some((source) => source.includes(`"${name}"`)))).toEqual([]);
});

test("pages are of codes that exist", () => {
  const known = new Set(names.map(pageOf));
  expect(readdirSync(folder).filter((file) => file.startsWith("ST") && !known.has(file))).toEqual([]);
});

describe.each(names)("%s", (name) => {
  const { code, producedBy } = definitionOf(name);
  const path = folder + pageOf(name);
  const page = existsSync(path) ? readFileSync(path, "utf8") : "";

  test("has a page that says what and why", () => {
    expect(page.slice(0, page.indexOf("\n\n"))).toBe(`# ${code} ${name}`);
    expect(page).toContain("\n## Why\n");
  });

  if (producedBy !== undefined) {
    test("says when, and the test that produces it names it", () => {
      expect(page).toContain("\n## When\n");
      expect(readFileSync(root + producedBy, "utf8")).toContain(`"${name}"`);
    });
    return;
  }

  test("its failing program has it, and its passing one has no error", () => {
    const failing = diagnose(programBelow(page, "❌"));
    expect(failing.map((diagnostic) => diagnostic.name)).toContain(name);
    const passing = programBelow(page, "✅");
    expect(Object.keys(passing)).toContain("main.stretto");
    expect(diagnose(passing).filter((diagnostic) => diagnostic.severity === "error")).toEqual([]);
  });
});
