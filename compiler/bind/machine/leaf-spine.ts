import { defineTopology } from "./define-topology.js";
import { inGroups, joined } from "./ends.js";
import { latency, leaves, nics, policy, spines, uplinks } from "./link-forms.js";
import { memberNics } from "./nics.js";
import { spineOf } from "./routing-policy.js";

/**
 * Members below leaf switches, an uplink and a downlink between each leaf and each spine. Which spine a flow between
 * leaves takes, the policy says; below one leaf it takes none.
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
    const bytesPerSecond = figures.uplinks ?? figures.nics.bytesPerSecond;
    const groups = inGroups(ends.members.length, figures.leaves);
    const ports = memberNics(ends, groups, figures.nics, add);
    const up: number[][] = [];
    const down: number[][] = [];
    for (let leaf = 0; leaf < figures.leaves; leaf += 1) {
      const numbers = Array.from({ length: figures.spines }, (_, spine) => spine);
      up.push(numbers.map((spine) => add({ name: `${ends.prefix}leaf ${leaf} -> spine ${spine}`, bytesPerSecond })));
      down.push(numbers.map((spine) => add({ name: `${ends.prefix}spine ${spine} -> leaf ${leaf}`, bytesPerSecond })));
    }
    return joined(ends, (source, target) => {
      const [from, to] = [groups.groupOf(source.member), groups.groupOf(target.member)];
      const { out, into } = ports.ways(source, target);
      const latencySeconds = figures.latency;
      if (from === to) return { resources: [out, into], latencySeconds };
      const flow = ports.flow(source, target);
      const spine = spineOf(figures.policy, flow, figures.spines);
      if (spine !== undefined) return { resources: [out, up[from]![spine]!, down[to]![spine]!, into], latencySeconds };
      const share = 1 / figures.spines;
      const resources = [out, ...up[from]!, ...down[to]!, into];
      return { resources, shares: [1, ...Array<number>(resources.length - 2).fill(share), 1], latencySeconds };
    });
  },
});
