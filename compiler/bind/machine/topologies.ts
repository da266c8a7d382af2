import type { ReadTopology } from "./define-topology.js";
import { dragonfly } from "./dragonfly.js";
import { fatTree } from "./fat-tree.js";
import { leafSpine } from "./leaf-spine.js";
import { bus, switched, tree } from "./ports.js";
import { full, mesh, ring, torus } from "./wires.js";

/** By the word after the colon of a link. */
export const topologies: Readonly<Record<string, ReadTopology>> = {
  switch: switched,
  ring,
  full,
  bus,
  mesh,
  torus,
  tree,
  leaf_spine: leafSpine,
  fat_tree: fatTree,
  dragonfly,
};
