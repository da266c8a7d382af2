/**
 * Queues: one per rank and engine share, as wide as its slots, and the place of every task in its own. Sorted by
 * priority; segment, part; statement, block; words that one `overlap` joins and that follow each other, none needing another, are
 * merged, round before statement; a statement with an order by its blocks' keys.
 */
import { TaskKind, type Queue } from "../graph/task-graph.js";
import type { InstanceRecord } from "../lower/context.js";
import type { Lowered } from "../lower/lower.js";
import { orderKeys, type OrderKeys } from "./order-keys.js";
import { byPriority } from "./priority-order.js";
import { ancestors } from "./verbs/context.js";
import { compareInstances, compareWithinSegment, segmentsOf } from "./segments.js";
import { shareQueue } from "./shared-queue.js";

export interface PlannedQueues {
  readonly queues: readonly Queue[];
  /** By task of the lowered columns; -1 for joins. */
  readonly queue: Int32Array;
  readonly place: Int32Array;
}

export function planQueues(lowered: Lowered): PlannedQueues {
  const { tasks, instances } = lowered;
  const keys = orderKeys(lowered);
  const queues: Queue[] = [];
  const queue = new Int32Array(tasks.count).fill(-1);
  const place = new Int32Array(tasks.count);
  const queueIndex = new Map<string, number>();
  /** By queue: the tasks of each instance in it. */
  const members: Map<number, number[]>[] = [];

  for (let t = 0; t < tasks.count; t++) {
    if (tasks.kind[t] === TaskKind.join) continue;
    const instance = instances[tasks.instance[t]!]!;
    const { engine, share } = instance.settings;
    const key = `${tasks.rank[t]} ${engine} ${share === undefined ? "" : `${share.of} ${instance.kind}`}`;
    let q = queueIndex.get(key);
    if (q === undefined) {
      q = queues.push(makeQueue(lowered, instance, tasks.rank[t]!)) - 1;
      queueIndex.set(key, q);
      members.push(new Map());
    }
    queue[t] = q;
    const own = members[q]!.get(tasks.instance[t]!);
    if (own === undefined) members[q]!.set(tasks.instance[t]!, [t]);
    else own.push(t);
  }

  const bundleOf = wordBundles(lowered);
  const turn = turns(lowered, bundleOf);
  for (const byInstance of members) {
    const order = [...byInstance.keys()].toSorted(
      (a, b) => turn[a]! - turn[b]! || compareWithinSegment(instances[a]!, instances[b]!),
    );
    let next = 0;
    for (let i = 0; i < order.length;) {
      const bundle = bundleOf(instances[order[i]!]!);
      let end = i + 1;
      while (
        end < order.length &&
        bundle !== undefined &&
        sameBundle(instances[order[i]!]!, instances[order[end]!]!, bundleOf)
      )
        end++;
      const list = order.slice(i, end).flatMap((id) => byInstance.get(id)!);
      sortTasks(lowered, list, keys, end - i > 1);
      for (const t of list) place[t] = next++;
      i = end;
    }
  }
  return { queues, queue, place };
}

/** By instance: when its turn is, in whatever queue; of words that are issued as one, that of the first. */
function turns(lowered: Lowered, bundleOf: (record: InstanceRecord) => number | undefined): Int32Array {
  const { instances, layer, settings } = lowered;
  const segment = segmentsOf(lowered);
  const inOrder = instances
    .map((_, i) => i)
    .toSorted((a, b) => compareInstances(instances[a]!, instances[b]!, ({ statement }) => segment[statement]!));
  const own = new Int32Array(instances.length);
  byPriority(layer, settings, instances, inOrder).forEach((i, at) => (own[i] = at));
  const first = new Map<number, number>();
  const ofPart = new Map<string, number>();
  instances.forEach(({ statement, part }, i) => {
    first.set(statement, Math.min(first.get(statement) ?? own[i]!, own[i]!));
    ofPart.set(`${statement} ${part.join()}`, own[i]!);
  });
  return own.map((turn, i) => {
    const bundle = bundleOf(instances[i]!);
    return bundle === undefined ? turn : (ofPart.get(`${bundle} ${instances[i]!.part.join()}`) ?? first.get(bundle)!);
  });
}

function sortTasks(lowered: Lowered, list: number[], keys: OrderKeys, merged: boolean): void {
  const { tasks, instances } = lowered;
  const statement = instances[tasks.instance[list[0]!]!]!.statement;
  const own = keys.get(statement);
  if (!merged) {
    // Made row-major, round by round: only an order changes that.
    if (own !== undefined) list.sort((a, b) => own[a]! - own[b]! || tasks.block[a]! - tasks.block[b]!);
    return;
  }
  const round = (t: number): number => {
    const instance = instances[tasks.instance[t]!]!;
    return instance.kind === "word" ? instance.run.events[instance.transferEvent.data[tasks.block[t]!]!]!.round : 0;
  };
  const key = (t: number): number => keys.get(instances[tasks.instance[t]!]!.statement)?.[t] ?? 0;
  list.sort(
    (a, b) =>
      round(a) - round(b) ||
      instances[tasks.instance[a]!]!.statement - instances[tasks.instance[b]!]!.statement ||
      key(a) - key(b) ||
      a - b,
  );
}

/**
 * Words that one overlap joins are issued as one, at the place of the first of them, by which they are named: those that
 * follow each other in their queue and do not need each other. (What needs another's last round, or waits for what is
 * issued between them, would stand before it.)
 */
function wordBundles(lowered: Lowered): (record: InstanceRecord) => number | undefined {
  const { settings, layer } = lowered;
  const bundle = new Map<number, number>();
  for (const group of settings.overlapGroups) {
    let joined: number[] = [];
    for (const word of group.filter((s) => layer.statements[s]!.kind === "word")) {
      const needed = ancestors(layer, word);
      const follows = layer.statements.every(
        (_, s) => s < joined[0]! || s >= word || joined.includes(s) || !shareQueue(layer, settings, s, word),
      );
      const alike = joined.every((s) => prioritiesOf(lowered, s) === prioritiesOf(lowered, word));
      if (!follows || !alike || joined.some((s) => needed.has(s))) joined = [];
      joined.push(word);
      bundle.set(word, Math.min(bundle.get(word) ?? word, joined[0]!));
    }
  }
  return (record) => bundle.get(record.statement);
}

/** What a statement stands above, and below. */
function prioritiesOf({ settings }: Lowered, statement: number): string {
  const above = settings.priorities.flatMap((pair) => (pair.above === statement ? [pair.below] : []));
  const below = settings.priorities.flatMap((pair) => (pair.below === statement ? [pair.above] : []));
  return [above, below].map((list) => list.toSorted((a, b) => a - b).join()).join(" ");
}

function sameBundle(
  a: InstanceRecord,
  b: InstanceRecord,
  bundleOf: (record: InstanceRecord) => number | undefined,
): boolean {
  return bundleOf(a) === bundleOf(b) && a.part.join() === b.part.join();
}

function makeQueue(lowered: Lowered, instance: InstanceRecord, rank: number): Queue {
  const { machine } = lowered.program;
  const kind = machine.kinds[machine.kindOfRank[rank]!]!;
  const { engine = "sms", share } = instance.settings;
  const moves = instance.kind === "word";
  const onSms = moves && (engine === "sms" || share !== undefined);
  const statementName = lowered.layer.values[instance.ir.result]!.name;
  const width = {
    sms: moves ? 1 : (share?.sms ?? kind.sms),
    copy: kind.copyEngines,
    nic: kind.nics,
    stores: kind.sms,
    memory: share === undefined ? Math.max(1, kind.copyEngines) : 1,
  }[engine];
  return {
    rank,
    engine,
    name: share === undefined ? engine : `${engine}(${share.sms}) ${statementName}`,
    width,
    bytesPerSecond: onSms ? (share?.sms ?? kind.sms) * kind.smMovesBytesPerSecond : Number.POSITIVE_INFINITY,
  };
}
