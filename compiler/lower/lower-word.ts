/**
 * Tasks of a word: the rounds of its collective on the blocks of its chunks. A delivery is a transfer; it waits for
 * what its sender's state holds, no more; a state of several contributions is a chain of joins that combine them.
 */
import { TaskKind, type TransferClass } from "../graph/task-graph.js";
import { blockRegion, chunkedDimension, groupsOf, scansPending, wordGroup } from "./chunks.js";
import { given, stays } from "./context.js";
import type { Combination, LoweringContext, WordGroup, WordInstance } from "./context.js";
import { blockBytes } from "../check/monoid-components.js";
import { product } from "./cost.js";
import { mergedSends, type Merged } from "./in-switch.js";
import { partitionFromBlocks } from "./partition.js";
import { runsLength, type Runs } from "../graph/runs.js";
import { addPiece, forEachWriter } from "./writers.js";

export function lowerWord(context: LoweringContext, instance: WordInstance, instanceId: number): void {
  const operand = context.layer.values[instance.ir.operand]!;
  /** Positions that take something along from the operand. */
  const begins = new Set(instance.run.states.filter(({ initial }) => initial).map(({ position }) => position));
  for (const ranks of groupsOf(context, instance.ir.meshAxes)) {
    if (!ranks.every((rank, position) => !begins.has(position) || context.domains.present(operand, rank))) continue;
    const group = wordGroup(context, instance, ranks);
    instance.groups.push(group);
    new GroupLowering(context, instance, instanceId, instance.groups.length - 1, group).lower();
  }
}

class GroupLowering {
  /** First transfer task of each event. */
  private readonly transferBase: number[] = [];
  /** First combining join of each state; undefined where it holds one contribution. */
  private readonly combinationBase: (number | undefined)[] = [];
  /** By event; empty where the switch merges nothing. */
  private readonly merged: readonly (Merged | undefined)[];

  constructor(
    private readonly context: LoweringContext,
    private readonly instance: WordInstance,
    private readonly instanceId: number,
    private readonly groupId: number,
    private readonly group: WordGroup,
  ) {
    const { settings, run, ir } = instance;
    const inSwitch = settings.engine === "memory";
    this.merged = inSwitch ? mergedSends(context.program.machine, run.events, group.ranks, ir.monoid) : [];
  }

  lower(): void {
    for (let e = 0; e < this.instance.run.events.length;) {
      const message = this.messageFrom(e);
      this.deliver(message);
      e += message.length;
    }
    this.group.ranks.forEach((_, position) => this.result(position));
  }

  /** An event and those after it that go with it: from the same rank to the same in one round, none cut into blocks. */
  private messageFrom(e: number): number[] {
    const { events } = this.instance.run;
    const first = events[e]!;
    const message = [e];
    if (this.merged[e] !== undefined || this.blockCount(e) > 1) return message;
    for (let next = e + 1; next < events.length; next++) {
      const { round, source, target, combining } = events[next]!;
      const together = round === first.round && source === first.source && target === first.target;
      if (!together || combining !== first.combining || this.merged[next] || this.blockCount(next) > 1) break;
      message.push(next);
    }
    return message;
  }

  private blockCount(e: number): number {
    const { states, events } = this.instance.run;
    return this.group.chunk(states[events[e]!.sent]!.chunk).blockCount;
  }

  private deliver(message: readonly number[]): void {
    const { run } = this.instance;
    for (const e of message) this.join(run.events[e]!.sent);
    const base = this.context.writer.count;
    const present = message.filter((e) => this.blockCount(e) > 0);
    const blocks = present.length === 0 ? 0 : this.blockCount(present[0]!);
    for (let block = 0; block < blocks; block++) this.transfer(present, block);
    for (const e of message) {
      this.transferBase[e] = base;
      const { into, leads, makes } = run.events[e]!;
      if (into < 0) continue;
      const made = this.group.chunk(run.states[makes]!.chunk);
      this.combinationBase[makes] = this.context.writer.count;
      for (let block = 0; block < this.blockCount(e); block++) {
        this.combine(makes, into, { event: e, leads }, block, blockRegion(made, block));
        this.context.writer.after(base + block);
      }
    }
  }

  /** One block of each of the chunks of a message. */
  private transfer(message: readonly number[], block: number): void {
    const { context, instance } = this;
    const { writer } = context;
    const { events, states } = instance.run;
    const [e] = message as [number];
    const event = events[e]!;
    const regions = message.map((part) => blockRegion(this.group.chunk(states[events[part]!.sent]!.chunk), block));
    const number = instance.transferEvent.length;
    const source = this.group.ranks[event.source]!;
    const target = this.group.ranks[event.target]!;
    const bytes = message.reduce((sum, part, i) => {
      // What is whole already is finished: of a value that was pending, not its state is sent on. Those of a scan go on.
      const final = states[events[part]!.sent]!.final && !scansPending(instance.ir);
      const sent = context.layer.values[final ? instance.ir.result : instance.ir.operand]!;
      return sum + blockBytes(sent, regions[i]!.map(runsLength), context.program.monoids);
    }, 0);
    const engine = instance.settings.engine;
    const merged = this.merged[e];
    const { word, tier } = instance.ir;
    const key = `${source} ${target} ${bytes} ${event.combining} ${engine} ${merged?.sends ?? 1} ${tier}`;
    const classId = writer.classFor(key, (): TransferClass => {
      const { kinds, kindOfRank } = context.program.machine;
      const inMemory =
        engine === "memory" && kinds[kindOfRank[target]!]!.memory.reduces.includes(instance.ir.monoid ?? "");
      return {
        kind: "transfer",
        source,
        target,
        payloadBytes: bytes,
        wireBytes: bytes,
        combining: event.combining,
        readsSource: engine !== "stores",
        combinesInMemory: inMemory,
        ...(merged && { merged }),
        ...(tier !== undefined && { tier: { name: tier, way: word === "load" ? "read" : "write" } }),
      };
    });
    instance.transferGroup.push(this.groupId);
    instance.transferEvent.push(e);
    instance.transferBlock.push(block);
    if (message.length > 1) instance.transferRest.set(number, message.slice(1));
    const task = writer.task(TaskKind.transfer, source, this.instanceId, number, classId);
    message.forEach((part, i) =>
      this.forEachWriterOfState(
        events[part]!.sent,
        block,
        regions[i]!,
        (before) => before !== task && writer.after(before),
      ),
    );
  }

  /** Makes a state that joins two others of its rank, before the first delivery of it. */
  private join(s: number): void {
    const { chunk: key, joins } = this.instance.run.states[s]!;
    if (joins === undefined || this.combinationBase[s] !== undefined) return;
    const [left, right] = joins;
    this.join(left);
    this.join(right);
    const chunk = this.group.chunk(key);
    this.combinationBase[s] = this.context.writer.count;
    for (let block = 0; block < chunk.blockCount; block++) {
      const region = blockRegion(chunk, block);
      this.combine(s, left, { state: right }, block, region);
      this.forEachWriterOfState(right, block, region, (before) => this.context.writer.after(before));
    }
  }

  private combine(
    state: number,
    own: number,
    other: Combination["other"],
    block: number,
    region: readonly Runs[],
  ): void {
    const { writer } = this.context;
    const { position } = this.instance.run.states[state]!;
    const number = this.instance.combinations.length;
    this.instance.combinations.push({ group: this.groupId, state, own, other, block });
    writer.task(TaskKind.join, this.group.ranks[position]!, this.instanceId, number, -1);
    this.forEachWriterOfState(own, block, region, (before) => writer.after(before));
  }

  private forEachWriterOfState(
    s: number,
    block: number,
    region: readonly Runs[],
    report: (task: number) => void,
  ): void {
    const state = this.instance.run.states[s]!;
    const combination = this.combinationBase[s];
    if (combination !== undefined) report(combination + block);
    else if (state.initial) {
      const operand = this.context.layer.values[this.instance.ir.operand]!;
      forEachWriter(this.context, operand, this.group.ranks[state.position]!, region, report);
    } else if (state.event >= 0) report(this.transferBase[state.event]! + block);
  }

  /** What the word leaves on one rank: its blocks and who delivers each. */
  private result(position: number): void {
    const { context, instance, group } = this;
    const { run } = instance;
    const moved = chunkedDimension(context, instance.ir, group.ranks);
    const present = run.results[position]!.filter((s) => group.chunk(run.states[s]!.chunk).blockCount > 0);
    if (present.length === 0) return;
    // Parts of a reshard meet along any dimensions: each is a piece of its own.
    const pieces = instance.ir.word === "reshard" ? present.map((s) => [s]) : [present];
    for (const states of pieces) this.addResult(position, states, moved);
  }

  private addResult(position: number, present: readonly number[], moved: number): void {
    const { context, instance, group } = this;
    const { run } = instance;
    const result = context.layer.values[instance.ir.result]!;
    const placed = (s: number) => group.placed(run.states[s]!.chunk, position);
    const blocks = placed(present[0]!).pieces.map((pieces) => [...pieces]);
    if (moved >= 0) blocks[moved] = present.flatMap((s) => [...placed(s).pieces[moved]!]);
    const counts = blocks.map((list) => list.length);
    const writers = new Int32Array(product(counts)).fill(stays);
    let offset = 0;
    for (const s of present) {
      const chunk = group.chunk(run.states[s]!.chunk);
      for (let block = 0; block < chunk.blockCount; block++) {
        writers[
          this.blockInResult(
            placed(s).pieces.map((p) => p.length),
            counts,
            moved,
            offset,
            block,
          )
        ] = this.writerOf(s, block);
      }
      if (moved >= 0) offset += chunk.pieces[moved]!.length;
    }
    addPiece(context, result.id, group.ranks[position]!, {
      partitions: blocks.map((list) => partitionFromBlocks(list)),
      writers,
      base: 0,
      alias: context.layer.values[instance.ir.operand]!,
      ...(scansPending(instance.ir) && { through: (region: readonly Runs[]) => region.slice(1) }),
    });
  }

  private blockInResult(
    chunkCounts: readonly number[],
    counts: readonly number[],
    moved: number,
    offset: number,
    block: number,
  ): number {
    const coordinates = new Array<number>(counts.length);
    let rest = block;
    for (let d = counts.length - 1; d >= 0; d--) {
      coordinates[d] = (rest % chunkCounts[d]!) + (d === moved ? offset : 0);
      rest = Math.floor(rest / chunkCounts[d]!);
    }
    return coordinates.reduce((index, c, d) => index * counts[d]! + c, 0);
  }

  private writerOf(s: number, block: number): number {
    const combination = this.combinationBase[s];
    if (combination !== undefined) return combination + block;
    const state = this.instance.run.states[s]!;
    if (state.initial) return stays;
    return state.event < 0 ? given : this.transferBase[state.event]! + block;
  }
}
