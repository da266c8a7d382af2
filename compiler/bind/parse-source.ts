import type { SourceFile } from "../../grammar/ast.js";
import { parse, type ParseResult } from "../../grammar/parser.js";
import type { SyntaxProblem } from "../../grammar/problems.js";
import { createDiagnostic } from "../diagnostics/catalogue.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Diagnostic } from "../diagnostics/types.js";

/** The tree of a text, its mistakes of syntax put into the collector. */
export function parseSource(
  file: string,
  text: string,
  diagnostics: DiagnosticCollector,
  read: (path: string, text: string) => ParseResult = (_, whole) => parse(whole),
): SourceFile {
  const { tree, errors } = read(file, text);
  for (const problem of errors) diagnostics.add(problemDiagnostic(file, problem));
  return tree;
}

/** The parser knows no catalogue; this words what it found. */
export function problemDiagnostic(file: string, problem: SyntaxProblem): Diagnostic {
  const location = { file, span: problem.span };
  switch (problem.kind) {
    case "unknown-character":
      return createDiagnostic("unknown-character", location, { found: problem.found, hint: "" });
    case "block-comment": {
      const hint = " Comments begin with `//` and end with the line.";
      return createDiagnostic("unknown-character", location, { found: "`/*`", hint });
    }
    case "unterminated-string":
      return createDiagnostic("unterminated-string", location, {});
    case "too-deep":
      return createDiagnostic("nested-too-deep", location, { limit: problem.limit });
    case "expected":
      return createDiagnostic("expected-token", location, {
        expected: oneOf(problem.expected),
        found: problem.found,
      });
    case "unexpected":
      return createDiagnostic("unexpected-token", location, {
        found: problem.found,
        instead: problem.expected.length === 0 ? "" : `: expected ${oneOf(problem.expected)}`,
      });
  }
}

/** `a, b or c`. */
function oneOf(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}
