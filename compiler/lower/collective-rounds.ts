/** The rounds of a collective at one size: who sends what to whom, before anyone asks who holds it. */
import type { Span } from "../../grammar/ast.js";
import { printExpr } from "../../grammar/printer.js";
import { bodyOf, rankSlot, type BodyStep, type CompiledSend, type IndexSet } from "../check/collective-body.js";
import type { CollectiveIR } from "../check/ir.js";
import { ArithmeticFault, modulo, type Numbers } from "../check/rank-arithmetic.js";
import type { CollectiveProblem } from "./collective-problems.js";
import { contractOf, type WordContract, type WordUse } from "./word-contract.js";

/**
 * Something held is asked of `source` for `target`. What positions hold is numbered: a chunk by its number; in a scan
 * the operand's by its position, the result's by n + its position.
 */
export interface Delivery {
  /** Of the `send`. */
  readonly span: Span;
  readonly source: number;
  readonly target: number;
  /** Several: joined at the source, left to right. */
  readonly from: readonly number[];
  readonly into: number;
  readonly combining: boolean;
}

/** Bounds on what one collective may be at one size. */
const limits = { rounds: 1 << 16, sendsLooked: 1 << 23, deliveries: 1 << 21 };

/** Calls `round` with the deliveries of each round that has any, in order of their senders; returns what stops it. */
export function forEachRound(
  collective: CollectiveIR,
  use: WordUse,
  round: (deliveries: readonly Delivery[]) => void,
): CollectiveProblem[] {
  const { steps, given, slotCount } = bodyOf(collective);
  const { levels } = collective;
  if (levels.length > 0 && levels.length !== use.sizes.length) {
    const over = use.sizes.length === 1 ? "one mesh axis" : `${use.sizes.length} mesh axes`;
    const message = `it is over ${levels.length} mesh axes (${levels.join(", ")}), and here there is ${over}`;
    return [{ kind: "size", message }];
  }
  const numbers: Numbers = new Array<number>(slotCount).fill(0);
  const n = use.sizes.reduce((product, size) => product * size, 1);
  const values: [string | undefined, number][] = [
    ...levels.map((level, i): [string, number] => [level, use.sizes[i]!]),
    [collective.root, modulo(use.root ?? 0, n)],
    [collective.target, modulo(use.target ?? 0, n)],
    [collective.offset, use.offset ?? 0],
    [collective.over, n],
  ];
  for (const [name, value] of values) if (name !== undefined) numbers[given.get(name)!] = value;
  try {
    new RoundWalker(use, n, numbers, round).run(steps);
  } catch (error) {
    if (error instanceof Stopped) return [{ kind: "size", message: error.message }];
    if (error instanceof ArithmeticFault)
      return [{ kind: "size", message: `its rank arithmetic comes to ${error.message}` }];
    throw error;
  }
  return [];
}

/** Ends the walk: this size is not one it can be run at. */
class Stopped extends Error {}

class RoundWalker {
  private deliveries: Delivery[] = [];
  private rounds = 0;
  private total = 0;
  private looked = 0;
  private readonly contract: WordContract;

  constructor(
    use: WordUse,
    private readonly n: number,
    private readonly numbers: Numbers,
    private readonly round: (deliveries: readonly Delivery[]) => void,
  ) {
    this.contract = contractOf(use);
  }

  run(steps: readonly BodyStep[]): void {
    for (const step of steps) this.step(step, true);
  }

  private step(step: BodyStep, endsRound: boolean): void {
    const { numbers } = this;
    this.look(1);
    switch (step.kind) {
      case "send":
        this.send(step.send);
        if (endsRound) this.endRound();
        return;
      case "round":
        for (const inner of step.body) this.step(inner, false);
        if (endsRound) this.endRound();
        return;
      case "loop": {
        const low = step.low.evaluate(numbers);
        const high = step.high.evaluate(numbers) + (step.inclusive ? 1 : 0);
        for (let i = low; i < high; i++) {
          this.look(1);
          numbers[step.slot] = i;
          for (const inner of step.body) this.step(inner, endsRound);
        }
        return;
      }
      case "let":
        numbers[step.slot] = step.value.evaluate(numbers);
        return;
      case "require":
        if (!step.condition.evaluate(numbers)) throw new Stopped(`it requires \`${printExpr(step.expr)}\``);
    }
  }

  private look(count: number): void {
    this.looked += count;
    if (this.looked > limits.sendsLooked)
      throw new Stopped(`its loops go on for more than ${limits.sendsLooked} steps`);
  }

  /** All senders' deliveries, one rank after another. */
  private send(send: CompiledSend): void {
    const { numbers, n } = this;
    const [first, end] = send.source ? senderAt(modulo(send.source.evaluate(numbers), n)) : [0, n];
    this.look(end - first);
    for (let rank = first; rank < end; rank++) {
      numbers[rankSlot] = rank;
      for (const { slot, value } of send.names) numbers[slot] = value.evaluate(numbers);
      if (send.guard && !send.guard.evaluate(numbers)) continue;
      const target = modulo(send.target.evaluate(numbers), n);
      const { combining, value, span } = send;
      if ("sides" in value) {
        const from = value.sides.map((side) => (side === "input" ? rank : n + rank));
        this.deliver({ span, source: rank, target, from, into: n + target, combining });
        continue;
      }
      const [a, b] = value.chunks.map((set) => this.indicesOf(set));
      for (const i of a!)
        for (const j of b ?? [0]) {
          const chunk = this.contract.indices === 2 ? i * n + j : i;
          this.deliver({ span, source: rank, target, from: [chunk], into: chunk, combining });
        }
    }
  }

  private deliver(delivery: Delivery): void {
    // What a rank would send to itself stays where it is.
    if (delivery.source === delivery.target) return;
    if (++this.total > limits.deliveries) throw new Stopped(`it makes more than ${limits.deliveries} deliveries`);
    this.deliveries.push(delivery);
  }

  private indicesOf(set: IndexSet): number[] {
    const { numbers, n } = this;
    if (set.kind === "one") return [modulo(set.index.evaluate(numbers), n)];
    if (set.kind === "all") return Array.from({ length: this.contract.parts }, (_, i) => i);
    const low = set.low.evaluate(numbers);
    const count = set.high.evaluate(numbers) + (set.inclusive ? 1 : 0) - low;
    if (count > n) throw new Stopped(`a range of ${count} chunks, where there are ${n}`);
    return Array.from({ length: Math.max(0, count) }, (_, i) => modulo(low + i, n));
  }

  private endRound(): void {
    const deliveries = this.deliveries.sort((a, b) => a.source - b.source);
    this.deliveries = [];
    if (deliveries.length === 0) return;
    if (++this.rounds > limits.rounds) throw new Stopped(`it has more than ${limits.rounds} rounds`);
    this.round(deliveries);
  }
}

const senderAt = (rank: number): [number, number] => [rank, rank + 1];
