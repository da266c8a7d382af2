import type { CheckedProgram, LayerIR, ScheduleIR } from "../compiler/check/ir.js";
import { whyNotComparable } from "../compiler/check/comparable.js";
import { createDiagnostic } from "../compiler/diagnostics/catalogue.js";
import type { PlannedSchedule } from "../compiler/program.js";
import type { Attempt } from "../evidence/attempt.js";
import { openDevice } from "../evidence/device.js";
import { execute, referenceFor } from "../evidence/execute.js";
import { planOne } from "../evidence/plan.js";
import { predict } from "../evidence/predict.js";
import type { Prediction as Predicted } from "../evidence/predict.js";
import { whyNotOnDevice, whyNotRun } from "../evidence/runnable.js";
import { roundingBound, toleranceOf } from "../evidence/tolerance.js";
import { createNodePool } from "../runtime/node/workers.js";
import type { RunResult } from "../runtime/run/run.js";
import { StrettoError, errorOf } from "./error.js";
import { once } from "./once.js";
import type { OpenFile } from "./open-file.js";
import type { Prediction, RunOptions, ScheduleUnderTest } from "./types.js";

/** A schedule as the matchers see it. */
export interface Subject {
  readonly name: string;
  readonly path: string;
  readonly shown: ScheduleUnderTest;
  /** Texts of the files that diagnostics name. */
  readonly sources: ReadonlyMap<string, string>;
  plan(): Attempt<PlannedSchedule>;
  predict(): Attempt<Predicted>;
  compute(options: RunOptions & { readonly against?: string }): Promise<Attempt<Computed>>;
}

/** A run at small size, and what it is compared with. */
export interface Computed {
  readonly planned: PlannedSchedule;
  readonly result: RunResult;
  readonly schedule: ScheduleIR;
  readonly against: LayerIR;
  readonly tolerance: number;
}

const subjects = new WeakMap<object, Subject>();

/** What stands behind the schedule that a matcher was given; throws where it is none. */
export function subjectOf(received: unknown, matcher: string): Subject {
  const subject = typeof received === "object" && received !== null ? subjects.get(received) : undefined;
  if (subject === undefined)
    throw new TypeError(`${matcher} is of schedules: expect(load("moe.stretto").schedule("barrier")).${matcher}(..)`);
  return subject;
}

/** @throws StrettoError with what is wrong instead of a value */
export function valueOf<T>({ sources }: Pick<Subject, "sources">, attempt: Attempt<T>): T {
  if ("value" in attempt) return attempt.value;
  throw errorOf(attempt.diagnostics, sources);
}

/** @param index of its schedule among those of the file */
export function scheduleUnderTest(opened: OpenFile, index: number): ScheduleUnderTest {
  const { path, full, file } = opened;
  const { program, sources } = full;
  const schedule = program.schedules[index]!;
  const { name } = schedule;
  const plan = once(() => planOne(program, schedule));
  const prediction = once((): Attempt<Predicted> => {
    const planned = plan();
    return "value" in planned ? { value: predict(planned.value) } : planned;
  });
  const compute: Subject["compute"] = (options) => computeSmall(opened, index, options);

  const shown: ScheduleUnderTest = {
    name,
    file,
    plan() {
      const { graph, program: placed, peakMemoryBytes, rounds } = valueOf({ sources }, plan());
      const peak = Math.max(...peakMemoryBytes);
      const { taskCount: tasks, edgeCount: edges } = graph;
      return { ranks: placed.mesh.rankCount, tasks, edges, rounds, peak_memory_bytes: peak };
    },
    predict(): Prediction {
      const { planned, result } = valueOf({ sources }, prediction());
      return { ...result, peak_memory_bytes: Math.max(...planned.peakMemoryBytes) };
    },
    async run(options = {}) {
      const { planned, result, tolerance } = valueOf({ sources }, await compute(options));
      return {
        device: result.device,
        ranks: planned.program.mesh.rankCount,
        tasks: planned.graph.taskCount,
        max_error: result.maxError ?? null,
        tolerance,
        measured_ns: result.measuredNs,
      };
    },
    with: (set) => file.with(set).schedule(name),
  };
  subjects.set(shown, { name, path, shown, sources, plan, predict: prediction, compute });
  return shown;
}

async function computeSmall(
  opened: OpenFile,
  index: number,
  { device: deviceName = "cpu", against: named }: RunOptions & { readonly against?: string },
): Promise<Attempt<Computed>> {
  const { program } = opened.small();
  const schedule = program.schedules[index]!;
  const layer = program.layers[schedule.layer]!;
  const against = named === undefined ? layer : layerNamed(program, opened.path, named);
  const reason = whyNotComparable(layer, against);
  if (reason !== undefined) {
    const parameters = { layer: against.name, own: layer.name, reason };
    return { diagnostics: [createDiagnostic("not-comparable", schedule.location, parameters)] };
  }
  const refused =
    whyNotRun(layer) ?? whyNotRun(against) ?? (deviceName === "webgpu" ? whyNotOnDevice(layer) : undefined);
  if (refused !== undefined) return { diagnostics: [refused] };
  const planned = planOne(program, schedule);
  if (!("value" in planned)) return planned;
  const found = await openDevice(deviceName);
  if ("problem" in found) return { diagnostics: [found.problem] };
  const reference = deviceName === "null" ? undefined : referenceFor(program, layer, against);
  const pool = createNodePool();
  try {
    const ran = await execute(planned.value, found.device, reference, pool);
    if (!("value" in ran)) return ran;
    const tolerance = (against === layer ? toleranceOf : roundingBound)(program, schedule);
    return { value: { planned: planned.value, result: ran.value, schedule, against, tolerance } };
  } finally {
    await pool.close();
  }
}

function layerNamed({ layers }: CheckedProgram, path: string, name: string): LayerIR {
  const found = layers.find((layer) => layer.name === name);
  if (found !== undefined) return found;
  const known = layers.map((layer) => `\`${layer.name}\``).join(", ");
  throw new StrettoError(`\`${path}\` has no layer \`${name}\`. It has ${known}.`);
}
