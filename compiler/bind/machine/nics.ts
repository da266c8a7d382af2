import type { FlowEnd, Groups, LinkEnds } from "./ends.js";
import { rankOf } from "./routing-policy.js";
import type { Flow } from "./routing-policy.js";
import type { AddResource } from "./topology.js";

/** The NICs of a fabric's members, which send and receive at once. */
export interface Nics {
  /** The way out of the NIC that a flow takes at its source, and the way into that at its target. */
  ways(source: FlowEnd, target: FlowEnd): { readonly out: number; readonly into: number };
  /** What a policy of routing knows of a flow. */
  flow(source: FlowEnd, target: FlowEnd): Flow;
  /** NICs of a group. */
  portsIn(group: number): number;
}

/**
 * A member's NICs are dealt to its ranks in order: a rank has its own where there are as many, else it shares one with its
 * neighbours. Of several of its own a flow takes one by the opposite end's place in its group, so that the flows of an
 * exchange are spread.
 */
export function memberNics(
  ends: LinkEnds,
  groups: Groups,
  { count, bytesPerSecond }: { readonly count: number; readonly bytesPerSecond: number },
  add: AddResource,
): Nics {
  const { members } = ends;
  const firstNic = members.map(({ name }) => {
    const numbers = Array.from({ length: count }, (_, nic) => nic);
    const [first] = numbers.map((nic) => {
      const out = add({ name: `${name} nic ${nic} out`, bytesPerSecond });
      add({ name: `${name} nic ${nic} in`, bytesPerSecond });
      return out;
    });
    return first!;
  });
  /** Number of the NIC that a flow takes at its end `near`. */
  const nicOf = (near: FlowEnd, far: FlowEnd): number => {
    const { size } = members[near.member]!;
    const first = Math.floor((near.place * count) / size);
    const own = Math.max(1, Math.floor(((near.place + 1) * count) / size) - first);
    return first + (numberInGroup(far) % own);
  };
  const numberInGroup = ({ member, place }: FlowEnd): number => groups.placeOf(member) * members[member]!.size + place;
  const portsIn = (group: number): number => groups.sizeOf(group) * count;
  return {
    ways: (source, target) => ({
      out: firstNic[source.member]! + 2 * nicOf(source, target),
      into: firstNic[target.member]! + 2 * nicOf(target, source) + 1,
    }),
    flow: (source, target) => ({
      source: rankOf(ends, source),
      target: rankOf(ends, target),
      port: groups.placeOf(source.member) * count + nicOf(source, target),
      ports: portsIn(groups.groupOf(source.member)),
    }),
    portsIn,
  };
}
