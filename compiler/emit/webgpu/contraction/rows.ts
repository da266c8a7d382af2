/** The rows and columns of a contraction's invocation: which they are, and where they begin in the operands. */
import type { OpKernel } from "../kernels/op-kernel.js";
import type { Contraction } from "./match.js";
import type { ContractionKey, ContractionVariant } from "./variant.js";

export interface RowTexts {
  field(kind: Exclude<ContractionKey["kind"], "stride">): string;
  /** Variables whose indices here differ: of rows, then of blocks. */
  readonly several: readonly number[];
  /** Declares `first` and, where it is asked for, `count`, the rows of `tile`, and `right_start`. */
  begin(wantsCount: boolean): void;
  /** Where a row, by its number, begins in the left operand. */
  leftPlace(row: string): string;
  /** Indices of `several` at a row. */
  valuesOf(row: string): string[];
}

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const factor = (text: string): string => (/^\w+$/.test(text) ? text : `(${text})`);

/** `tileRows`: rows of a tile. */
export function rowTexts(
  { writer, variables }: OpKernel<ContractionKey>,
  contraction: Contraction,
  variant: ContractionVariant,
  tileRows: number,
): RowTexts {
  const { line, table } = writer;
  const { rowVariables, rowsAdded, hasBlocks } = variant;
  const field: RowTexts["field"] = (kind) => writer.field(snake(kind), { kind } as ContractionKey);
  const blocks = hasBlocks ? contraction.blocks : [];
  const entryOf = (row: string, place: number): string =>
    table(`${field("rowsAt")} + ${1 + rowVariables.length} * ${factor(row)}${place === 0 ? "" : ` + ${place}`}`);
  return {
    field,
    several: [...rowVariables, ...blocks],
    begin(wantsCount) {
      const starts = [field("rightStart")];
      if (rowsAdded) {
        line(`let first = tile * ${tileRows};`);
        if (wantsCount) line(`let count = min(${tileRows}, ${field("rows")} - first);`);
      } else {
        line(`let entry = ${field("tilesAt")} + 3 * tile;`);
        line(`let first = ${table("entry")};`);
        if (wantsCount) line(`let count = ${table("entry + 1")};`);
        starts.push(table("entry + 2"));
      }
      if (hasBlocks) {
        line(`let block = ${field("blocksAt")} + ${1 + blocks.length} * i32(workgroup.z);`);
        blocks.forEach((variable, place) =>
          line(`let ${variables.name(variable)} = ${table(`block + ${place + 1}`)};`),
        );
        starts.push(table("block"));
      }
      line(`let right_start = ${starts.join(" + ")};`);
    },
    leftPlace: (row) =>
      rowsAdded
        ? `${field("leftStart")} + ${factor(row)} * ${field("leftStep")}`
        : `${field("leftStart")} + ${entryOf(row, 0)}`,
    valuesOf: (row) => [
      ...rowVariables.map((variable, place) =>
        rowsAdded ? variables.indexAt(variable, row) : entryOf(row, place + 1),
      ),
      ...blocks.map((variable) => variables.name(variable)),
    ],
  };
}
