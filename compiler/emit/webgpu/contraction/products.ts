/** The innermost part of a contraction: sums of products for some rows and fours of columns, four steps along k at a time. */
import type { TensorTexts } from "../kernels/tensors.js";
import { foursAsF32, oneAsF32, typeOf } from "../text/scalars.js";
import type { DeviceArray } from "../text/arrays.js";
import type { WgslWriter } from "../text/writer.js";
import type { Contraction } from "./match.js";
import type { ContractionVariant } from "./variant.js";

export interface ProductsOptions {
  readonly writer: Pick<WgslWriter<unknown>, "line" | "say" | "open" | "close" | "table" | "unique">;
  readonly tensors: TensorTexts;
  readonly contraction: Pick<Contraction, "left" | "right">;
  readonly variant: Pick<ContractionVariant, "tile" | "left" | "right" | "hasRest">;
  /** Numbers of the kernel. */
  readonly field: (kind: "length" | "leftAlong" | "rightAlong" | "columnStep") => string;
  /** Where the stretches along k are in `tables`, and how many; only where there are several. */
  readonly stretches?: { readonly at: string; readonly count: string };
  /** Of `subgroups`: the number of the lane, u32; `lane` if absent. */
  readonly lane?: string;
}

export interface ProductTexts {
  /**
   * Sums of products of so many left rows with the columns of the invocation: names of vec4fs by row and four. `leftPlace` is
   * where a row, a number of those, begins; `four` the invocation's first four of columns.
   */
  sums(leftPlace: (row: string) => string, rightPlace: string, count: number): string[][];
}

const parts = ["x", "y", "z", "w"] as const;
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

export function productTexts({
  writer,
  tensors,
  contraction,
  variant,
  field,
  stretches,
  lane = "lane",
}: ProductsOptions): ProductTexts {
  const { line, say, open, close, table, unique } = writer;
  const { fours, across, by, lanes = 1 } = variant.tile;
  const left = tensors.array(`operand ${contraction.left.operand}`);
  const right = tensors.array(`operand ${contraction.right.operand}`);
  const byFours = variant.left === "fours";
  const fourOf = ({ number }: DeviceArray, ones: readonly string[]): string =>
    `${typeOf(true, number)}(${ones.join(", ")})`;
  const rightFour = (place: string): string => foursAsF32(right.loadFour(place), right.number);
  const plus = (place: string, steps: number, along: string): string =>
    steps === 0 ? place : `${place} + ${steps === 1 ? "" : `${steps} * `}${along}`;

  /** Where each of the four columns of a four begins, beside the place along k. */
  const columnPlaces = (four: number): string[] => {
    const group = four === 0 ? "four" : `(four + ${four * across})`;
    if (variant.right === "columns") return [group];
    return parts.map((_, column) => {
      const own = column === 0 ? `4 * ${group}` : `(4 * ${group} + ${column})`;
      return `${own} * ${field("columnStep")}`;
    });
  };

  return {
    sums(leftPlace, rightPlace, count) {
      const number = unique();
      const rows = range(count);
      const all = range(fours);
      const sum = (row: number, four: number): string => `sum${number}_${row}_${four}`;
      const leftAt = (row: number): string => `left${number}_${row}`;
      const rightAt = `right${number}`;
      const columnAt = (four: number, column: number): string => `column${number}_${four}_${column}`;
      /** Each lane loads fours of some of the rows, the lane-th of each `lanes` of them. */
      const isShared = by === "subgroups" && byFours && count % lanes === 0;
      const loaded = isShared ? range(count / lanes) : rows;
      const broadcast = (row: number): string => `subgroupBroadcast(own${Math.floor(row / lanes)}, ${row % lanes})`;

      for (const row of rows) for (const four of all) line(`var ${sum(row, four)} = vec4f();`);
      for (const four of all)
        columnPlaces(four).forEach((text, column) => line(`let ${columnAt(four, column)} = ${text};`));
      const length = stretches === undefined ? field("length") : "length";
      if (stretches !== undefined) {
        open(`for (var stretch = 0; stretch < ${stretches.count}; stretch++)`);
        line(`let at = ${stretches.at} + 3 * stretch;`);
        line(`let length = ${table("at + 2")};`);
      }
      const begin = (place: string, entry: string): string =>
        stretches === undefined ? place : `${place} + ${table(entry)}`;
      for (const row of loaded) {
        const own = isShared ? `${row === 0 ? "" : `${row * lanes} + `}i32(${lane})` : String(row);
        line(`var ${leftAt(row)} = ${begin(leftPlace(own), "at")};`);
      }
      line(`var ${rightAt} = ${begin(rightPlace, "at + 1")};`);

      say("Four steps along k at a time: fours of the left rows, four rows of the right columns.");
      open(`for (var k = 0; k + 4 <= ${length}; k += 4)`);
      const leftFour = (row: number): string =>
        byFours
          ? left.loadFour(leftAt(row))
          : fourOf(
              left,
              parts.map((_, k) => left.load(plus(leftAt(row), k, field("leftAlong")))),
            );
      // What lanes pass around is as narrow as it is in memory.
      for (const row of loaded)
        line(
          isShared ? `let own${row} = ${leftFour(row)};` : `let a${row} = ${foursAsF32(leftFour(row), left.number)};`,
        );
      const rightRows = all.map((four) => loadRightRows(four));
      if (isShared) for (const row of rows) line(`let a${row} = ${foursAsF32(broadcast(row), left.number)};`);
      for (const row of rows)
        for (const four of all) {
          const text = parts.reduce(
            (inner, part, k) => `fma(vec4f(a${row}.${part}), ${rightRows[four]![k]}, ${inner})`,
            sum(row, four),
          );
          line(`${sum(row, four)} = ${text};`);
        }
      for (const row of loaded) line(`${leftAt(row)} += ${byFours ? "1" : `4 * ${field("leftAlong")}`};`);
      line(`${rightAt} += ${variant.right === "fours" ? "1" : `4 * ${field("rightAlong")}`};`);
      close();

      if (variant.hasRest) restOfK();
      if (stretches !== undefined) close();
      return rows.map((row) => all.map((four) => sum(row, four)));

      /** What is left of k, less than four steps. */
      function restOfK(): void {
        say("What is left of k, step by step.");
        open(`for (var k = 0; k < (${length} & 3); k++)`);
        for (const four of all) line(`let b${four} = ${loadRightRow(four)};`);
        for (const row of loaded) {
          const one = byFours
            ? `${left.loadFour(leftAt(row))}[k]`
            : left.load(`${leftAt(row)} + k * ${field("leftAlong")}`);
          line(isShared ? `let own${row} = ${one};` : `let a${row} = ${oneAsF32(one, left.number)};`);
        }
        for (const row of rows) {
          if (isShared) line(`let a${row} = ${oneAsF32(broadcast(row), left.number)};`);
          for (const four of all) line(`${sum(row, four)} = fma(vec4f(a${row}), b${four}, ${sum(row, four)});`);
        }
        close();
      }

      /** Names of the right operand's rows k .. k + 3 in a four of columns. */
      function loadRightRows(four: number): string[] {
        const along = (): string => field("rightAlong");
        const names = parts.map((_, k) => `b${k}_${four}`);
        if (variant.right === "columns") {
          names.forEach((name, k) =>
            line(`let ${name} = ${rightFour(`${plus(rightAt, k, along())} + ${columnAt(four, 0)}`)};`),
          );
        } else if (variant.right === "ones") {
          names.forEach((name, k) => {
            const ones = parts.map((_, column) =>
              right.load(`${plus(rightAt, k, along())} + ${columnAt(four, column)}`),
            );
            line(`let ${name} = ${foursAsF32(fourOf(right, ones), right.number)};`);
          });
        } else {
          const columns = parts.map((_, column) => `c${column}_${four}`);
          columns.forEach((name, column) =>
            line(`let ${name} = ${rightFour(`${rightAt} + ${columnAt(four, column)}`)};`),
          );
          names.forEach((name, k) =>
            line(`let ${name} = vec4f(${columns.map((column) => `${column}.${parts[k]}`).join(", ")});`),
          );
        }
        return names;
      }

      /** Row k, a variable, of those after the last whole four. */
      function loadRightRow(four: number): string {
        if (variant.right === "columns")
          return rightFour(`${rightAt} + k * ${field("rightAlong")} + ${columnAt(four, 0)}`);
        const ones = parts.map((_, column) =>
          variant.right === "ones"
            ? right.load(`${rightAt} + k * ${field("rightAlong")} + ${columnAt(four, column)}`)
            : `${right.loadFour(`${rightAt} + ${columnAt(four, column)}`)}[k]`,
        );
        return foursAsF32(fourOf(right, ones), right.number);
      }
    },
  };
}
