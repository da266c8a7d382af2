import type { MachineModel } from "../../machine/model.js";

/**
 * The machine with its ranks renumbered: rank i of the result is rank `ranks[i]` of the machine, and no others are seen,
 * nor kinds that none of them is. Its links are those of the machine, all of them.
 *
 * @param ranks different ranks of the machine.
 */
export function onRanks(machine: MachineModel, ranks: Int32Array): MachineModel {
  if (ranks.length === machine.rankCount && ranks.every((rank, index) => rank === index)) return machine;
  const kinds = [...new Set(Array.from(ranks, (rank) => machine.kindOfRank[rank]!))].sort((a, b) => a - b);
  const pick = (column: Int32Array) => Int32Array.from(ranks, (rank) => column[rank]!);
  return {
    ...machine,
    rankCount: ranks.length,
    kinds: kinds.map((kind) => machine.kinds[kind]!),
    kindOfRank: Uint16Array.from(ranks, (rank) => kinds.indexOf(machine.kindOfRank[rank]!)),
    tiers: machine.tiers.map((tier) => ({ ...tier, instanceOfRank: pick(tier.instanceOfRank) })),
    route: (source, target) => machine.route(ranks[source]!, ranks[target]!),
  };
}

/** The machine without the kinds of rank that none of its first `count` ranks is, and then without its other ranks. */
export function withKindsOfFirst(machine: MachineModel, count: number): MachineModel {
  const used = new Set(machine.kindOfRank.subarray(0, count));
  return used.size === machine.kinds.length
    ? machine
    : onRanks(
        machine,
        Int32Array.from({ length: count }, (_, rank) => rank),
      );
}
