/**
 * Whether a collective does its word, decided apart from the compiler: its rounds interpreted straight from the tree,
 * each chunk a list of whose contributions are in it, and the word's equation looked at in the end.
 */
import type { CollectiveIR, Word } from "../../compiler/check/ir.js";
import type { WordUse } from "../../compiler/lower/word-contract.js";
import type { Expr, RoundStatement, SendStatement } from "../../grammar/ast.js";

interface Send {
  readonly source: number;
  readonly target: number;
  /** Names of things held, such as `x 3`, `x 1 2`, `y`; of two, what combine(a, b) is of. */
  readonly things: readonly string[];
  readonly into: string;
  readonly combining: boolean;
}

/** A collective works, and no send of it could be left out. */
export function doesItsWord(collective: CollectiveIR, use: WordUse): boolean {
  const rounds = roundsOf(collective, use);
  if (rounds === undefined || !leavesTheWord(rounds, use, true)) return false;
  return rounds.every((round, r) =>
    round.every((_, s) => !leavesTheWord(rounds.with(r, round.toSpliced(s, 1)), use, false)),
  );
}

/**
 * The rounds, played with lists of contributors. `strict`: two deliveries of a round may meet only where both combine,
 * and none may bring what is there.
 */
function leavesTheWord(rounds: readonly (readonly Send[])[], use: WordUse, strict: boolean): boolean {
  const n = sizeOf(use);
  const held = Array.from({ length: n }, (_, rank) => heldBefore(use, n, rank));
  for (const round of rounds) {
    const read = round.map(({ source, things }) => things.map((thing) => held[source]!.get(thing)));
    const met = new Map<string, boolean>();
    for (const [i, { target, into, combining }] of round.entries()) {
      const parts = read[i]!;
      if (parts.some((part) => part === undefined)) return false;
      const arriving = parts.length === 1 ? parts[0]! : join(parts[0]!, parts[1]!, use, false);
      const place = `${target} ${into}`;
      const before = held[target]!.get(into);
      const stored = !combining || before === undefined;
      if (arriving === undefined) return false;
      if (strict && met.has(place) && !(met.get(place) && combining)) return false;
      if (strict && stored && before !== undefined && String(before) === String(arriving)) return false;
      met.set(place, combining);
      const after = stored ? arriving : join(before, arriving, use, true);
      if (after === undefined) return false;
      held[target]!.set(into, after);
    }
  }
  return held.every((things, rank) =>
    wanted(use, n, rank).every(([thing, list]) => sorted(things.get(thing)) === sorted(list)),
  );
}

function join(
  left: readonly number[],
  right: readonly number[],
  { ordered }: WordUse,
  either: boolean,
): number[] | undefined {
  const both = [...left, ...right];
  if (new Set(both).size !== both.length) return undefined;
  if (!ordered || left.length === 0 || right.length === 0) return both;
  if (left.at(-1)! + 1 === right[0]) return both;
  return either && right.at(-1)! + 1 === left[0] ? [...right, ...left] : undefined;
}

const sorted = (list: readonly number[] | undefined): string => String(list?.toSorted((a, b) => a - b));
const sizeOf = ({ sizes }: WordUse): number => sizes.reduce((product, size) => product * size, 1);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const mod = (a: number, n: number): number => a - n * Math.floor(a / n);

function heldBefore(use: WordUse, n: number, rank: number): Map<string, readonly number[]> {
  const has = (names: readonly string[]) => new Map(names.map((name) => [name, [rank]]));
  const every = upTo(n).map((c) => `x ${c}`);
  const before: Record<Word, () => Map<string, readonly number[]>> = {
    all_gather: () => has([`x ${rank}`]),
    reduce_scatter: () => has(every),
    all_reduce: () => has(every),
    all_to_all: () => has(upTo(n).map((q) => `x ${rank} ${q}`)),
    broadcast: () => has(rank === use.root ? every : []),
    reduce: () => has(every),
    send: () => has(rank === use.root ? every : []),
    shift: () => has([`x ${rank}`]),
    scan: () =>
      new Map<string, readonly number[]>([
        ["x", [rank]],
        ["y", use.inclusive ? [rank] : []],
      ]),
  };
  return before[use.word]();
}

function wanted(use: WordUse, n: number, rank: number): [string, number[]][] {
  const every = (list: number[]): [string, number[]][] => upTo(n).map((c) => [`x ${c}`, list]);
  const from = mod(rank - (use.offset ?? 0), n);
  const after: Record<Word, () => [string, number[]][]> = {
    all_gather: () => upTo(n).map((c) => [`x ${c}`, [c]]),
    reduce_scatter: () => [[`x ${rank}`, upTo(n)]],
    all_reduce: () => every(upTo(n)),
    all_to_all: () => upTo(n).map((p) => [`x ${p} ${rank}`, [p]]),
    broadcast: () => every([use.root!]),
    reduce: () => (rank === use.root ? every(upTo(n)) : []),
    send: () => (rank === use.target ? every([use.root!]) : []),
    shift: () => [[`x ${from}`, [from]]],
    scan: () => [["y", upTo(use.inclusive ? rank + 1 : rank)]],
  };
  return after[use.word]();
}

class Refused extends Error {}

/** Who sends what, round by round; undefined where the text makes no sense at this size. */
function roundsOf(collective: CollectiveIR, use: WordUse): Send[][] | undefined {
  const n = sizeOf(use);
  const { levels, over, root, target, offset } = collective;
  const names: Record<string, number | Expr> = {};
  levels.forEach((level, i) => (names[level] = use.sizes[i]!));
  if (root !== undefined) names[root] = use.root ?? 0;
  if (target !== undefined) names[target] = use.target ?? 0;
  if (offset !== undefined) names[offset] = use.offset ?? 0;
  names[over] = n;
  const rounds: Send[][] = [];
  try {
    play(collective, n, collective.body, names, (sends) => rounds.push(sends));
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
  return rounds.filter((round) => round.length > 0).map((round) => round.toSorted((a, b) => a.source - b.source));
}

/** `let`s are kept as expressions: what they are may hang on the rank. */
type Names = Readonly<Record<string, number | Expr>>;

function play(
  collective: CollectiveIR,
  n: number,
  statements: readonly RoundStatement[],
  outside: Names,
  round: (sends: Send[]) => void,
): void {
  let names = outside;
  for (const statement of statements) {
    if (statement.kind === "SendStatement") round(sendsOf(collective, n, statement, names));
    else if (statement.kind === "RoundGroup")
      round(statement.sends.flatMap((send) => sendsOf(collective, n, send, names)));
    else if (statement.kind === "RoundBlock") {
      const inside: Send[] = [];
      play(collective, n, statement.body, names, (sends) => inside.push(...sends));
      round(inside);
    } else if (statement.kind === "RoundLoop") {
      if (statement.range.kind !== "RangeExpr") throw new Refused();
      const low = value(statement.range.low, names);
      const high = value(statement.range.high, names) + Number(statement.range.inclusive);
      for (let i = low; i < high; i++)
        play(collective, n, statement.body, { ...names, [statement.variable.text]: i }, round);
    } else if (statement.kind === "LocalEquation") names = { ...names, [statement.name.text]: statement.value };
    else if (!value(statement.condition, names)) throw new Refused();
  }
}

function sendsOf(collective: CollectiveIR, n: number, send: SendStatement, outside: Names): Send[] {
  return upTo(n).flatMap((rank): Send[] => {
    const names = { ...outside, rank };
    // A name is worked out where it stands, asked for or not.
    for (const name of Object.values(names)) if (typeof name !== "number") value(name, names);
    if (send.source !== undefined && mod(value(send.source, names), n) !== rank) return [];
    if (send.guard !== undefined && !value(send.guard, names)) return [];
    const target = mod(value(send.target, names), n);
    if (target === rank) return [];
    const base = { source: rank, target, combining: send.combining };
    if (collective.word === "scan") return [{ ...base, things: sidesOf(send.value, collective), into: "y" }];
    if (send.value.kind !== "IndexExpr") throw new Refused();
    const [first, second] = send.value.indices.map((index) => {
      if (index.kind === "Ellipsis") return upTo(n);
      if (index.kind !== "RangeExpr") return [mod(value(index, names), n)];
      const low = value(index.low, names);
      const count = value(index.high, names) + Number(index.inclusive) - low;
      if (count > n) throw new Refused();
      return upTo(Math.max(0, count)).map((i) => mod(low + i, n));
    });
    const chunks = second === undefined ? first! : first!.flatMap((p) => second.map((q) => `${p} ${q}`));
    return chunks.map((chunk) => ({ ...base, things: [`x ${chunk}`], into: `x ${chunk}` }));
  });
}

function sidesOf(sent: Expr, { input }: CollectiveIR): string[] {
  if (sent.kind === "CallExpr")
    return sent.arguments.flatMap((argument) => sidesOf(argument, { input } as CollectiveIR));
  return [sent.kind === "NameExpr" && sent.name.text === input ? "x" : "y"];
}

/** Conditions are 0 or 1. */
function value(expr: Expr, names: Names): number {
  const of = (inner: Expr): number => value(inner, names);
  switch (expr.kind) {
    case "NumberLiteral":
      return expr.value;
    case "NameExpr": {
      const found = names[expr.name.text];
      if (found === undefined) throw new Refused();
      return typeof found === "number" ? found : of(found);
    }
    case "UnaryExpr":
      return expr.operator === "not" ? Number(!of(expr.operand)) : -of(expr.operand);
    case "TupleExpr":
      return of(expr.elements[0]!);
    case "CallExpr": {
      const called = expr.callee.kind === "NameExpr" ? expr.callee.name.text : "";
      if (called === "if") return of(expr.arguments[0]!) ? of(expr.arguments[1]!) : of(expr.arguments[2]!);
      const [a, b] = expr.arguments.map(of);
      if (called === "min") return Math.min(a!, b!);
      if (called === "max") return Math.max(a!, b!);
      if (called === "pow" && Number.isInteger(a! ** b!)) return a! ** b!;
      if (called === "xor") return a! ^ b!;
      if (called === "log2" && a! >= 1) return Math.floor(Math.log2(a!));
      throw new Refused();
    }
    case "BinaryExpr":
      return operate(expr.operator, expr.left, expr.right, of);
    default:
      throw new Refused();
  }
}

function operate(operator: string, left: Expr, right: Expr, of: (expr: Expr) => number): number {
  if (operator === "and") return of(left) && of(right);
  if (operator === "or") return of(left) || of(right);
  const [a, b] = [of(left), of(right)];
  if ((operator === "/" || operator === "%") && b === 0) throw new Refused();
  const results: Record<string, () => number | boolean> = {
    "+": () => a + b,
    "-": () => a - b,
    "*": () => a * b,
    "/": () => Math.floor(a / b),
    "%": () => mod(a, Math.abs(b)),
    "==": () => a === b,
    "!=": () => a !== b,
    "<": () => a < b,
    "<=": () => a <= b,
    ">": () => a > b,
    ">=": () => a >= b,
  };
  return Number(results[operator]!());
}
