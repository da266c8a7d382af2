/** What tasks put under a new name although they have not written it: `by` of a buffer's aliases. */
import type { BufferAlias, ExecutionPlan } from "../../graph/execution-plan.js";

export interface LatePass {
  /** The plan's buffer that the alias is of. */
  readonly from: number;
  readonly alias: BufferAlias;
}

/** By task. */
export function latePasses({ buffers }: Pick<ExecutionPlan, "buffers">): ReadonlyMap<number, readonly LatePass[]> {
  const passes = new Map<number, LatePass[]>();
  buffers.forEach(({ aliases }, from) => {
    for (const alias of aliases) {
      if (alias.by === undefined) continue;
      const ofTask = passes.get(alias.by);
      if (ofTask === undefined) passes.set(alias.by, [{ from, alias }]);
      else ofTask.push({ from, alias });
    }
  });
  return passes;
}
