import { mix32, startState } from "../table-generator.js";
import { defineTopology } from "./define-topology.js";
import { inGroups, joined } from "./ends.js";
import type { FlowEnd, LinkEnds } from "./ends.js";
import { latency, leaves, nics, policy, spines, uplinks } from "./link-forms.js";
import type { RoutingPolicy } from "./link-forms.js";

/**
 * Members below leaf switches, an uplink and a downlink between each leaf and each spine, NICs that send and receive at
 * once. A member's NICs are dealt to its ranks in order: a rank has its own where there are as many, else it shares one
 * with its neighbours. Of several of its own a flow takes one by the opposite end's place below its leaf, so that the
 * flows of an exchange are spread. Which spine a flow between leaves takes, the policy says; below one leaf it takes none.
 */
export const leafSpine = defineTopology({
  forms: { leaves, spines, nics, uplinks, latency, policy },
  problem({ members }, figures) {
    if (figures.leaves <= members.length) return undefined;
    const expected = `at most ${members.length}, the ends of this link`;
    return { what: "The number of `leaves`", expected, value: figures.leaves };
  },
  resourceCount: ({ members }, figures) => 2 * (members.length * figures.nics.count + figures.leaves * figures.spines),
  make(ends, figures, add) {
    const { bytesPerSecond, count } = figures.nics;
    const uplink = figures.uplinks ?? bytesPerSecond;
    const groups = inGroups(ends.members.length, figures.leaves);
    const firstNic = ends.members.map(({ name }) => {
      const numbers = Array.from({ length: count }, (_, nic) => nic);
      const [first] = numbers.map((nic) => {
        const out = add({ name: `${name} nic ${nic} out`, bytesPerSecond });
        add({ name: `${name} nic ${nic} in`, bytesPerSecond });
        return out;
      });
      return first!;
    });
    const up: number[][] = [];
    const down: number[][] = [];
    for (let leaf = 0; leaf < figures.leaves; leaf += 1) {
      const numbers = Array.from({ length: figures.spines }, (_, spine) => spine);
      up.push(
        numbers.map((spine) => add({ name: `${ends.prefix}leaf ${leaf} -> spine ${spine}`, bytesPerSecond: uplink })),
      );
      down.push(
        numbers.map((spine) => add({ name: `${ends.prefix}spine ${spine} -> leaf ${leaf}`, bytesPerSecond: uplink })),
      );
    }

    /** Number of the NIC that a flow takes at its end `near`. */
    const nicOf = (near: FlowEnd, far: FlowEnd): number => {
      const { size } = ends.members[near.member]!;
      const first = Math.floor((near.place * count) / size);
      const own = Math.max(1, Math.floor(((near.place + 1) * count) / size) - first);
      return first + (numberBelowLeaf(far) % own);
    };
    /** Of a rank among those below its leaf. */
    const numberBelowLeaf = ({ member, place }: FlowEnd): number =>
      groups.placeOf(member) * ends.members[member]!.size + place;

    return joined(ends, (source, target) => {
      const [from, to] = [groups.groupOf(source.member), groups.groupOf(target.member)];
      const nic = nicOf(source, target);
      const out = firstNic[source.member]! + 2 * nic;
      const into = firstNic[target.member]! + 2 * nicOf(target, source) + 1;
      const latencySeconds = figures.latency;
      if (from === to) return { resources: [out, into], latencySeconds };
      const flow = {
        source: rankOf(ends, source),
        target: rankOf(ends, target),
        port: groups.placeOf(source.member) * count + nic,
        ports: groups.sizeOf(from) * count,
      };
      const spine = spineOf(figures.policy, flow, figures.spines);
      if (spine !== undefined) return { resources: [out, up[from]![spine]!, down[to]![spine]!, into], latencySeconds };
      const share = 1 / figures.spines;
      const resources = [out, ...up[from]!, ...down[to]!, into];
      return { resources, shares: [1, ...Array<number>(resources.length - 2).fill(share), 1], latencySeconds };
    });
  },
});

function rankOf(ends: LinkEnds, { member, place }: FlowEnd): number {
  return ends.members[member]!.first + place;
}

interface Flow {
  readonly source: number;
  readonly target: number;
  /** Number of its NIC among those below its leaf, and how many there are. */
  readonly port: number;
  readonly ports: number;
}

/** The one spine that a flow takes; undefined where it goes in equal shares over all of them. */
function spineOf(policy: RoutingPolicy, { source, target, port, ports }: Flow, spines: number): number | undefined {
  switch (policy.kind) {
    case "ecmp":
      return mix32(mix32(startState(policy.seed) + source) + target) % spines;
    case "planned":
      return port % spines;
    case "split":
      return port < ports - (ports % spines) ? port % spines : undefined;
    case "spray":
      return undefined;
  }
}
