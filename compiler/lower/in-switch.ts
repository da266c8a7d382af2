/** Which sends of a word the switch between its ranks makes one of: what it combines for one rank, or copies for several. */
import type { TransferClass } from "../graph/task-graph.js";
import type { MachineModel } from "../machine/model.js";
import type { CollectiveEvent } from "./collective-run.js";

export type Merged = NonNullable<TransferClass["merged"]>;

/**
 * By event of a group of ranks; undefined for those that go by themselves. Sends of one chunk in one round merge where
 * they are combined at one rank by a switch that reduces under the word's monoid, or leave one rank for several through
 * one that multicasts.
 */
export function mergedSends(
  machine: MachineModel,
  events: readonly CollectiveEvent[],
  ranks: readonly number[],
  monoid: string | undefined,
): readonly (Merged | undefined)[] {
  const counts = new Map<string, number>();
  const keys = events.map((event): string | undefined => {
    const { inSwitch } = machine.route(ranks[event.source]!, ranks[event.target]!) ?? {};
    if (!inSwitch) return undefined;
    const { reduces, multicasts, sourceIn, targetOut } = inSwitch;
    const able = event.combining ? monoid !== undefined && reduces.includes(monoid) : multicasts;
    if (!able) return undefined;
    // The port tells ranks and switches apart.
    const end = event.combining ? `to ${targetOut}` : `from ${sourceIn} ${event.sent}`;
    const key = `${event.round} ${event.chunk} ${end}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return key;
  });
  return events.map((event, index) => {
    const sends = counts.get(keys[index] ?? "") ?? 0;
    return sends < 2 ? undefined : { by: event.combining ? "combining" : "copying", sends };
  });
}
