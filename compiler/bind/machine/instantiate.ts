import type { LinkResource, MachineModel, MemoryTier, RankKind } from "../../machine/model.js";
import { createRouter } from "./routes.js";
import type { LinkInstance } from "./routes.js";
import type { MachineShape, PlacedLink, RankPart } from "./shape.js";
import type { PlacedTier } from "./tiers.js";

/** The machine of a shape, every instance of its levels made: ranks of an instance are neighbours, outermost level first. */
export function modelOf(shape: MachineShape): MachineModel {
  const kinds = new Map<RankPart, number>();
  const kindOfRank = new Uint16Array(shape.rankCount);
  const linkResources: LinkResource[] = [];
  const links: LinkInstance[] = [];
  const tiers = new Map<PlacedTier, TierBuilder>();
  const instanceAt = Array.from({ length: shape.depth + 1 }, () => new Int32Array(shape.rankCount).fill(-1));
  let instanceCount = 0;

  function make(inner: MachineShape, first: number, depth: number, prefix: string): void {
    instanceAt[depth]!.fill(instanceCount++, first, first + inner.rankCount);
    for (const part of inner.parts) {
      if (part.kind === "ranks") {
        if (!kinds.has(part)) kinds.set(part, kinds.size);
        kindOfRank.fill(kinds.get(part)!, first + part.first, first + part.first + part.count);
        continue;
      }
      for (let number = 0; number < part.count; number += 1) {
        const begins = first + part.first + number * part.shape.rankCount;
        make(part.shape, begins, depth + 1, `${prefix}${part.name}[${number}].`);
      }
    }
    const add = (resource: LinkResource) => linkResources.push(resource) - 1;
    for (const link of inner.links) {
      links.push({ topology: link.topology.make(add, prefix), ends: link.ends, endOf: endsByRank(link), first, depth });
    }
    for (const tier of inner.tiers) {
      let builder = tiers.get(tier);
      if (!builder) tiers.set(tier, (builder = tierBuilder(tier, shape.rankCount)));
      builder.make(first, prefix, add);
    }
  }

  make(shape, 0, 0, "");
  return {
    name: shape.name,
    rankCount: shape.rankCount,
    kinds: [...kinds.keys()].map(({ rankKind }): RankKind => rankKind),
    kindOfRank,
    linkResources,
    tiers: [...tiers.values()].map(({ tier }) => tier),
    route: createRouter(shape.rankCount, links, instanceAt),
  };
}

const foundEnds = new WeakMap<PlacedLink, ReadonlyMap<number, { member: number; place: number }>>();

/** The end that each rank of a link is part of; found once for all instances of it. */
function endsByRank(link: PlacedLink): ReadonlyMap<number, { member: number; place: number }> {
  const known = foundEnds.get(link);
  if (known) return known;
  const found = new Map(
    link.ends.members.flatMap(({ first, size }, member) =>
      Array.from({ length: size }, (_, place) => [first + place, { member, place }] as const),
    ),
  );
  foundEnds.set(link, found);
  return found;
}

interface TierBuilder {
  readonly tier: MemoryTier;
  make(first: number, prefix: string, add: (resource: LinkResource) => number): void;
}

function tierBuilder(placed: PlacedTier, rankCount: number): TierBuilder {
  const { name, capacityBytes, readBytesPerSecond, writeBytesPerSecond, latencySeconds } = placed;
  const instanceOfRank = new Int32Array(rankCount).fill(-1);
  const instances: MemoryTier["instances"][number][] = [];
  return {
    tier: { name, capacityBytes, latencySeconds, instanceOfRank, instances },
    make(first, prefix, add) {
      for (const member of placed.members) {
        const begins = first + member.first;
        instanceOfRank.fill(instances.length, begins, begins + member.size);
        const its = `${prefix}${member.name} ${name}`;
        const read = add({ name: `${its} read`, bytesPerSecond: readBytesPerSecond });
        const write = add({ name: `${its} write`, bytesPerSecond: writeBytesPerSecond });
        instances.push({ name: its, read, write });
      }
    },
  };
}
