import type { LevelDecl, LinkDecl, MachineDecl, MachineItem, RankDecl, TierDecl } from "../../../grammar/ast.js";
import { didYouMean, nearestName } from "../suggest.js";
import type { MachineContext } from "./context.js";
import type { PlacedTopology, ReadTopology } from "./define-topology.js";
import { linkEnds, overlapping } from "./ends.js";
import type { LinkEnds } from "./ends.js";
import type { RankKind } from "../../machine/model.js";
import { membersNamed } from "./members.js";
import { rankKindOf } from "./rank-kind.js";
import { placeTier } from "./tiers.js";
import type { PlacedTier } from "./tiers.js";
import { topologies } from "./topologies.js";

/** Ranks of one machine, those of its levels included. */
export const mostRanks = 65_536;
/** `link` lines of one machine. */
export const mostLinks = 256;
/** Ports and wires of one machine, those of its levels included. */
export const mostLinkResources = 1 << 18;
/** Levels within one another. */
export const mostLevels = 8;

/** What a `machine` declares, read and found right, before its instances are made: ranks are numbered from its first. */
export interface MachineShape {
  readonly name: string;
  readonly declaration: MachineDecl;
  /** In the order of their declarations, which is that of the ranks. */
  readonly parts: readonly MachinePart[];
  readonly links: readonly PlacedLink[];
  readonly tiers: readonly PlacedTier[];
  readonly rankCount: number;
  /** With those of its levels. */
  readonly resourceCount: number;
  /** Levels within one another; 0 where it has none. */
  readonly depth: number;
}
/** `rank gpu[8]`, or `level node: h800_node[16]`, whose ranks are those of its instances in turn. */
export type MachinePart = RankPart | LevelPart;
interface PartBase {
  readonly name: string;
  readonly item: MachineItem;
  readonly first: number;
  /** Ranks, or instances. */
  readonly count: number;
}
export interface RankPart extends PartBase {
  readonly kind: "ranks";
  readonly rankKind: RankKind;
}
export interface LevelPart extends PartBase {
  readonly kind: "level";
  readonly shape: MachineShape;
}
export interface PlacedLink {
  readonly ends: LinkEnds;
  readonly topology: PlacedTopology;
}

/** Undefined where something in it is refused, which is reported. */
export function shapeOf(declaration: MachineDecl, context: MachineContext): MachineShape | undefined {
  const owner = `Machine \`${declaration.name.text}\``;
  const parts = partsOf(declaration, owner, context);
  if (parts.length === 0 && !context.refused) {
    const missing = { owner, property: "`rank`" };
    context.diagnostics.report("missing-property", context.locate(declaration.name), missing);
    return undefined;
  }
  const written = declaration.items.filter((item) => item.kind === "LinkDecl");
  if (written.length > mostLinks) {
    tooLarge(written[mostLinks]!, written.length, "links", mostLinks);
    return undefined;
  }
  let resourceCount = parts.reduce(
    (sum, part) => sum + (part.kind === "level" ? part.count * part.shape.resourceCount : 0),
    0,
  );
  if (resourceCount > mostLinkResources)
    tooLarge(declaration.name, resourceCount, "ports and wires", mostLinkResources);
  const links: PlacedLink[] = [];
  for (const item of written) {
    const link = linkOf(item, parts, context);
    if (!link) continue;
    resourceCount += link.topology.resourceCount;
    if (resourceCount > mostLinkResources) {
      tooLarge(item.topology, resourceCount, "ports and wires", mostLinkResources);
      break;
    }
    links.push(link);
  }
  const tiers = tiersOf(
    declaration.items.filter((item) => item.kind === "TierDecl"),
    parts,
    owner,
    context,
  );
  resourceCount += tiers.reduce((sum, tier) => sum + tier.resourceCount, 0);
  if (resourceCount > mostLinkResources && !context.refused) {
    tooLarge(declaration.name, resourceCount, "ports and wires", mostLinkResources);
  }
  if (context.refused) return undefined;
  const last = parts.at(-1)!;
  const depth = Math.max(...parts.map((part) => (part.kind === "level" ? part.shape.depth + 1 : 0)));
  const rankCount = last.first + ranksIn(last);
  return { name: declaration.name.text, declaration, parts, links, tiers, rankCount, resourceCount, depth };

  function tooLarge(node: Parameters<MachineContext["locate"]>[0], count: number, what: string, limit: number): void {
    const machine = declaration.name.text;
    context.diagnostics.report("machine-too-large", context.locate(node), { machine, count, what, limit });
    context.refused = true;
  }
}

export function ranksIn(part: MachinePart): number {
  return part.kind === "level" ? part.count * part.shape.rankCount : part.count;
}

function partsOf(declaration: MachineDecl, owner: string, context: MachineContext): MachinePart[] {
  const parts: MachinePart[] = [];
  const named = new Map<string, RankDecl | LevelDecl>();
  let first = 0;
  for (const item of declaration.items) {
    if (item.kind !== "RankDecl" && item.kind !== "LevelDecl") continue;
    const { text } = item.name;
    const earlier = named.get(text);
    if (earlier) {
      reportTwice(item, earlier, `${item.kind === "RankDecl" ? "rank" : "level"} \`${text}\``, owner, context);
      continue;
    }
    named.set(text, item);
    const count = item.count ? context.count(item.count, `The number of \`${text}\``) : 1;
    if (count === undefined) context.refused = true;
    const part =
      item.kind === "RankDecl"
        ? rankPart(item, first, count ?? 1, context)
        : levelPart(item, first, count ?? 1, context);
    if (!part || count === undefined) continue;
    first += ranksIn(part);
    if (first > mostRanks) {
      const parameters = { machine: declaration.name.text, count: first, what: "ranks", limit: mostRanks };
      context.diagnostics.report("machine-too-large", context.locate(item.count ?? item), parameters);
      context.refused = true;
      break;
    }
    parts.push(part);
  }
  return parts;
}

function rankPart(item: RankDecl, first: number, count: number, context: MachineContext): RankPart | undefined {
  const rankKind = rankKindOf(item, context);
  return rankKind && { kind: "ranks", name: item.name.text, item, first, count, rankKind };
}

function levelPart(item: LevelDecl, first: number, count: number, context: MachineContext): LevelPart | undefined {
  const shape = context.machineOf(item.machine);
  if (!shape) {
    context.refused = true;
    return undefined;
  }
  if (shape.depth + 1 > mostLevels) {
    const parts = { machine: shape.name, count: shape.depth + 1, what: "levels within one another", limit: mostLevels };
    context.diagnostics.report("machine-too-large", context.locate(item), parts);
    context.refused = true;
    return undefined;
  }
  return { kind: "level", name: item.name.text, item, first, count, shape };
}

function linkOf(link: LinkDecl, parts: readonly MachinePart[], context: MachineContext): PlacedLink | undefined {
  const read = topologyNamed(link, context);
  const figured = read?.(link, context);
  const from = read && membersNamed(link.from, parts, context);
  const to = read && membersNamed(link.to, parts, context);
  if (!figured || !from || !to || context.refused) return undefined;
  const shared = overlapping([...from, ...to]);
  if (shared) {
    const [whole, part] = shared;
    context.diagnostics.report("link-ends-overlap", context.locate(link), { whole: whole.name, part: part.name });
    context.refused = true;
    return undefined;
  }
  const ends = linkEnds(from, to, link.directed);
  const topology = figured.place(ends);
  return topology && { ends, topology };
}

function topologyNamed(link: LinkDecl, context: MachineContext): ReadTopology | undefined {
  const name = link.topology.text;
  if (Object.hasOwn(topologies, name)) return topologies[name];
  const place = context.locate(link.topology);
  context.refused = true;
  const names = Object.keys(topologies);
  const near = nearestName(name, names);
  const fixes = near ? [{ title: `write \`${near}\``, edits: [{ location: place, newText: near }] }] : [];
  const parts = { name, known: names.map((one) => `\`${one}\``).join(", "), hint: didYouMean(near) };
  context.diagnostics.report("unknown-topology", place, parts, { fixes });
  return undefined;
}

function tiersOf(
  declarations: readonly TierDecl[],
  parts: readonly MachinePart[],
  owner: string,
  context: MachineContext,
): PlacedTier[] {
  const named = new Map<string, TierDecl>();
  return declarations.flatMap((item) => {
    const earlier = named.get(item.name.text);
    if (earlier) reportTwice(item, earlier, `tier \`${item.name.text}\``, owner, context);
    named.set(item.name.text, item);
    const members = membersNamed(item.of, parts, context);
    const tier = members && placeTier(item, members, context);
    return tier && !earlier ? [tier] : [];
  });
}

function reportTwice(
  item: RankDecl | LevelDecl | TierDecl,
  earlier: RankDecl | LevelDecl | TierDecl,
  property: string,
  owner: string,
  context: MachineContext,
): void {
  const related = [{ location: context.locate(earlier.name), message: "declared here first" }];
  context.diagnostics.report("duplicate-property", context.locate(item.name), { owner, property }, { related });
  context.refused = true;
}
