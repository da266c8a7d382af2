import type { TierDecl } from "../../../grammar/ast.js";
import type { MachineContext } from "./context.js";
import type { Member } from "./ends.js";
import { capacity, latency, readRate, writeRate } from "./link-forms.js";
import { figuresOf } from "./link-properties.js";

/** A memory beside that of the ranks, one for each member; ranks of one member share it and its ways. */
export interface PlacedTier {
  readonly name: string;
  readonly members: readonly Member[];
  readonly capacityBytes: number;
  readonly readBytesPerSecond: number;
  readonly writeBytesPerSecond: number;
  readonly latencySeconds: number;
  /** A way out of it and a way in for each member. */
  readonly resourceCount: number;
}

/** Undefined where something in it is refused, which is reported. */
export function placeTier(tier: TierDecl, members: readonly Member[], context: MachineContext): PlacedTier | undefined {
  const forms = { capacity, read: readRate, write: writeRate, latency };
  const figures = figuresOf({ owner: "This tier", at: tier.name, properties: tier.properties }, forms, context);
  if (!figures) return undefined;
  return {
    name: tier.name.text,
    members,
    capacityBytes: figures.capacity,
    readBytesPerSecond: figures.read,
    writeBytesPerSecond: figures.write,
    latencySeconds: figures.latency,
    resourceCount: 2 * members.length,
  };
}
