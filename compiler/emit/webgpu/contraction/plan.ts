/** A task of a contraction: how its operands lie in memory, which tiles its rows make, and its numbers. */
import type { TableData } from "../../../check/ir.js";
import type { Runs } from "../../../graph/execution-plan.js";
import { runsLength } from "../../../graph/runs.js";
import { indexVariables } from "../../../kernels/index-math.js";
import type { DeviceTensor } from "../tensors.js";
import type { Contraction } from "./match.js";
import { combinations, dimensionOf, inFours, mostRows, placeOf, stretchesOf } from "./places.js";
import type { Stretches } from "./places.js";
import type { ContractionKey, ContractionVariant, LeftLoads, RightLoads } from "./variant.js";

/** What of a task a contraction looks at. */
export interface ContractionTask {
  readonly domain: readonly Runs[];
  readonly operands: readonly DeviceTensor[];
  readonly ranges: readonly Runs[];
}

export interface ContractionLayout {
  readonly left: LeftLoads;
  readonly right: RightLoads;
  readonly rows: readonly Row[];
  readonly rowVariables: readonly number[];
  readonly blocks: readonly { readonly right: number; readonly values: readonly number[] }[];
  readonly stretches: Stretches["list"];
  readonly leftAlong: number;
  readonly rightAlong: number;
  readonly columnStep: number;
  readonly firstGroup: number;
  readonly groups: number;
}

interface Row {
  /** Where it begins in the left operand, and where its group does in the right one. */
  readonly left: number;
  readonly right: number;
  /** Of the row variables that have several indices. */
  readonly values: readonly number[];
}

/** Undefined where memory is not laid out for it: columns that are no neighbours, or more rows than a table should have. */
export function layOut(
  { domain, operands, ranges }: ContractionTask,
  contraction: Contraction,
  tables: readonly TableData[],
): ContractionLayout | undefined {
  const { left, right, column, reduced } = contraction;
  const [leftTensor, rightTensor] = [operands[left.operand]!, operands[right.operand]!];
  const columnRuns = ranges[column]!;
  const last = domain.at(-1)!;
  const columnDimension = dimensionOf(right, column);
  if (columnRuns.length !== 2 || last.length !== 2 || rightTensor.maps[columnDimension] !== undefined) return undefined;
  const count = contraction.rows.reduce((product, variable) => product * runsLength(ranges[variable]!), 1);
  if (count > mostRows) return undefined;

  const isOfRows = (own: readonly number[]): boolean => own.every((variable) => contraction.rows.includes(variable));
  const isOfBlocks = (own: readonly number[]): boolean =>
    own.length > 0 && own.every((variable) => contraction.blocks.includes(variable));
  const isMixed = right.at.some((index) => {
    const own = indexVariables(index);
    const isOther = own.some((variable) => reduced.includes(variable) || variable === column);
    return !isOther && !isOfRows(own) && !isOfBlocks(own);
  });
  if (isMixed) return undefined;

  const { inner, list } = stretchesOf(left, right, reduced, operands, ranges);
  const leftAlong = leftTensor.strides[dimensionOf(left, inner)]!;
  const rightAlong = rightTensor.strides[dimensionOf(right, inner)]!;
  const columnStep = rightTensor.strides[columnDimension]!;
  const firstGroup = Math.floor((columnRuns[0]! - last[0]!) / 4);
  const groups = Math.floor((columnRuns[1]! - 1 - last[0]!) / 4) - firstGroup + 1;
  /** Position in the right operand of the first column of the first four. */
  const firstColumn = last[0]! + 4 * firstGroup - (rightTensor.domain[columnDimension]![0] ?? 0);
  const rowVariables = contraction.rows.filter((variable) => runsLength(ranges[variable]!) > 1);
  const rows = combinations(contraction.rows, ranges).map((values): Row => ({
    left: placeOf(leftTensor, left, values, tables, isOfRows),
    right: placeOf(rightTensor, right, values, tables, isOfRows),
    values: rowVariables.map((variable) => values.get(variable)!),
  }));
  const blocks = combinations(contraction.blocks, ranges).map((values) => ({
    right: placeOf(rightTensor, right, values, tables, isOfBlocks) + firstColumn * columnStep,
    values: contraction.blocks.map((variable) => values.get(variable)!),
  }));
  const leftFours = leftAlong === 1 && inFours([...rows, ...list].map((each) => each.left));
  const rightPlaces = [...rows, ...blocks, ...list].map((each) => each.right);
  const byColumns = columnStep === 1 && inFours(rightPlaces) && rightAlong % 4 === 0;
  const rightFours = rightAlong === 1 && inFours(rightPlaces) && columnStep % 4 === 0;
  return {
    left: leftFours ? "fours" : "ones",
    right: byColumns ? "columns" : rightFours ? "fours" : "ones",
    ...{ rows, rowVariables, blocks, stretches: list, leftAlong, rightAlong, columnStep, firstGroup, groups },
  };
}

/** The rows of a layout in tiles of so many, and all numbers of the kernel. */
export function tileRows(
  layout: ContractionLayout,
  tileSize: number,
  addTable: (values: readonly number[]) => number,
): {
  readonly variant: Omit<ContractionVariant, "kernel" | "tile">;
  readonly tiles: number;
  valueOf(kind: ContractionKey["kind"]): number | undefined;
} {
  const { rows, blocks, stretches: list, rowVariables } = layout;
  const leftUnit = layout.left === "fours" ? 4 : 1;
  const rightUnit = layout.right === "ones" ? 1 : 4;
  const rowsAdded = areAdded(rows);
  const hasBlocks = blocks.length > 1;
  const hasStretches = list.length > 1;
  const [firstRow, firstBlock, firstStretch] = [rows[0]!, blocks[0]!, list[0]];
  const leftConstant = hasStretches ? 0 : (firstStretch?.left ?? 0);
  const rightConstant =
    (hasStretches ? 0 : (firstStretch?.right ?? 0)) +
    (hasBlocks ? 0 : firstBlock.right) +
    (rowsAdded ? firstRow.right : 0);
  const { order, tiles } = rowsAdded ? { order: rows, tiles: [] } : tilesOf(rows, tileSize);
  const tileCount = rowsAdded ? Math.ceil(rows.length / tileSize) : tiles.length;
  const valueOf = (kind: ContractionKey["kind"]): number | undefined => {
    switch (kind) {
      case "tiles":
        return tileCount;
      case "rows":
        return rows.length;
      case "tilesAt":
        return addTable(tiles.flatMap(({ first, count, right }) => [first, count, right / rightUnit]));
      case "rowsAt":
        return addTable(order.flatMap(({ left, values }) => [left / leftUnit, ...values]));
      case "leftStart":
        return (leftConstant + (rowsAdded ? firstRow.left : 0)) / leftUnit;
      case "leftStep":
        return ((rows[1]?.left ?? firstRow.left) - firstRow.left) / leftUnit;
      case "rightStart":
        return rightConstant / rightUnit;
      case "columnStep":
        return layout.columnStep / (layout.right === "fours" ? 4 : 1);
      case "leftAlong":
        return layout.leftAlong;
      case "rightAlong":
        return layout.rightAlong / (layout.right === "columns" ? 4 : 1);
      case "blocksAt":
        return addTable(blocks.flatMap(({ right, values }) => [right / rightUnit, ...values]));
      case "stretchesAt":
        return addTable(list.flatMap(({ left, right, length }) => [left / leftUnit, right / rightUnit, length]));
      case "stretchCount":
        return list.length;
      case "length":
        return firstStretch?.length ?? 0;
      case "columnGroups":
        return layout.groups;
      case "firstGroup":
        return layout.firstGroup;
      default:
        return undefined;
    }
  };
  return {
    variant: {
      ...{ left: layout.left, right: layout.right, rowsAdded, rowVariables, hasBlocks, hasStretches },
      hasEdge: rowsAdded ? rows.length % tileSize !== 0 : tiles.some(({ count }) => count < tileSize),
      hasRest: list.some(({ length }) => length % 4 !== 0),
    },
    tiles: tileCount,
    valueOf,
  };
}

/** Whether rows follow from one another by additions: all of one group, as far apart, one variable counting them. */
function areAdded(rows: readonly Row[]): boolean {
  const [first, second] = rows;
  if (first!.values.length > 1) return false;
  const step = (second?.left ?? first!.left) - first!.left;
  return rows.every(({ left, right }, row) => right === first!.right && left === first!.left + row * step);
}

interface Tile {
  readonly first: number;
  readonly count: number;
  readonly right: number;
}

/** Rows of a group together, each group in tiles of so many rows. */
function tilesOf(rows: readonly Row[], size: number): { order: readonly Row[]; tiles: readonly Tile[] } {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.right);
    if (group === undefined) groups.set(row.right, [row]);
    else group.push(row);
  }
  const order: Row[] = [];
  const tiles: Tile[] = [];
  for (const [right, group] of groups) {
    for (let first = 0; first < group.length; first += size)
      tiles.push({ first: order.length + first, count: Math.min(size, group.length - first), right });
    order.push(...group);
  }
  return { order, tiles };
}
