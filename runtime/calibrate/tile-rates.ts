/** How fast a device does the same work by different kernels, which the caller brings. */
import type { DeviceKernel, RankProgram } from "../../compiler/emit/webgpu/program.js";
import type { OpenDevice } from "../webgpu/device.js";
import type { DeviceHost } from "../webgpu/host.js";
import { createRankMemory } from "../webgpu/rank-memory.js";
import type { RankMemory } from "../webgpu/rank-memory.js";
import { timeInTurn } from "./in-turn.js";
import type { Runner, TurnSettings } from "./in-turn.js";

export interface Candidate {
  readonly kernels: readonly DeviceKernel[];
  /** All of its steps are what is timed. */
  readonly program: RankProgram;
  readonly flops: number;
}

export type RateDevice = Pick<OpenDevice, "device" | "pipelines" | "taskLayout" | "failure">;

export interface LoadedProgram {
  readonly memory: RankMemory;
  /** Submits all steps of the program so many times, and waits for the device to have done them. */
  readonly run: Runner;
}

/** A program, compiled and with memory of its own, ready to be run again and again. */
export async function loadProgram(
  open: RateDevice,
  { settled }: Pick<DeviceHost, "settled">,
  { kernels, program }: Pick<Candidate, "kernels" | "program">,
): Promise<LoadedProgram> {
  const { device } = open;
  const memory = createRankMemory(open, program, await settled(open.pipelines(kernels)));
  const steps = { first: 0, end: program.steps.kernel.length };
  const run: Runner = async (times) => {
    for (let time = 0; time < times; time++) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      memory.encode(steps, pass);
      pass.end();
      device.queue.submit([encoder.finish()]);
    }
    await settled(device.queue.onSubmittedWorkDone());
    const failure = open.failure();
    if (failure !== undefined) throw failure;
  };
  return { memory, run };
}

/**
 * Flops a second of each candidate, of the fastest round: whatever else the machine does only ever takes longer. Throws what
 * the device says is wrong.
 */
export async function measureRates(
  open: RateDevice,
  host: Pick<DeviceHost, "settled">,
  candidates: readonly Candidate[],
  settings: TurnSettings = { rounds: 5, sampleMs: 100 },
): Promise<number[]> {
  const loaded: LoadedProgram[] = [];
  try {
    for (const candidate of candidates) loaded.push(await loadProgram(open, host, candidate));
    // Numbers, so that nothing is faster or slower for being zero, not a number or denormal.
    for (const [number, { memory }] of loaded.entries())
      for (const tensor of candidates[number]!.program.inputs)
        memory.upload(tensor, new Float32Array(tensor.rows * tensor.columns).fill(0.5));
    const samples = await timeInTurn(
      loaded.map(({ run }) => run),
      settings,
    );
    return samples.map((ms, number) => (1000 * candidates[number]!.flops) / Math.min(...ms));
  } finally {
    for (const { memory } of loaded) memory.destroy();
  }
}
