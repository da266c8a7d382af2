/**
 * What lies in memory tiers fits there: all values of the layer that do, of all ranks that share an instance, at once. A
 * sound bound, since none of them is dropped before the layer ends.
 */
import type { ValueIR } from "../check/ir.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { formatBytes } from "../diagnostics/quantities.js";
import type { RelatedPlace } from "../diagnostics/types.js";
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
    const related = placesOfValues(lowered, values, (rank) => tier.instanceOfRank[rank] === full);
    diagnostics.report("tier-too-small", values[0]!.location, parameters, { related });
  }
}

/** Values that are told of; the rest is summed up. */
const mostTold = 4;

/** The values that fill a tier, the largest first: they lie there from when they are stored, or the layer begins, to its end. */
function placesOfValues(
  lowered: Lowered,
  values: readonly ValueIR[],
  isThere: (rank: number) => boolean,
): RelatedPlace[] {
  const ranks = Array.from({ length: lowered.program.mesh.rankCount }, (_, rank) => rank).filter(isThere);
  const held = values
    .map((value) => ({ value, bytes: ranks.reduce((sum, rank) => sum + valueBytes(lowered, value.id, rank), 0) }))
    .toSorted((a, b) => b.bytes - a.bytes);
  const rest = held.slice(mostTold).reduce((sum, { bytes }) => sum + bytes, 0);
  const of = ranks.length === 1 ? `rank ${ranks[0]}` : `${ranks.length} ranks`;
  return [
    ...held.slice(0, mostTold).map(({ value: { name, location }, bytes }) => ({
      location,
      message: `\`${name}\` of ${of}: ${formatBytes(bytes)}, until the layer ends`,
    })),
    ...(rest > 0 ? [{ location: lowered.layer.location, message: `all others: ${formatBytes(rest)}` }] : []),
  ];
}
