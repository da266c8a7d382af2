import { defineTopology } from "./define-topology.js";
import { inGroups, joined } from "./ends.js";
import { bandwidth, latency, switches, uplink } from "./link-forms.js";
import type { AddResource, Bandwidth, RankNamer } from "./topology.js";

/** A way out and a way in, which are one where both directions share it. */
interface Port {
  readonly out: number;
  readonly into: number;
}

/** A port out and a port in at each rank, the switch itself never the limit; without `each way` one port for both. */
export const switched = defineTopology({
  forms: { bandwidth, latency },
  resourceCount: ({ members }) => 2 * members.length,
  make(ends, figures, nameOf, add) {
    const port = rankPorts(ends.members, figures.bandwidth, nameOf, add);
    return joined(ends, (source, target) => ({
      resources: [port.get(source)!.out, port.get(target)!.into],
      latencySeconds: figures.latency,
    }));
  },
});

/** Ranks in groups, a switch to a group, and one uplink from each switch to a root that joins them all. */
export const tree = defineTopology({
  forms: { switches, bandwidth, uplink, latency },
  problem({ members }, figures) {
    if (figures.switches <= members.length) return undefined;
    const expected = `at most ${members.length}, the ranks of this link`;
    return { what: "The number of `switches`", expected, value: figures.switches };
  },
  resourceCount: ({ members }, figures) => 2 * (members.length + figures.switches),
  make(ends, figures, nameOf, add) {
    const port = rankPorts(ends.members, figures.bandwidth, nameOf, add);
    const groups = inGroups(ends.members, figures.switches);
    const up = Array.from({ length: figures.switches }, (_, index) =>
      addPort(`switch ${index}`, ["up", "down", "uplink"], figures.uplink, add),
    );
    return joined(ends, (source, target) => {
      const [from, to] = [groups.groupOf(source), groups.groupOf(target)];
      const between = from === to ? [] : [up[from]!.out, up[to]!.into];
      const resources = [port.get(source)!.out, ...between, port.get(target)!.into];
      return { resources, latencySeconds: figures.latency };
    });
  },
});

/** One resource that every transfer takes; with `each way`, of two kinds of ends, one for each direction. */
export const bus = defineTopology({
  forms: { bandwidth, latency },
  resourceCount: () => 2,
  make(ends, figures, _nameOf, add) {
    const { bytesPerSecond, eachWay } = figures.bandwidth;
    const forth = new Set(ends.from);
    const twoSided = eachWay && !ends.directed && !ends.to.some((rank) => forth.has(rank));
    const first = add({ name: "bus", bytesPerSecond });
    const second = twoSided ? add({ name: "bus back", bytesPerSecond }) : first;
    return joined(ends, (source) => ({
      resources: [forth.has(source) ? first : second],
      latencySeconds: figures.latency,
    }));
  },
});

function rankPorts(
  members: readonly number[],
  bandwidth: Bandwidth,
  nameOf: RankNamer,
  add: AddResource,
): ReadonlyMap<number, Port> {
  return new Map(members.map((rank) => [rank, addPort(nameOf(rank), ["out", "in", "port"], bandwidth, add)]));
}

/** `names`: of the way out, of the way in, and of a port that is both. */
function addPort(
  owner: string,
  names: readonly [string, string, string],
  { bytesPerSecond, eachWay }: Bandwidth,
  add: AddResource,
): Port {
  if (eachWay) {
    const out = add({ name: `${owner} ${names[0]}`, bytesPerSecond });
    return { out, into: add({ name: `${owner} ${names[1]}`, bytesPerSecond }) };
  }
  const both = add({ name: `${owner} ${names[2]}`, bytesPerSecond });
  return { out: both, into: both };
}
