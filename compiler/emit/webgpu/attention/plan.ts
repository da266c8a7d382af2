/** A task of attention: how its operands lie in memory, the tiles that its rows make, and which blocks of keys each needs. */
import type { ConditionIR, IndexIR, TableData } from "../../../check/ir.js";
import type { Runs } from "../../../graph/execution-plan.js";
import { intervalsOf, runsLength } from "../../../graph/runs.js";
import { columnOf } from "../../../graph/table-columns.js";
import {
  combinations,
  dimensionOf,
  inFours,
  mostRows,
  placeOf,
  positionIn,
  stretchesOf,
} from "../contraction/places.js";
import type { RightLoads } from "../contraction/variant.js";
import type { DeviceTensor } from "../tensors.js";
import type { Attention } from "./match.js";
import type { AttentionKey, AttentionTile, AttentionVariant } from "./variant.js";

export interface AttentionTask {
  readonly domain: readonly Runs[];
  readonly operands: readonly DeviceTensor[];
  readonly ranges: readonly Runs[];
}

interface Row {
  readonly query: number;
  /** Where the row's group begins in keys and values. */
  readonly keys: number;
  readonly values: number;
  readonly indices: ReadonlyMap<number, number>;
}

/** Neighbouring keys. */
interface Block {
  /** Indices of the variables around theirs. */
  readonly around: ReadonlyMap<number, number>;
  readonly low: number;
  readonly count: number;
  readonly keys: number;
  readonly values: number;
}

interface Tile {
  readonly first: number;
  readonly count: number;
  readonly keys: number;
  readonly values: number;
  /** Blocks that some row of it may need. */
  readonly blocks: readonly [number, number];
}

export interface AttentionPlan {
  readonly variant: Omit<AttentionVariant, "kernel" | "tile" | "hasLanes">;
  readonly tiles: number;
  valueOf(kind: AttentionKey["kind"]): number | undefined;
}

/** Undefined where memory is not laid out for it. */
export function planAttention(
  { domain, operands, ranges }: AttentionTask,
  attention: Attention,
  tile: AttentionTile,
  tables: readonly TableData[],
  addTable: (values: readonly number[]) => number,
): AttentionPlan | undefined {
  const { query, keys, values, t, d, rows: rowVariables, score } = attention;
  const [queryTensor, keysTensor, valuesTensor] = [query, keys, values].map((read) => operands[read.operand]!) as [
    DeviceTensor,
    DeviceTensor,
    DeviceTensor,
  ];
  const [last, columns] = [domain.at(-1)!, ranges[d]!];
  const [keyDimension, valueDimension, columnDimension] = [
    dimensionOf(keys, t),
    dimensionOf(values, t),
    dimensionOf(values, d),
  ];
  if (columns.length !== 2 || last.length !== 2 || valuesTensor.maps[columnDimension] !== undefined) return undefined;
  const rowCount = rowVariables.reduce((product, variable) => product * runsLength(ranges[variable]!), 1);
  const { inner, list } = stretchesOf(query, keys, score.variables, operands, ranges);
  const [stretch] = list;
  if (rowCount > mostRows || list.length > 1 || stretch === undefined) return undefined;

  const isOfRows = (own: readonly number[]): boolean => own.every((variable) => rowVariables.includes(variable));
  const firstGroup = Math.floor((columns[0]! - last[0]!) / 4);
  const groups = Math.floor((columns[1]! - 1 - last[0]!) / 4) - firstGroup + 1;
  const valueColumn = valuesTensor.strides[columnDimension]!;
  const firstColumn = last[0]! + 4 * firstGroup - (valuesTensor.domain[columnDimension]![0] ?? 0);
  const rows = combinations(rowVariables, ranges).map((indices): Row => ({
    query: placeOf(queryTensor, query, indices, tables, isOfRows) + stretch.left,
    keys: placeOf(keysTensor, keys, indices, tables, isOfRows) + stretch.right,
    values: placeOf(valuesTensor, values, indices, tables, isOfRows) + firstColumn * valueColumn,
    indices,
  }));
  const keyStep = keysTensor.strides[keyDimension]!;
  const valueStep = valuesTensor.strides[valueDimension]!;
  const block = 4 * tile.fours * tile.across;
  const blocks = combinations(attention.around, ranges).flatMap((around) => {
    const isAround = (own: readonly number[]): boolean => own.some((variable) => around.has(variable));
    const before = {
      keys: placeOf(keysTensor, keys, around, tables, isAround),
      values: placeOf(valuesTensor, values, around, tables, isAround),
    };
    return intervalsOf(ranges[t]!).flatMap(([start, end]) =>
      Array.from({ length: Math.ceil((end - start) / block) }, (_, number): Block => {
        const low = start + number * block;
        return {
          ...{ around, low, count: Math.min(block, end - low) },
          keys: before.keys + positionIn(keysTensor, keyDimension, low) * keyStep,
          values: before.values + positionIn(valuesTensor, valueDimension, low) * valueStep,
        };
      }),
    );
  });

  const leftAlong = queryTensor.strides[dimensionOf(query, inner)]!;
  const rightAlong = keysTensor.strides[dimensionOf(keys, inner)]!;
  const keyPlaces = [...rows, ...blocks].map((each) => each.keys);
  const isLeftFours = leftAlong === 1 && inFours(rows.map((row) => row.query));
  const right: RightLoads =
    keyStep === 1 && inFours(keyPlaces) && rightAlong % 4 === 0
      ? "columns"
      : rightAlong === 1 && inFours(keyPlaces) && keyStep % 4 === 0
        ? "fours"
        : "ones";
  const isValueFours =
    valueColumn === 1 && inFours([...rows, ...blocks].map((each) => each.values)) && valueStep % 4 === 0;
  const several = rowVariables.filter((variable) => runsLength(ranges[variable]!) > 1);
  const { order, tiles } = tilesOf(rows, blocks, tile.rows * tile.down, attention, tables);
  const [leftUnit, rightUnit, valueUnit] = [isLeftFours ? 4 : 1, right === "ones" ? 1 : 4, isValueFours ? 4 : 1];
  const valueOf = (kind: AttentionKey["kind"]): number | undefined => {
    switch (kind) {
      case "tiles":
        return tiles.length;
      case "tilesAt":
        return addTable(
          tiles.flatMap((each) => [
            ...[each.first, each.count, each.keys / rightUnit, each.values / valueUnit],
            ...each.blocks,
          ]),
        );
      case "rowsAt":
        return addTable(
          order.flatMap((row) => [row.query / leftUnit, ...several.map((variable) => row.indices.get(variable)!)]),
        );
      case "blocksAt":
        return addTable(
          blocks.flatMap((each) => [
            ...[each.low, each.count, each.keys / rightUnit, each.values / valueUnit],
            ...attention.around.map((variable) => each.around.get(variable)!),
          ]),
        );
      case "columnStep":
        return keyStep / (right === "fours" ? 4 : 1);
      case "leftAlong":
        return leftAlong;
      case "rightAlong":
        return rightAlong / (right === "columns" ? 4 : 1);
      case "length":
        return stretch.length;
      case "valueStep":
        return valueStep / valueUnit;
      case "valueColumn":
        return valueColumn;
      case "columnGroups":
        return groups;
      case "firstGroup":
        return firstGroup;
      default:
        return undefined;
    }
  };
  return {
    variant: {
      ...{ left: isLeftFours ? "fours" : "ones", right, values: isValueFours ? "fours" : "ones" },
      ...{ rowVariables: several, hasRest: stretch.length % 4 !== 0 },
      outputFours: Math.ceil(groups / tile.across),
    },
    tiles: tiles.length,
    valueOf,
  };
}

/** Rows that share keys and values together, in tiles; tiles without a block that passes the guard still have their rows. */
function tilesOf(
  rows: readonly Row[],
  blocks: readonly Block[],
  size: number,
  attention: Attention,
  tables: readonly TableData[],
): { order: readonly Row[]; tiles: readonly Tile[] } {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.keys} ${row.values}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const mayPass = guardOver(attention, tables);
  const order: Row[] = [];
  const tiles: Tile[] = [];
  for (const group of groups.values()) {
    for (let first = 0; first < group.length; first += size) {
      const own = group.slice(first, first + size);
      const passing = mayPass(own);
      let [begin, end] = [0, blocks.length];
      while (begin < end && !passing(blocks[begin]!)) begin++;
      while (end > begin && !passing(blocks[end - 1]!)) end--;
      const { keys, values } = own[0]!;
      tiles.push({ first: order.length + first, count: own.length, keys, values, blocks: [begin, end] });
    }
    order.push(...group);
  }
  return { order, tiles };
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Whether some row and some key of a block may pass the guard: by the least and the greatest that each side may be. */
function guardOver(
  { reduce, t, rows: variables }: Attention,
  tables: readonly TableData[],
): (rows: readonly Row[]) => (block: Block) => boolean {
  const { where } = reduce;
  if (where === undefined) return () => () => true;
  return (rows) => {
    const hulls = new Map<number, Interval>(
      variables.map((variable) => {
        let [low, high] = [Infinity, -Infinity];
        for (const { indices } of rows) {
          low = Math.min(low, indices.get(variable)!);
          high = Math.max(high, indices.get(variable)!);
        }
        return [variable, { low, high }];
      }),
    );
    return ({ low, count, around }) => {
      const own = [...around].map(([variable, index]) => [variable, { low: index, high: index }] as const);
      return mayHold(where, new Map([...hulls, ...own, [t, { low, high: low + count - 1 }]]), tables);
    };
  };
}

function mayHold(condition: ConditionIR, hulls: ReadonlyMap<number, Interval>, tables: readonly TableData[]): boolean {
  if (condition.kind !== "compare") {
    const hold = condition.parts.map((part) => mayHold(part, hulls, tables));
    return condition.kind === "and" ? !hold.includes(false) : hold.includes(true);
  }
  const [left, right] = [condition.left, condition.right].map((side) => hullOf(side, hulls, tables)) as [
    Interval,
    Interval,
  ];
  switch (condition.operator) {
    case "<":
      return left.low < right.high;
    case "<=":
      return left.low <= right.high;
    case "==":
      return left.low <= right.high && right.low <= left.high;
    case "!=":
      return left.low !== right.high || left.high !== right.low;
  }
}

function hullOf(index: IndexIR, hulls: ReadonlyMap<number, Interval>, tables: readonly TableData[]): Interval {
  if (index.kind === "column") {
    const at = hullOf(index.at, hulls, tables);
    const { values } = columnOf(tables[index.table]!, index.column);
    // A column of one index alone is looked up; of more it may be anything that it is anywhere.
    if (at.low === at.high) return { low: values[at.low]!, high: values[at.low]! };
    let [low, high] = [Infinity, -Infinity];
    for (let place = at.low; place <= at.high; place++) {
      low = Math.min(low, values[place]!);
      high = Math.max(high, values[place]!);
    }
    return { low, high };
  }
  let [low, high] = [index.offset, index.offset];
  for (const { variable, coefficient } of index.terms) {
    const own = hulls.get(variable)!;
    low += Math.min(coefficient * own.low, coefficient * own.high);
    high += Math.max(coefficient * own.low, coefficient * own.high);
  }
  return { low, high };
}
