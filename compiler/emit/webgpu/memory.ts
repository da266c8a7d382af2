/** Where the plan's buffers lie in the memory of each rank's device. */
import type { ExecutionPlan } from "../../graph/execution-plan.js";
import { layoutsOf } from "./layouts.js";
import type { Place } from "./program.js";
import { shareBuffers, type SharedBuffers, type Tenant } from "../../graph/share-buffers.js";
import { bindingAlignment, componentAlignment, roundUp, type DeviceTensor } from "./tensors.js";

export interface DeviceMemory {
  /** By rank, bytes of each of its buffers. */
  readonly buffers: readonly number[][];
  /** By rank, bytes of what the plan's proof counts: of all buffers before any is added, but those of values in tiers. */
  readonly valueBytes: readonly number[];
  /** Tensors of a buffer of the plan: one, or one a component. */
  tensors(planBuffer: number): readonly DeviceTensor[];
  /** Whether a buffer of the plan, which a view has made, lies in another's tensors: what is written there is there. */
  isWindow(planBuffer: number): boolean;
  /** A further buffer of a rank's own, of at least so many bytes. */
  add(rank: number, bytes: number): Place;
  /** Makes a buffer of `add` larger, where it is not as large. */
  grow(rank: number, buffer: number, bytes: number): void;
}

/**
 * Values share buffers as far as the plan keeps their lifetimes apart; what a word keeps on a rank, deliveries and partial
 * states, lies in one. So what a kernel of an op writes never lies in a buffer that it reads.
 */
export function placeBuffers(plan: ExecutionPlan): DeviceMemory {
  const layouts = layoutsOf(plan);
  const tenants = Array.from({ length: plan.graph.rankCount }, (): Tenant[] => []);
  const tierBytes = tenants.map(() => 0);
  const words = new Map<string, number>();
  /** Tenant of each buffer that lies in no other, and where in it that begins. */
  const homes = plan.buffers.map(({ rank, role, lifetime, value }, number) => {
    const { bytes, within } = layouts[number]!;
    if (within !== number) return undefined;
    const ofRank = tenants[rank]!;
    const isWord = role === "state" || role === "staging";
    if (!isWord && plan.values[value]?.tier !== undefined) tierBytes[rank]! += bytes;
    const key = `${rank} ${lifetime}`;
    const tenant = (isWord ? words.get(key) : undefined) ?? ofRank.push({ bytes: 0, lifetime }) - 1;
    if (isWord) words.set(key, tenant);
    const offset = roundUp(ofRank[tenant]!.bytes, bindingAlignment);
    ofRank[tenant] = { bytes: offset + bytes, lifetime };
    return { tenant, offset, bytes };
  });
  // Most ranks keep the same.
  const known = new Map<string, SharedBuffers>();
  const shared = tenants.map((ofRank) => {
    const key = ofRank.map(({ bytes, lifetime }) => `${bytes} ${lifetime}`).join();
    const found = known.get(key) ?? shareBuffers(ofRank, (lifetime, other) => plan.apart(lifetime, other));
    known.set(key, found);
    return found;
  });
  const placed = layouts.map(({ tensors, within }) => {
    const { tenant, offset, bytes } = homes[within]!;
    const place = { buffer: shared[plan.buffers[within]!.rank]!.bufferOf[tenant]!, offset, bytes };
    return tensors.map((tensor): DeviceTensor => ({ ...tensor, place }));
  });
  const buffers = shared.map(({ bytes }) => [...bytes]);
  return {
    buffers,
    valueBytes: buffers.map((ofRank, rank) => ofRank.reduce((sum, bytes) => sum + bytes, -tierBytes[rank]!)),
    tensors: (planBuffer) => placed[planBuffer]!,
    isWindow: (planBuffer) => layouts[planBuffer]!.isWindow,
    add(rank, bytes) {
      const whole = Math.max(componentAlignment, roundUp(bytes, componentAlignment));
      const buffer = buffers[rank]!.push(whole) - 1;
      return { buffer, offset: 0, bytes: whole };
    },
    grow(rank, buffer, bytes) {
      const ofRank = buffers[rank]!;
      ofRank[buffer] = Math.max(ofRank[buffer]!, roundUp(bytes, componentAlignment));
    },
  };
}
