import { expect, test } from "vitest";
import { parse } from "../../grammar/parser.js";
import { describeProblem, maximumProblems } from "../../grammar/problems.js";
import { checkInvariants } from "../support/syntax-tree.js";

/** What is wrong, each with the text it points at. */
const problems = (text: string): [string, string][] => {
  const { tree, errors } = parse(text);
  checkInvariants(tree, text);
  return errors.map((problem) => [text.slice(problem.span.start, problem.span.end), describeProblem(problem)]);
};

test.each([
  ["let x = 3", "let", "expected a declaration, but found `let`"],
  ["param = 3", "=", "expected a name, but found `=`"],
  ["param a = ", "", "expected an expression, but found the end of the file"],
  ["param a = f(1, 2", "", "expected `)`, but found the end of the file"],
  ["param a = 3 4", "4", "did not expect `4` here"],
  ["param a = 3 +* 4", "*", "expected an expression, but found `*`"],
  ['param a = "abc', '"abc', "this string is not closed on its line"],
  ["param a = 3 @", "@", "`@` means nothing here"],
  ["param a = 3 é", "é", "`é` means nothing here"],
  ['import { a from "x"', "from", "expected `}`, but found `from`"],
  ["layer a(x T[a]) -> y: T[a] { return x }", "T", "expected `:`, but found `T`"],
  ["layer a(x: T[a]) { return x }", "{", "expected `->`, but found `{`"],
  ["layer a(x: ) -> y: T[a] { return x }", ")", "expected a type, but found `)`"],
  ["layer a(x: T[a b]) -> y: T[a] { return x }", "b", "expected `]`, but found `b`"],
  ["layer a(x: T[a]) -> y: T[a] { retrn x }", "retrn", "expected a statement or `}`, but found `retrn`"],
  ["schedule a of b { tile x (3) }", "(", "expected `by`, but found `(`"],
  ["schedule a of b { rum x on y }", "rum", "expected a verb or `}`, but found `rum`"],
  ["schedule a of b { run x on }", "}", "expected a name, but found `}`"],
  ["schedule a of b { run x on sms(auto in 3) }", ")", "expected a range, but found `)`"],
  ["check c { memory = 3 }", "=", "expected `==`, `<=`, `>=`, `<` or `>`, but found `=`"],
  ["check c { no deadlok }", "deadlok", "expected `deadlock` or `race`, but found `deadlok`"],
  ["machine m { rank g { sms } }", "}", "expected an expression, but found `}`"],
  ["machine m { link a - b: ring {} }", "-", "expected `<->` or `->`, but found `-`"],
  ["table g tokens -> e", "tokens", "expected `:`, but found `tokens`"],
  ["collective r(x: [c] -> [c/n]) over n { send x[1] rank + 1 }", "rank", "expected `to`, but found `rank`"],
  ["op f(x: T[a]) -> T[a] { let = 3 return x }", "=", "expected a name, but found `=`"],
])("%s", (text, where, message) => {
  expect(problems(text)).toEqual([[where, message]]);
});

test("a mistake in one declaration hides none in another, nor the others themselves", () => {
  const text = [
    "param a = ",
    "layer f(x: T[a]) -> y: T[a] {",
    "  let p = g(x",
    "  let q = ",
    "  return q",
    "}",
    "schedule s of f {",
    "  tile p (3)",
    "  run q on copy",
    "  overlap p > q",
    "}",
    "check f { no deadlock }",
  ].join("\n");
  const { tree } = parse(text);
  expect(tree.declarations.map(({ kind }) => kind)).toEqual(["ParamDecl", "LayerDecl", "ScheduleDecl", "CheckDecl"]);
  expect(tree.declarations[0]).toMatchObject({ params: [{ value: { kind: "MissingExpr" } }] });
  expect(tree.declarations[2]).toMatchObject({ verbs: [{ kind: "RunVerb" }, { kind: "OverlapVerb" }] });
  expect(problems(text).map(([where]) => where)).toEqual(["", "let", "return", "(", ">"]);
});

test("an unclosed declaration ends where the next one begins a line", () => {
  const { tree, errors } = parse("layer a(\nparam b = 3\nmachine m { rank g {\nschedule x of y");
  expect(tree.declarations.map(({ kind }) => kind)).toEqual(["ParamDecl", "ScheduleDecl"]);
  expect(errors).toHaveLength(2);
});

test("problems come in the order of the text, and no more than anyone reads", () => {
  const many = parse("param a = \n".repeat(400)).errors;
  expect(many).toHaveLength(maximumProblems);
  expect(parse("@ ".repeat(400)).errors).toHaveLength(maximumProblems);
  const starts = parse("param a = 3 @\nparam b =\nparam c = $").errors.map(({ span }) => span.start);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
});
