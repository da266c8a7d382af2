/**
 * A collective's rounds run symbolically at a size: who holds which chunk with whose contributions after each round,
 * and so which deliveries each delivery needs. "Each send is a round: all senders at once, reads before, deliveries
 * after, then only data dependences survive." What the word promises is checked at the end.
 */
import type { Span } from "../../grammar/ast.js";
import { bodyOf } from "../check/collective-body.js";
import type { CollectiveIR } from "../check/ir.js";
import type { CollectiveProblem } from "./collective-problems.js";
import { lowestContribution } from "./collective-ways.js";
import { forEachRound, type Delivery } from "./collective-rounds.js";
import { contractOf, inParts, type WordContract, type WordUse } from "./word-contract.js";

/** One delivery of one chunk. Ranks are positions in the group, 0 .. n-1. */
export interface CollectiveEvent {
  readonly round: number;
  readonly source: number;
  readonly target: number;
  /** What is sent, as its state has it: see `ChunkState.chunk`. */
  readonly chunk: number;
  readonly combining: boolean;
  /** The state sent: see `ChunkState`. */
  readonly sent: number;
  /** The state it makes at the target. */
  readonly makes: number;
  /** The state at the target that the delivery is combined into; -1 where it is stored. */
  readonly into: number;
  /** Of an ordered monoid: what arrives stands left of what it is combined into. */
  readonly leads: boolean;
}

/** A version of a chunk on a rank; what it holds is combined own first, then by round, then sender. */
export interface ChunkState {
  readonly position: number;
  /** all_to_all: source part * n + target part; scan: the position, for x and for y; else the chunk's number. */
  readonly chunk: number;
  /** The operand's own contribution is in it. */
  readonly initial: boolean;
  /** The last delivery in it; -1 where there is none. The ones before it are in the state it is combined into. */
  readonly event: number;
  /** How many deliveries are in it, joined states apart. */
  readonly deliveries: number;
  /** Made on its rank of two states that lie there, left and right: `combine(y, x)`. No delivery is in it. */
  readonly joins?: readonly [number, number];
  /** Bit i: it holds the contribution of position i. None: it is the monoid's identity. */
  readonly contributions: bigint;
  /** It is what the word leaves on that rank. */
  final: boolean;
}

export interface CollectiveRun {
  readonly size: number;
  /** Of a word whose chunks are parts of what a rank has: nobody sends less than all, so that is one chunk. */
  readonly whole?: boolean;
  /** Rounds in which something is delivered. */
  readonly rounds: number;
  readonly events: readonly CollectiveEvent[];
  readonly states: readonly ChunkState[];
  /** By position: the states of the chunks that make up its result. */
  readonly results: readonly (readonly number[])[];
  /** By event, where there are problems: the send it is of. */
  readonly spans?: readonly Span[];
  /** The worst first; none: it does what the word promises. */
  readonly problems: readonly CollectiveProblem[];
}

const kept = new WeakMap<CollectiveIR, Map<string, CollectiveRun>>();

/** Pure in its arguments, and kept. */
export function runCollective(collective: CollectiveIR, use: WordUse): CollectiveRun {
  let runs = kept.get(collective);
  if (runs === undefined) kept.set(collective, (runs = new Map()));
  const { word, sizes, root, target, offset, inclusive, ordered } = use;
  const key = JSON.stringify([word, sizes, root, target, offset, inclusive, ordered]);
  let run = runs.get(key);
  if (run === undefined) runs.set(key, (run = new SymbolicRun(collective, use).run()));
  return run;
}

/** Whether a delivery lands in the result; else it waits in a landing place, to be combined or passed on. */
export function landsInResult(run: CollectiveRun, { into, makes }: CollectiveEvent): boolean {
  return into < 0 && run.states[makes]!.final;
}

/** Deliveries in a state, in the order in which they combine; those in the states that it joins are not among them. */
export function deliveriesIn(run: CollectiveRun, state: number): number[] {
  const found: number[] = [];
  for (let s = state; s >= 0 && run.states[s]!.event >= 0; s = run.events[run.states[s]!.event]!.into)
    found.push(run.states[s]!.event);
  return found.reverse();
}

/** Problems of one kind that are told of; a broken collective has thousands. */
const told = 8;

class SymbolicRun {
  private readonly contract: WordContract;
  private readonly events: CollectiveEvent[] = [];
  private readonly states: ChunkState[] = [];
  /** By position: the state of each thing held, by the numbers of `Delivery`. */
  private readonly held: Map<number, number>[] = [];
  private readonly problems: CollectiveProblem[] = [];
  private readonly unheld: { round: number; span: Span; position: number; target: number; thing: number }[] = [];
  /** By event. */
  private readonly spans: Span[] = [];
  private round = 0;
  private readonly n: number;
  private readonly whole: boolean;

  constructor(
    private readonly collective: CollectiveIR,
    private readonly use: WordUse,
  ) {
    this.whole = inParts.has(use.word) && bodyOf(collective).sendsAll;
    this.contract = contractOf(this.wholeUse());
    this.n = this.contract.size;
  }

  private wholeUse(): WordUse {
    return this.whole ? { ...this.use, whole: true } : this.use;
  }

  run(): CollectiveRun {
    this.begin();
    const stopped = forEachRound(this.collective, this.wholeUse(), (deliveries) => this.runRound(deliveries));
    if (stopped.length > 0) return this.finished([], stopped);
    const results = this.results();
    this.explainUnheld();
    if (this.problems.length === 0) this.findMisplaced();
    return this.finished(results, this.problems);
  }

  private finished(results: readonly (readonly number[])[], problems: readonly CollectiveProblem[]): CollectiveRun {
    const { n: size, whole, round: rounds, events, states, spans } = this;
    const faulty = problems.length > 0;
    return { size, ...(whole && { whole }), rounds, events, states, results, ...(faulty && { spans }), problems };
  }

  private begin(): void {
    const { contract, n } = this;
    for (let position = 0; position < n; position++) {
      const own = 1n << BigInt(position);
      const held = new Map<number, number>();
      this.held.push(held);
      for (const chunk of contract.before(position)) held.set(chunk, this.add(position, chunk, own));
      const start = contract.starts?.(position);
      if (start !== undefined)
        held.set(n + position, start === own ? held.get(position)! : this.add(position, position, start));
    }
  }

  private add(position: number, chunk: number, contributions: bigint): number {
    const initial = contributions !== 0n;
    return this.states.push({ position, chunk, initial, event: -1, deliveries: 0, contributions, final: false }) - 1;
  }

  private runRound(deliveries: readonly Delivery[]): void {
    const { n, held } = this;
    const span = n * (this.contract.indices === 2 ? n : 2);
    const sent = deliveries.map((delivery) => this.read(delivery));
    /** What something was delivered into in this round, and whether each delivery combined. */
    const arrived = new Map<number, boolean>();
    deliveries.forEach((delivery, i) => {
      const state = sent[i]!;
      if (state < 0) return;
      const { target, into, combining } = delivery;
      const place = target * span + into;
      const before = arrived.get(place);
      arrived.set(place, combining && before !== false);
      if (before !== undefined && !(before && combining)) this.reportTwice(delivery, state, true);
      else held[target]!.set(into, this.deliver(delivery, state));
    });
    this.round++;
  }

  /** The state that a delivery takes along; -1 where there is none. */
  private read(delivery: Delivery): number {
    const { source, from, span } = delivery;
    const parts = from.map((thing) => {
      const state = this.held[source]!.get(thing);
      if (state === undefined) this.notHeld(delivery, thing);
      return state;
    });
    const [left, right] = parts;
    if (left === undefined || (parts.length > 1 && right === undefined)) return -1;
    const sent = right === undefined ? left : this.join(left, right, from[1]!, span);
    if (this.states[sent]!.contributions !== 0n) return sent;
    // Nothing was folded into it: to send the identity is to send nothing.
    this.notHeld(delivery, from[0]!);
    return -1;
  }

  private notHeld({ source: position, target, span }: Delivery, thing: number): void {
    if (this.unheld.length < told) this.unheld.push({ round: this.round, span, position, target, thing });
  }

  private join(left: number, right: number, thing: number, span: Span): number {
    const [a, b] = [this.states[left]!, this.states[right]!];
    if (a.contributions === 0n) return right;
    if (b.contributions === 0n) return left;
    this.checkCombination(left, right, { span, thing, rank: a.position });
    const { position, chunk } = a;
    const contributions = a.contributions | b.contributions;
    const initial = a.initial || b.initial;
    const joins = [left, right] as const;
    return (
      this.states.push({ position, chunk, initial, event: -1, deliveries: 0, joins, contributions, final: false }) - 1
    );
  }

  /** Makes the event and the state at the target; returns that. */
  private deliver(delivery: Delivery, sent: number): number {
    const { source, target, into: thing, combining, span } = delivery;
    const { chunk, contributions: arriving } = this.states[sent]!;
    const before = this.held[target]!.get(thing);
    const own = before === undefined ? undefined : this.states[before]!;
    const combines = combining && own !== undefined && own.contributions !== 0n;
    let leads = false;
    if (combines) leads = this.checkCombination(before!, sent, { span, thing, rank: target });
    else if (own?.contributions === arriving) this.reportTwice(delivery, sent, false);
    const event = this.events.length;
    const makes =
      this.states.push({
        position: target,
        chunk: this.contract.indices === 0 ? target : chunk,
        initial: combines && own.initial,
        event,
        deliveries: (combines ? own.deliveries : 0) + 1,
        contributions: combines ? own.contributions | arriving : arriving,
        final: false,
      }) - 1;
    const into = combines ? before! : -1;
    this.spans.push(span);
    this.events.push({ round: this.round, source, target, chunk, combining: combines, sent, makes, into, leads });
    return makes;
  }

  /** Whether what arrives must stand first; reports what may not be combined. */
  private checkCombination(
    here: number,
    there: number,
    { span, thing, rank }: { readonly span: Span; readonly thing: number; readonly rank: number },
  ): boolean {
    const { round } = this;
    const chunk = this.nameOf(thing);
    const states = [here, there];
    const [own, arriving] = states.map((state) => this.states[state]!.contributions) as [bigint, bigint];
    const doubled = own & arriving;
    if (doubled !== 0n) {
      this.report({ kind: "doubled", round, span, chunk, rank, contribution: lowestContribution(doubled), states });
      return false;
    }
    if (!this.use.ordered) return false;
    if (highestBit(own) + 1 === lowestContribution(arriving)) return false;
    if (highestBit(arriving) + 1 !== lowestContribution(own))
      this.report({ kind: "unordered", round, span, chunk, rank, states });
    return true;
  }

  private results(): number[][] {
    const { round: rounds } = this;
    return this.held.map((held, position) =>
      this.contract.after(position).flatMap(({ chunk, contributions }) => {
        const thing = this.contract.starts ? this.n + chunk : chunk;
        const state = held.get(thing);
        const name = this.nameOf(thing);
        if (state === undefined) {
          this.report({ kind: "missing", rounds, chunk: name, rank: position, states: [], thing });
          return [];
        }
        const found = this.states[state]!;
        const missing = contributions & ~found.contributions;
        const extra = found.contributions & ~contributions;
        const at = { rounds, chunk: name, rank: position, states: [state] };
        if (missing !== 0n) this.report({ kind: "missing", ...at, contribution: lowestContribution(missing), thing });
        else if (extra !== 0n) this.report({ kind: "too-much", ...at, contribution: lowestContribution(extra) });
        found.final = true;
        return [state];
      }),
    );
  }

  /** Says whether what was sent too early would have come; these stand first, for what follows comes of them. */
  private explainUnheld(): void {
    const problems = this.unheld.map(({ round, span, position, target, thing }): CollectiveProblem => {
      const chunk = this.nameOf(thing);
      const { indices } = this.contract;
      const moving = [...this.events.keys()].filter(
        (e) => indices === 0 || this.states[this.events[e]!.makes]!.chunk === thing,
      );
      const first = moving.find((e) => this.events[e]!.target === position);
      const comes = first === undefined ? undefined : this.events[first]!.round;
      const events = first === undefined ? moving.filter((e) => this.events[e]!.round < round) : [first];
      const at = { round, span, chunk, rank: position, target, thing, events };
      return { kind: "not-held", ...at, ...(comes !== undefined && { comes }) };
    });
    this.problems.unshift(...problems);
  }

  /** Deliveries that no result has in it. */
  private findMisplaced(): void {
    const { states, events } = this;
    const needed = new Uint8Array(states.length);
    const need = (state: number): void => {
      if (state >= 0) needed[state] = 1;
    };
    states.forEach((state, s) => state.final && need(s));
    // A state is made of earlier ones only, so one pass from the last is enough.
    for (let s = states.length - 1; s >= 0; s--) {
      if (!needed[s]) continue;
      const { event, joins } = states[s]!;
      joins?.forEach(need);
      if (event < 0) continue;
      need(events[event]!.sent);
      need(events[event]!.into);
    }
    events.forEach(({ makes, round, target: rank }, e) => {
      if (needed[makes]) return;
      const chunk = this.nameOf(this.thingOf(makes));
      this.report({ kind: "misplaced", round, span: this.spans[e]!, chunk, rank, states: [makes] });
    });
  }

  private thingOf(state: number): number {
    const { chunk } = this.states[state]!;
    return this.contract.starts ? this.n + chunk : chunk;
  }

  private reportTwice({ target: rank, into, span }: Delivery, sent: number, together: boolean): void {
    const { round } = this;
    const states = [this.held[rank]!.get(into)!, sent];
    this.report({ kind: "delivered-twice", round, span, chunk: this.nameOf(into), rank, together, states });
  }

  private report(problem: CollectiveProblem): void {
    if (this.problems.length < told) this.problems.push(problem);
  }

  private nameOf(thing: number): string {
    const { n, collective, contract } = this;
    if (contract.indices === 0) return thing < n ? collective.input : collective.output;
    if (contract.parts === 1 && n > 1) return collective.input;
    const at = contract.indices === 2 ? `${Math.floor(thing / n)}, ${thing % n}` : `${thing}`;
    return `${collective.input}[${at}]`;
  }
}

function highestBit(mask: bigint): number {
  return mask.toString(2).length - 1;
}
