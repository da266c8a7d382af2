/**
 * Which calls of collectives can stand for the transfers that make them up: all of the word is done, in equal parts, and
 * nothing that waits for one of its messages comes before another of them.
 */
import { assertInvariant } from "../../diagnostics/internal-fault.js";
import { TaskKind } from "../../graph/task-graph.js";
import type { TaskGraph, WordCalls } from "../../graph/task-graph.js";
import { assembleSteps } from "./step-graph.js";
import { strongComponents } from "./strong-components.js";

/** A collective that all ranks of a group do together, in place of the transfers and combinations of `tasks`. */
export interface WholeCall {
  readonly word: WordCalls["word"];
  readonly instance: number;
  /** Ascending. */
  readonly ranks: readonly number[];
  /** Bytes of one rank's part: of n equal ones that the gathered, reduced or exchanged value is made of. */
  readonly partBytes: number;
}

export interface WholeCalls {
  readonly calls: readonly WholeCall[];
  /** By task: the call that it is part of, or -1. */
  readonly callOf: Int32Array;
  /** Words that stay transfers, each once, and why. */
  readonly expanded: readonly { readonly name: string; readonly why: string }[];
}

const noSuch = "it is no collective";
const unequal = "its parts are not of one size";
const incomplete = "parts of it are empty, or not sent because nobody needs them";
const entangled = "other work comes between its messages: it needs some of them, and others need it";

export function noCalls(graph: TaskGraph): WholeCalls {
  return { calls: [], callOf: new Int32Array(graph.taskCount).fill(-1), expanded: [] };
}

/** @param refusal why the target does not have a word as a collective; undefined where it has */
export function findWholeCalls(graph: TaskGraph, refusal: (word: string) => string | undefined): WholeCalls {
  const candidates = gatherCandidates(graph);
  const why = new Map<number, string>();
  for (const instance of candidates.others) why.set(instance, noSuch);
  const calls: WholeCall[] = [];
  const callOf = new Int32Array(graph.taskCount).fill(-1);
  const number = new Int32Array(candidates.list.length).fill(-1);
  candidates.list.forEach(({ instance, call, delivered, least, most }, c) => {
    if (delivered === 0) return;
    const { word, groups, blockCount, chunkCount, deliveries } = graph.instances[instance]!.calls!;
    const members = groups[Math.floor(call / blockCount)]!;
    const partBytes = (most * chunkCount) / members.length;
    const isEven = least === most && most > 0 && Number.isInteger(partBytes);
    const reason = refusal(word) ?? (delivered < deliveries ? incomplete : isEven ? undefined : unequal);
    if (reason !== undefined) {
      why.set(instance, reason);
      return;
    }
    const ranks = [...members].sort((a, b) => a - b);
    number[c] = calls.push({ word, instance, ranks, partBytes }) - 1;
  });
  for (let task = 0; task < graph.taskCount; task++) {
    const candidate = candidates.ofTask[task]!;
    if (candidate >= 0) callOf[task] = number[candidate]!;
  }
  return withoutCircles(graph, { calls, callOf }, why);
}

interface Candidate {
  readonly instance: number;
  readonly call: number;
  /** Chunks delivered, and the bytes of the smallest and the largest. */
  delivered: number;
  least: number;
  most: number;
}

function gatherCandidates(graph: TaskGraph): {
  readonly list: readonly Candidate[];
  readonly ofTask: Int32Array;
  /** Words that are no calls, and send something. */
  readonly others: ReadonlySet<number>;
} {
  const list: Candidate[] = [];
  const others = new Set<number>();
  const ofTask = new Int32Array(graph.taskCount).fill(-1);
  const first = graph.instances.map((instance, index) => {
    if (instance.calls === undefined) return -1;
    const at = list.length;
    const count = instance.calls.groups.length * instance.calls.blockCount;
    for (let call = 0; call < count; call++) {
      list.push({ instance: index, call, delivered: 0, least: Infinity, most: 0 });
    }
    return at;
  });
  for (let task = 0; task < graph.taskCount; task++) {
    const instance = graph.instance[task]!;
    const calls = instance < 0 ? undefined : graph.instances[instance]!.calls;
    const block = graph.block[task]!;
    const cost = graph.classes[graph.classOf[task]!];
    if (calls === undefined && cost?.kind === "transfer" && cost.source !== cost.target) others.add(instance);
    if (calls === undefined || block < 0) continue;
    const isTransfer = graph.kind[task] === TaskKind.transfer;
    const candidate = first[instance]! + (isTransfer ? calls.ofTransfer[block]! : calls.ofCombination[block]!);
    ofTask[task] = candidate;
    if (!isTransfer || cost?.kind !== "transfer") continue;
    const found = list[candidate]!;
    const chunks = calls.chunksOfTransfer[block]!;
    found.delivered += chunks;
    found.least = Math.min(found.least, cost.wireBytes / chunks);
    found.most = Math.max(found.most, cost.wireBytes / chunks);
  }
  return { list, ofTask, others };
}

/** Gives up the calls that would have to wait for themselves. */
function withoutCircles(
  graph: TaskGraph,
  { calls, callOf }: Pick<WholeCalls, "calls" | "callOf">,
  why: Map<number, string>,
): WholeCalls {
  const steps = assembleSteps(graph, { calls, callOf });
  const { component, size } = strongComponents(steps);
  const kept: WholeCall[] = [];
  const renumbered = calls.map((call, index) => {
    if (size[component[graph.taskCount + index]!]! === 1) return kept.push(call) - 1;
    why.set(call.instance, entangled);
    return -1;
  });
  for (let task = 0; task < graph.taskCount; task++) if (callOf[task]! >= 0) callOf[task] = renumbered[callOf[task]!]!;
  const reasons = new Map<string, string>();
  for (const [instance, reason] of why) reasons.set(graph.instances[instance]!.name, reason);
  const expanded = Array.from(reasons, ([name, reason]) => ({ name, why: reason }));
  assertInvariant(
    kept.every(({ ranks }) => ranks.length > 1),
    "emit",
    "a collective of one rank",
  );
  return { calls: kept, callOf, expanded };
}
