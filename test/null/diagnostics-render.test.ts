import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDiagnostic } from "../../compiler/diagnostics/catalogue.js";
import { excerptOf } from "../../compiler/diagnostics/excerpt.js";
import { createLineMap } from "../../compiler/diagnostics/line-map.js";
import { renderJson } from "../../compiler/diagnostics/render-json.js";
import { renderText } from "../../compiler/diagnostics/render-text.js";

const text = "param tokens = 4096\nparam rows = tokns * 2\n";
const source = (file: string) => (file === "a.stretto" ? text : undefined);
const at = (start: number, end: number, file = "a.stretto") => ({ file, span: { start, end } });
const start = text.indexOf("tokns");
const unknown = createDiagnostic(
  "unknown-name",
  at(start, start + 5),
  { name: "tokns", expected: "a param", hint: " Did you mean `tokens`?" },
  {
    related: [{ location: at(6, 12), message: "declared here" }],
    fixes: [{ title: "write `tokens`", edits: [{ location: at(start, start + 5), newText: "tokens" }] }],
  },
);

describe("text", () => {
  test("names the place, shows and underlines it, then related places and fixes", () => {
    expect(renderText([unknown], source)).toBe(
      [
        "a.stretto:2:14: error ST2101 unknown-name: Nothing is named `tokns` here; a param is needed. Did you mean `tokens`?",
        "  2 | param rows = tokns * 2",
        "    |              ~~~~~",
        "  a.stretto:1:7: declared here",
        "  1 | param tokens = 4096",
        "    |       ~~~~~~",
        "      fix: write `tokens`",
        "",
      ].join("\n"),
    );
  });

  test("has colours only when asked for, and is else the same", () => {
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, "g");
    const coloured = renderText([unknown], source, { colour: true });
    expect(coloured).toMatch(escapes);
    expect(coloured.replaceAll(escapes, "")).toBe(renderText([unknown], source));
  });

  test("of the command line, or of a file with no text, has no excerpt", () => {
    const none = createDiagnostic("unknown-profile", at(0, 0, ""), { name: "x", hint: "" });
    expect(renderText([none], source)).toBe("stretto: error ST7008 unknown-profile: There is no profile `x`.\n");
    const missing = createDiagnostic("file-not-found", at(0, 0, "b.stretto"), { path: "b.stretto" });
    expect(renderText([missing], source)).toMatch(/^b\.stretto: error ST7001/);
  });

  test("lets nothing in a file steer the terminal", () => {
    const bad = "param \u001b[31mx\u202e = \u0007\u009b1 / 0";
    const diagnostic = createDiagnostic("unknown-setting", at(0, bad.length, "\u001b]0;x"), { name: bad, hint: "" });
    const control = [...renderText([diagnostic], () => bad)].filter(
      (one) => /[\p{Cc}\p{Cf}]/u.test(one) && one !== "\n",
    );
    expect(control).toEqual([]);
  });
});

describe("excerpts", () => {
  const excerpt = (line: string, from: number, to: number) =>
    excerptOf(line, createLineMap(line), { start: from, end: to });

  test("of long lines are cut around what is underlined", () => {
    const line = `${"a".repeat(500)}BAD${"z".repeat(500)}`;
    const { source: shown, underline } = excerpt(line, 500, 503);
    expect(shown.length).toBeLessThan(120);
    expect(shown.slice(underline.indexOf("~"), underline.lastIndexOf("~") + 1)).toBe("BAD");
  });

  test("underline at least one column, and only the first line of a span", () => {
    expect(excerpt("ab", 2, 2)).toEqual({ lineNumber: 1, source: "ab", underline: "  ~" });
    expect(excerpt("", 0, 0).underline).toBe("~");
    expect(excerpt("one\ntwo\nthree", 4, 13)).toEqual({ lineNumber: 2, source: "two", underline: "~~~" });
  });

  test("count columns as a terminal does: tabs, wide and combining characters", () => {
    expect(excerpt("\tx", 1, 2).underline).toBe("  ~");
    expect(excerpt("日本x", 2, 3).underline).toBe("    ~");
    expect(excerpt("e\u0301x", 2, 3).underline).toBe(" ~");
  });
});

describe("JSON", () => {
  test("has lines and columns from 1, ends exclusive", () => {
    expect(renderJson([unknown], source)).toEqual([
      {
        code: "ST2101",
        name: "unknown-name",
        severity: "error",
        message: unknown.message,
        file: "a.stretto",
        line: 2,
        column: 14,
        endLine: 2,
        endColumn: 19,
        related: [{ message: "declared here", file: "a.stretto", line: 1, column: 7, endLine: 1, endColumn: 13 }],
        fixes: [
          {
            title: "write `tokens`",
            edits: [{ newText: "tokens", file: "a.stretto", line: 2, column: 14, endLine: 2, endColumn: 19 }],
          },
        ],
      },
    ]);
  });

  test("has zeros where there is no text to count in", () => {
    const none = createDiagnostic("unknown-profile", at(0, 0, ""), { name: "x", hint: "" });
    expect(renderJson([none], source)[0]).toMatchObject({ file: "", line: 0, column: 0 });
  });
});

describe("lines", () => {
  test("every offset is in the line whose text holds it", () => {
    const part = fc.constantFrom("a", "bc", "\n", "\r\n", "\r", "é", "😀");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const whole = parts.join("");
        const lines = whole.split(/\r\n|\r|\n/);
        const map = createLineMap(whole);
        expect(map.lineCount).toBe(lines.length);
        lines.forEach((line, index) => {
          const span = map.lineSpan(index + 1);
          expect(whole.slice(span.start, span.end)).toBe(line);
          for (let offset = span.start; offset <= span.end; offset += 1) {
            expect(map.positionAt(offset)).toEqual({ line: index + 1, column: offset - span.start + 1 });
          }
        });
      }),
    );
  });
});
