import { defineTopology } from "./define-topology.js";
import { inGroups, joined } from "./ends.js";
import { globals, groups as groupsForm, latency, locals, nics, paths, routers } from "./link-forms.js";
import { memberNics } from "./nics.js";
import { hashOf } from "./routing-policy.js";

/**
 * Routers in groups (Kim, Dally, Scott and Abts, ISCA 2008): a wire each way between each two routers of a group, and
 * `globals` from each router to other groups, dealt to these in order, as many to each. A minimal path goes over the
 * router of its group that has a wire to the other group, and the router there where that ends; Valiant's over a third
 * group on the way, by a hash of seed, source and target.
 */
export const dragonfly = defineTopology({
  forms: { groups: groupsForm, routers, nics, locals, globals, latency, paths },
  problem({ members }, figures) {
    const total = figures.groups * figures.routers;
    if (total > members.length) {
      const expected = `at most ${members.length}, the ends of this link`;
      return { what: "The number of routers of all `groups`", expected, value: total };
    }
    const wires = figures.routers * figures.globals.count;
    if (wires >= figures.groups - 1) return undefined;
    const expected = `at least ${figures.groups - 1}, one for each other group`;
    return { what: "The number of `globals` of a group", expected, value: wires };
  },
  resourceCount: ({ members }, { groups, routers: each, globals: { count }, nics: { count: ports } }) =>
    2 * members.length * ports + groups * each * each + groups * each * count,
  make(ends, figures, add) {
    const { groups: count, routers: each } = figures;
    const perPair = count === 1 ? 0 : Math.floor((each * figures.globals.count) / (count - 1));
    const belowRouter = inGroups(ends.members.length, count * each);
    const ports = memberNics(ends, belowRouter, figures.nics, add);
    const { prefix } = ends;
    const local = new Map<string, number>();
    for (let router = 0; router < count * each; router += 1) {
      const group = Math.floor(router / each);
      for (let other = group * each; other < (group + 1) * each; other += 1) {
        if (other === router) continue;
        const name = `router ${router} -> router ${other}`;
        local.set(name, add({ name: prefix + name, bytesPerSecond: figures.locals }));
      }
    }
    /** Router of `group` that has its wire of that number to the other group. */
    const gateOf = (group: number, other: number, wire: number): number => {
      const place = (other < group ? other : other - 1) * perPair + wire;
      return group * each + Math.floor(place / figures.globals.count);
    };
    const global = new Map<string, number>();
    const globalName = (group: number, other: number, wire: number) => `group ${group} -> group ${other} wire ${wire}`;
    for (let group = 0; group < count; group += 1)
      for (let other = 0; other < count; other += 1)
        for (let wire = 0; other !== group && wire < perPair; wire += 1) {
          const name = globalName(group, other, wire);
          global.set(name, add({ name: prefix + name, bytesPerSecond: figures.globals.bytesPerSecond }));
        }

    return joined(ends, (source, target) => {
      const [from, to] = [belowRouter.groupOf(source.member), belowRouter.groupOf(target.member)];
      const [groupFrom, groupTo] = [Math.floor(from / each), Math.floor(to / each)];
      const { out, into } = ports.ways(source, target);
      const resources = [out];
      let at = from;
      const walk = (router: number): void => {
        if (router !== at) resources.push(local.get(`router ${at} -> router ${router}`)!);
        at = router;
      };
      const flow = ports.flow(source, target);
      const port = (from % each) * ports.portsIn(0) + flow.port;
      const stops = groupFrom === groupTo ? [] : [...detour(groupFrom, groupTo, flow), groupTo];
      for (const next of stops) {
        const group = Math.floor(at / each);
        const wire = port % perPair;
        walk(gateOf(group, next, wire));
        resources.push(global.get(globalName(group, next, wire))!);
        at = gateOf(next, group, wire);
      }
      walk(to);
      return { resources: [...resources, into], latencySeconds: figures.latency };
    });

    /** The group on the way, if any. */
    function detour(from: number, to: number, flow: { readonly source: number; readonly target: number }): number[] {
      const { paths: how } = figures;
      if (how.kind === "minimal" || count < 3) return [];
      const others = Array.from({ length: count }, (_, group) => group).filter((one) => one !== from && one !== to);
      return [others[hashOf(flow, how.seed) % others.length]!];
    }
  },
});
