/**
 * Memory that values use by turns: on each rank, what lies in one place (graph/share-buffers.ts, by the lifetimes of the plan) is
 * no more touched by any statement when the next one is first written. Program order, shown of the graph beside this, says so of
 * most; where a statement is out of it, its tasks are asked.
 */
import type { ExecutionPlan } from "../graph/execution-plan.js";
import type { Planned } from "../plan/plan.js";
import { shareBuffers } from "../graph/share-buffers.js";
import { tasksOf } from "../plan/touching.js";
import type { Precedence } from "./precedence.js";
import type { Races } from "./races.js";

/** What two lifetimes keep in one place, of which neither is over before the other is written. */
export interface SharedUse {
  readonly rank: number;
  /** Buffers, one of each. */
  readonly buffers: readonly [number, number];
  /**
   * Instances that may be at work at once: one that touches the first, one that writes the second; absent where the first is read
   * after the run, or the second is there before it.
   */
  readonly instances?: readonly [number, number];
}

/** All that has one lifetime on a rank. */
interface Tenant {
  readonly lifetime: number;
  /** One of its buffers; and all of them, with those that are views of one. */
  readonly buffer: number;
  readonly buffers: Set<number>;
  bytes: number;
  /** Some of it is there before the run, or read after it. */
  fromStart: boolean;
  toEnd: boolean;
  /** Instances by what they do there, with a buffer where they do it. */
  readonly touching: Map<number, number>;
  readonly writing: Map<number, number>;
}

/** The first on each rank. */
export function findSharedUse(
  { order, touching }: Planned,
  plan: ExecutionPlan,
  races: Races,
  precedence: Precedence,
): SharedUse[] {
  const onRank = tenantsOf(plan, races);
  const found: SharedUse[] = [];
  const uses = (task: number, { buffers }: Tenant): boolean => {
    let isUsed = false;
    const look = (buffer: number): void => void (isUsed ||= buffers.has(buffer));
    races.accesses.writesOf(plan.action(task), { write: look });
    races.accesses.readsOf(plan.action(task), { wantsImage: () => false, read: look });
    for (const { task: by, from, alias } of races.accesses.passes) {
      if (by !== task) continue;
      look(from);
      races.accesses.passOn(alias, alias.region, { write: look });
    }
    return isUsed;
  };
  order.forEach(({ before }, rank) => {
    const tenants = [...(onRank[rank]?.values() ?? [])];
    const { bufferOf } = shareBuffers(tenants, (lifetime, other) => plan.apart(lifetime, other));
    const isOver = (one: Tenant, first: number, other: Tenant, second: number): boolean => {
      if (before.get(second)?.has(first) ?? false) return true;
      const tasks = tasksOf(touching, first, rank).filter((task) => uses(task, one));
      const known = new Map<number, boolean>();
      return tasksOf(touching, second, rank).every(
        (task) => !uses(task, other) || precedence.firstUnordered(tasks, task, known) === undefined,
      );
    };
    /** An instance that touches one and one that writes the other before that is over. */
    const meeting = (one: Tenant, other: Tenant): SharedUse | undefined => {
      if (one.toEnd || other.fromStart) return { rank, buffers: [one.buffer, other.buffer] };
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
  const tenantOf = plan.buffers.map(({ rank, lifetime }, buffer): Tenant => {
    const tenants = (onRank[rank] ??= new Map<number, Tenant>());
    const known = tenants.get(lifetime);
    if (known !== undefined) return known;
    const none = { bytes: 0, fromStart: false, toEnd: false };
    const tenant = {
      lifetime,
      buffer,
      buffers: new Set<number>(),
      ...none,
      touching: new Map<number, number>(),
      writing: new Map<number, number>(),
    };
    tenants.set(lifetime, tenant);
    return tenant;
  });
  const views = new Map<number, number>();
  plan.buffers.forEach(({ aliases }, from) => {
    for (const { buffer, inPlace } of aliases) if (inPlace) views.set(buffer, from);
  });
  /** A buffer, and what it is a view of. */
  const visit = (buffer: number, report: (tenant: Tenant) => void): void => {
    for (let b: number | undefined = buffer; b !== undefined; b = views.get(b)) report(tenantOf[b]!);
  };
  const passOn = (buffer: number): void => {
    tenantOf[buffer]!.fromStart = true;
    for (const { buffer: to, by } of plan.buffers[buffer]!.aliases) if (by === undefined) passOn(to);
  };
  plan.buffers.forEach(({ bytes, role, fill }, buffer) => {
    tenantOf[buffer]!.bytes += bytes;
    visit(buffer, ({ buffers }) => buffers.add(buffer));
    if (role === "input" || fill !== undefined) passOn(buffer);
    for (const instance of touching[buffer] ?? []) visit(buffer, (tenant) => tenant.touching.set(instance, buffer));
    for (const instance of writing[buffer] ?? []) tenantOf[buffer]!.writing.set(instance, buffer);
  });
  for (const { buffer } of plan.outputs) visit(buffer, (tenant) => (tenant.toEnd = true));
  return onRank;
}
