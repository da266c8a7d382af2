/** What a device's rank needs of the platform that its worker runs on. */
export interface DeviceHost {
  /** The promise, which the device settles: waits for it without taking a core from a device that computes on cores. */
  settled<T>(promise: Promise<T>): Promise<T>;
  /** Rejects, with how to get it, where there is no WebGPU. */
  gpu(): Promise<GPU>;
  /**
   * Waits until the cell is no longer `seen`, `event` has settled, or so many milliseconds have passed. `isBusy`: the device
   * has work whose end is awaited.
   */
  pause(
    cells: Int32Array,
    index: number,
    seen: number,
    longestMs: number,
    event: Promise<void>,
    isBusy: boolean,
  ): Promise<void>;
}
