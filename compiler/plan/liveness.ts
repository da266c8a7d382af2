/**
 * Liveness: while which statements what a rank keeps may be in use, whatever the order in which tasks run. The proof of
 * what a rank needs at most and the sharing of its memory both ask here, so that they agree.
 *
 * Program order alone says that something is over: of two statements that it keeps apart, every task of the one that
 * touches a rank is done before any of the other on that rank begins.
 */
import type { LayerIR, StatementIR, ViewStatement } from "../check/ir.js";
import type { WordInstance } from "../lower/context.js";
import type { Lowered } from "../lower/lower.js";
import { keepsIdentity, leftInPlace, readsResult } from "./in-place.js";
import { firstTouching, type TouchingTasks } from "./touching.js";
import { inProgramOrder } from "./waits.js";

export interface Lifetime {
  /** Statements that write it, and whether it is written before all of them. */
  readonly writers: readonly number[];
  readonly fromStart: boolean;
  /** Statements without which nothing uses it any more, and whether something does after all of them. */
  readonly last: readonly number[];
  readonly toEnd: boolean;
}

export interface Liveness {
  /** By value. What a view makes has a lifetime of its own, within that of what it lies in. */
  readonly values: readonly Lifetime[];
  /** By statement: of what a word keeps beside its operand and its result. */
  readonly words: readonly Lifetime[];
  /**
   * Task of a word that puts what the word leaves in place on a rank into its result; -1 where whoever writes the operand
   * does, because the word has no task there, or its readers do not wait for it.
   */
  passer(instance: number, rank: number): number;
  /** Whether it may be in use while a statement runs. */
  isLive(lifetime: Lifetime, statement: number): boolean;
  /** Whether all use of one is over before the other is first written, one way round. */
  areApart(a: Lifetime, b: Lifetime): boolean;
}

export function livenessOf(lowered: Lowered, touching: TouchingTasks): Liveness {
  const { layer, instances } = lowered;
  const ordered = statementOrder(lowered);
  const readers = readersOf(layer);
  const viewed = viewedBy(layer);
  const outputs = new Set(layer.outputs.flatMap((output) => viewed[output]!));
  const inputs = new Set(layer.inputs);
  const words = wordsOf(lowered);
  const passesLate = layer.statements.map(() => false);
  const writers = layer.values.map((): number[] => []);
  /** Whoever copies into a value or out of it, as its readers need not wait for. */
  const copiers = layer.values.map((): number[] => []);
  /** Some of it is there before the run. */
  const given = layer.values.map(({ id }) => inputs.has(id));
  layer.statements.forEach((ir, s) => {
    const { result } = ir;
    if (ir.kind !== "view") writers[result]!.push(s);
    if (ir.kind === "op") return;
    const { operand } = ir;
    const left = words[s]!.flatMap(({ instance }) => leftInPlace(instance));
    given[result] = left.some(({ isGiven }) => isGiven) || isFan(ir);
    if (ir.kind === "word") {
      if (words[s]!.some(({ instance }) => readsResult(instance))) copiers[result]!.push(s);
      if (left.length === 0) return;
      const hasTasks = words[s]!.every(({ number, instance }) =>
        leftInPlace(instance).every(({ rank }) => firstTouching(touching, number, rank) >= 0),
      );
      passesLate[s] =
        hasTasks &&
        writers[operand]!.every((writer) => ordered(writer, s)) &&
        readers[result]!.every((reader) => ordered(s, reader));
      if (passesLate[s]) {
        copiers[result]!.push(s);
        return;
      }
    }
    const early = writers[operand]!;
    given[result] ||= given[operand]!;
    writers[result]!.push(...early);
    copiers[result]!.push(...early);
    if (!hasMemoryOfOperand(ir)) for (const value of viewed[operand]!) copiers[value]!.push(...early);
  });
  const values = layer.values.map(({ id, tier }): Lifetime => {
    const isKept = inputs.has(id) || outputs.has(id) || tier !== undefined;
    const last = [...new Set([...readers[id]!, ...copiers[id]!])];
    const [fromStart, toEnd] = [isKept || given[id]!, isKept || last.length === 0];
    return { writers: [...new Set(writers[id])], fromStart, last, toEnd };
  });
  const precedes = (a: Lifetime, b: Lifetime): boolean =>
    !a.toEnd && !b.fromStart && a.last.every((last) => b.writers.every((writer) => ordered(last, writer)));
  return {
    values,
    words: words.map((own, s) => {
      const fromStart = own.some(({ instance }) => keepsIdentity(instance));
      return { writers: [s], fromStart, last: [s], toEnd: false };
    }),
    passer: (instance, rank) =>
      passesLate[instances[instance]!.statement] ? firstTouching(touching, instance, rank) : -1,
    isLive({ writers: before, fromStart, last, toEnd }, s) {
      const isBefore = !fromStart && before.every((writer) => ordered(s, writer));
      const isAfter = !toEnd && last.every((one) => ordered(one, s));
      return !isBefore && !isAfter;
    },
    areApart: (a, b) => precedes(a, b) || precedes(b, a),
  };
}

/** By statement: the instances of words, with their numbers. */
function wordsOf({ layer, instances }: Lowered): { readonly number: number; readonly instance: WordInstance }[][] {
  const words = layer.statements.map((): { number: number; instance: WordInstance }[] => []);
  instances.forEach((instance, number) => {
    if (instance.kind === "word") words[instance.statement]!.push({ number, instance });
  });
  return words;
}

/** By value: the statements whose tasks read it, those that read what views make of it among them. */
function readersOf({ statements, values }: LayerIR): number[][] {
  const readers: number[][] = values.map(() => []);
  for (let s = statements.length - 1; s >= 0; s--) {
    const ir = statements[s]!;
    if (isFan(ir)) continue;
    const own = hasMemoryOfOperand(ir) ? readers[ir.result]! : [s];
    for (const operand of ir.kind === "op" ? ir.operands : [ir.operand]) readers[operand]!.push(...own);
  }
  return readers;
}

/** By value: itself, and those of which views have made it. */
function viewedBy({ statements, values }: LayerIR): number[][] {
  const viewed = values.map(({ id }) => [id]);
  for (const ir of statements) if (hasMemoryOfOperand(ir)) viewed[ir.result]!.push(...viewed[ir.operand]!);
  return viewed;
}

const isFan = (statement: StatementIR): boolean => statement.kind === "view" && statement.view === "fan";

/** Whether a result lies where its operand does: a view's, but for `fan`, which has the identity beside it. */
export function hasMemoryOfOperand(statement: StatementIR): statement is ViewStatement {
  return statement.kind === "view" && !isFan(statement);
}

/**
 * Whether every instance of statement a is over before any of b begins, on every rank: program order keeps them apart, and
 * along each axis that both are split by, there is one part and it is the same.
 */
function statementOrder({ instances, settings, layer }: Lowered): (a: number, b: number) => boolean {
  const { length } = layer.statements;
  /** By statement, by axis: the part of all its instances; undefined where there are several. */
  const partAlong = layer.statements.map(() => new Map<string, number | undefined>());
  const isKnown = layer.statements.map(() => false);
  for (const { statement, selections, part } of instances) {
    selections.forEach(({ axis }, at) => {
      const one = isKnown[statement] ? partAlong[statement]!.get(axis) : part[at];
      partAlong[statement]!.set(axis, one === part[at] ? one : undefined);
    });
    isKnown[statement] = true;
  }
  return (a, b) => {
    if (a >= b) return false;
    // A view has no instances.
    if (!isKnown[a] || !isKnown[b]) return true;
    if (!inProgramOrder(settings, a, b, length)) return false;
    for (const [axis, part] of partAlong[a]!)
      if (partAlong[b]!.has(axis) && (part === undefined || part !== partAlong[b]!.get(axis))) return false;
    return true;
  };
}
