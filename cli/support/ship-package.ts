import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { onMeshOf } from "../../compiler/check/mesh-of-layer.js";
import type { EmittedFile } from "../../compiler/emit/files.js";
import { emitWebgpu } from "../../compiler/emit/webgpu/emit.js";
import { emitPackage } from "../../compiler/emit/webgpu/package.js";
import { shippedFormat } from "../../compiler/emit/webgpu/shipped.js";
import { leastTraits, softwareTraits } from "../../compiler/emit/webgpu/traits.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import type { PlannedSchedule } from "../../compiler/program.js";
import type { LoadedProgram } from "../../evidence/load.js";
import { packagePath } from "./package-files.js";
import { predict } from "../../evidence/predict.js";
import { toleranceOf } from "../../evidence/tolerance.js";

/** The files of a package that runs a schedule; its kernels are for any adapter, of either class. */
export function shipPackage(planned: PlannedSchedule, { file, program }: LoadedProgram): readonly EmittedFile[] {
  const { schedule, plan } = planned;
  const { timeline, result } = predict(planned);
  const layer = program.layers[schedule.layer]!;
  const { mesh, tables, monoids, machine } = onMeshOf(program, layer);
  const { graph, buffers, values, inputs, outputs } = plan;
  return emitPackage(
    withoutFolders({
      ...{
        format: shippedFormat,
        file: basename(file),
        schedule: schedule.name,
        layer: layer.name,
        machine: machine.name,
      },
      params: [...program.params],
      programs: [
        { suits: "software", program: emitWebgpu(plan, softwareTraits) },
        { suits: "hardware", program: emitWebgpu(plan, leastTraits) },
      ],
      plan: { graph, buffers, monoids: plan.monoids, tables: plan.tables, values, inputs, outputs },
      runLayer: planned.layer,
      reference: { layer, mesh, tables, monoids, flops: flopsOf(graph) },
      tolerance: toleranceOf(program, schedule),
      predicted: {
        ...{ start: timeline.start, finish: timeline.finish, makespanNs: timeline.makespanNs },
        ...{ boundNs: result.bound_ns, boundBy: result.bound_by },
      },
    }),
    loaderFiles(),
  );
}

/** Places of a source by its name alone: where it stood is nobody's business whom a package is shipped to. */
function withoutFolders<T>(data: T): T {
  if (Array.isArray(data)) return data.map(withoutFolders) as T;
  if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, withoutFolders(value)])) as T;
  if (typeof data !== "object" || data === null || Object.getPrototypeOf(data) !== Object.prototype) return data;
  const entries = Object.entries(data).map(([key, value]) => [key, withoutFolders(value as unknown)]);
  const copy = Object.fromEntries(entries) as T & { file?: unknown };
  if ("span" in data && typeof copy.file === "string") copy.file = basename(copy.file);
  return copy;
}

function flopsOf({ classOf, classes }: TaskGraph): number {
  return classOf.reduce((sum, number) => {
    const cost = classes[number];
    return cost?.kind === "compute" ? sum + cost.flops : sum;
  }, 0);
}

function loaderFiles(): EmittedFile[] {
  const folder = packagePath("dist/loader/package");
  return readdirSync(folder).map((name) => ({ name, chunks: [readFileSync(join(folder, name))] }));
}
