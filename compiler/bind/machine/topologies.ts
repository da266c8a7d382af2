import type { ReadTopology } from "./define-topology.js";
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
};

/** What the language has room for. */
export const laterTopologies: readonly string[] = ["dragonfly", "fat_tree"];
