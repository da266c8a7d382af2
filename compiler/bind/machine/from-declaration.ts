import type { LinkDecl, MachineDecl, Path, RankDecl } from "../../../grammar/ast.js";
import { didYouMean, nearestName } from "../suggest.js";
import type { MachineContext } from "./context.js";
import type { ReadTopology } from "./define-topology.js";
import { linkEnds } from "./ends.js";
import type { LinkResource, MachineModel, RankKind } from "../../machine/model.js";
import { rankKindOf } from "./rank-kind.js";
import { createRouter } from "./routes.js";
import { laterTopologies, topologies } from "./topologies.js";
import type { Topology } from "./topology.js";

/** Ranks of one machine. */
export const mostRanks = 65_536;
/** `link` lines of one machine. */
export const mostLinks = 256;
/** Ports and wires of one machine. */
export const mostLinkResources = 1 << 18;

interface RankGroup {
  readonly declaration: RankDecl;
  readonly first: number;
  readonly count: number;
}

/**
 * The machine that a declaration describes; undefined where something in it is refused, which is reported. Ranks are
 * numbered in the order of their declarations.
 */
export function machineFromDeclaration(declaration: MachineDecl, context: MachineContext): MachineModel | undefined {
  const groups = rankGroups(declaration, context);
  const kinds = groups.map((group) => rankKindOf(group.declaration, context));
  const rankCount = groups.reduce((sum, group) => sum + group.count, 0);
  if (groups.length === 0 && !context.refused) {
    const parts = { owner: `Machine \`${declaration.name.text}\``, property: "`rank`" };
    context.diagnostics.report("missing-property", context.locate(declaration.name), parts);
    return undefined;
  }

  const linkResources: LinkResource[] = [];
  const links: Topology[] = [];
  if (declaration.items.some((item) => item.kind === "LevelDecl" || item.kind === "TierDecl")) context.refused = true;
  const written = declaration.items.filter((item) => item.kind === "LinkDecl");
  if (written.length > mostLinks) {
    const parts = { machine: declaration.name.text, count: written.length, what: "links", limit: mostLinks };
    context.diagnostics.report("machine-too-large", context.locate(written[mostLinks]!), parts);
    return undefined;
  }
  for (const item of written) {
    const link = linkOf(item, declaration, groups, linkResources, context);
    if (link) links.push(link);
  }
  if (context.refused) return undefined;

  const kindOfRank = new Uint16Array(rankCount);
  groups.forEach((group, index) => kindOfRank.fill(index, group.first, group.first + group.count));
  return {
    name: declaration.name.text,
    rankCount,
    kinds: kinds as RankKind[],
    kindOfRank,
    linkResources,
    route: createRouter(rankCount, links),
  };
}

/** The kinds of rank, each with the numbers of its ranks; also what `gpu.count` in a mesh is answered from. */
export function rankGroups(declaration: MachineDecl, context: MachineContext): RankGroup[] {
  const groups: RankGroup[] = [];
  const named = new Map<string, RankDecl>();
  let first = 0;
  for (const item of declaration.items) {
    if (item.kind !== "RankDecl") continue;
    const earlier = named.get(item.name.text);
    if (earlier) {
      const related = [{ location: context.locate(earlier.name), message: "declared here first" }];
      const parts = { owner: `Machine \`${declaration.name.text}\``, property: `rank \`${item.name.text}\`` };
      context.diagnostics.report("duplicate-property", context.locate(item.name), parts, { related });
      context.refused = true;
      continue;
    }
    named.set(item.name.text, item);
    const count = item.count ? context.count(item.count, `The number of \`${item.name.text}\``) : 1;
    if (count === undefined) context.refused = true;
    else if (first + count > mostRanks) {
      const parts = { machine: declaration.name.text, count: first + count, what: "ranks", limit: mostRanks };
      context.diagnostics.report("machine-too-large", context.locate(item.count ?? item), parts);
      context.refused = true;
    } else {
      groups.push({ declaration: item, first, count });
      first += count;
    }
  }
  return groups;
}

function linkOf(
  link: LinkDecl,
  machine: MachineDecl,
  groups: readonly RankGroup[],
  linkResources: LinkResource[],
  context: MachineContext,
): Topology | undefined {
  const read = topologyNamed(link, context);
  const figured = read?.(link, context);
  const from = read && ranksOf(link.from, groups, context);
  const to = read && ranksOf(link.to, groups, context);
  if (!figured || !from || !to || context.refused) return undefined;
  const placed = figured.place(linkEnds(from, to, link.directed));
  if (!placed) return undefined;
  const count = linkResources.length + placed.resourceCount;
  if (count > mostLinkResources) {
    const parts = { machine: machine.name.text, count, what: "ports and wires", limit: mostLinkResources };
    context.diagnostics.report("machine-too-large", context.locate(link.topology), parts);
    context.refused = true;
    return undefined;
  }
  return placed.make(rankNamer(groups), (resource) => linkResources.push(resource) - 1);
}

function topologyNamed(link: LinkDecl, context: MachineContext): ReadTopology | undefined {
  const name = link.topology.text;
  if (Object.hasOwn(topologies, name)) return topologies[name];
  const place = context.locate(link.topology);
  context.refused = true;
  if (laterTopologies.includes(name)) {
    context.diagnostics.report("not-built-yet", place, { what: `A \`${name}\` link` });
    return undefined;
  }
  const names = Object.keys(topologies);
  const near = nearestName(name, names);
  const fixes = near ? [{ title: `write \`${near}\``, edits: [{ location: place, newText: near }] }] : [];
  const parts = { name, known: names.map((one) => `\`${one}\``).join(", "), hint: didYouMean(near) };
  context.diagnostics.report("unknown-topology", place, parts, { fixes });
  return undefined;
}

/** The ranks that `gpu`, `gpu[*]` or `gpu[3]` names. */
function ranksOf(path: Path, groups: readonly RankGroup[], context: MachineContext): number[] | undefined {
  const [segment, further] = path.segments;
  const group = groups.find((one) => one.declaration.name.text === segment?.name.text);
  if (!segment || !group || further) {
    const name = path.segments.map((one) => one.name.text).join(".");
    const hint = didYouMean(
      nearestName(
        name,
        groups.map((one) => one.declaration.name.text),
      ),
    );
    const parts = { name, expected: "a kind of rank of this machine", hint };
    // Where a rank was refused, the name may well be its.
    if (!context.refused) context.diagnostics.report("unknown-name", context.locate(path), parts);
    context.refused = true;
    return undefined;
  }
  if (segment.index === undefined || segment.index === "*") {
    return Array.from({ length: group.count }, (_, index) => group.first + index);
  }
  const what = `The number of a \`${segment.name.text}\``;
  const index = context.count(segment.index, what, 0);
  if (index === undefined || index >= group.count) {
    if (index !== undefined) {
      const parts = { what, expected: `at most ${group.count - 1}`, value: index };
      context.diagnostics.report("value-out-of-range", context.locate(segment.index), parts);
    }
    context.refused = true;
    return undefined;
  }
  return [group.first + index];
}

function rankNamer(groups: readonly RankGroup[]): (rank: number) => string {
  return (rank) => {
    const group = groups.findLast((one) => one.first <= rank)!;
    return `${group.declaration.name.text}[${rank - group.first}]`;
  };
}
