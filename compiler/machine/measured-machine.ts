/** Machines made of others: one whose links are slower, and one whose ranks and links are those of a computer that was measured. */
import type { TaskGraph } from "../graph/task-graph.js";
import type { LinkResource, MachineModel, RankKind, Route } from "./model.js";

/** A machine and the graph whose queues it moves bytes for. */
export interface Placed {
  readonly machine: MachineModel;
  readonly graph: TaskGraph;
}

/** All links, tiers and caps so many times slower: transfers take as many times as long, memories of ranks aside. */
export function withSlowLinks({ machine, graph }: Placed, times: number): Placed {
  return {
    machine: slowed(machine, times),
    graph: withCaps(graph, (bytesPerSecond) => bytesPerSecond / times),
  };
}

/** The same before anything is planned on it: what caps are made of, the rates of NICs and of SMs that move bytes, too. */
export function withLinkSpeed(machine: MachineModel, speed: number): MachineModel {
  if (speed === 1) return machine;
  const kinds = machine.kinds.map((kind) => ({
    ...kind,
    nicBytesPerSecond: kind.nicBytesPerSecond * speed,
    smMovesBytesPerSecond: kind.smMovesBytesPerSecond * speed,
  }));
  return { ...slowed(machine, 1 / speed), kinds };
}

function slowed(machine: MachineModel, times: number): MachineModel {
  return {
    ...machine,
    linkResources: machine.linkResources.map((link) => ({ ...link, bytesPerSecond: link.bytesPerSecond / times })),
    tiers: machine.tiers.map((tier) => ({ ...tier, latencySeconds: tier.latencySeconds * times })),
    route(source, target) {
      const route = machine.route(source, target);
      return route && { ...route, latencySeconds: route.latencySeconds * times };
    },
  };
}

/**
 * The ranks as fast as those of `measured`, a computer. Where `shaped`, a message takes what it takes of the described links,
 * after what it takes of the computer by itself; else that alone.
 *
 * @param measured has one kind of rank and joins every two of its ranks, of which there are at least as many.
 */
export function asMeasured({ machine, graph }: Placed, measured: MachineModel, shaped: boolean): Placed {
  const [rank] = measured.kinds;
  const described = machine.linkResources;
  // What is measured between two ranks is all there is: tiers have no limit of their own.
  const unlimited: LinkResource = { name: "this computer's memory", bytesPerSecond: Number.POSITIVE_INFINITY };
  const links = shaped ? described : described.map(() => unlimited);
  const route = (source: number, target: number): Route | undefined => {
    const theirs = machine.route(source, target);
    const here = measured.route(source, target);
    if (theirs === undefined || here === undefined) return undefined;
    const resources = here.resources.map((resource) => described.length + resource);
    if (!shaped) return { resources, latencySeconds: here.latencySeconds };
    return {
      ...theirs,
      resources: [...theirs.resources, ...resources],
      ...(theirs.shares && { shares: [...theirs.shares, ...resources.map(() => 1)] }),
      latencySeconds: theirs.latencySeconds + here.latencySeconds,
    };
  };
  const kinds = machine.kinds.map((kind): RankKind => ({ ...rank!, name: kind.name, launchSeconds: 0 }));
  // No memory combines here, and no switch unless its links are shaped.
  const classes = graph.classes.map((cost) => {
    if (cost.kind === "compute") return cost;
    const { merged, ...own } = { ...cost, combinesInMemory: false };
    return shaped && merged ? { ...own, merged } : own;
  });
  const here = { ...graph, classes };
  return {
    machine: { ...machine, name: measured.name, kinds, linkResources: [...links, ...measured.linkResources], route },
    graph: shaped ? here : withCaps(here, () => Number.POSITIVE_INFINITY),
  };
}

function withCaps(graph: TaskGraph, capOf: (bytesPerSecond: number) => number): TaskGraph {
  const queues = graph.queues.map((queue) => ({ ...queue, bytesPerSecond: capOf(queue.bytesPerSecond) }));
  return { ...graph, queues };
}
