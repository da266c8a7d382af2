/** A schedule in many orders: whether each comes to the bits of the planned one. */
import type { LayerIR, ScheduleIR } from "../../../compiler/check/ir.js";
import { createDiagnostic } from "../../../compiler/diagnostics/catalogue.js";
import { formatCount } from "../../../compiler/diagnostics/quantities.js";
import type { Diagnostic } from "../../../compiler/diagnostics/types.js";
import type { PlannedSchedule } from "../../../compiler/program.js";
import { createAdversary } from "../../../runtime/adversary/adversary.js";
import type { AdverseResult } from "../../../runtime/adversary/adversary.js";
import { differencesOf } from "../../../runtime/adversary/outputs.js";
import { explainStuck } from "../../../runtime/adversary/stuck.js";
import { compareOutputs } from "../../../runtime/reference/compare.js";
import type { OutputComparison } from "../../../runtime/reference/compare.js";
import { referenceOfRun } from "../../../runtime/reference/reference.js";
import type { Reference } from "../../../runtime/reference/reference.js";
import { cpuLimit } from "../../../runtime/run/host-work.js";
import { defaultMemoryLimitBytes, failuresOf } from "../../../runtime/run/run.js";
import { inputsFor, referenceFor } from "../../../evidence/execute.js";
import { planOne } from "../../../evidence/plan.js";
import type { Attempt } from "../../../evidence/attempt.js";
import type { LoadedProgram } from "../../../evidence/load.js";
import type { ProgramOptions } from "../options.js";
import { progressOf } from "../progress.js";
import { whyNotComputed, whyNotRun } from "../../../evidence/runnable.js";
import type { Session } from "../session.js";
import { toleranceOf } from "../../../evidence/tolerance.js";
import { outputsThatDiffer } from "./ran.js";

export interface AdverseOptions extends ProgramOptions {
  /** How many orders. */
  readonly adversary: number;
  /** Of the first of them; the others have the numbers that follow. */
  readonly adversarySeed: number;
  readonly verify: boolean;
}

/** What the orders of one schedule came to. */
export interface AdverseRan {
  readonly planned: PlannedSchedule;
  /** Undefined where nothing was compared. */
  readonly maxError: number | undefined;
  readonly tolerance: number;
  /** Orders, and those of them that came to the bits of the planned one. */
  readonly orders: number;
  readonly identical: number;
  /** What is wrong: with the planned order, and with the first other one that comes to something else. */
  readonly problems: readonly Diagnostic[];
}

/** Runs schedules, each in as many orders as are asked for. */
export function runAdverse(
  session: Session,
  { file, program }: LoadedProgram,
  schedules: readonly ScheduleIR[],
  options: AdverseOptions,
): Attempt<readonly AdverseRan[]> {
  const progress = progressOf(session);
  const references = new Map<LayerIR, Reference>();
  const done: AdverseRan[] = [];
  try {
    for (const schedule of schedules) {
      progress.say(`planning ${schedule.name} ..`);
      const planned = planOne(program, schedule);
      if (!("value" in planned)) return planned;
      const layer = program.layers[schedule.layer]!;
      const refused = options.verify ? whyNotRun(layer) : whyNotComputed(layer);
      if (refused !== undefined) return { diagnostics: [refused] };
      const reason = cpuLimit(planned.value.plan, defaultMemoryLimitBytes);
      if (reason !== undefined) return { diagnostics: [runFailed(schedule, reason)] };
      const reference =
        references.get(layer) ?? (options.verify ? referenceFor(program, layer) : inputsFor(program, layer));
      references.set(layer, reference);
      const tolerance = toleranceOf(program, schedule);
      const tell = (order: number): void =>
        progress.say(`running ${schedule.name} in order ${order} of ${options.adversary} ..`);
      done.push(tryOrders(file, planned.value, reference, tolerance, options, tell));
    }
    return { value: done };
  } finally {
    progress.clear();
  }
}

/** Runs a plan in the planned order, and in those of the seeds. */
export function tryOrders(
  file: string,
  planned: PlannedSchedule,
  reference: Reference,
  tolerance: number,
  options: AdverseOptions,
  tell: (order: number) => void = () => {},
): AdverseRan {
  const { plan, schedule } = planned;
  const own = referenceOfRun(reference, planned.layer);
  const adversary = createAdversary(plan, own);
  const expected = adversary.run();
  const buffers = new Map(expected.outputs.map(({ buffer, elements }) => [buffer, elements]));
  const outputs = compareOutputs(plan, own, (buffer) => buffers.get(buffer)!);
  const problems = plannedProblems(planned, expected, outputs, tolerance);
  let identical = 0;
  for (let order = 0; order < options.adversary; order++) {
    tell(order + 1);
    const seed = options.adversarySeed + order;
    const problem = orderProblem(planned, expected, adversary.run({ seed }), () => {
      return { seed: String(seed), command: commandOf(file, schedule, seed, options) };
    });
    if (problem === undefined) identical++;
    else if (identical === order) problems.push(problem);
  }
  const errors = outputs.flatMap(({ maxError }) => maxError ?? []);
  const maxError = errors.length === 0 ? undefined : Math.max(...errors);
  return { planned, maxError, tolerance, orders: options.adversary, identical, problems };
}

function plannedProblems(
  planned: PlannedSchedule,
  { stuck }: AdverseResult,
  outputs: readonly OutputComparison[],
  tolerance: number,
): Diagnostic[] {
  if (stuck) return [runFailed(planned.schedule, explainStuck(stuck))];
  const failures = outputs.flatMap(failuresOf).map(({ message }) => runFailed(planned.schedule, message));
  return [...failures, ...outputsThatDiffer(planned, outputs, tolerance)];
}

/** What an order came to that the planned one did not. Whether all tasks run is the same in every order. */
function orderProblem(
  { plan, schedule }: PlannedSchedule,
  expected: AdverseResult,
  { outputs }: AdverseResult,
  how: () => { readonly seed: string; readonly command: string },
): Diagnostic | undefined {
  const [difference] = differencesOf(expected.outputs, outputs);
  if (difference === undefined) return undefined;
  const { output, count } = difference;
  return createDiagnostic("order-changes-result", schedule.location, {
    schedule: schedule.name,
    output: plan.values[output.value]!.name,
    rank: String(output.rank),
    count: `${formatCount(count)} of its ${formatCount(output.elements.length)} elements there`,
    ...how(),
  });
}

function runFailed({ name, location }: ScheduleIR, reason: string): Diagnostic {
  return createDiagnostic("run-failed", location, { schedule: name, reason });
}

/** The command line that runs one order again. */
function commandOf(file: string, schedule: ScheduleIR, seed: number, { profile, set }: ProgramOptions): string {
  const settings = [...(set ?? [])].flatMap(([name, value]) => ["--set", `${name}=${value}`]);
  const sizes = [...(profile === undefined ? [] : ["--profile", profile]), ...settings];
  const words = ["--schedule", schedule.name, ...sizes, "--adversary", "1", "--adversary-seed", String(seed)];
  return ["stretto", "run", file, ...words].map(quoted).join(" ");
}

/** As a shell reads it back. */
const quoted = (word: string): string =>
  /^[\w./=:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
