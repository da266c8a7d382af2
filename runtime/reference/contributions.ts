/**
 * What positions of the mesh contribute to a pending value of the unsharded layer. That is said by the layout: of an op, its
 * reductions over what a position has of the axes they go along. A scan of what is pending folds contributions, in place of
 * the value that they come to.
 */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import type {
  AxisIR,
  IndexIR,
  LayerIR,
  MeshModel,
  MonoidIR,
  OpStatement,
  ScalarIR,
  TableData,
  ValueIR,
  ViewStatement,
  WordStatement,
} from "../../compiler/check/ir.js";
import { heldAt } from "../../compiler/graph/axis-parts.js";
import { keptComponents, stateMonoid } from "../../compiler/graph/monoid-states.js";
import { columnOf } from "../../compiler/graph/table-columns.js";
import { compileKernel, denseTensor } from "../cpu/kernels.js";
import { scalarParts } from "../../compiler/kernels/walk.js";
import { joined, shifted, slices } from "./reference-moves.js";
import { fullRuns, indicesOf, intersect, runsFromSortedIndices } from "../../compiler/graph/runs.js";
import { stateFolds } from "./state-folds.js";

/** Positions along some mesh axes. */
export type Place = ReadonlyMap<number, number>;

export interface ContributionSource {
  readonly layer: LayerIR;
  readonly mesh: MeshModel;
  readonly tables: readonly TableData[];
  readonly monoids: readonly MonoidIR[];
  /** A value of the layer, all of it folded. */
  readonly elementsOf: (value: number) => Float64Array;
  /** What each position contributes to an input, row-major over the mesh axes that it is pending over. */
  readonly inputs: ReadonlyMap<number, readonly Float64Array[]>;
}

/** The result of a scan of what is pending: at each index of its first axis a fold, finished. */
export function scanContributions(statement: WordStatement, source: ContributionSource): Float64Array {
  return scannedAt(statement, new Map(), source);
}

/** With `place`, of a result that is pending itself, what that place contributes. */
function scannedAt(statement: WordStatement, place: Place, source: ContributionSource): Float64Array {
  const { layer, mesh, monoids } = source;
  const { combine, finish, identity } = stateFolds(
    statement.monoid!,
    sizesOf(layer.values[statement.operand]!),
    monoids,
  );
  let before = identity();
  const folds = placesAlong(statement.meshAxes, mesh).map((position) => {
    const inclusive = combine(before, contributionOf(statement.operand, new Map([...place, ...position]), source));
    const exclusive = before;
    before = inclusive;
    return finish(statement.inclusive ? inclusive : exclusive);
  });
  return joined(folds);
}

/**
 * The state, its components one behind the other, that the positions at a place contribute to a value together. Where the
 * value is not pending over those mesh axes, the value.
 */
function contributionOf(value: number, place: Place, source: ContributionSource): Float64Array {
  const { layer } = source;
  const over = layer.values[value]!.pending.flatMap((pending) => pending.over);
  const own: Place = new Map([...place].filter(([meshAxis]) => over.includes(meshAxis)));
  if (own.size === 0) return source.elementsOf(value);
  const statement = layer.statements.find(({ result }) => result === value);
  if (statement === undefined) return contributionOfInput(value, own, source);
  if (statement.kind === "op") return contributionOfOp(statement, own, source);
  return statement.kind === "word"
    ? contributionOfWord(statement, own, source)
    : contributionOfView(statement, own, source);
}

function contributionOfInput(id: number, place: Place, { layer, mesh, monoids, inputs }: ContributionSource) {
  const value = layer.values[id]!;
  const over = value.pending.flatMap((pending) => pending.over).sort((a, b) => a - b);
  const drawn = inputs.get(id);
  if (drawn === undefined) throw new InternalFault("run", `no contributions to ${value.name}`);
  const matching = placesAlong(over, mesh).flatMap((position, number) =>
    [...place].every(([meshAxis, at]) => position.get(meshAxis) === at) ? [drawn[number]!] : [],
  );
  return matching.reduce(stateFolds(value.pending[0]!.monoid, sizesOf(value), monoids).combine);
}

function contributionOfOp(statement: OpStatement, place: Place, source: ContributionSource): Float64Array {
  const { layer, tables, monoids } = source;
  const { kernel, operands, result } = statement;
  const value = layer.values[result]!;
  const monoid = stateMonoid(value, monoids);
  const name = monoid?.name ?? value.pending.find(({ over }) => over.some((meshAxis) => place.has(meshAxis)))!.monoid;
  const folds = stateFolds(name, sizesOf(value), monoids);
  const made = folds.identity();
  const outputs = folds.tensorsOf(made);
  compileKernel(kernel, monoids, tables, "f64").run({
    outputs,
    operands: operands.map((operand) => denseTensor(layer.values[operand]!, contributionOf(operand, place, source))),
    ranges: rangesAt(statement, place, source),
    rounds: outputs.map(() => (element: number) => element),
    writesState: monoid !== undefined,
  });
  return made;
}

/** What each variable of an op ranges over at a place: of what it reduces, what is there of the axes it reads along. */
function rangesAt({ kernel, operands }: OpStatement, place: Place, source: ContributionSource): Int32Array[] {
  const ranges = kernel.variables.map(({ size }) => fullRuns(size));
  const restrict = (index: IndexIR, isThere: (index: number) => boolean): void => {
    const variable = variableOf(index);
    if (variable === undefined || variable < kernel.outputRank) return;
    const indices = Array.from({ length: kernel.variables[variable]!.size }, (_, i) => i);
    const there = indices.filter((i) => isThere(valueAt(index, i, source.tables)));
    ranges[variable] = intersect(ranges[variable]!, runsFromSortedIndices(there));
  };
  const visit = (scalar: ScalarIR): void => {
    if (scalar.kind === "read") {
      const { axes } = source.layer.values[operands[scalar.operand]!]!;
      scalar.at.forEach((index, d) => {
        const axis = axes[d]!;
        if (axis.cuts.some(({ meshAxis }) => place.has(meshAxis))) restrict(index, heldAtPlace(axis, place, source));
      });
    }
    if (scalar.kind === "local") {
      // What restricts an index of a local restricts what reads it there.
      scalar.at.forEach((index, d) => {
        const range = ranges[kernel.locals[scalar.local]!.indices[d]!]!;
        const there = new Set(indicesOf(range));
        restrict(index, (i) => there.has(i));
      });
    }
    scalarParts(scalar).forEach(visit);
  };
  for (const local of kernel.locals) visit(local.body);
  visit(kernel.body);
  return ranges;
}

/** The variable that is read at, through columns perhaps; undefined where it is a sum. */
function variableOf(index: IndexIR): number | undefined {
  if (index.kind === "column") return variableOf(index.at);
  const [term, ...more] = index.terms;
  return term && more.length === 0 && term.coefficient === 1 && index.offset === 0 ? term.variable : undefined;
}

function valueAt(index: IndexIR, variable: number, tables: readonly TableData[]): number {
  if (index.kind === "affine") return variable;
  return columnOf(tables[index.table]!, index.column).values[valueAt(index.at, variable, tables)]!;
}

function contributionOfWord(statement: WordStatement, place: Place, source: ContributionSource): Float64Array {
  if (statement.word === "scan" && statement.cutBefore === undefined) return scannedAt(statement, place, source);
  const own = contributionOf(statement.operand, place, source);
  if (statement.word !== "shift") return own;
  return byComponents(statement.operand, own, source, (elements, dimensions, sizes) => {
    const dimension = dimensions.indexOf(statement.cutBefore!);
    return dimension < 0 ? elements : shifted(elements, sizes, dimension, statement.cycle!);
  });
}

function contributionOfView(statement: ViewStatement, place: Place, source: ContributionSource): Float64Array {
  const { layer, mesh, monoids } = source;
  const { view, operand, dimension, meshAxes } = statement;
  const own = contributionOf(operand, place, source);
  const sizes = sizesOf(layer.values[operand]!);
  if (view === "spread") {
    const { size } = layer.values[statement.result]!.axes[0]!;
    return byComponents(operand, own, source, (elements) => joined(Array.from({ length: size }, () => elements)));
  }
  if (view === "partials") {
    const there = placesAlong(meshAxes, mesh).map((position) =>
      [...position].every(([meshAxis, at]) => !place.has(meshAxis) || place.get(meshAxis) === at),
    );
    const matching = slices(own, sizes, dimension).filter((_, index) => there[index]);
    return matching.reduce(stateFolds(statement.monoid!, sizes.toSpliced(dimension, 1), monoids).combine);
  }
  if (view === "fan") {
    const isThere = heldAtPlace(layer.values[operand]!.axes[dimension]!, place, source);
    const [nothing] = monoids.find(({ name }) => name === statement.monoid)!.identity;
    const inner = sizes.slice(dimension + 1).reduce((product, size) => product * size, 1);
    return own.map((element, at) => (isThere(Math.floor(at / inner) % sizes[dimension]!) ? element : nothing!));
  }
  return own;
}

/** Whether some position at the place has an index of the axis. */
function heldAtPlace(axis: AxisIR, place: Place, { tables, mesh }: ContributionSource): (index: number) => boolean {
  const meshAxes = [...new Set(axis.cuts.map(({ meshAxis }) => meshAxis))];
  const there = placesAlong(meshAxes, mesh).filter((position) =>
    [...position].every(([meshAxis, at]) => !place.has(meshAxis) || place.get(meshAxis) === at),
  );
  const held = there.map((position) =>
    heldAt(
      axis,
      tables,
      mesh,
      mesh.axes.map((_, meshAxis) => position.get(meshAxis) ?? 0),
    ),
  );
  return (index) => held.some((isHeld) => isHeld(index));
}

/** Applies something to each component of a state by itself: its elements, the value's dimensions it has, their sizes. */
function byComponents(
  id: number,
  state: Float64Array,
  { layer, monoids }: ContributionSource,
  apply: (elements: Float64Array, dimensions: readonly number[], sizes: readonly number[]) => Float64Array,
): Float64Array {
  const value = layer.values[id]!;
  let start = 0;
  const parts = keptComponents(value, monoids).map(({ dimensions }) => {
    const sizes = dimensions.map((dimension) => value.axes[dimension]!.size);
    const length = sizes.reduce((product, size) => product * size, 1);
    return apply(state.subarray(start, (start += length)), dimensions, sizes);
  });
  return joined(parts);
}

/** Row-major over the mesh axes, in the order in which they are given. */
function placesAlong(meshAxes: readonly number[], mesh: MeshModel): Place[] {
  let places: [number, number][][] = [[]];
  for (const meshAxis of meshAxes) {
    const positions = Array.from({ length: mesh.axes[meshAxis]!.size }, (_, position) => position);
    places = places.flatMap((place) =>
      positions.map((position): [number, number][] => [...place, [meshAxis, position]]),
    );
  }
  return places.map((place) => new Map(place));
}

function sizesOf({ axes }: ValueIR): number[] {
  return axes.map(({ size }) => size);
}
