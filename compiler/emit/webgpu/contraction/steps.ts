/** Dispatches of contractions: the tile that suits a task, and its numbers. */
import type { KernelIR } from "../../../check/ir.js";
import { fileName, taskNumbers } from "../op-task.js";
import type { BoundTask, OpContext, OpTask } from "../op-task.js";
import type { StepWriter } from "../steps.js";
import type { WgslModule } from "../text/writer.js";
import { chooseTile } from "./choose.js";
import { generateContraction } from "./generate.js";
import { matchContraction } from "./match.js";
import type { Contraction } from "./match.js";
import { layOut, tileRows } from "./plan.js";
import { generateShared } from "./shared.js";
import type { ContractionKey, ContractionTile, ContractionVariant } from "./variant.js";

export interface ContractionSteps {
  /** Adds the dispatches of a task; false where it is no contraction, or memory is not laid out for one. */
  add(task: OpTask, bound: BoundTask, steps: StepWriter): boolean;
}

export function createContractionSteps(context: OpContext): ContractionSteps {
  const matched = new Map<KernelIR, Contraction | undefined>();
  const matchOf = (kernel: KernelIR): Contraction | undefined => {
    if (!matched.has(kernel)) matched.set(kernel, matchContraction(kernel, context.monoids));
    return matched.get(kernel);
  };
  const modules = new Map<KernelIR, Map<string, { number: number; module: WgslModule<ContractionKey> }>>();
  const moduleOf = (kernel: KernelIR, contraction: Contraction, variant: ContractionVariant) => {
    let ofKernel = modules.get(kernel);
    if (ofKernel === undefined) modules.set(kernel, (ofKernel = new Map()));
    const key = JSON.stringify(variant);
    let made = ofKernel.get(key);
    if (made === undefined) {
      const { by, rows, fours } = variant.tile;
      const comment = [`${kernel.name}: ${rows} rows by ${4 * fours} columns an invocation, ${ways[by]}.`];
      const generate = by === "workgroup" ? generateShared : generateContraction;
      const module = generate(kernel, context.monoids, contraction, variant, comment);
      made = { number: context.kernels.number(fileName(kernel.name), module), module };
      ofKernel.set(key, made);
    }
    return made;
  };
  return {
    add(task, bound, steps) {
      const contraction = matchOf(task.kernel);
      if (contraction === undefined || task.writesState) return false;
      if (task.outputs.some(({ tensor }) => tensor.maps.at(-1) !== undefined)) return false;
      const layout = layOut(task, contraction, context.tables);
      if (layout === undefined) return false;
      const depth = layout.stretches.reduce((sum, { length }) => sum + length, 0);
      const size = { rows: layout.rows.length, groups: layout.groups };
      const work = size.rows * 4 * size.groups * layout.blocks.length * depth;
      const tile = chooseTile(context.traits, { ...size, work });
      const isShared = tile.by === "workgroup";
      const tiled = tileRows(layout, isShared ? tile.rows * tile.down : tile.rows, (values) =>
        steps.tables.add(values),
      );
      const across = Math.ceil(layout.groups / (tile.across * tile.fours));
      const down = isShared ? tiled.tiles : Math.ceil(tiled.tiles / tile.down);
      if (Math.max(across, down, layout.blocks.length) > context.traits.workgroupsPerDimension) return false;
      const variant: ContractionVariant = { ...tiled.variant, kernel: bound.variant, tile };
      const { number, module } = moduleOf(task.kernel, contraction, variant);
      const valueOf = taskNumbers(task, steps, context.tables);
      steps.add({
        kernel: number,
        fields: module.fields.map(
          ({ key }) => tiled.valueOf(key.kind) ?? valueOf(key as Parameters<typeof valueOf>[0]),
        ),
        places: bound.places,
        workgroups: [across, down, layout.blocks.length],
      });
      return true;
    },
  };
}

const ways: Readonly<Record<ContractionTile["by"], string>> = {
  registers: "operands straight from memory",
  workgroup: "tiles of the operands in workgroup memory",
  subgroups: "the left operand shared by the lanes of a subgroup",
};
