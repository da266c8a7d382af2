import { mix32, startState } from "../table-generator.js";
import type { FlowEnd, LinkEnds } from "./ends.js";
import type { RoutingPolicy } from "./link-forms.js";

export interface Flow {
  /** Ranks. */
  readonly source: number;
  readonly target: number;
  /** Number of its NIC among those below its leaf, and how many there are. */
  readonly port: number;
  readonly ports: number;
}

/** The one spine that a flow takes; undefined where it goes in equal shares over all of them. */
export function spineOf(policy: RoutingPolicy, flow: Flow, spines: number): number | undefined {
  const { port, ports } = flow;
  switch (policy.kind) {
    case "ecmp":
      return hashOf(flow, policy.seed) % spines;
    case "planned":
      return port % spines;
    case "split":
      return port < ports - (ports % spines) ? port % spines : undefined;
    case "spray":
      return undefined;
  }
}

/** 32 bits of a flow's ends and a seed, as switches take of its header. */
export function hashOf({ source, target }: Pick<Flow, "source" | "target">, seed: number): number {
  return mix32(mix32(startState(seed) + source) + target);
}

export function rankOf(ends: LinkEnds, { member, place }: FlowEnd): number {
  return ends.members[member]!.first + place;
}
