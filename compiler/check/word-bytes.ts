/**
 * What words move at the least, in closed form: what a rank has after that it had not before; of a fold, what its rings
 * move. Collectives may move more (a tree, or a star), none moves less. Views move nothing.
 */
import type { MeshModel, MonoidIR, TableData, ValueIR, WordChange } from "./ir.js";
import { countHeld, positionsOf } from "./layout-parts.js";
import { blockBytes } from "./monoid-components.js";
import type { ViewChange } from "./view-layouts.js";
import type { WordOperand } from "./word-layouts.js";

export interface MovedBytes {
  /** Greatest over ranks of the bytes that arrive. */
  readonly bytesPerRank: number;
  readonly bytesInAll: number;
}

export interface BytesContext {
  readonly mesh: Pick<MeshModel, "axes">;
  readonly tables: readonly TableData[];
  readonly monoids: () => readonly MonoidIR[];
}

export function bytesMoved(
  dtype: string,
  operand: WordOperand,
  result: WordOperand,
  change: WordChange | ViewChange,
  context: BytesContext,
): MovedBytes {
  if ("view" in change) return { bytesPerRank: 0, bytesInAll: 0 };
  let greatest = 0;
  let sum = 0;
  for (const position of positionsOf(context.mesh)) {
    const bytes = bytesReceived({ ...operand, dtype }, { ...result, dtype }, change, position, context);
    greatest = Math.max(greatest, bytes);
    sum += bytes;
  }
  return { bytesPerRank: Math.round(greatest), bytesInAll: Math.round(sum) };
}

type Typed = WordOperand & Pick<ValueIR, "dtype">;

function bytesReceived(
  operand: Typed,
  result: Typed,
  { word, meshAxes, root, offset }: WordChange,
  position: readonly number[],
  context: BytesContext,
): number {
  const { mesh } = context;
  const ranks = meshAxes.reduce((count, meshAxis) => count * mesh.axes[meshAxis]!.size, 1);
  const place = meshAxes.reduce((number, meshAxis) => number * mesh.axes[meshAxis]!.size + position[meshAxis]!, 0);
  const before = held(operand, position, context);
  const after = held(result, position, context);
  switch (word) {
    // States until all is folded, then what they come to.
    case "all_reduce":
      return ((before + after) * (ranks - 1)) / ranks;
    case "reduce_scatter":
      return held({ ...result, pending: operand.pending }, position, context) * (ranks - 1);
    // A ring that ends at the root: all but the one that begins it get as much as they have.
    case "reduce":
      return place === (root! + 1) % ranks && ranks > 1 ? 0 : ranks > 1 ? before : 0;
    case "scan":
      return place === 0 ? 0 : before;
    case "shift":
      return offset === 0 ? 0 : after;
    default:
      return after - kept(operand, result, position, context);
  }
}

/** Bytes that a position has. */
function held(value: Typed, position: readonly number[], { mesh, tables, monoids }: BytesContext): number {
  if (!value.at.every((at) => position[at.meshAxis] === at.position)) return 0;
  const lengths = value.axes.map((axis) => countHeld(axis, tables, mesh, position));
  return blockBytes(value, lengths, monoids());
}

/** Bytes of the result that a position has already. */
function kept(
  operand: Typed,
  result: Typed,
  position: readonly number[],
  { mesh, tables, monoids }: BytesContext,
): number {
  const isThere = [...operand.at, ...result.at].every((at) => position[at.meshAxis] === at.position);
  if (!isThere) return 0;
  const lengths = result.axes.map((axis, d) => countHeld(axis, tables, mesh, position, operand.axes[d]!.cuts));
  return blockBytes(result, lengths, monoids());
}
