/** What this computer takes for the tasks of workloads, run as any schedule is. */
import { createNodeHost } from "../../../compiler/bind/node-host.js";
import { createMemoryHost } from "../../../compiler/bind/source-host.js";
import { InternalFault, assertInvariant } from "../../../compiler/diagnostics/internal-fault.js";
import { TaskKind } from "../../../compiler/graph/task-graph.js";
import type { BlockShape } from "../../../compiler/machine/block-shape.js";
import { isArithmetic, kernelNanoseconds } from "../../../compiler/machine/kernel-rates.js";
import type { KernelRate } from "../../../compiler/machine/model.js";
import { checkFile, planSchedule } from "../../../compiler/program.js";
import type { PlannedSchedule } from "../../../compiler/program.js";
import { median } from "../../../runtime/calibrate/in-turn.js";
import type { RankPool } from "../../../runtime/ranks/pool.js";
import type { RunResult } from "../../../runtime/run/run.js";
import type { Device } from "../../../evidence/device.js";
import { execute, inputsFor } from "../../../evidence/execute.js";
import type { Attempt } from "../../../evidence/attempt.js";
import { chainBytes, chainSteps, chainWorkload, kernelWorkloads } from "./workloads.js";
import type { Workload } from "./workloads.js";

export interface Calibration {
  readonly adapter: string;
  readonly ranks: number;
  readonly dispatchNs: number;
  readonly latencyNs: number;
  readonly linkBytesPerSecond: number;
  readonly kernels: readonly KernelRate[];
}

/** Runs of each workload after the first, which compiles its kernels. */
const runs = 3;

/** What a run failed of stands in the diagnostics. */
export async function calibrate(
  device: Device,
  ranks: number,
  shapes: readonly BlockShape[],
  pool: RankPool,
  say: (what: string) => void,
): Promise<Attempt<Calibration>> {
  const chains = chainWorkload(ranks);
  say(`measuring ${chains.what} ..`);
  const measuredChains = await measureAll(chains, device, pool);
  if (!("value" in measuredChains)) return measuredChains;
  const [dispatches, small, large] = measuredChains.value;
  const stepNs = (measured: readonly Measured[]): number => medianNs(measured) / chainSteps;
  const dispatchNs = stepNs(dispatches!);
  const [latencyNs, largeNs] = [stepNs(small!), stepNs(large!)];
  const moved = chainBytes.large - chainBytes.small;
  const kernels: KernelRate[] = [];
  for (const workload of kernelWorkloads(ranks, shapes)) {
    say(`measuring ${workload.what} ..`);
    const measured = await measureAll(workload, device, pool);
    if (!("value" in measured)) return measured;
    const known = [...kernels];
    kernels.push(...measured.value.map((runs) => kernelRate(runs, dispatchNs, known)));
  }
  const linkBytesPerSecond = (moved / Math.max(1, largeNs - latencyNs)) * 1e9;
  const { adapter = "" } = dispatches![0]!.result;
  return { value: { adapter, ranks, dispatchNs, latencyNs, linkBytesPerSecond, kernels } };
}

/** The median, which is what runs are compared by. */
const medianNs = (measured: readonly Measured[]): number => median(measured.map(({ result }) => result.measuredNs));

interface Measured {
  readonly planned: PlannedSchedule;
  readonly result: RunResult;
}

/** Runs of each schedule, the first left out. */
async function measureAll(workload: Workload, device: Device, pool: RankPool): Promise<Attempt<Measured[][]>> {
  const host = createMemoryHost({ "workload.stretto": workload.text }, createNodeHost("workload.stretto"));
  const { program, diagnostics } = checkFile("workload.stretto", host);
  if (program === undefined) throw new InternalFault("calibrate", diagnostics.map(({ message }) => message).join(" "));
  const all: Measured[][] = [];
  for (const name of workload.schedules) {
    const schedule = program.schedules.find((each) => each.name === name)!;
    const { planned } = planSchedule(program, schedule);
    if (planned === undefined) throw new InternalFault("calibrate", `${workload.what} cannot be planned`);
    const inputs = inputsFor(program, program.layers[schedule.layer]!);
    const measured: Measured[] = [];
    for (let run = 0; run <= runs; run++) {
      const result = await execute(planned, device, inputs, pool);
      if (!("value" in result)) return result;
      if (run > 0) measured.push({ planned, result: result.value });
    }
    all.push(measured);
  }
  return { value: all };
}

/**
 * The rate of the shape of block that the last task of every rank has: each rank does as many, one after another, so that a
 * task takes its share of the whole time. A dispatch is left out, and what comes before the blocks, elementwise ones by the
 * rates measured already.
 */
function kernelRate(measured: readonly Measured[], dispatchNs: number, known: readonly KernelRate[]): KernelRate {
  const { graph } = measured[0]!.planned;
  const ownClass = graph.classOf[graph.kind.lastIndexOf(TaskKind.compute)]!;
  let [tasks, othersNs] = [0, 0];
  for (let task = 0; task < graph.taskCount; task++) {
    const cost = graph.classes[graph.classOf[task]!];
    if (graph.kind[task] !== TaskKind.compute || cost?.kind !== "compute") continue;
    if (graph.classOf[task] === ownClass) tasks++;
    else othersNs += dispatchNs + (kernelNanoseconds(cost, { dispatchSeconds: dispatchNs / 1e9, kernels: known }) ?? 0);
  }
  const cost = graph.classes[ownClass]!;
  assertInvariant(cost.kind === "compute", "calibrate", "blocks compute");
  const { shape, flops, bytesRead, bytesWritten } = cost;
  const taskNs = (medianNs(measured) - othersNs / graph.rankCount) / (tasks / graph.rankCount);
  // A kernel shorter than a dispatch takes hides behind it: a tenth of that is what can still be told.
  const kernelNs = Math.max(taskNs - dispatchNs, dispatchNs / 10, 1);
  const work = isArithmetic(shape.does) ? flops : bytesRead + bytesWritten;
  return { ...shape, perSecond: (work / kernelNs) * 1e9 };
}
