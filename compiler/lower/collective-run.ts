/**
 * A collective's rounds run symbolically at a mesh axis's size: who holds which chunk with whose contributions after
 * each round, and so which deliveries each delivery needs. "Each send is a round: all senders at once, reads before,
 * deliveries after, then only data dependences survive." What the signature promises is checked at the end.
 */
import type { CollectiveIR, Word } from "../check/ir.js";
import type { Expr, RoundStatement, SendStatement } from "../../grammar/ast.js";

/** One delivery of one chunk. Ranks are positions in the group, 0 .. n-1. */
export interface CollectiveEvent {
  readonly round: number;
  readonly source: number;
  readonly target: number;
  /** For all_to_all: source part * n + target part; else the chunk's number. */
  readonly chunk: number;
  readonly combining: boolean;
  /** The state sent: see `ChunkState`. */
  readonly sent: number;
  /** The state it makes at the target. */
  readonly makes: number;
  /** The state at the target that the delivery is combined into; -1 where it is stored. */
  readonly into: number;
}

/**
 * A version of a chunk on a rank. `initial`: the operand's own contribution is in it. `events`: deliveries in it, in
 * the order in which they combine (own first, then by round, then sender).
 */
export interface ChunkState {
  readonly position: number;
  readonly chunk: number;
  readonly initial: boolean;
  readonly events: readonly number[];
  /** Bit i: it holds the contribution of position i. */
  readonly contributions: bigint;
  /** It is what the word leaves on that rank. */
  final: boolean;
}

export interface CollectiveRun {
  readonly size: number;
  readonly rounds: number;
  readonly events: readonly CollectiveEvent[];
  readonly states: readonly ChunkState[];
  /** By position: the states of the chunks that make up its result. */
  readonly results: readonly (readonly number[])[];
  readonly problems: readonly CollectiveProblem[];
}

export type CollectiveProblem =
  | { readonly kind: "not-held"; readonly round: number; readonly chunk: string; readonly rank: number }
  | {
      readonly kind: "doubled";
      readonly round: number;
      readonly chunk: string;
      readonly rank: number;
      readonly contribution: number;
    }
  | { readonly kind: "missing"; readonly chunk: string; readonly rank: number; readonly contribution: number }
  | { readonly kind: "malformed"; readonly message: string };

interface Variables {
  readonly [name: string]: number;
}

export function runCollective(collective: CollectiveIR, word: Word, n: number): CollectiveRun {
  const events: CollectiveEvent[] = [];
  const states: ChunkState[] = [];
  const problems: CollectiveProblem[] = [];
  const held = new Map<number, number>();
  const slot = (position: number, chunk: number): number => position * n * n + chunk;
  const nameOf = (chunk: number): string =>
    word === "all_to_all"
      ? `${collective.input}[${Math.floor(chunk / n)}, ${chunk % n}]`
      : `${collective.input}[${chunk}]`;
  const addState = (state: ChunkState): number => states.push(state) - 1;

  for (let position = 0; position < n; position++) {
    for (let c = 0; c < n; c++) {
      if (word === "all_gather" && c !== position) continue;
      const chunk = word === "all_to_all" ? position * n + c : c;
      const contributions = 1n << BigInt(position);
      held.set(
        slot(position, chunk),
        addState({ position, chunk, initial: true, events: [], contributions, final: false }),
      );
    }
  }

  let round = 0;
  const runRound = (sends: readonly SendStatement[], variables: Variables): void => {
    const deliveries: { source: number; target: number; chunk: number; combining: boolean; sent: number }[] = [];
    for (const send of sends) {
      for (let rank = 0; rank < n; rank++) {
        const here = { ...variables, rank, [collective.over]: n };
        if (send.source !== undefined && modulo(evaluateRank(send.source, here, problems), n) !== rank) continue;
        const target = modulo(evaluateRank(send.target, here, problems), n);
        const chunk = chunkOf(send.value, collective, word, here, n, problems);
        if (chunk === undefined) return;
        const sent = held.get(slot(rank, chunk));
        if (sent === undefined) problems.push({ kind: "not-held", round, chunk: nameOf(chunk), rank });
        else if (target !== rank) deliveries.push({ source: rank, target, chunk, combining: send.combining, sent });
      }
    }
    deliveries.sort((a, b) => a.source - b.source);
    for (const { source, target, chunk, combining, sent } of deliveries) {
      const event = events.length;
      const before = held.get(slot(target, chunk));
      const arriving = states[sent]!.contributions;
      let made: ChunkState;
      if (combining && before !== undefined) {
        const own = states[before]!;
        const doubled = own.contributions & arriving;
        if (doubled !== 0n) {
          const contribution = lowestBit(doubled);
          problems.push({ kind: "doubled", round, chunk: nameOf(chunk), rank: target, contribution });
        }
        made = {
          position: target,
          chunk,
          initial: own.initial,
          events: [...own.events, event],
          contributions: own.contributions | arriving,
          final: false,
        };
      } else made = { position: target, chunk, initial: false, events: [event], contributions: arriving, final: false };
      const makes = addState(made);
      held.set(slot(target, chunk), makes);
      const into = combining && before !== undefined ? before : -1;
      events.push({ round, source, target, chunk, combining: into >= 0, sent, makes, into });
    }
    round++;
  };
  runStatements(collective.body, {}, collective.over, n, runRound, problems);

  const results: number[][] = [];
  for (let position = 0; position < n; position++) {
    const result: number[] = [];
    for (let c = 0; c < n; c++) {
      if (word === "reduce_scatter" && c !== position) continue;
      const chunk = word === "all_to_all" ? c * n + position : c;
      const state = held.get(slot(position, chunk));
      const wanted = word === "all_gather" || word === "all_to_all" ? 1n << BigInt(c) : (1n << BigInt(n)) - 1n;
      const missing = wanted & ~(state === undefined ? 0n : states[state]!.contributions);
      if (missing !== 0n)
        problems.push({ kind: "missing", chunk: nameOf(chunk), rank: position, contribution: lowestBit(missing) });
      if (state === undefined) continue;
      states[state]!.final = true;
      result.push(state);
    }
    results.push(result);
  }
  return { size: n, rounds: round, events, states, results, problems };
}

/** Whether a delivery lands in the result; else it waits in a landing place, to be combined or passed on. */
export function landsInResult(run: CollectiveRun, { into, makes }: CollectiveEvent): boolean {
  return into < 0 && run.states[makes]!.final;
}

/** Rounds that one collective may have; a bound against loops that would never end. */
const maximalRounds = 1 << 16;

function runStatements(
  statements: readonly RoundStatement[],
  variables: Variables,
  over: string,
  n: number,
  runRound: (sends: readonly SendStatement[], variables: Variables) => void,
  problems: CollectiveProblem[],
): void {
  for (const statement of statements) {
    if (statement.kind === "SendStatement") runRound([statement], variables);
    else if (statement.kind === "RoundGroup") runRound(statement.sends, variables);
    else {
      if (statement.range.kind !== "RangeExpr") {
        problems.push({ kind: "malformed", message: "a loop of rounds takes a range" });
        return;
      }
      const scope = { ...variables, [over]: n };
      const low = evaluateRank(statement.range.low, scope, problems);
      const high = evaluateRank(statement.range.high, scope, problems) + (statement.range.inclusive ? 1 : 0);
      if (!(high - low <= maximalRounds)) {
        problems.push({ kind: "malformed", message: `a loop of more than ${maximalRounds} rounds` });
        return;
      }
      for (let i = low; i < high; i++)
        runStatements(statement.body, { ...variables, [statement.variable.text]: i }, over, n, runRound, problems);
    }
  }
}

function chunkOf(
  value: Expr,
  collective: CollectiveIR,
  word: Word,
  variables: Variables,
  n: number,
  problems: CollectiveProblem[],
): number | undefined {
  const dimensions = word === "all_to_all" ? 2 : 1;
  if (
    value.kind !== "IndexExpr" ||
    value.object.kind !== "NameExpr" ||
    value.object.name.text !== collective.input ||
    value.indices.length !== dimensions
  ) {
    problems.push({
      kind: "malformed",
      message: `what is sent must be ${collective.input}[..] with ${dimensions} index(es)`,
    });
    return undefined;
  }
  const indices = value.indices.map((index) =>
    index.kind === "Ellipsis" ? Number.NaN : modulo(evaluateRank(index, variables, problems), n),
  );
  return dimensions === 2 ? indices[0]! * n + indices[1]! : indices[0]!;
}

function lowestBit(mask: bigint): number {
  let bit = 0;
  for (let rest = mask; (rest & 1n) === 0n; rest >>= 1n) bit++;
  return bit;
}

function modulo(value: number, n: number): number {
  return ((value % n) + n) % n;
}

/** Rank arithmetic: integers, `rank`, the rank count, loop variables; + - * / (rounded down) %. */
function evaluateRank(expr: Expr, variables: Variables, problems: CollectiveProblem[]): number {
  switch (expr.kind) {
    case "NumberLiteral":
      return expr.value;
    case "NameExpr": {
      const value = variables[expr.name.text];
      if (value !== undefined) return value;
      problems.push({ kind: "malformed", message: `unknown name ${expr.name.text} in rank arithmetic` });
      return 0;
    }
    case "UnaryExpr":
      return -evaluateRank(expr.operand, variables, problems);
    case "BinaryExpr": {
      const left = evaluateRank(expr.left, variables, problems);
      const right = evaluateRank(expr.right, variables, problems);
      if (expr.operator === "+") return left + right;
      if (expr.operator === "-") return left - right;
      if (expr.operator === "*") return left * right;
      if (right !== 0 && expr.operator === "/") return Math.floor(left / right);
      if (right !== 0 && expr.operator === "%") return modulo(left, right);
      break;
    }
    case "TupleExpr":
      if (expr.elements.length === 1) return evaluateRank(expr.elements[0]!, variables, problems);
      break;
    default:
  }
  problems.push({ kind: "malformed", message: "not rank arithmetic" });
  return 0;
}
