import { expect, test } from "vitest";
import { createDiagnostic } from "../../../compiler/diagnostics/catalogue.js";
import type { ScheduleDecl } from "../../../grammar/ast.js";
import { parse } from "../../../grammar/parser.js";
import { Refusals } from "../../../lsp/background/refusals.js";
import type { Analysis } from "../../../lsp/documents/analysis.js";
import { localBackground, soon } from "../../support/background.js";
import { openEditor } from "../../support/editor.js";
import { smallProgram } from "../../support/small-program.js";

// What only a plan shows is told once the background has tried to make one.
const illegal = smallProgram
  .replace("overlap y -> out by shard", "run «y» on copy")
  .replace("order y as out\n", "")
  .replace(/check eager[^]*$/, "");

test("a verb that cannot be carried out is underlined where it stands, until it is repaired", async () => {
  const editor = await openEditor({ background: localBackground() });
  const document = editor.open("a.stretto", illegal);
  const [told, ...others] = await editor.diagnosticsOf(document, (found) => found.length > 0);
  expect(others).toEqual([]);
  expect(told).toMatchObject({ code: "ST4072", severity: 1, range: document.range() });
  expect(told!.codeDescription!.href).toContain("ST4072");

  // Edits elsewhere take it along, with no plan made anew.
  const lower = editor.edit(document, 0, 0, "// A comment.\n");
  const [moved] = await editor.diagnosticsOf(lower, (found) => found.length > 0);
  expect(moved!.range.start.line).toBe(told!.range.start.line + 1);

  const repaired = editor.replace(lower, lower.text.replace("run y on copy", "run out on copy"));
  expect(await editor.diagnosticsOf(repaired, (found) => found.length === 0)).toEqual([]);
});

test("it is found again where the schedule was edited and means the same", async () => {
  const editor = await openEditor({ background: localBackground() });
  const document = editor.open("a.stretto", illegal);
  await editor.diagnosticsOf(document, (found) => found.length > 0);
  const spaced = editor.replace(document, document.text.replace("run y on copy", "\n\n  run y on copy // here"));
  const [told] = await editor.diagnosticsOf(spaced, (found) => found.length > 0);
  const line = spaced.text.split("\n").findIndex((text) => text.includes("// here"));
  expect(told).toMatchObject({ code: "ST4072", range: { start: { line, character: 6 } } });
});

test("a client that pulls is asked to pull once there is more to tell", async () => {
  let asked = 0;
  const editor = await openEditor({
    background: localBackground(),
    client: { textDocument: { diagnostic: {} }, workspace: { diagnostics: { refreshSupport: true } } },
    onConnection: (connection) => connection.onRequest("workspace/diagnostic/refresh", () => void asked++),
  });
  const document = editor.open("a.stretto", illegal);
  const pull = () => editor.ask<{ items: { code: string }[] }>("textDocument/diagnostic", document);
  expect((await pull()).items).toEqual([]);
  await expect.poll(() => asked, soon).toBe(1);
  expect((await pull()).items).toMatchObject([{ code: "ST4072" }]);
});

test("what is wrong in another file is told at the schedule's name, and leads there", () => {
  const { tree } = parse("param n = 4\nschedule s of l");
  const analysis = { path: "/a.stretto", tree } as Analysis;
  const schedule = tree.declarations[1] as ScheduleDecl;
  const location = { file: "/lib.stretto", span: { start: 3, end: 5 } };
  const refusals = new Refusals();
  expect(refusals.has(analysis, schedule)).toBe(false);
  refusals.note(analysis, schedule, [createDiagnostic("deadlock", location, { cycle: "a" })]);
  expect(refusals.has(analysis, schedule)).toBe(true);
  const [told] = refusals.of(analysis, schedule);
  expect(told!.location).toEqual({ file: "/a.stretto", span: schedule.name.span });
  expect(told!.related[0]!.location).toEqual(location);
});
