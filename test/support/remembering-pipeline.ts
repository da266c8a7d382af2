/** The pipeline, for tests that ask about the same schedules: what is asked for again is not made again. */
import type { Pipeline } from "../../bench/reference-rows.mjs";
import { createNodeHost } from "../../compiler/bind/node-host.js";
import type { CheckedProgram, ScheduleIR } from "../../compiler/check/ir.js";
import { checkFile, planSchedule } from "../../compiler/program.js";
import type { CompileOptions } from "../../compiler/program.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { measure } from "../../simulator/measure.js";
import { simulate } from "../../simulator/simulate.js";

export function rememberingPipeline(): Pipeline {
  const checked = new Map<string, ReturnType<typeof checkFile>>();
  const planned = new Map<CheckedProgram, Map<ScheduleIR, ReturnType<typeof planSchedule>>>();
  const simulated = new Map<TaskGraph, ReturnType<typeof simulate>>();
  return {
    createNodeHost,
    measure,
    checkFile: (path, host, options: CompileOptions = {}) =>
      once(checked, `${path} ${JSON.stringify(options, withMaps)}`, () => checkFile(path, host, options)),
    planSchedule: (program, schedule) =>
      once(
        once(planned, program, () => new Map()),
        schedule,
        () => planSchedule(program, schedule),
      ),
    simulate: (graph, machine) => once(simulated, graph, () => simulate(graph, machine)),
  };
}

const withMaps = (_: string, value: unknown): unknown => (value instanceof Map ? [...value] : value);

function once<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  if (!known.has(key)) known.set(key, make());
  return known.get(key)!;
}
