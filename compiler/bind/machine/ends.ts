import type { Route } from "../../machine/model.js";
import type { Topology } from "./topology.js";

/** One end of a link: a rank, or an instance of a level, whose ranks all go through its ports. */
export interface Member {
  /** Its first rank, counted within the machine that declares the link. */
  readonly first: number;
  /** How many ranks it has. */
  readonly size: number;
  /** `gpu[3]`, `node[1]`. */
  readonly name: string;
}

/** The ends of a link. For `a <-> b` between members of one set, both are that set. */
export interface LinkEnds {
  /** Numbers of members. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** `->`: only from `from` to `to`. */
  readonly directed: boolean;
  /** Every member of the link, once: those of `from`, then the others. */
  readonly members: readonly Member[];
  /** The instance of the machine that declares the link, before names of what is no member's: `node[3].`. */
  readonly prefix: string;
}

/** A rank, as an end of a flow: the member it belongs to, and its place among that member's ranks. */
export interface FlowEnd {
  readonly member: number;
  readonly place: number;
}

export function linkEnds(from: readonly Member[], to: readonly Member[], directed: boolean): LinkEnds {
  const members: Member[] = [];
  const numbers = new Map<number, number>();
  const numberOf = (member: Member): number => {
    let number = numbers.get(member.first);
    if (number === undefined) numbers.set(member.first, (number = members.push(member) - 1));
    return number;
  };
  return { from: from.map(numberOf), to: to.map(numberOf), directed, members, prefix: "" };
}

/** The ends of the same link in one instance of the machine that declares it. */
export function endsIn(ends: LinkEnds, prefix: string): LinkEnds {
  if (prefix === "") return ends;
  return { ...ends, prefix, members: ends.members.map((member) => ({ ...member, name: `${prefix}${member.name}` })) };
}

/** Two members that share ranks without being the same; undefined where there are none. */
export function overlapping(members: readonly Member[]): readonly [Member, Member] | undefined {
  const sorted = [...members].sort((a, b) => a.first - b.first || b.size - a.size);
  for (const [index, member] of sorted.entries()) {
    const before = sorted[index - 1];
    if (!before || before.first + before.size <= member.first) continue;
    if (before.first !== member.first || before.size !== member.size) return [before, member];
  }
  return undefined;
}

/** A topology where each end reaches each opposite end in one hop. */
export function joined(ends: LinkEnds, hop: (source: FlowEnd, target: FlowEnd) => Route): Topology {
  const from = new Set(ends.from);
  const to = new Set(ends.to);
  const all = ends.members.map((_, member) => member);
  const joins = (source: number, target: number): boolean =>
    source !== target &&
    ((from.has(source) && to.has(target)) || (!ends.directed && to.has(source) && from.has(target)));
  return {
    hop: (source, target) => (joins(source.member, target.member) ? hop(source, target) : undefined),
    neighbours(member) {
      const backToo = !ends.directed && to.has(member);
      if (from.has(member)) return backToo ? all : ends.to;
      return backToo ? ends.from : [];
    },
  };
}

/** Members in equal runs of neighbours, ceiling blocks: the last may be smaller, or empty. */
export interface Groups {
  groupOf(member: number): number;
  /** Of a member within its group. */
  placeOf(member: number): number;
  sizeOf(group: number): number;
}

export function inGroups(memberCount: number, count: number): Groups {
  const most = Math.ceil(memberCount / count);
  return {
    groupOf: (member) => Math.floor(member / most),
    placeOf: (member) => member % most,
    sizeOf: (group) => Math.max(0, Math.min(most, memberCount - group * most)),
  };
}
