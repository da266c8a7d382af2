import { defineTopology } from "./define-topology.js";
import { inGroups, joined } from "./ends.js";
import { bandwidth, latency, multicasts, reduces, switches, uplink } from "./link-forms.js";
import type { Member } from "./ends.js";
import type { AddResource, Bandwidth } from "./topology.js";

/** A way out and a way in, which are one where both directions share it. */
interface Port {
  readonly out: number;
  readonly into: number;
}

/**
 * A port out and a port in at each member, the switch itself never the limit; without `each way` one port for both. Of
 * what the switch combines or copies by itself, `SwitchWork` says what goes over a port.
 */
export const switched = defineTopology({
  forms: { bandwidth, latency, reduces, multicasts },
  resourceCount: ({ members }) => 2 * members.length,
  make(ends, figures, add) {
    const ports = memberPorts(ends.members, figures.bandwidth, add);
    const { reduces: monoids, multicasts: copies } = figures;
    const works = monoids.length > 0 || copies;
    return joined(ends, (source, target) => {
      const [from, to] = [ports[source.member]!, ports[target.member]!];
      const work = works && {
        inSwitch: { reduces: monoids, multicasts: copies, sourceIn: from.into, targetOut: to.out },
      };
      return { resources: [from.out, to.into], latencySeconds: figures.latency, ...work };
    });
  },
});

/** Members in groups, a switch to a group, and one uplink from each switch to a root that joins them all. */
export const tree = defineTopology({
  forms: { switches, bandwidth, uplink, latency },
  problem({ members }, figures) {
    if (figures.switches <= members.length) return undefined;
    const expected = `at most ${members.length}, the ends of this link`;
    return { what: "The number of `switches`", expected, value: figures.switches };
  },
  resourceCount: ({ members }, figures) => 2 * (members.length + figures.switches),
  make(ends, figures, add) {
    const ports = memberPorts(ends.members, figures.bandwidth, add);
    const groups = inGroups(ends.members.length, figures.switches);
    const up = Array.from({ length: figures.switches }, (_, index) =>
      addPort(`${ends.prefix}switch ${index}`, ["up", "down", "uplink"], figures.uplink, add),
    );
    return joined(ends, (source, target) => {
      const [from, to] = [groups.groupOf(source.member), groups.groupOf(target.member)];
      const between = from === to ? [] : [up[from]!.out, up[to]!.into];
      const resources = [ports[source.member]!.out, ...between, ports[target.member]!.into];
      return { resources, latencySeconds: figures.latency };
    });
  },
});

/** One resource that every transfer takes; with `each way`, of two kinds of ends, one for each direction. */
export const bus = defineTopology({
  forms: { bandwidth, latency },
  resourceCount: () => 2,
  make(ends, figures, add) {
    const { bytesPerSecond, eachWay } = figures.bandwidth;
    const forth = new Set(ends.from);
    const twoSided = eachWay && !ends.directed && !ends.to.some((member) => forth.has(member));
    const first = add({ name: `${ends.prefix}bus`, bytesPerSecond });
    const second = twoSided ? add({ name: `${ends.prefix}bus back`, bytesPerSecond }) : first;
    return joined(ends, (source) => ({
      resources: [forth.has(source.member) ? first : second],
      latencySeconds: figures.latency,
    }));
  },
});

function memberPorts(members: readonly Member[], bandwidth: Bandwidth, add: AddResource): readonly Port[] {
  return members.map(({ name }) => addPort(name, ["out", "in", "port"], bandwidth, add));
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
