import type { MachineModel } from "../../machine/model.js";

/**
 * The machine with its ranks renumbered: rank i of the result is rank `ranks[i]` of the machine, and no others are seen.
 * Its links are those of the machine, all of them.
 *
 * @param ranks different ranks of the machine.
 */
export function onRanks(machine: MachineModel, ranks: Int32Array): MachineModel {
  if (ranks.length === machine.rankCount && ranks.every((rank, index) => rank === index)) return machine;
  const pick = (column: Int32Array) => Int32Array.from(ranks, (rank) => column[rank]!);
  return {
    ...machine,
    rankCount: ranks.length,
    kindOfRank: Uint16Array.from(ranks, (rank) => machine.kindOfRank[rank]!),
    tiers: machine.tiers.map((tier) => ({ ...tier, instanceOfRank: pick(tier.instanceOfRank) })),
    route: (source, target) => machine.route(ranks[source]!, ranks[target]!),
  };
}
