/**
 * What lies in memory tiers fits there: all values of the layer that do, of all ranks that share an instance, at once. A
 * sound bound, since none of them is dropped before the layer ends.
 */
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { formatBytes } from "../diagnostics/quantities.js";
import type { Lowered } from "../lower/lower.js";
import { valueBytes } from "./memory.js";

/** Reports the first instance of each tier that is too small. */
export function checkTiers(lowered: Lowered, diagnostics: DiagnosticCollector): void {
  const { layer, program } = lowered;
  for (const tier of program.machine.tiers) {
    const values = layer.values.filter((value) => value.tier === tier.name);
    if (values.length === 0) continue;
    const used = new Float64Array(tier.instances.length);
    for (let rank = 0; rank < program.mesh.rankCount; rank++) {
      const instance = tier.instanceOfRank[rank]!;
      if (instance >= 0) for (const { id } of values) used[instance]! += valueBytes(lowered, id, rank);
    }
    const full = used.findIndex((bytes) => bytes > tier.capacityBytes);
    if (full < 0) continue;
    const parameters = {
      tier: tier.instances[full]!.name,
      needed: formatBytes(used[full]!),
      capacity: formatBytes(tier.capacityBytes),
    };
    diagnostics.report("tier-too-small", values[0]!.location, parameters);
  }
}
