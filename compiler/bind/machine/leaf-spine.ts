import { mix32, startState } from "../table-generator.js";
import { defineTopology } from "./define-topology.js";
import { inGroups, joined } from "./ends.js";
import { latency, leaves, nics, policy, spines, uplinks } from "./link-forms.js";
import type { RoutingPolicy } from "./link-forms.js";

/**
 * Ranks below leaf switches, an uplink and a downlink between each leaf and each spine, NICs that send and receive at
 * once. A flow takes one NIC at each end, numbered by the opposite end's place in its leaf, so that the flows of an
 * exchange are spread. Which spine a flow between leaves takes, the policy says; below one leaf it takes none.
 */
export const leafSpine = defineTopology({
  forms: { leaves, spines, nics, uplinks, latency, policy },
  problem({ members }, figures) {
    if (figures.leaves <= members.length) return undefined;
    const expected = `at most ${members.length}, the ranks of this link`;
    return { what: "The number of `leaves`", expected, value: figures.leaves };
  },
  resourceCount: ({ members }, figures) => 2 * (members.length * figures.nics.count + figures.leaves * figures.spines),
  make(ends, figures, nameOf, add) {
    const { bytesPerSecond, count } = figures.nics;
    const uplink = figures.uplinks ?? bytesPerSecond;
    const groups = inGroups(ends.members, figures.leaves);
    const firstNic = new Map<number, number>();
    for (const rank of ends.members) {
      for (let nic = 0; nic < count; nic += 1) {
        const out = add({ name: `${nameOf(rank)} nic ${nic} out`, bytesPerSecond });
        add({ name: `${nameOf(rank)} nic ${nic} in`, bytesPerSecond });
        if (nic === 0) firstNic.set(rank, out);
      }
    }
    const up: number[][] = [];
    const down: number[][] = [];
    for (let leaf = 0; leaf < figures.leaves; leaf += 1) {
      const numbers = Array.from({ length: figures.spines }, (_, spine) => spine);
      up.push(numbers.map((spine) => add({ name: `leaf ${leaf} -> spine ${spine}`, bytesPerSecond: uplink })));
      down.push(numbers.map((spine) => add({ name: `spine ${spine} -> leaf ${leaf}`, bytesPerSecond: uplink })));
    }

    return joined(ends, (source, target) => {
      const [from, to] = [groups.groupOf(source), groups.groupOf(target)];
      const nic = groups.placeOf(target) % count;
      const out = firstNic.get(source)! + 2 * nic;
      const into = firstNic.get(target)! + 2 * (groups.placeOf(source) % count) + 1;
      const latencySeconds = figures.latency;
      if (from === to) return { resources: [out, into], latencySeconds };
      const port = groups.placeOf(source) * count + nic;
      const spine = spineOf(
        figures.policy,
        { source, target, port, ports: groups.sizeOf(from) * count },
        figures.spines,
      );
      if (spine !== undefined) return { resources: [out, up[from]![spine]!, down[to]![spine]!, into], latencySeconds };
      const share = 1 / figures.spines;
      const resources = [out, ...up[from]!, ...down[to]!, into];
      return { resources, shares: [1, ...Array<number>(resources.length - 2).fill(share), 1], latencySeconds };
    });
  },
});

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
