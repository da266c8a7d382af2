/**
 * What must hold of any text whatever: no stage throws, every diagnostic has a place in a text that there is, can be shown
 * and sent, and is the same the next time; a text that reads is formatted to one that means the same and stays as it is; a
 * schedule that is planned has a sound graph that comes to an end.
 */
import { isDeepStrictEqual } from "node:util";
import { noPlace } from "../../../compiler/diagnostics/no-place.js";
import { renderJson } from "../../../compiler/diagnostics/render-json.js";
import { renderText } from "../../../compiler/diagnostics/render-text.js";
import type { Diagnostic, Location } from "../../../compiler/diagnostics/types.js";
import { checkFile } from "../../../compiler/program.js";
import { parse } from "../../../grammar/parser.js";
import { formatText } from "../../../grammar/prettier-plugin.js";
import { brokenInvariant, shapeOf } from "../tree-invariants.js";
import { entryFile, hostOf, type Corpus } from "./corpus.js";
import { examineSchedules } from "./examine-schedules.js";
import { promise } from "./promise.js";
import { readWhole, type WholeCase } from "./whole-case.js";

/** What a case came to: how far it got, for the figures of a run. */
export type Reached = "not UTF-8" | "unread" | "read" | "checked" | "planned";

/** Throws what a stage throws, or a `BrokenPromise`. */
export async function examine(corpus: Corpus, content: string | Uint8Array): Promise<Reached> {
  const whole = readWhole(content);
  if (!("text" in whole.entry)) {
    examineProgram(corpus, whole);
    return "not UTF-8";
  }
  const texts = [whole.entry.text, ...whole.files.values()];
  const read = texts.map(examineTree);
  const reached = examineProgram(corpus, whole);
  for (const [index, text] of texts.entries()) await examineFormat(text, read[index]!);
  return read.every(Boolean) ? reached : "unread";
}

/** True where it reads without a mistake. */
function examineTree(text: string): boolean {
  const { tree, errors } = parse(text);
  const broken = brokenInvariant(tree, text);
  promise(broken === undefined, () => `tree: ${broken}`);
  for (const { span } of errors) promiseWithin(span, text.length, "a mistake of syntax");
  promise(isDeepStrictEqual({ tree, errors }, parse(text)), () => "the text reads otherwise the second time");
  return errors.length === 0;
}

function promiseWithin(span: { start: number; end: number }, length: number, what: string): void {
  const { start, end } = span;
  promise(0 <= start && start <= end && end <= length, () => `${what} is at ${start} .. ${end} of ${length}`);
}

/** How far what reads gets. */
function examineProgram(corpus: Corpus, whole: WholeCase): Reached {
  const { set } = whole;
  const check = () => checkFile(entryFile, hostOf(corpus, whole), { profileIfThere: "small", set });
  const { program, diagnostics, sources } = check();
  promiseDiagnostics(diagnostics, sources, set.size > 0);
  promise(isDeepStrictEqual(diagnostics, check().diagnostics), () => "it is told otherwise the second time");
  const wrong = diagnostics.some(({ severity }) => severity === "error");
  promise(program === undefined || !wrong, () => "there is a program though there are errors");
  if (program === undefined) return "read";
  const planned = examineSchedules(program, (more) => promiseDiagnostics(more, sources, set.size > 0));
  return planned > 0 ? "planned" : "checked";
}

function promiseDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  hasSettings: boolean,
): void {
  const promiseKnown = (location: Location, name: string): void => {
    const length = sources.get(location.file)?.length;
    const isOfSetting = hasSettings && location.file === noPlace.file;
    const isKnown = length !== undefined || location.file === entryFile || isOfSetting;
    promise(isKnown, () => `${name} is about ${location.file}`);
    promiseWithin(location.span, length ?? 0, name);
  };
  for (const { name, message, location, related, fixes } of diagnostics) {
    promiseKnown(location, name);
    for (const place of related) promiseKnown(place.location, `what is related to ${name}`);
    for (const { edits } of fixes) for (const edit of edits) promiseKnown(edit.location, `a fix of ${name}`);
    for (const said of [message, ...related.map((place) => place.message), ...fixes.map(({ title }) => title)]) {
      promise(said.trim() !== "", () => `${name} says nothing`);
      // What a monoid of the user's comes to may be no number, and is told so.
      const odd = name === "monoid-identity" ? /\bundefined\b|\[object / : /\bundefined\b|\bNaN\b|\[object /;
      promise(!odd.test(said), () => `${name} says ${said}`);
    }
  }
  const lookUp = (file: string): string | undefined => sources.get(file);
  renderText(diagnostics, lookUp, { colour: true });
  const sent = renderJson(diagnostics, lookUp);
  promise(
    isDeepStrictEqual(JSON.parse(JSON.stringify(sent)), sent),
    () => "a diagnostic changes on its way through JSON",
  );
}

async function examineFormat(text: string, reads: boolean): Promise<void> {
  if (!reads) {
    const refused = await formatText(text).then(
      () => undefined,
      (error: unknown) => error,
    );
    promise(refused instanceof SyntaxError && "loc" in refused, () => `the formatter says ${String(refused)}`);
    return;
  }
  const formatted = await formatText(text);
  const before = parse(text);
  const after = parse(formatted);
  promise(after.errors.length === 0, () => `what the formatter writes does not read:\n${formatted}`);
  promise(
    isDeepStrictEqual(shapeOf(after.tree), shapeOf(before.tree)),
    () => `the formatter changes it to\n${formatted}`,
  );
  const comments = ({ tree }: typeof before): string[] => tree.comments.map((comment) => comment.text).toSorted();
  promise(isDeepStrictEqual(comments(after), comments(before)), () => `the formatter loses comments:\n${formatted}`);
  const again = await formatText(formatted);
  promise(again === formatted, () => `the formatter does not settle:\n${formatted}\nthen\n${again}`);
}
