/**
 * Memory: the most that can be live at once on each rank under the planned order, a sound bound. A value is live from
 * its first writer to its last reader. While a statement runs, a value may be live unless program order puts the
 * statement wholly before its writers or wholly after its readers; the peak over all statements is what the rank needs.
 */
import type { LayerIR, StatementIR } from "../check/ir.js";
import type { Lowered } from "../lower/lower.js";
import { blockBytes } from "../check/monoid-components.js";
import { runsLength } from "../graph/runs.js";
import { isOrdered } from "./program-order.js";
import { blockRegion, scansPending } from "../lower/chunks.js";
import { landsInResult } from "../lower/collective-run.js";
import { eventsOf, type WordInstance } from "../lower/context.js";

/** Peak bytes of each rank's own memory, by rank. Inputs and outputs of the layer live throughout. */
export function peakMemory(lowered: Lowered): number[] {
  const { layer, instances, program, settings } = lowered;
  const statementCount = layer.statements.length;
  const ordered = statementOrder(lowered);
  const producer = new Map(layer.statements.map((ir, s) => [ir.result, s]));
  const readers = new Map<number, number[]>();
  layer.statements.forEach((ir, s) => {
    for (const operand of ir.kind === "op" ? ir.operands : [ir.operand])
      readers.set(operand, [...(readers.get(operand) ?? []), s]);
  });
  const sharing = sharedMemory(layer);
  const readersOf = (value: number): number[] =>
    (sharing.get(value) ?? [value]).flatMap((same) => readers.get(same) ?? []);
  const isOutput = (value: number): boolean =>
    (sharing.get(value) ?? [value]).some((same) => layer.outputs.includes(same));
  const staging = stagingBytes(
    instances.filter((i): i is WordInstance => i.kind === "word"),
    lowered,
  );

  const peaks: number[] = [];
  for (let rank = 0; rank < program.mesh.rankCount; rank++) {
    let always = 0;
    const live = new Float64Array(Math.max(1, statementCount));
    layer.values.forEach((value) => {
      const writer = producer.get(value.id);
      if (value.tier !== undefined) return;
      if (writer !== undefined && hasMemoryOfOperand(layer.statements[writer]!)) return;
      const bytes = valueBytes(lowered, value.id, rank);
      if (writer === undefined || isOutput(value.id)) {
        always += bytes;
        return;
      }
      const own = settings.statements[writer]!.keep;
      const kept = own === undefined ? bytes : Math.min(bytes, keptBytes(lowered, writer, rank, own));
      const uses = readersOf(value.id);
      for (let s = 0; s < statementCount; s++) {
        const before = ordered(s, writer);
        const after = uses.length > 0 && uses.every((reader) => ordered(reader, s));
        if (!before && !after) live[s]! += kept;
      }
    });
    for (const [word, byRank] of staging)
      for (let s = 0; s < statementCount; s++)
        if (!ordered(s, word) && !ordered(word, s)) live[s]! += byRank[rank] ?? 0;
    peaks.push(always + Math.max(...live));
  }
  return peaks;
}

/** Whether a result lies where its operand does: a view's, but for `fan`, which has the identity beside it. */
function hasMemoryOfOperand(statement: StatementIR): boolean {
  return statement.kind === "view" && statement.view !== "fan";
}

/** The values that lie where another one does, by that one, itself among them. */
function sharedMemory({ statements }: LayerIR): Map<number, number[]> {
  const origin = new Map<number, number>();
  const sharing = new Map<number, number[]>();
  for (const statement of statements) {
    if (statement.kind !== "view" || !hasMemoryOfOperand(statement)) continue;
    const first = origin.get(statement.operand) ?? statement.operand;
    origin.set(statement.result, first);
    sharing.set(first, [...(sharing.get(first) ?? [first]), statement.result]);
  }
  return sharing;
}

/** Whether every instance of statement a is over before any of b begins, on every rank. */
function statementOrder(lowered: Lowered): (a: number, b: number) => boolean {
  const { instances, settings, layer } = lowered;
  const byStatement = layer.statements.map((_, s) => instances.filter((i) => i.statement === s));
  const statementCount = layer.statements.length;
  const inOrder = layer.statements.map((_a, a) =>
    layer.statements.map(
      (_b, b) =>
        a < b && byStatement[a]!.every((x) => byStatement[b]!.every((y) => isOrdered(x, y, settings, statementCount))),
    ),
  );
  return (a, b) => inOrder[a]![b]!;
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
