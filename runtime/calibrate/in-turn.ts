/**
 * Times several ways to do something in turn, round by round, so that whatever else the machine does weighs on all of them
 * alike.
 */

/** Does its work so many times; resolves when all of it is done. */
export type Runner = (times: number) => Promise<void>;

export interface TurnSettings {
  readonly rounds: number;
  /** A sample repeats what is timed until it takes about so long: well above what a clock or a wake-up can be off by. */
  readonly sampleMs: number;
  /** Repetitions of a sample at most. */
  readonly mostTimes?: number;
}

/** By runner, milliseconds of one execution in each round. */
export async function timeInTurn(
  runners: readonly Runner[],
  { rounds, sampleMs, mostTimes = 1000 }: TurnSettings,
): Promise<number[][]> {
  const timed = async (runner: Runner, times: number): Promise<number> => {
    const begin = performance.now();
    await runner(times);
    return (performance.now() - begin) / times;
  };
  const times: number[] = [];
  for (const runner of runners) {
    await runner(1); // What is compiled or allocated on first use is no part of it.
    let count = 1;
    let each = await timed(runner, count);
    while (each * count < sampleMs / 2 && count < mostTimes) {
      count = Math.min(mostTimes, Math.ceil(Math.min(10 * count, sampleMs / each)));
      each = await timed(runner, count);
    }
    times.push(Math.max(1, Math.min(mostTimes, Math.round(sampleMs / each))));
  }
  const samples: number[][] = runners.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [number, runner] of runners.entries()) samples[number]!.push(await timed(runner, times[number]!));
  return samples;
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
