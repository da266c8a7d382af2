/** Which tasks of a plan use which buffers, aliases followed: what a runtime reads and writes when it executes them. */
import type { ExecutionPlan, TaskAction } from "../../compiler/graph/execution-plan.js";

export interface MemoryUse {
  /** By buffer. What a view makes is used where its operand lies. */
  readonly written: readonly ReadonlySet<number>[];
  readonly used: readonly ReadonlySet<number>[];
  /** Buffers that are there before the run, or read after it. */
  readonly before: ReadonlySet<number>;
  readonly after: ReadonlySet<number>;
}

export function memoryUse(plan: ExecutionPlan): MemoryUse {
  const { buffers } = plan;
  const written = buffers.map(() => new Set<number>());
  const used = buffers.map(() => new Set<number>());
  const before = new Set<number>();
  /** The buffer that a view's lies in. */
  const origin = new Map<number, number>();
  buffers.forEach(({ aliases }, from) => {
    for (const { buffer, inPlace } of aliases) if (inPlace) origin.set(buffer, from);
  });
  const reads = (buffer: number, task: number): void => {
    for (let b: number | undefined = buffer; b !== undefined; b = origin.get(b)) used[b]!.add(task);
  };
  const passOn = (buffer: number, visit: (to: number, from: number) => void): void => {
    for (const alias of buffers[buffer]!.aliases)
      if (alias.by === undefined) {
        visit(alias.buffer, buffer);
        passOn(alias.buffer, visit);
      }
  };
  const pass = (task: number) => (to: number, from: number) => {
    reads(from, task);
    written[to]!.add(task);
    used[to]!.add(task);
  };
  const writes = (buffer: number, task: number): void => {
    written[buffer]!.add(task);
    used[buffer]!.add(task);
    passOn(buffer, pass(task));
  };
  const acts = (task: number, action: TaskAction): void => {
    switch (action.kind) {
      case "compute":
        for (const operand of action.operands) reads(operand, task);
        return writes(action.output, task);
      case "copy":
        for (const { from, to } of [action, ...(action.rest ?? [])]) {
          reads(from, task);
          writes(to, task);
        }
        return;
      case "combine":
        reads(action.left, task);
        reads(action.right, task);
        return writes(action.into, task);
      case "none":
    }
  };
  for (let task = 0; task < plan.graph.taskCount; task++) acts(task, plan.action(task));
  buffers.forEach(({ aliases, fill, role }, from) => {
    for (const alias of aliases)
      if (alias.by !== undefined) {
        pass(alias.by)(alias.buffer, from);
        passOn(alias.buffer, pass(alias.by));
      }
    if (fill === undefined && role !== "input") return;
    before.add(from);
    passOn(from, (to) => before.add(to));
  });
  const after = new Set<number>();
  for (const { buffer } of plan.outputs)
    for (let b: number | undefined = buffer; b !== undefined; b = origin.get(b)) after.add(b);
  return { written, used, before, after };
}

/** Whether all use of one buffer is over before the other is written; `closure`: by task, all that is over before it. */
export function isOver(use: MemoryUse, first: number, second: number, closure: readonly bigint[]): boolean {
  if (use.after.has(first) || use.before.has(second)) return false;
  let all = 0n;
  for (const task of use.used[first]!) all |= 1n << BigInt(task);
  return [...use.written[second]!].every((task) => (closure[task]! & all) === all);
}
