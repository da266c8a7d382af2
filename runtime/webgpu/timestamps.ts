/** When each task ran, by the device's own clock, where the adapter has timestamps. */
import type { DeviceHost } from "./host.js";
import { usage, type DeviceBuffers } from "./device-buffers.js";

export interface Timestamps {
  /** What the pass of a task writes; undefined where all are used. */
  writesOf(task: number): GPUComputePassTimestampWrites;
  /** Calls visit with begin and end of each task, ns by the clock of the run. After all is done. */
  collect(visit: (task: number, begin: number, end: number) => void): Promise<void>;
  destroy(): void;
}

/** `maxQueryCount`. */
const queriesOfSet = 4096;
const samples = 5;

/** `clock`: ns, of the run. Waits until the device is idle, to find how the two clocks lie. */
export async function createTimestamps(
  device: GPUDevice,
  buffers: DeviceBuffers,
  taskCount: number,
  clock: () => number,
  host: Pick<DeviceHost, "settled">,
): Promise<Timestamps> {
  const count = 2 * taskCount;
  const sets: GPUQuerySet[] = [];
  for (let made = 0; made < Math.max(2, count); made += queriesOfSet)
    sets.push(device.createQuerySet({ type: "timestamp", count: Math.min(queriesOfSet, Math.max(2, count - made)) }));
  const bytes = 8 * Math.max(2, count);
  const resolved = buffers.create({ label: "timestamps", size: bytes, usage: usage.query | usage.copySource });
  const staging = buffers.create({ label: "timestamps read", size: bytes, usage: usage.mapRead | usage.copyTarget });
  const read = async (queries: number): Promise<BigInt64Array> => {
    const encoder = device.createCommandEncoder();
    sets.forEach((set, number) => {
      const first = number * queriesOfSet;
      if (first < queries) encoder.resolveQuerySet(set, 0, Math.min(set.count, queries - first), resolved, 8 * first);
    });
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * queries);
    device.queue.submit([encoder.finish()]);
    await host.settled(staging.mapAsync(1));
    const times = new BigInt64Array(staging.getMappedRange(0, 8 * queries).slice(0));
    staging.unmap();
    return times;
  };

  /** Of several, the sample that the host saw for the shortest time tells best. */
  let offset = 0;
  let shortest = Infinity;
  for (let sample = 0; sample < samples; sample++) {
    const encoder = device.createCommandEncoder();
    encoder
      .beginComputePass({
        timestampWrites: { querySet: sets[0]!, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
      })
      .end();
    const before = clock();
    device.queue.submit([encoder.finish()]);
    await host.settled(device.queue.onSubmittedWorkDone());
    const after = clock();
    const [begin] = await read(2);
    if (after - before >= shortest) continue;
    shortest = after - before;
    offset = (before + after) / 2 - Number(begin);
  }

  const tasks: number[] = [];
  return {
    writesOf(task) {
      const query = 2 * (tasks.push(task) - 1);
      const querySet = sets[Math.floor(query / queriesOfSet)]!;
      const first = query % queriesOfSet;
      return { querySet, beginningOfPassWriteIndex: first, endOfPassWriteIndex: first + 1 };
    },
    async collect(visit) {
      if (tasks.length === 0) return;
      const times = await read(2 * tasks.length);
      tasks.forEach((task, number) =>
        visit(task, Number(times[2 * number]!) + offset, Number(times[2 * number + 1]!) + offset),
      );
    },
    destroy() {
      for (const set of sets) set.destroy();
    },
  };
}
