import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "../../grammar/parser.js";
import { formatText } from "../../grammar/prettier-plugin.js";
import { printNode } from "../../grammar/printer.js";
import { describeProblem } from "../../grammar/problems.js";
import { tokenize } from "../../grammar/lexer.js";
import { program } from "../support/random-programs.js";
import { strettoFiles } from "../support/stretto-files.js";
import { parsed, shapeOf } from "../support/syntax-tree.js";

const commentsOf = (text: string): string[] =>
  parse(text)
    .tree.comments.map((comment) => comment.text)
    .sort();

describe("the printer", () => {
  test.each(strettoFiles.map(({ path, text }) => [path, text]))("leaves %s as it is", async (_, text) => {
    expect(await formatText(text)).toBe(text);
  });

  test("prints what reads back as the same tree, and prints that the same", async () => {
    await fc.assert(
      fc.asyncProperty(program, async (tree) => {
        const text = printNode(tree);
        const { tree: read, errors } = parse(text);
        if (errors.length > 0) expect.fail(`${text}\ndoes not read back: ${describeProblem(errors[0]!)}`);
        if (!isDeepStrictEqual(shapeOf(read), shapeOf(tree))) expect.fail(`${text}\nreads back as another tree`);
        const formatted = await formatText(text);
        expect(shapeOf(parsed(formatted))).toEqual(shapeOf(tree));
        expect(await formatText(formatted)).toBe(formatted);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  test("keeps every comment wherever it stands, and settles at once", async () => {
    const texts = strettoFiles.map(({ text }) => text);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: 1, maxLength: 4 }),
        async (text, places) => {
          const { tokens } = tokenize(text);
          const offsets = places.map(([at, ownLine]) => ({ at: tokens[at % tokens.length]!.startOffset, ownLine }));
          offsets.sort((a, b) => b.at - a.at);
          let commented = text;
          offsets.forEach(({ at, ownLine }, index) => {
            commented = `${commented.slice(0, at)}${ownLine ? "\n" : ""}// note ${index}\n${commented.slice(at)}`;
          });
          // A line break before some brackets, or between a number and its percent, makes another text.
          const before = parse(commented);
          fc.pre(before.errors.length === 0);
          const formatted = await formatText(commented);
          expect(commentsOf(formatted)).toEqual(commentsOf(commented));
          expect(shapeOf(parsed(formatted))).toEqual(shapeOf(before.tree));
          expect(await formatText(formatted)).toBe(formatted);
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);

  test("keeps one empty line of many, and none where none is", async () => {
    expect(await formatText("param a = 1\n\n\n\nparam b = 2\nparam c = 3")).toBe(
      "param a = 1\n\nparam b = 2\nparam c = 3\n",
    );
  });

  test("lines types up where each parameter has a line of its own", async () => {
    const text = "layer f(x: T[a], // one\n weights: T[b]) -> y: T[a] { return x }";
    expect(await formatText(text)).toBe(
      "layer f(\n  x:       T[a], // one\n  weights: T[b],\n) -> y: T[a] {\n  return x\n}\n",
    );
  });

  test.each([
    "for ranks in 2, 4, (2 * n)",
    "for gate in (any), uniform",
    "for a in 1, (memory)\n  memory <= 3 B",
    "for a in 1, (no), b in (same), 2\n  no race",
    "for share in (10 % .. 90 %) step 10 %, links speed in 0.1 .. 10",
  ])("keeps the parentheses that a `for` of a check needs: %s", async (claims) => {
    const text = `check s {\n  ${claims}\n}\n`;
    expect(await formatText(text)).toBe(text.replace("(same)", "same").replace("(2 * n)", "2 * n"));
  });

  test("breaks a long `for` of a check between names", async () => {
    const names = ["tokens", "hidden", "ffn", "heads"].map((name) => `${name} in 1000000 .. 2000000 step 64`);
    const text = `check s {\n  for ${names.join(", ")}\n}\n`;
    expect(await formatText(text)).toBe(`check s {\n  for ${names.join(",\n    ")}\n}\n`);
  });

  test("tells where a text cannot be read", async () => {
    await expect(formatText("param a = 1\nparam b =")).rejects.toMatchObject({
      loc: { start: { line: 2, column: 10 } },
    });
  });
});
