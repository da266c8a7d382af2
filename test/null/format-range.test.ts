import fc from "fast-check";
import { format, type Plugin } from "prettier";
import { describe, expect, test } from "vitest";
import { replaceAll } from "../../grammar/format-range.js";
import { tokenize } from "../../grammar/lexer.js";
import { parse } from "../../grammar/parser.js";
import plugin, { formatPart, formatText } from "../../grammar/prettier-plugin.js";
import { strettoFiles } from "../support/stretto-files.js";
import { parsed, shapeOf } from "../support/syntax-tree.js";

const texts = strettoFiles.map(({ text }) => text);
const commentsOf = (text: string): string[] => parse(text).tree.comments.map((comment) => comment.text);

/** A text with more space before some tokens than there should be. */
const untidy = fc
  .tuple(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 4 })), { maxLength: 30 }))
  .map(([text, places]) => {
    const { tokens } = tokenize(text);
    const starts = [...new Map(places.map(([at, spaces]) => [tokens[at % tokens.length]!.startOffset, spaces]))];
    const loosened = starts
      .sort(([a], [b]) => b - a)
      .reduce((all, [at, spaces]) => all.slice(0, at) + " ".repeat(spaces) + all.slice(at), text);
    // Space between a number and its unit, or before some brackets, makes another text.
    return parse(loosened).errors.length === 0 ? loosened : text;
  });

const leadingSpace = (text: string) => text.slice(0, text.length - text.trimStart().length);

const untidyWithRange = fc.tuple(untidy, fc.nat(), fc.nat(400)).map(([text, at, length]) => {
  const start = at % text.length;
  return { text, range: { start, end: Math.min(text.length, start + length) } };
});

const part = async (text: string, range: { start: number; end: number }) =>
  replaceAll(text, await formatPart(text, range));

describe("formatting a range", () => {
  test("of all there is, is formatting, and settles at once", async () => {
    await fc.assert(
      fc.asyncProperty(untidy, async (text) => {
        const formatted = await formatText(text);
        expect(await part(text, { start: 0, end: text.length })).toBe(formatted);
        expect(await formatPart(formatted, { start: 0, end: formatted.length })).toEqual([]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test("changes nothing outside of the declarations that it touches, and no tree and no comment", async () => {
    await fc.assert(
      fc.asyncProperty(untidyWithRange, async ({ text, range }) => {
        const formatted = await part(text, range);
        const { tree } = parse(text);
        expect(shapeOf(parsed(formatted))).toEqual(shapeOf(tree));
        expect(commentsOf(formatted)).toEqual(commentsOf(text));
        const before = tree.declarations.filter(({ span }) => text.indexOf("\n", span.end) < range.start).at(-1);
        const [, after] = tree.declarations.filter(({ span }) => text.lastIndexOf("\n", span.start) >= range.end);
        if (before) expect(formatted.startsWith(text.slice(0, before.span.end))).toBe(true);
        // Not the next one: comments above it may be in the range.
        if (after) expect(formatted.endsWith(text.slice(after.span.start))).toBe(true);
        expect(await part(formatted, { start: 0, end: formatted.length })).toBe(await formatText(text));
      }),
      { numRuns: 80 },
    );
  }, 120_000);

  test("leaves a declaration that cannot be read as it is, and formats the others", async () => {
    await fc.assert(
      fc.asyncProperty(untidy, fc.nat(), async (text, index) => {
        const { declarations } = parse(text).tree;
        const broken = declarations[index % declarations.length]!;
        const mistake = "layer   broken( ? {\n}";
        const torn = text.slice(0, broken.span.start) + mistake + text.slice(broken.span.end);
        const formatted = await part(torn, { start: 0, end: torn.length });
        expect(formatted).toContain(mistake);
        // Whatever stands on the line after it is a part of it.
        const behind = formatted.slice(formatted.indexOf(mistake) + mistake.length).replace(/^.*\n?/, "");
        const next = declarations[(index % declarations.length) + 1];
        if (next === undefined || !formatted.includes(text.slice(next.span.start, next.span.start + 5))) return;
        expect(behind).toBe(behind.trim() === "" ? behind : leadingSpace(behind) + (await formatText(behind)));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test("is a statement where it stays in a body", async () => {
    const text = "layer   f(x: bf16[a]) -> y: bf16[a] {\n  let  p=x\n\n  let  q=p // q\n  return   q\n}\n";
    const at = text.indexOf("q=p");
    expect(await part(text, { start: at, end: at + 3 })).toBe(text.replace("let  q=p", "let q = p"));
  });

  test("of an empty line is nothing", async () => {
    const text = "param   a=1\n\n\nparam   b=2\n";
    expect(await formatPart(text, { start: 12, end: 13 })).toEqual([]);
  });
});

describe("prettier with the plugin", () => {
  const plugins = [plugin as Plugin];

  test("formats a range as we do", async () => {
    await fc.assert(
      fc.asyncProperty(untidyWithRange, async ({ text, range: { start, end } }) => {
        fc.pre(start < end);
        const given = { parser: "stretto", plugins, printWidth: 120, rangeStart: start, rangeEnd: end };
        expect(await format(text, given)).toBe(await part(text, { start, end }));
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  test("formats fences of markdown, and leaves one that cannot be read", async () => {
    const page = (first: string) =>
      `# A\n\n\`\`\`stretto file=a.stretto\n${first}\n\`\`\`\n\n\`\`\`stretto\nparam =\n\`\`\`\n`;
    expect(await format(page("param   a=1\n// b"), { parser: "markdown", plugins })).toBe(page("param a = 1\n// b"));
  });

  test("knows a file by its name", async () => {
    expect(await format("param   a=1", { filepath: "a.stretto", plugins })).toBe("param a = 1\n");
  });
});
