import { beforeAll, describe, expect, test } from "vitest";
import { markdownGrammar, strettoGrammar } from "../../grammar/textmate/grammar.js";
import { scopeOfWord } from "../../grammar/textmate/words.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import { keywords, type Keyword } from "../../grammar/tokens.js";
import { units } from "../../grammar/units.js";
import { grammarFile, grammarFiles } from "../../scripts/generate-textmate.mjs";
import { namesThatAreWords, wordsOf } from "../support/colours.js";
import { fencesOf } from "../support/fences.js";
import { projectFiles, readProjectFile } from "../support/project.js";
import { strettoFiles } from "../support/stretto-files.js";
import { pieceAt, textMateHighlighter, type ColouredPiece } from "../support/textmate.js";
import { parse } from "../../grammar/parser.js";

let colour: (text: string) => ColouredPiece[];
beforeAll(async () => void (colour = await textMateHighlighter()));

/** What a text's words are coloured as against what the parser says of them. */
function disagreements(text: string): string[] {
  const pieces = colour(text);
  return wordsOf(text).flatMap(({ word, start, isName }) => {
    const { scope } = pieceAt(pieces, start) ?? {};
    const isWord = scope === scopeOfWord(word);
    if (isWord === !isName) return [];
    const line = text.slice(0, start).split("\n").length;
    const shown = text.split("\n")[line - 1]!.trim();
    return [`line ${line}: \`${word}\` is a ${isName ? "name" : "word"}, coloured ${scope ?? "not"}: ${shown}`];
  });
}

const scopeIn = (text: string, part: string): string | undefined => pieceAt(colour(text), text.indexOf(part))?.scope;

describe("the generated grammars are what the tables and the parser say", () => {
  test("of the language", () => {
    expect(readProjectFile(grammarFiles.stretto)).toBe(grammarFile(strettoGrammar()));
  });
  test("of fences in Markdown", () => {
    expect(readProjectFile(grammarFiles.markdown)).toBe(grammarFile(markdownGrammar));
  });
});

describe("each word is coloured as the parser reads it", () => {
  test.each(strettoFiles)("$path", ({ text }) => {
    expect(disagreements(text)).toEqual([]);
  });
  test("in every program of the docs", () => {
    const pages = projectFiles().filter((path) => path.endsWith(".md"));
    const programs = pages.flatMap((page) =>
      fencesOf(readProjectFile(page))
        .filter(({ language, body }) => language === "stretto" && parse(body).errors.length === 0)
        .map(({ line, body }) => ({ place: `${page}:${line}`, body })),
    );
    expect(programs.length).toBeGreaterThan(200);
    expect(programs.flatMap(({ place, body }) => disagreements(body).map((each) => `${place} ${each}`))).toEqual([]);
  });
  test.each(namesThatAreWords)("names that are words: %s", (text) => {
    expect(disagreements(text)).toEqual([]);
  });
  test("and every one of the table is a word somewhere", () => {
    const texts = [...strettoFiles.map(({ text }) => text), ...namesThatAreWords, ...rareWords];
    const used = new Set(texts.flatMap((text) => wordsOf(text).flatMap((each) => (each.isName ? [] : [each.word]))));
    expect((Object.keys(keywords) as Keyword[]).filter((word) => !used.has(word))).toEqual([]);
    for (const text of rareWords) expect(disagreements(text), text).toEqual([]);
  });
});

/** What neither examples nor std/ use. */
const rareWords: readonly string[] = [
  "record adam { m: f32[n], v: f32[n] }\n\nassume gate = zipf(1.1)\n",
  "layer b = approximate a {\n  read v from t - 1\n}\n",
  "check b {\n  drift from a <= 2e-2 over 24 rounds\n  hides 85 % of communication\n  for n in any\n}\n",
  "layer l(x: f32[n]) -> y: f32[n] at stage(0) {\n  let y = for i in 0 ..< 4 with v = x {\n    when i > 2 or i < 1 {\n      next v = f(v)\n    }\n  }\n  return y\n}\n",
  "machine m {\n  rank r {\n    nics 2 at 50 GB/s\n    efficiency 80 %\n    dispatch 2 us\n    kernel contraction f32 2 by 2 at 5 GFLOP/s\n  }\n  level node: h[16]\n  tier ssd of node { 8 TB, read 25 GB/s }\n}\n",
  "schedule s of l {\n  in block[*].mlp: use t3\n  pass F = forward of net, W = d weights of net\n}\n",
  "opaque op f(x: T[n]) -> T[n] cost { flops = 2 }\n",
  "check s {\n  messages <= 4\n  rounds == 2\n  for tokens in 64 .. 4096 step 64, gate seed in any\n}\n",
];

describe("tokens", () => {
  test.each([...dtypeNames])("%s is a dtype", (dtype) => {
    expect(scopeIn(`layer l(x: ${dtype}[n]) -> y: f32[n] { return x }\n`, dtype)).toBe("storage.type.dtype.stretto");
  });
  test.each(units.map(({ name }) => name))("a number may be in %s", (unit) => {
    const text = `param a = 27 ${unit}, b = 3\n`;
    expect(pieceAt(colour(text), text.indexOf("27"))?.scope).toBe("constant.numeric.stretto");
    expect(pieceAt(colour(text), text.indexOf(`27 ${unit}`) + 3)?.scope).toBe("keyword.other.unit.stretto");
  });
  test("a unit is a name where no number stands before it, and `%` before an operand a remainder", () => {
    expect(scopeIn("param a = x * GB\n", "GB")).toBe("variable.other.name.stretto");
    expect(scopeIn("param a = 10 % n\n", "%")).toBe("keyword.operator.stretto");
  });
  test("comments, documentation, strings", () => {
    expect(scopeIn("// said\nparam a = 1\n", "said")).toBe("comment.line.double-slash.stretto");
    expect(scopeIn("/// said\nparam a = 1\n", "said")).toBe("comment.line.documentation.stretto");
    expect(scopeIn('import { a } from "std/ops" // x\n', "std")).toBe("string.quoted.double.stretto");
    expect(scopeIn("param a = 1 // let it be\n", "let")).toBe("comment.line.double-slash.stretto");
  });
  test("what is declared, called, and a member", () => {
    expect(scopeIn("schedule fast of moe\n", "fast")).toBe("entity.name.type.declared.stretto");
    expect(scopeIn("param a = f(2)\n", "f(")).toBe("entity.name.function.call.stretto");
    expect(scopeIn("schedule fast of moe {\n  order y as out.take\n}\n", "take")).toBe("variable.other.member.stretto");
  });
});

test("a declaration keeps its colours whatever is missing in the one before it", () => {
  const broken = "schedule a of b {\n  tile h by (2\n\nschedule c of d {\n  run out on copy\n}\n";
  expect(scopeIn(broken, "c of")).toBe("entity.name.type.declared.stretto");
  expect(scopeIn(broken, "run")).toBe(scopeOfWord("run"));
});

test("a fence in Markdown is coloured as a file", async () => {
  const highlight = await textMateHighlighter("markdown.stretto.codeblock");
  const page = "Text.\n\n```stretto file=a.stretto\nschedule a of b\n```\n\nschedule a of b\n";
  const pieces = highlight(page);
  expect(pieceAt(pieces, page.indexOf("schedule"))?.scope).toBe(scopeOfWord("schedule"));
  expect(pieceAt(pieces, page.indexOf("schedule"))?.scopes).toContain("meta.embedded.block.stretto");
  expect(pieceAt(pieces, page.lastIndexOf("schedule"))?.scope).toBeUndefined();
});
