import type { Route } from "../../machine/model.js";
import { mix32 } from "../table-generator.js";
import { defineTopology } from "./define-topology.js";
import { inGroups, joined } from "./ends.js";
import { cores, latency, leaves, nics, pods, policy, spines, uplinks } from "./link-forms.js";
import { memberNics } from "./nics.js";
import { hashOf, spineOf } from "./routing-policy.js";

/**
 * Three levels of switches (Al-Fares, Loukissas and Vahdat, SIGCOMM 2008): pods, each of so many leaves and spines with
 * an uplink and a downlink between each two, and cores above. Each spine of a pod has its share of the cores, the same
 * in all pods. Between leaves of a pod a flow goes over a spine, between pods over a spine, one of its cores, and the
 * spine there that has it. Which ones, the policy says.
 */
export const fatTree = defineTopology({
  forms: { pods, leaves, spines, cores, nics, uplinks, latency, policy },
  problem({ members }, figures) {
    const total = figures.pods * figures.leaves;
    if (total > members.length) {
      const expected = `at most ${members.length}, the ends of this link`;
      return { what: "The number of leaves of all `pods`", expected, value: total };
    }
    if (figures.cores % figures.spines === 0) return undefined;
    const expected = `a multiple of ${figures.spines}, the \`spines\` of a pod`;
    return { what: "The number of `cores`", expected, value: figures.cores };
  },
  resourceCount: ({ members }, figures) =>
    2 *
    (members.length * figures.nics.count +
      figures.pods * figures.leaves * figures.spines +
      figures.pods * figures.cores),
  make(ends, figures, add) {
    const bytesPerSecond = figures.uplinks ?? figures.nics.bytesPerSecond;
    const perSpine = figures.cores / figures.spines;
    const groups = inGroups(ends.members.length, figures.pods * figures.leaves);
    const ports = memberNics(ends, groups, figures.nics, add);
    const wires = (owners: number, ends: number, name: (owner: number, end: number) => string) =>
      Array.from({ length: owners }, (_, owner) =>
        Array.from({ length: ends }, (__, end) => add({ name: name(owner, end), bytesPerSecond })),
      );
    const { prefix } = ends;
    const podOf = (leaf: number): number => Math.floor(leaf / figures.leaves);
    const spineName = (pod: number, spine: number): string => `pod ${pod} spine ${spine}`;
    const leafCount = figures.pods * figures.leaves;
    const spineWithCore = (core: number): number => Math.floor(core / perSpine);
    // By leaf and spine, and by pod and core.
    const up = wires(leafCount, figures.spines, (l, s) => `${prefix}leaf ${l} -> ${spineName(podOf(l), s)}`);
    const down = wires(leafCount, figures.spines, (l, s) => `${prefix}${spineName(podOf(l), s)} -> leaf ${l}`);
    const above = wires(
      figures.pods,
      figures.cores,
      (p, c) => `${prefix}${spineName(p, spineWithCore(c))} -> core ${c}`,
    );
    const below = wires(
      figures.pods,
      figures.cores,
      (p, c) => `${prefix}core ${c} -> ${spineName(p, spineWithCore(c))}`,
    );

    return joined(ends, (source, target): Route => {
      const [from, to] = [groups.groupOf(source.member), groups.groupOf(target.member)];
      const { out, into } = ports.ways(source, target);
      const latencySeconds = figures.latency;
      if (from === to) return { resources: [out, into], latencySeconds };
      const flow = ports.flow(source, target);
      const [podFrom, podTo] = [podOf(from), podOf(to)];
      const spine = spineOf(figures.policy, flow, figures.spines);
      if (spine !== undefined) {
        const climb = [out, up[from]![spine]!];
        const descend = [down[to]![spine]!, into];
        if (podFrom === podTo) return { resources: [...climb, ...descend], latencySeconds };
        // Planned: NICs of a pod that share a spine take its cores one after the other.
        const turn =
          (from % figures.leaves) * Math.ceil(flow.ports / figures.spines) + Math.floor(flow.port / figures.spines);
        const { policy: how } = figures;
        const core = spine * perSpine + ((how.kind === "ecmp" ? mix32(hashOf(flow, how.seed)) : turn) % perSpine);
        return { resources: [...climb, above[podFrom]![core]!, below[podTo]![core]!, ...descend], latencySeconds };
      }
      const leafShares = [...up[from]!, ...down[to]!];
      const coreShares = podFrom === podTo ? [] : [...above[podFrom]!, ...below[podTo]!];
      return {
        resources: [out, ...leafShares, ...coreShares, into],
        shares: [1, ...leafShares.map(() => 1 / figures.spines), ...coreShares.map(() => 1 / figures.cores), 1],
        latencySeconds,
      };
    });
  },
});
