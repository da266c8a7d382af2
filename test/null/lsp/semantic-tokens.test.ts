import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SemanticTokens, SemanticTokensDelta, SemanticTokensLegend } from "vscode-languageserver";
import { applyEdit, typedEdit } from "../../support/edits.js";
import { openEditor } from "../../support/editor.js";
import type { OpenDocument } from "../../support/editor.js";
import { strettoFiles } from "../../support/stretto-files.js";

interface Coloured {
  readonly line: number;
  readonly character: number;
  readonly text: string;
  readonly kind: string;
}

function decode({ data }: SemanticTokens, { text }: OpenDocument, legend: SemanticTokensLegend): Coloured[] {
  const lines = text.split("\n");
  const found: Coloured[] = [];
  let [line, character] = [0, 0];
  for (let at = 0; at < data.length; at += 5) {
    const [down, across, length, type, bits] = data.slice(at, at + 5) as [number, number, number, number, number];
    character = down === 0 ? character + across : across;
    line += down;
    const modifiers = legend.tokenModifiers.filter((_, bit) => bits & (1 << bit));
    const kind = [legend.tokenTypes[type]!, ...modifiers].join(" ");
    found.push({ line, character, text: lines[line]!.slice(character, character + length), kind });
  }
  return found;
}

const source = `/// Sizes.
param tokens = 64 // a comment
mesh on node { ep: 2 }
profile small { tokens = 8 }
op twice(x: T[n]) -> T[n] = 2 * x[n]
monoid best(v: f32) { identity = -inf combine(a, b) = max(a, b) finish(a) = a }
layer f(x: bf16[tokens/ep]) -> y: bf16[tokens] {
  let h = all_gather(x, tokens)
  return twice(h)
}
schedule s of f { run h on sms(8) }
check s { memory <= 80 GB }
`;

async function tokensOf(text: string) {
  const editor = await openEditor();
  const legend = editor.answer.capabilities.semanticTokensProvider!.legend;
  const document = editor.open("a.stretto", text);
  const full = await editor.ask<SemanticTokens>("textDocument/semanticTokens/full", document);
  return { editor, legend, document, full };
}

describe("colours", () => {
  test("are of what names refer to, and of the table of tokens", async () => {
    const { legend, document, full } = await tokensOf(source);
    const found = decode(full, document, legend);
    const kinds = (line: number) =>
      found.filter((one) => one.line === line).map(({ text, kind }) => `${text}: ${kind}`);
    expect(kinds(0)).toEqual(["/// Sizes.: comment documentation"]);
    expect(kinds(1)).toEqual([
      ...["param: keyword", "tokens: variable declaration readonly", "64: number", "// a comment: comment"],
    ]);
    expect(kinds(3)).toContain("tokens: variable readonly modification");
    expect(kinds(4)).toEqual([
      ...["op: keyword", "twice: function declaration", "x: parameter declaration", "T: typeParameter declaration"],
      ...["n: typeParameter declaration", "T: typeParameter", "n: typeParameter", "2: number", "*: operator"],
      ...["x: parameter", "n: typeParameter"],
    ]);
    expect(kinds(5)).toContain("max: function defaultLibrary");
    expect(kinds(7)).toEqual([
      ...["let: keyword", "h: variable declaration", "all_gather: function defaultLibrary", "x: parameter"],
      "tokens: variable readonly",
    ]);
    expect(kinds(10)).toContain("sms: enumMember defaultLibrary");
    expect(kinds(11)).toContain("GB: keyword defaultLibrary");
  });

  test("of a part of a text are those that lie in it", async () => {
    const marked = source.replace("twice(x: T[n])", "«twice(x: T[n])").replace("let h", "let h»");
    const { editor, legend, document, full } = await tokensOf(marked);
    const range = document.range();
    const part = await editor.ask<SemanticTokens>("textDocument/semanticTokens/range", document, { range });
    const within = decode(full, document, legend).filter(
      ({ line, character }) =>
        (line > 4 || (line === 4 && character >= 3)) && (line < 7 || (line === 7 && character < 7)),
    );
    expect(decode(part, document, legend)).toEqual(within);
  });

  test("of all that ships, no token overlaps another, and every word has a colour", async () => {
    for (const { text } of strettoFiles.slice(0, 6)) {
      const { legend, document, full } = await tokensOf(text);
      const found = decode(full, document, legend);
      const covered = found.map(({ text: word }) => word);
      for (let at = 1; at < found.length; at++) {
        const [a, b] = [found[at - 1]!, found[at]!];
        expect(a.line < b.line || a.character + a.text.length <= b.character).toBe(true);
      }
      const words = text.replaceAll(/\/\/.*|"[^"]*"|\b\d[\w.-]*/g, "").match(/[A-Za-z_]\w*/g) ?? [];
      expect(covered.filter((word) => /^[A-Za-z_]\w*$/.test(word))).toEqual(expect.arrayContaining(words));
    }
  });
});

describe("the difference to what was sent before", () => {
  test("applied to it gives the whole", async () => {
    const texts = strettoFiles.map(({ text }) => text).filter((text) => text.length < 6000);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.array(typedEdit, { minLength: 1, maxLength: 4 }),
        async (text, edits) => {
          const { editor, document, full } = await tokensOf(text);
          let now = text;
          let before = full;
          for (const edit of edits) {
            now = applyEdit(now, edit);
            const changed = editor.replace(document, now);
            const delta = await editor.ask<SemanticTokens | SemanticTokensDelta>(
              "textDocument/semanticTokens/full/delta",
              changed,
              { previousResultId: before.resultId },
            );
            const data = "edits" in delta ? applied(before.data, delta) : delta.data;
            const fresh = (await tokensOf(now)).full;
            expect(data).toEqual(fresh.data);
            before = { data, ...(delta.resultId !== undefined && { resultId: delta.resultId }) };
          }
        },
      ),
      { numRuns: 8 },
    );
  });
});

function applied(data: readonly number[], { edits }: SemanticTokensDelta): number[] {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce<number[]>(
      (all, { start, deleteCount, data: inserted = [] }) => [
        ...all.slice(0, start),
        ...inserted,
        ...all.slice(start + deleteCount),
      ],
      [...data],
    );
}
