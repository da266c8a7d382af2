/** Slots of `keep`: which delivery takes the place of which, so that what lay there is no more. */
import { TaskKind } from "../graph/task-graph.js";
import type { WordInstance } from "../lower/context.js";
import type { Lowered } from "../lower/lower.js";
import { targetsOf } from "./touching.js";

/** By delivery into a slot that was used before: the delivery whose place it takes. */
export type Replaced = ReadonlyMap<number, number>;

/** Deliveries of one block at one rank take its slots by turns, in order of their rounds. */
export function replacedDeliveries(lowered: Lowered): Replaced {
  const { instances, tasks } = lowered;
  const replaced = new Map<number, number>();
  const kept = instances.map((instance) => instance.kind === "word" && instance.settings.keep !== undefined);
  if (!kept.includes(true)) return replaced;
  const target = targetsOf(lowered.classes as readonly { target?: number }[]);
  /** Deliveries of one block at one rank, in order of arrival. */
  const lanes = new Map<string, number[]>();
  for (let t = 0; t < tasks.count; t++) {
    if (tasks.kind[t] !== TaskKind.transfer || !kept[tasks.instance[t]!]) continue;
    const instance = instances[tasks.instance[t]!] as WordInstance;
    const block = instance.transferBlock.data[tasks.block[t]!]!;
    const key = `${tasks.instance[t]} ${target[tasks.classOf[t]!]} ${block}`;
    const lane = lanes.get(key);
    if (lane === undefined) lanes.set(key, [t]);
    else lane.push(t);
  }
  const round = (t: number): number => {
    const instance = instances[tasks.instance[t]!] as WordInstance;
    return instance.run.events[instance.transferEvent.data[tasks.block[t]!]!]!.round;
  };
  for (const lane of lanes.values()) {
    lane.sort((a, b) => round(a) - round(b) || a - b);
    const slots = instances[tasks.instance[lane[0]!]!]!.settings.keep!;
    for (let i = slots; i < lane.length; i++) replaced.set(lane[i]!, lane[i - slots]!);
  }
  return replaced;
}
