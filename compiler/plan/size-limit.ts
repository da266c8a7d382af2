/** A quick estimate of how many tasks a schedule becomes, so that absurd sizes are refused before any is made. */
import type { CheckedProgram, LayerIR } from "../check/ir.js";
import type { Settings } from "../lower/settings.js";
import { longestPart } from "./verbs/extent.js";

/** Tasks that are planned at most: beyond it the columns would not fit in 4 GiB. */
export const maximalTasks = 20_000_000;

/** A lower bound up to rounding: blocks of each result by its steps, over ranks, rounds of words and parts of splits. */
export function estimateTasks(program: CheckedProgram, layer: LayerIR, settings: Settings): number {
  let tasks = 0;
  layer.statements.forEach((ir, s) => {
    const own = settings.statements[s]!;
    const { axes } = layer.values[ir.result]!;
    let blocks = axes.reduce(
      (count, axis, d) => count * Math.max(1, longestPart(program, axis) / (own.cuts[d]!.step ?? Infinity)),
      1,
    );
    if (own.accumulate?.cut.step !== undefined) {
      const axis = layer.values.flatMap((value) => value.axes).find((a) => a.name === own.accumulate!.axis);
      if (axis !== undefined) blocks *= Math.max(1, longestPart(program, axis) / own.accumulate.cut.step);
    }
    tasks += blocks * program.mesh.rankCount;
  });
  return Math.floor(tasks);
}
