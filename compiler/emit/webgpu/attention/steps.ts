/** Dispatches of attention. */
import type { KernelIR } from "../../../check/ir.js";
import { runsLength } from "../../../graph/runs.js";
import { fileName, taskNumbers } from "../op-task.js";
import type { BoundTask, OpContext, OpTask } from "../op-task.js";
import type { StepWriter } from "../steps.js";
import type { WgslModule } from "../text/writer.js";
import type { DeviceTraits } from "../traits.js";
import { attentionBytes, generateAttention } from "./generate.js";
import { matchAttention } from "./match.js";
import type { Attention } from "./match.js";
import { planAttention } from "./plan.js";
import type { AttentionKey, AttentionTile, AttentionVariant } from "./variant.js";

export interface AttentionSteps {
  /** Adds the dispatch of a task; false where it is no attention, or memory is not laid out for it. */
  add(task: OpTask, bound: BoundTask, steps: StepWriter): boolean;
}

/** Fours of the result that an invocation may hold. */
const mostOutputs = 32;

export function createAttentionSteps(context: OpContext): AttentionSteps {
  const matched = new Map<KernelIR, Attention | undefined>();
  const matchOf = (kernel: KernelIR): Attention | undefined => {
    if (!matched.has(kernel)) matched.set(kernel, matchAttention(kernel, context.monoids));
    return matched.get(kernel);
  };
  const modules = new Map<KernelIR, Map<string, { number: number; module: WgslModule<AttentionKey> }>>();
  const moduleOf = (kernel: KernelIR, attention: Attention, variant: AttentionVariant) => {
    let ofKernel = modules.get(kernel);
    if (ofKernel === undefined) modules.set(kernel, (ofKernel = new Map()));
    const key = JSON.stringify(variant);
    let made = ofKernel.get(key);
    if (made === undefined) {
      const { rows, fours, across, down } = variant.tile;
      const comment = [`${kernel.name}: ${rows * down} rows a workgroup, ${4 * fours * across} keys at a time.`];
      const module = generateAttention(kernel, context.monoids, attention, variant, comment);
      made = { number: context.kernels.number(fileName(kernel.name), module), module };
      ofKernel.set(key, made);
    }
    return made;
  };
  return {
    add(task, bound, steps) {
      const attention = matchOf(task.kernel);
      if (attention === undefined) return false;
      const columns = task.ranges[attention.d]!;
      const tile = tileFor(context.traits, columns[1]! - columns[0]!);
      if (tile === undefined || workOf(task) < context.traits.worthwhile.attention) return false;
      const plan = planAttention(task, attention, tile, context.tables, (values) => steps.tables.add(values));
      if (plan === undefined) return false;
      const hasLanes = tile.across === context.traits.subgroupLanes;
      const variant: AttentionVariant = { ...plan.variant, kernel: bound.variant, tile, hasLanes };
      const { number, module } = moduleOf(task.kernel, attention, variant);
      const valueOf = taskNumbers(task, steps, context.tables);
      steps.add({
        kernel: number,
        fields: module.fields.map(({ key }) => plan.valueOf(key.kind) ?? valueOf(key as Parameters<typeof valueOf>[0])),
        places: bound.places,
        workgroups: plan.tiles,
      });
      return true;
    },
  };
}

/** Products of the scores. */
function workOf({ kernel, ranges }: OpTask): number {
  const last = kernel.outputRank - 1;
  return kernel.variables.reduce(
    (product, _, variable) => (variable === last ? product : product * Math.max(1, runsLength(ranges[variable]!))),
    1,
  );
}

/** The largest tile that the adapter has room for; undefined where a row of the result is too long for registers. */
function tileFor(traits: DeviceTraits, columns: number): AttentionTile | undefined {
  const { attention } = traits;
  for (let { rows } = attention; rows >= 1; rows = Math.floor(rows / 2)) {
    const tile = { ...attention, rows };
    const outputs = rows * Math.ceil(columns / 4 / tile.across);
    if (outputs <= mostOutputs && attentionBytes(tile) <= traits.workgroupBytes) return tile;
  }
  return undefined;
}
