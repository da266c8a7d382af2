/**
 * Memory: the most that can be live at once on each rank under the planned order, a sound bound: the most over all
 * statements of what may be live while one runs (liveness.ts).
 */
import type { Lowered } from "../lower/lower.js";
import { blockBytes } from "../check/monoid-components.js";
import { runsLength } from "../graph/runs.js";
import { blockRegion, scansPending } from "../lower/chunks.js";
import { landsInResult } from "../lower/collective-run.js";
import { eventsOf, type WordInstance } from "../lower/context.js";
import { hasMemoryOfOperand, type Lifetime, type Liveness } from "./liveness.js";

/** Peak bytes of each rank's own memory, by rank. Inputs and outputs of the layer live throughout. */
export function peakMemory(lowered: Lowered, liveness: Liveness): number[] {
  const { layer, instances, program, settings } = lowered;
  const producer = new Map(layer.statements.map((ir, s) => [ir.result, s]));
  const staging = stagingBytes(
    instances.filter((i): i is WordInstance => i.kind === "word"),
    lowered,
  );
  const ranks = Array.from({ length: program.mesh.rankCount }, (_, rank) => rank);
  const live = ranks.map(() => new Float64Array(Math.max(1, layer.statements.length)));
  const count = (lifetime: Lifetime, bytesOn: (rank: number) => number): void => {
    const bytes = ranks.map(bytesOn);
    for (let s = 0; s < live[0]!.length; s++)
      if (liveness.isLive(lifetime, s)) for (const rank of ranks) live[rank]![s]! += bytes[rank]!;
  };
  for (const value of layer.values) {
    const writer = producer.get(value.id);
    if (value.tier !== undefined) continue;
    if (writer !== undefined && hasMemoryOfOperand(layer.statements[writer]!)) continue;
    const slots = writer === undefined ? undefined : settings.statements[writer]!.keep;
    count(liveness.values[value.id]!, (rank) => {
      const bytes = valueBytes(lowered, value.id, rank);
      return slots === undefined ? bytes : Math.min(bytes, keptBytes(lowered, writer!, rank, slots));
    });
  }
  for (const [word, byRank] of staging) count(liveness.words[word]!, (rank) => byRank[rank] ?? 0);
  return live.map((ofRank) => ofRank.reduce((most, bytes) => Math.max(most, bytes), 0));
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
