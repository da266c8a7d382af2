/** Collectives written send by send, as trees. */
import { signatureOf } from "../../compiler/check/collectives.js";
import type { CollectiveIR, Word } from "../../compiler/check/ir.js";
import type { CollectiveRun } from "../../compiler/lower/collective-run.js";
import type { CollectiveDecl, Expr, RoundStatement, SendStatement } from "../../grammar/ast.js";
import { parse } from "../../grammar/parser.js";

const span = { start: 0, end: 0 };

export interface ExplicitSend {
  readonly source: number;
  readonly target: number;
  /** Indices of a chunk; in a scan what is sent. */
  readonly what: readonly number[] | "x" | "y" | "combine(y, x)";
  readonly combining: boolean;
}

export const signatures: Readonly<Record<Word, string>> = {
  all_gather: "x: [c/n] -> [c]",
  reduce_scatter: "x: [c] pending u over n -> [c/n]",
  all_reduce: "x: [c] pending u over n -> [c]",
  all_to_all: "x: [a/n, b] -> [a, b/n]",
  broadcast: "x: [c] at n(root) -> [c]",
  reduce: "x: [c] pending u over n -> [c] at n(root)",
  send: "x: [c] at n(root) -> [c] at n(target)",
  shift: "x: [c/n] -> y: [c/n], y[i] = x[i - d]",
  scan: "x: [n/n] -> y: [n/n], y[i] = fold u x[j] for j < i",
};

/** A collective of a word with a body; of inclusive scans too. */
export function collectiveOf(word: Word, body: string | readonly RoundStatement[], inclusive = false): CollectiveIR {
  const signature = inclusive ? signatures[word].replace("j < i", "j <= i") : signatures[word];
  const text = `collective mine(${signature}) over n {\n${typeof body === "string" ? body : ""}\n}\n`;
  const { tree, errors } = parse(text);
  if (errors.length > 0) throw new Error(`it does not parse: ${JSON.stringify(errors[0])}\n${text}`);
  const declaration = tree.declarations[0] as CollectiveDecl;
  return {
    ...signatureOf(declaration)!,
    ...{ name: "mine", input: "x", output: declaration.output?.text ?? "x", over: "n", levels: [] },
    body: typeof body === "string" ? declaration.body : body,
    location: { file: "mine", span },
  };
}

/** One block a round. */
export function bodyOfRounds(rounds: readonly (readonly ExplicitSend[])[]): RoundStatement[] {
  return rounds
    .filter((round) => round.length > 0)
    .map((round) => ({ kind: "RoundBlock", body: round.map((send) => sendStatement(send)), span }));
}

function sendStatement({ source, target, what, combining }: ExplicitSend): SendStatement {
  const into = typeof what === "string" ? { into: { kind: "Identifier" as const, text: "y", span } } : {};
  return {
    kind: "SendStatement",
    value: sent(what),
    source: number(source),
    target: number(target),
    combining,
    ...into,
    span,
  };
}

function sent(what: ExplicitSend["what"]): Expr {
  if (what === "combine(y, x)")
    return { kind: "CallExpr", callee: name("combine"), arguments: [name("y"), name("x")], span };
  if (typeof what === "string") return name(what);
  return { kind: "IndexExpr", object: name("x"), indices: what.map(number), span };
}

const number = (value: number): Expr => ({ kind: "NumberLiteral", text: `${value}`, value, span });
const name = (text: string): Expr => ({ kind: "NameExpr", name: { kind: "Identifier", text, span }, span });

/** The deliveries of a run, round by round. */
export function sendsOf(run: CollectiveRun, word: Word): ExplicitSend[][] {
  const rounds: ExplicitSend[][] = Array.from({ length: run.rounds }, () => []);
  for (const { round, source, target, chunk, combining, sent: state } of run.events) {
    const { joins, deliveries } = run.states[state]!;
    const side = joins ? "combine(y, x)" : deliveries > 0 ? "y" : "x";
    const indices = word === "all_to_all" ? [Math.floor(chunk / run.size), chunk % run.size] : [chunk];
    rounds[round]!.push({ source, target, what: word === "scan" ? side : indices, combining });
  }
  return rounds;
}
