/** Names in machines: kinds of ranks, links, levels, tiers. */
import { topologies } from "../../compiler/bind/machine/topologies.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import type { Identifier, LinkProperty, MachineDecl, MachineItem, Path, RankProperty } from "../../grammar/ast.js";
import { machineNamed, walkParts } from "./members.js";
import type { MachinePlace } from "./members.js";
import { walkNumber } from "./numbers.js";
import type { Walk } from "./walk.js";

export function walkMachine(node: MachineDecl, walk: Walk): void {
  walk.declare(node.name, "machine", { node });
  const place: MachinePlace = { node, scope: walk.scope };
  for (const item of node.items) walkItem(item, place, walk);
}

function walkItem(item: MachineItem, place: MachinePlace, walk: Walk): void {
  const more = { node: item, within: place.node } as const;
  switch (item.kind) {
    case "RankDecl":
      walk.declare(item.name, "rank kind", { ...more, node: item });
      if (item.count) walkNumber(item.count, walk);
      for (const property of item.properties) walkProperty(property, walk);
      return;
    case "LinkDecl":
      for (const end of [item.from, item.to]) walkEnd(end, place, walk);
      walk.oneOf(item.topology, Object.keys(topologies), "topology");
      return walkWords(item.properties, walk);
    case "LevelDecl": {
      walk.declare(item.name, "level", { ...more, node: item });
      const [first, ...rest] = item.machine.segments;
      if (first) walk.refer(first.name, walk.scope.find("names", first.name.text));
      walkParts({ segments: rest }, first && machineNamed(first.name.text, walk.scope), walk);
      if (item.count) walkNumber(item.count, walk);
      return;
    }
    case "TierDecl":
      walk.declare(item.name, "tier", { ...more, node: item });
      walkEnd(item.of, place, walk);
      walkWords(item.properties, walk);
  }
}

function walkEnd(end: Path, place: MachinePlace, walk: Walk): void {
  walkParts(end, place, walk);
  for (const { index } of end.segments) if (index && index !== "*") walkNumber(index, walk);
}

function walkProperty(property: RankProperty, walk: Walk): void {
  switch (property.kind) {
    case "ComputeProperty":
      for (const { dtype, rate } of property.rates) {
        walk.oneOf(dtype, dtypeNames, "dtype");
        walkNumber(rate, walk);
      }
      return;
    case "SmsProperty":
      walkNumber(property.count, walk);
      if (property.moves) walkNumber(property.moves, walk);
      return;
    case "MemoryProperty":
      walk.declare(property.name, "memory", { node: property });
      walkNumber(property.capacity, walk);
      walkNumber(property.bandwidth, walk);
      for (const monoid of property.reduces) walk.refer(monoid, walk.scope.find("names", monoid.text));
      return;
    case "NicsProperty":
      walkNumber(property.count, walk);
      if (property.bandwidth) walkNumber(property.bandwidth, walk);
      return;
    case "CopyEnginesProperty":
      return walkNumber(property.count, walk);
    case "LaunchProperty":
    case "DispatchProperty":
      return walkNumber(property.time, walk);
    case "EfficiencyProperty":
      return walkNumber(property.value, walk);
    case "KernelProperty":
      walk.builtIn(property.does, "property");
      walk.oneOf(property.dtype, dtypeNames, "dtype");
      for (const size of property.sizes) walkNumber(size, walk);
      walkNumber(property.rate, walk);
  }
}

/** Words as they stand; after `reduces` come monoids. */
function walkWords(properties: readonly LinkProperty[], walk: Walk): void {
  for (const { parts } of properties) {
    let reduces = false;
    for (const part of parts) {
      if (part.kind === "NumberLiteral") walk.literal(part);
      else if (reduces) walkMonoid(part, walk);
      else walk.builtIn(part, "property");
      reduces ||= part.kind === "Identifier" && part.text === "reduces";
    }
  }
}

function walkMonoid(name: Identifier, walk: Walk): void {
  walk.refer(name, walk.scope.find("names", name.text));
}
