/** The variables of a kernel: what they are called, which indices they have in a task, and loops over them. */
import type { KernelIR } from "../../../check/ir.js";
import type { EvaluationHost } from "../text/host.js";
import { narrowIndex } from "../text/indices.js";
import { lanesAmong } from "../text/lanes.js";
import type { WgslWriter } from "../text/writer.js";
import type { KernelVariant, TaskKey } from "./variant.js";

export interface VariableTexts {
  /** `k_2`: what the op calls it, and its number. */
  name(variable: number): string;
  field(kind: "low" | "count" | "list", variable: number): string;
  /** The index at a place among those that it has. */
  indexAt(variable: number, place: string): string;
  /** Which of four neighbouring indices, the first one given, it has: a vec4<bool>. */
  lanes(variable: number, first: string): string;
  /** Opens a loop, as an evaluation wants it. */
  readonly loop: EvaluationHost["loop"];
}

/** A name as part of one in WGSL. */
export const identifier = (name: string): string => name.replaceAll(/\W/g, "_").replace(/^(?=\d)/, "n");

export function createVariableTexts(
  kernel: KernelIR,
  { listed, someRows }: Pick<KernelVariant, "listed" | "someRows">,
  writer: WgslWriter<TaskKey>,
): VariableTexts {
  const name = (variable: number): string => `${identifier(kernel.variables[variable]!.name)}_${variable}`;
  const field: VariableTexts["field"] = (kind, variable) =>
    writer.field(`${kind}_${name(variable)}`, { kind, variable });
  const indexAt: VariableTexts["indexAt"] = (variable, place) =>
    listed[variable] ? writer.table(`${field("list", variable)} + ${place}`) : `${field("low", variable)} + ${place}`;

  const loop: VariableTexts["loop"] = (variable, depth, rows) => {
    // A loop within a loop over the same variable has a name of its own: what is known of one is not true of the other.
    const own = depth > 1 ? `${name(variable)}_${depth}` : name(variable);
    const value = narrowIndex(own, depth);
    if (rows !== undefined) {
      const { table, column } = rows.link;
      const label = `${identifier(column)}_${table}`;
      const number = writer.unique();
      const size = writer.field(`values_${label}`, { kind: "columnSize", table, column });
      const start = writer.field(`start_${label}`, { kind: "rowStart", table, column });
      writer.line(`let sought${number} = ${rows.equals};`);
      // No row has what is no value of the column.
      writer.open(`if (sought${number} >= 0 && sought${number} < ${size})`);
      const equal = `equal${number}`;
      writer.line(`let ${equal} = ${start} + sought${number};`);
      const [from, to] = [writer.table(equal), writer.table(`${equal} + 1`)];
      writer.open(`for (var at_${own} = ${from}; at_${own} < ${to}; at_${own}++)`);
      const list = writer.field(`rows_${label}`, { kind: "rowsOf", table, column });
      writer.line(`let ${own} = ${writer.table(`${list} + at_${own}`)};`);
      if (someRows[variable]) {
        const map = writer.field(`held_${own}`, { kind: "rowMap", variable });
        writer.line(`if (${writer.table(`${map} + ${own}`)} < 0) { continue; }`);
      }
    } else if (listed[variable]) {
      writer.open(`for (var at_${own} = 0; at_${own} < ${field("count", variable)}; at_${own}++)`);
      writer.line(`let ${own} = ${indexAt(variable, `at_${own}`)};`);
    } else {
      const low = field("low", variable);
      writer.open(`for (var ${own} = ${low}; ${own} < ${low} + ${field("count", variable)}; ${own}++)`);
    }
    return { value, blocks: rows === undefined ? 1 : 2 };
  };
  const lanes: VariableTexts["lanes"] = (variable, first) =>
    lanesAmong(writer, first, field("low", variable), field("count", variable));
  return { name, field, indexAt, lanes, loop };
}
