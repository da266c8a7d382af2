/** Tasks that are ready, to be taken in some order. */
export interface ReadyList {
  add(task: number, time: number): void;
  /** -1 when there is none. */
  take(): number;
}

/** Gives the last first: for when any order will do. */
export function createStack(): ReadyList {
  const tasks: number[] = [];
  return {
    add: (task) => void tasks.push(task),
    take: () => tasks.pop() ?? -1,
  };
}

/** Gives the earliest first; of equal times, in no particular order. */
export function createTimeOrdered(): ReadyList {
  let times = new Float64Array(1024);
  let tasks = new Int32Array(1024);
  let size = 0;
  return {
    add(task, time) {
      if (size === times.length) {
        const [oldTimes, oldTasks] = [times, tasks];
        times = new Float64Array(size * 2);
        tasks = new Int32Array(size * 2);
        times.set(oldTimes);
        tasks.set(oldTasks);
      }
      let position = size++;
      while (position > 0) {
        const parent = (position - 1) >> 1;
        if (times[parent]! <= time) break;
        times[position] = times[parent]!;
        tasks[position] = tasks[parent]!;
        position = parent;
      }
      times[position] = time;
      tasks[position] = task;
    },
    take() {
      if (size === 0) return -1;
      const first = tasks[0]!;
      const time = times[--size]!;
      const task = tasks[size]!;
      let position = 0;
      for (;;) {
        let child = 2 * position + 1;
        if (child >= size) break;
        if (child + 1 < size && times[child + 1]! < times[child]!) child++;
        if (time <= times[child]!) break;
        times[position] = times[child]!;
        tasks[position] = tasks[child]!;
        position = child;
      }
      times[position] = time;
      tasks[position] = task;
      return first;
    },
  };
}
