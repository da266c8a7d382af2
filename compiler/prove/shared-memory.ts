/**
 * Memory that values use by turns: on each rank, what lies in one place (plan/share-buffers.ts, by the lifetimes of the plan) is
 * no more touched by any statement when the next one is first written. Program order, shown of the graph beside this, says so of
 * most; where a statement is out of it, its tasks are asked.
 */
import type { ExecutionPlan } from "../graph/execution-plan.js";
import type { Planned } from "../plan/plan.js";
import { forEachRank } from "../plan/program-order.js";
import { shareBuffers } from "../plan/share-buffers.js";
import { tasksOf } from "../plan/touching.js";
import type { Precedence } from "./precedence.js";
import type { Races } from "./races.js";

/** What two lifetimes keep in one place, of which neither is over before the other is written. */
export interface SharedUse {
  readonly rank: number;
  /** Buffers, one of each. */
  readonly buffers: readonly [number, number];
  /** Instances that may be at work at once: one that touches the first, one that writes the second. */
  readonly instances: readonly [number, number];
}

/** All that has one lifetime on a rank. */
interface Tenant {
  readonly lifetime: number;
  bytes: number;
  /** Instances by what they do there, with a buffer where they do it. */
  readonly touching: Map<number, number>;
  readonly writing: Map<number, number>;
}

/** The first on each rank. */
export function findSharedUse(
  { lowered, touching }: Planned,
  plan: ExecutionPlan,
  races: Races,
  precedence: Precedence,
): SharedUse[] {
  const onRank = tenantsOf(plan, races);
  const found: SharedUse[] = [];
  const uses = (task: number, rank: number, { lifetime }: Tenant): boolean => {
    let isUsed = false;
    const look = (buffer: number): void => {
      const info = plan.buffers[buffer]!;
      isUsed ||= info.lifetime === lifetime && info.rank === rank;
    };
    races.accesses.writesOf(task, { write: look });
    races.accesses.readsOf(task, { read: look });
    return isUsed;
  };
  forEachRank(lowered, touching, (rank, { before }) => {
    const tenants = [...(onRank[rank]?.values() ?? [])];
    const { bufferOf } = shareBuffers(tenants, (lifetime, other) => plan.apart(lifetime, other));
    const isOver = (one: Tenant, first: number, other: Tenant, second: number): boolean => {
      if (before.get(second)?.has(first) ?? false) return true;
      const tasks = tasksOf(touching, first, rank).filter((task) => uses(task, rank, one));
      const known = new Map<number, boolean>();
      return tasksOf(touching, second, rank).every(
        (task) => !uses(task, rank, other) || precedence.firstUnordered(tasks, task, known) === undefined,
      );
    };
    /** An instance that touches one and one that writes the other before that is over. */
    const meeting = (one: Tenant, other: Tenant): SharedUse | undefined => {
      for (const [first, a] of one.touching)
        for (const [second, b] of other.writing)
          if (!isOver(one, first, other, second)) return { rank, buffers: [a, b], instances: [first, second] };
      return undefined;
    };
    for (let i = 0; i < tenants.length; i++)
      for (let j = 0; j < i; j++) {
        if (bufferOf[i] !== bufferOf[j]) continue;
        const use = meeting(tenants[j]!, tenants[i]!);
        if (use === undefined || meeting(tenants[i]!, tenants[j]!) === undefined) continue;
        found.push(use);
        return;
      }
  });
  return found;
}

/** By rank, then lifetime. */
function tenantsOf(plan: ExecutionPlan, { touching, writing }: Races): Map<number, Tenant>[] {
  const onRank: Map<number, Tenant>[] = [];
  plan.buffers.forEach(({ rank, lifetime, bytes }, buffer) => {
    const tenants = (onRank[rank] ??= new Map<number, Tenant>());
    let tenant = tenants.get(lifetime);
    if (tenant === undefined)
      tenants.set(lifetime, (tenant = { lifetime, bytes: 0, touching: new Map(), writing: new Map() }));
    tenant.bytes += bytes;
    for (const instance of touching[buffer] ?? []) tenant.touching.set(instance, buffer);
    for (const instance of writing[buffer] ?? []) tenant.writing.set(instance, buffer);
  });
  return onRank;
}
