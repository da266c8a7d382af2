import { expect, test } from "vitest";
import { fixAll } from "../../../lsp/actions/quick-fixes.js";
import { replaceAll } from "../../../grammar/format-range.js";
import type { Scene } from "../../../lsp/actions/action.js";

const path = "/a.stretto";
const text = Array.from({ length: 60 }, (_, line) => `param p${line} = x\n`).join("");

/** A diagnostic on each line that says `x`, whose fix writes `y`. */
function diagnosticsOf(now: string) {
  return [...now.matchAll(/x/g)].map(({ index }) => {
    const location = { file: path, span: { start: index, end: index + 1 } };
    return { code: "ST0000", location, fixes: [{ title: "write y", edits: [{ location, newText: "y" }] }] };
  });
}

/** What a check of a text finds, and how often one was made. */
function counted(check: (now: string) => object[]) {
  let checks = 0;
  const checkWith = (_: string, texts: ReadonlyMap<string, string>) => {
    checks++;
    return { diagnostics: check(texts.get(path)!) };
  };
  const scene = { server: { workspace: { checkWith } }, analysis: { path, text, diagnostics: diagnosticsOf(text) } };
  return { outcome: fixAll(scene as unknown as Scene), checks };
}

test("what can be mended at once is checked once", () => {
  const { outcome, checks } = counted(diagnosticsOf);
  expect(checks).toBe(1);
  const edits = "edits" in outcome ? outcome.edits.get(path)! : [];
  expect(replaceAll(text, edits)).toBe(text.replaceAll("x", "y"));
});

test("where single fixes have to be tried, no more of them are than one can wait for, and the first that mends is made", () => {
  // Nothing is mended where more than one thing has changed.
  const one = counted((now) => (now.split("y").length > 2 ? diagnosticsOf(text) : diagnosticsOf(now)));
  expect("edits" in one.outcome && one.outcome.edits.get(path)).toHaveLength(1);
  expect(one.checks).toBeLessThanOrEqual(20);
  const none = counted(() => diagnosticsOf(text));
  expect("edits" in none.outcome && none.outcome.edits.get(path)).toEqual([]);
  expect(none.checks).toBeLessThanOrEqual(20);
});
