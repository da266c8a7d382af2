/**
 * Pending events: a binary heap of (time, handle) on typed arrays that knows where each handle stands, so that the time
 * of an event can be changed. The earliest is first; of equal times, the smallest handle.
 */
export interface EventHeap {
  /** A fresh handle, not yet in the heap; handles given back are used again. */
  acquire(): number;
  /** Takes the handle out of the heap, if it is there, and gives it back. */
  release(handle: number): void;
  /** Puts the handle in at this time, or moves it there. */
  schedule(handle: number, time: number): void;
  /** Takes the handle out of the heap, if it is there; it stays acquired. */
  unschedule(handle: number): void;
  /** Time of the earliest event; Infinity where there is none. */
  earliestTime(): number;
  /** Handle of the earliest event; meaningless where there is none. */
  earliest(): number;
}

export function createEventHeap(): EventHeap {
  let size = 0;
  let handleCount = 0;
  let handleAt = new Int32Array(64);
  let timeAt = new Float64Array(64);
  /** Position of each handle in the heap, -1 where it is not in it. */
  let positionOf = new Int32Array(64).fill(-1);
  const free: number[] = [];

  function acquire(): number {
    const recycled = free.pop();
    if (recycled !== undefined) return recycled;
    if (handleCount === positionOf.length) {
      handleAt = grown(handleAt, new Int32Array(handleCount * 2));
      timeAt = grown(timeAt, new Float64Array(handleCount * 2));
      positionOf = grown(positionOf, new Int32Array(handleCount * 2).fill(-1));
    }
    return handleCount++;
  }

  function release(handle: number): void {
    unschedule(handle);
    free.push(handle);
  }

  function siftUp(from: number, handle: number, time: number): void {
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const parentTime = timeAt[parent]!;
      const parentHandle = handleAt[parent]!;
      if (parentTime < time || (parentTime === time && parentHandle < handle)) break;
      timeAt[position] = parentTime;
      handleAt[position] = parentHandle;
      positionOf[parentHandle] = position;
      position = parent;
    }
    timeAt[position] = time;
    handleAt[position] = handle;
    positionOf[handle] = position;
  }

  function siftDown(from: number, handle: number, time: number): void {
    let position = from;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= size) break;
      if (child + 1 < size) {
        const left = timeAt[child]!;
        const right = timeAt[child + 1]!;
        if (right < left || (right === left && handleAt[child + 1]! < handleAt[child]!)) child++;
      }
      const childTime = timeAt[child]!;
      const childHandle = handleAt[child]!;
      if (time < childTime || (time === childTime && handle < childHandle)) break;
      timeAt[position] = childTime;
      handleAt[position] = childHandle;
      positionOf[childHandle] = position;
      position = child;
    }
    timeAt[position] = time;
    handleAt[position] = handle;
    positionOf[handle] = position;
  }

  function schedule(handle: number, time: number): void {
    const position = positionOf[handle]!;
    if (position < 0) siftUp(size++, handle, time);
    else if (time < timeAt[position]!) siftUp(position, handle, time);
    else if (time > timeAt[position]!) siftDown(position, handle, time);
  }

  function unschedule(handle: number): void {
    const position = positionOf[handle]!;
    if (position < 0) return;
    positionOf[handle] = -1;
    size--;
    if (position === size) return;
    const last = handleAt[size]!;
    const lastTime = timeAt[size]!;
    const removedTime = timeAt[position]!;
    if (lastTime < removedTime || (lastTime === removedTime && last < handle)) siftUp(position, last, lastTime);
    else siftDown(position, last, lastTime);
  }

  return {
    acquire,
    release,
    schedule,
    unschedule,
    earliestTime: () => (size > 0 ? timeAt[0]! : Infinity),
    earliest: () => handleAt[0]!,
  };
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
