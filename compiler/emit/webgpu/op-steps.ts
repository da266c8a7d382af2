/** Dispatches of ops: the kernel that suits a task best. */
import type { KernelIR } from "../../check/ir.js";
import { createAttentionSteps } from "./attention/steps.js";
import { createContractionSteps } from "./contraction/steps.js";
import { elementwiseWorkgroup, generateElementwise } from "./kernels/elementwise.js";
import { generateRows } from "./kernels/rows.js";
import type { KernelVariant, TaskKey } from "./kernels/variant.js";
import { bind, fileName, taskNumbers } from "./op-task.js";
import type { OpContext, OpTask } from "./op-task.js";
import type { StepWriter } from "./steps.js";
import type { WgslModule } from "./text/writer.js";

export interface OpSteps {
  add(task: OpTask, steps: StepWriter): void;
}

export function createOpSteps(context: OpContext): OpSteps {
  const contractions = createContractionSteps(context);
  const attentions = createAttentionSteps(context);
  const modules = new Map<KernelIR, Map<string, Made>>();
  const moduleOf = (kernel: KernelIR, variant: KernelVariant): Made => {
    let ofKernel = modules.get(kernel);
    if (ofKernel === undefined) modules.set(kernel, (ofKernel = new Map()));
    const key = JSON.stringify(variant);
    let made = ofKernel.get(key);
    if (made === undefined) ofKernel.set(key, (made = make(kernel, variant)));
    return made;
  };
  const make = (kernel: KernelIR, variant: KernelVariant): Made => {
    const { monoids, kernels, traits } = context;
    const name = fileName(kernel.name);
    const comment = [`${kernel.name}: a row of the result a workgroup.`];
    const rows = generateRows(kernel, monoids, variant, traits.rowInvocations, comment);
    if (rows !== undefined) return { number: kernels.number(name, rows), module: rows, isByRows: true };
    const general = [`${kernel.name}: four neighbours of the result an invocation.`];
    const module = generateElementwise(kernel, monoids, variant, general);
    return { number: kernels.number(name, module), module, isByRows: false };
  };
  return {
    add(task, steps) {
      if (task.ranges.slice(0, task.kernel.outputRank).some((runs) => runs.length === 0)) return;
      const bound = bind(task, context.traits);
      if (contractions.add(task, bound, steps) || attentions.add(task, bound, steps)) return;
      const { number, module, isByRows } = moduleOf(task.kernel, bound.variant);
      const valueOf = taskNumbers(task, steps, context.tables);
      steps.add({
        kernel: number,
        fields: module.fields.map(({ key }) => valueOf(key)),
        places: bound.places,
        workgroups: isByRows
          ? valueOf({ kind: "rowCount" })
          : Math.ceil(valueOf({ kind: "threads" }) / elementwiseWorkgroup),
      });
    },
  };
}

interface Made {
  readonly number: number;
  readonly module: WgslModule<TaskKey>;
  /** A workgroup a row; else an invocation four neighbours. */
  readonly isByRows: boolean;
}
