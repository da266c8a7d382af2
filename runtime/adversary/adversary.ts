/**
 * Executes a plan on one thread, in an order that is as bad as a seed makes it: a plan promises that any order which its edges
 * and its queues leave open comes to the same bits. Nothing is believed of the graph: an edge that it lacks shows as a
 * wrong result in some order, one too many as tasks that never run.
 */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import type { ExecutionPlan } from "../../compiler/graph/execution-plan.js";
import { createDraws } from "../numbers/uniform-stream.js";
import type { Reference } from "../reference/reference.js";
import { createEffects } from "./effects.js";
import type { Effects } from "./effects.js";
import { createFrontier, taskOf } from "./frontier.js";
import type { Frontier, Limits } from "./frontier.js";
import { outputsOf } from "./outputs.js";
import type { RankOutput } from "./outputs.js";
import { createPlannedOrder, createStrategy, strategyNames } from "./strategies.js";
import type { Choose, Directions, Draws, StrategyName } from "./strategies.js";
import { stuckTasks } from "./stuck.js";
import type { StuckTask } from "./stuck.js";

export interface AdversaryOptions extends Directions {
  /** Of all that is drawn. Absent: the planned order, in which each task is done before the next begins. */
  readonly seed?: number;
  /** Drawn where absent. */
  readonly strategy?: StrategyName;
  /** Drawn where absent, and where nothing is hurried or held. */
  readonly limits?: Limits;
}

export interface AdverseEvent {
  readonly task: number;
  readonly at: "start" | "finish";
  /** Whether the task reads at this of its two events. It writes at its finish. */
  readonly reads: boolean;
}

export interface AdverseResult {
  readonly outputs: readonly RankOutput[];
  /** All that happened, one event after another. */
  readonly order: readonly AdverseEvent[];
  /** Tasks that never ran, and what each waits for; absent where all did. */
  readonly stuck?: readonly StuckTask[];
}

/** A plan, ready to be executed over and over. */
export interface Adversary {
  run(options?: AdversaryOptions): AdverseResult;
  /** Repeats the order of a run, of this plan or of one that had other edges: none is looked at. Throws InternalFault for what is no order of its tasks. */
  replay(order: readonly AdverseEvent[]): AdverseResult;
}

/** Throws InternalFault for a dtype that nothing executes, and RangeError where the machine has not the memory. */
export function createAdversary(plan: ExecutionPlan, inputs: Reference): Adversary {
  const effects = createEffects(plan, inputs);
  return {
    run: (options = {}) => runOnce(plan, effects, options),
    replay: (order) => replayOn(plan, effects, order),
  };
}

export function runAdversary(plan: ExecutionPlan, inputs: Reference, options: AdversaryOptions = {}): AdverseResult {
  return createAdversary(plan, inputs).run(options);
}

export function replay(plan: ExecutionPlan, inputs: Reference, order: readonly AdverseEvent[]): AdverseResult {
  return createAdversary(plan, inputs).replay(order);
}

function runOnce(plan: ExecutionPlan, effects: Effects, options: AdversaryOptions): AdverseResult {
  const { graph } = plan;
  const { seed, limits } = options;
  const draws = seed === undefined ? undefined : createDraws(seed, "adversary");
  const isDirected = options.hurry !== undefined || options.hold !== undefined;
  const frontier = createFrontier(graph, limits ?? (draws === undefined || isDirected ? {} : drawLimits(draws)));
  const choose = chooserOf(plan, frontier, options, draws);
  const readsAtStart = createReadings(options, draws);
  const early = new Uint8Array(graph.taskCount);
  const order: AdverseEvent[] = [];
  effects.reset();
  for (let steps = frontier.steps(); steps.length > 0; steps = frontier.steps()) {
    const step = steps[choose(steps)]!;
    const task = taskOf(step);
    frontier.take(step);
    if (step >= 0) early[task] = readsAtStart(task) ? 1 : 0;
    const at = step < 0 ? "finish" : "start";
    order.push(happen(effects, { task, at, reads: (at === "start") === (early[task] === 1) }));
  }
  return resultOf(plan, effects, frontier, order);
}

function replayOn(plan: ExecutionPlan, effects: Effects, order: readonly AdverseEvent[]): AdverseResult {
  const { taskCount } = plan.graph;
  const [started, finished, read] = [taskCount, taskCount, taskCount].map((length) => new Uint8Array(length)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  effects.reset();
  for (const event of order) {
    const { task, at, reads } = event;
    const isNext = at === "start" ? started[task] === 0 : started[task] === 1 && finished[task] === 0;
    if (!isNext || (at === "finish" && reads === (read[task] === 1)))
      throw new InternalFault("run", `no order of this plan: task ${task} cannot ${at} twice, nor read but once`);
    (at === "start" ? started : finished)[task] = 1;
    if (reads) read[task] = 1;
    happen(effects, event);
  }
  return resultOf(plan, effects, { started, finished }, order);
}

function happen(effects: Effects, event: AdverseEvent): AdverseEvent {
  if (event.at === "start") effects.begin(event.task, event.reads);
  else effects.end(event.task, event.reads);
  return event;
}

function resultOf(
  plan: ExecutionPlan,
  effects: Effects,
  progress: Pick<Frontier, "started" | "finished">,
  order: readonly AdverseEvent[],
): AdverseResult {
  const stuck = stuckTasks(plan.graph, progress);
  const outputs = outputsOf(plan, (buffer) => effects.elementsOf(buffer));
  return { outputs, order, ...(stuck.length > 0 && { stuck }) };
}

/** Many tasks at once, or few. */
function drawLimits(draws: Draws): Limits {
  const oneOf = (counts: readonly number[]): number => counts[Math.floor(draws() * counts.length)]!;
  return { tasks: oneOf([1, 2, 4, 16]), transfers: oneOf([1, 2, Infinity]) };
}

function chooserOf(
  { graph }: ExecutionPlan,
  frontier: Frontier,
  { strategy, hurry, hold }: AdversaryOptions,
  draws: Draws | undefined,
): Choose {
  if (draws === undefined) return createPlannedOrder();
  const name = strategy ?? strategyNames[Math.floor(draws() * strategyNames.length)]!;
  return createStrategy(name, graph, frontier, draws, {
    ...(hurry !== undefined && { hurry }),
    ...(hold !== undefined && { hold }),
  });
}

/** Whether a task reads as it starts: all do, none does, or some. What is held reads late, what is hurried early. */
function createReadings({ hurry, hold }: Directions, draws: Draws | undefined): (task: number) => boolean {
  if (draws === undefined) return () => false;
  const share = [0, 0.5, 1][Math.floor(draws() * 3)]!;
  return (task) => (task === hold ? false : task === hurry || draws() < share);
}
