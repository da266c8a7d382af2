/**
 * Memory: the most that can be live at once on each rank under the planned order, a sound bound: the most over all
 * statements of what may be live while one runs (liveness.ts).
 */
import type { ValueId } from "../check/ir.js";
import type { Lowered } from "../lower/lower.js";
import { blockBytes } from "../check/monoid-components.js";
import { runsLength } from "../graph/runs.js";
import { blockRegion, scansPending } from "../lower/chunks.js";
import { landsInResult } from "../lower/collective-run.js";
import { eventsOf, type WordInstance } from "../lower/context.js";
import { hasMemoryOfOperand, type Lifetime, type Liveness } from "./liveness.js";

/** What a rank keeps while one statement runs, when it keeps most. */
export interface MemoryPeak {
  readonly bytes: number;
  /** Index of the statement; -1 of a layer without any. */
  readonly statement: number;
  /** Largest first: a value, or what a word keeps beside its operand and its result. */
  readonly held: readonly { readonly value: ValueId; readonly isBesideWord: boolean; readonly bytes: number }[];
}

/** Peak bytes of each rank's own memory, by rank. Inputs and outputs of the layer live throughout. */
export function peakMemory(lowered: Lowered, liveness: Liveness): number[] {
  const holdings = holdingsOf(lowered, liveness);
  return Array.from({ length: lowered.program.mesh.rankCount }, (_, rank) => peakOn(lowered, holdings, rank).bytes);
}

/** The peak of one rank, with what makes it. */
export function memoryPeak(lowered: Lowered, liveness: Liveness, rank: number): MemoryPeak {
  const holdings = holdingsOf(lowered, liveness);
  const { bytes, statement } = peakOn(lowered, holdings, rank);
  const held = holdings
    .filter(({ isLive }) => isLive[Math.max(0, statement)])
    .map(({ value, isBesideWord, bytesOn }) => ({ value, isBesideWord, bytes: bytesOn(rank) }))
    .filter((one) => one.bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes);
  return { bytes, statement, held };
}

interface Holding {
  readonly value: ValueId;
  readonly isBesideWord: boolean;
  /** By statement: whether it may be in use while that runs. */
  readonly isLive: readonly boolean[];
  bytesOn(rank: number): number;
}

function holdingsOf(lowered: Lowered, liveness: Liveness): Holding[] {
  const { layer, instances, settings } = lowered;
  const producer = new Map(layer.statements.map((ir, s) => [ir.result, s]));
  const words = instances.filter((i): i is WordInstance => i.kind === "word");
  const count = Math.max(1, layer.statements.length);
  const isLiveIn = (lifetime: Lifetime): boolean[] =>
    Array.from({ length: count }, (_, statement) => liveness.isLive(lifetime, statement));
  const values = layer.values.flatMap((value): Holding[] => {
    const writer = producer.get(value.id);
    if (value.tier !== undefined) return [];
    if (writer !== undefined && hasMemoryOfOperand(layer.statements[writer]!)) return [];
    const slots = writer === undefined ? undefined : settings.statements[writer]!.keep;
    const bytesOn = (rank: number): number => {
      const bytes = valueBytes(lowered, value.id, rank);
      return slots === undefined ? bytes : Math.min(bytes, keptBytes(lowered, writer!, rank, slots));
    };
    return [{ value: value.id, isBesideWord: false, isLive: isLiveIn(liveness.values[value.id]!), bytesOn }];
  });
  const beside = [...stagingBytes(words, lowered)].map(([word, byRank]): Holding => {
    const { result } = layer.statements[word]!;
    const bytesOn = (rank: number): number => byRank[rank] ?? 0;
    return { value: result, isBesideWord: true, isLive: isLiveIn(liveness.words[word]!), bytesOn };
  });
  return [...values, ...beside];
}

function peakOn({ layer }: Lowered, holdings: readonly Holding[], rank: number): { bytes: number; statement: number } {
  let peak = { bytes: 0, statement: -1 };
  const bytes = holdings.map(({ bytesOn }) => bytesOn(rank));
  for (let s = 0; s < Math.max(1, layer.statements.length); s++) {
    let live = 0;
    holdings.forEach(({ isLive }, h) => (live += isLive[s] ? bytes[h]! : 0));
    if (live > peak.bytes) peak = { bytes: live, statement: s };
  }
  return peak;
}

export function valueBytes(lowered: Lowered, id: number, rank: number): number {
  const value = lowered.layer.values[id]!;
  if (!lowered.domains.present(value, rank)) return 0;
  const lengths = value.axes.map((_, d) => runsLength(lowered.domains.ofValue(value, d, rank)));
  return blockBytes(value, lengths, lowered.program.monoids);
}

/** `keep n`: n slots of the largest chunk; what stays in place is the operand's. */
function keptBytes(lowered: Lowered, statement: number, rank: number, slots: number): number {
  let largest = 0;
  for (const instance of lowered.instances) {
    if (instance.statement !== statement || instance.kind !== "word") continue;
    const value = lowered.layer.values[instance.ir.result]!;
    for (const group of instance.groups) {
      if (!group.ranks.includes(rank)) continue;
      for (const { chunk } of instance.run.events) {
        const lengths = group.chunk(chunk).pieces.map((p) => p.reduce((n, r) => n + runsLength(r), 0));
        largest = Math.max(largest, blockBytes(value, lengths, lowered.program.monoids));
      }
    }
  }
  return slots * largest;
}

/** Landing places of deliveries that wait to be combined or passed on, by statement and rank. */
function stagingBytes(words: readonly WordInstance[], lowered: Lowered): Map<number, number[]> {
  const out = new Map<number, number[]>();
  for (const instance of words) {
    const byRank = out.get(instance.statement) ?? [];
    const value = lowered.layer.values[instance.ir.operand]!;
    for (let k = 0; k < instance.transferEvent.length; k++) {
      const group = instance.groups[instance.transferGroup.data[k]!]!;
      for (const e of eventsOf(instance, k)) {
        const event = instance.run.events[e]!;
        if (landsInResult(instance.run, event) && !scansPending(instance.ir)) continue;
        const rank = group.ranks[event.target]!;
        const region = blockRegion(group.chunk(event.chunk), instance.transferBlock.data[k]!);
        byRank[rank] = (byRank[rank] ?? 0) + blockBytes(value, region.map(runsLength), lowered.program.monoids);
      }
    }
    out.set(instance.statement, byRank);
  }
  return out;
}
