/** Dispatches of ops: the kernel that suits a task best. */
import type { KernelIR } from "../../check/ir.js";
import { createContractionSteps } from "./contraction/steps.js";
import { elementwiseWorkgroup, generateElementwise } from "./kernels/elementwise.js";
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
  const modules = new Map<KernelIR, Map<string, { number: number; module: WgslModule<TaskKey> }>>();
  const moduleOf = (kernel: KernelIR, variant: KernelVariant) => {
    let ofKernel = modules.get(kernel);
    if (ofKernel === undefined) modules.set(kernel, (ofKernel = new Map()));
    const key = JSON.stringify(variant);
    let made = ofKernel.get(key);
    if (made === undefined) {
      const comment = [`${kernel.name}: four neighbours of the result an invocation.`];
      const module = generateElementwise(kernel, context.monoids, variant, comment);
      made = { number: context.kernels.number(fileName(kernel.name), module), module };
      ofKernel.set(key, made);
    }
    return made;
  };
  return {
    add(task, steps) {
      if (task.ranges.slice(0, task.kernel.outputRank).some((runs) => runs.length === 0)) return;
      const bound = bind(task);
      if (contractions.add(task, bound, steps)) return;
      const { number, module } = moduleOf(task.kernel, bound.variant);
      const valueOf = taskNumbers(task, steps, context.tables);
      steps.add({
        kernel: number,
        fields: module.fields.map(({ key }) => valueOf(key)),
        places: bound.places,
        workgroups: Math.ceil(valueOf({ kind: "threads" }) / elementwiseWorkgroup),
      });
    },
  };
}
