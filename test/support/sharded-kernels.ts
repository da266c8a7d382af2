import fc from "fast-check";
import type { AxisCutIR, AxisIR, IndexIR, KernelIR, LocalIR, ReduceIR, ScalarIR } from "../../compiler/check/ir.js";
import type { Layout } from "../../compiler/check/layout-inference.js";
import { binary, call, column, constant, kernel, local, read, reduce, variable, weight } from "./kernel-builder.js";
import { rewriteScalar } from "../../compiler/kernels/walk.js";
import { renumberIndex } from "../../compiler/kernels/index-math.js";
import { smallTable } from "./random-kernel.js";

/** Positions of the mesh: m divides into 2, n into 3. */
export const mesh = {
  axes: [
    { name: "m", size: 2 },
    { name: "n", size: 3 },
  ],
};
/** Uneven on purpose: ceiling blocks leave the last part short, or empty. */
const plainSizes = { p: 5, q: 4 };
const fromSize = 5;
const toSize = 3;

export interface ShardedKernel {
  readonly kernel: KernelIR;
  readonly operands: readonly Layout[];
  readonly table: ReturnType<typeof smallTable>;
}

type AxisKind = "p" | "q" | "rows" | "from" | "to";

/** Variables by number: outputs first, then reduced ones, then those that a local equation owns. */
interface Shape {
  readonly outputs: readonly AxisKind[];
  readonly operands: readonly (readonly AxisKind[])[];
  readonly pairs: readonly (readonly [number, number])[];
}

const pairs = fc.array(fc.tuple(fc.nat(fromSize - 1), fc.nat(toSize - 1)), { minLength: 1, maxLength: 7 });
const operandAxes = fc.array(fc.constantFrom<AxisKind>("p", "p", "q", "rows", "from", "to"), {
  minLength: 1,
  maxLength: 2,
});

const shapes: fc.Arbitrary<Shape> = fc.record({
  outputs: fc.array(fc.constantFrom<AxisKind>("p", "q", "rows", "from"), { minLength: 1, maxLength: 2 }),
  operands: fc.array(operandAxes, { minLength: 1, maxLength: 3 }),
  pairs,
});

/** Kernels and layouts of their operands such that many, not all, have a layout for their result. */
export const shardedKernel: fc.Arbitrary<ShardedKernel> = shapes.chain((shape) => {
  const table = smallTable(fromSize, toSize, shape.pairs);
  const sizeOf = (kind: AxisKind): number =>
    kind === "rows" ? table.rowCount : kind === "from" ? fromSize : kind === "to" ? toSize : plainSizes[kind];
  const kinds: AxisKind[] = [...shape.outputs, "p", "q", "rows", "rows", "p"];
  const first = shape.outputs.length;
  const [reducedP, reducedQ, reducedRows, boundRows, own] = [first, first + 1, first + 2, first + 3, first + 4] as [
    ...[number, number, number, number, number],
  ];
  const variables = kinds.map((kind, number) => {
    const row = kind === "rows" ? ([0] as const) : [];
    return [`v${number}`, sizeOf(kind), ...row] as [string, number, number?];
  });

  const indexFor = (kind: AxisKind, scope: readonly number[]): fc.Arbitrary<IndexIR> => {
    const alike = scope.filter((number) => kinds[number] === kind).map((number) => variable(number));
    const rows = scope.filter((number) => kinds[number] === "rows");
    const columns = kind === "from" || kind === "to" ? rows.map((number) => column(0, kind, variable(number))) : [];
    const fixed: IndexIR = { kind: "affine", terms: [], offset: 0 };
    // A shorter variable runs over part of the axis, at its beginning or beside it: its blocks are others.
    const shorter = kind === "p" ? scope.filter((number) => kinds[number] === "q") : [];
    const beside = shorter.flatMap((number) => [variable(number), variable(number, 1, 1)]);
    const backwards = (kind === "p" ? scope : [])
      .filter((number) => kinds[number] === "p")
      .map((number) => variable(number, -1, plainSizes.p - 1));
    const usual = [...alike, ...alike, ...alike, ...columns, ...columns, ...beside, ...backwards];
    return usual.length === 0
      ? fc.constant(fixed)
      : fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constant(fixed) });
  };

  const scalar = (scope: readonly number[], locals: number, depth: number): fc.Arbitrary<ScalarIR> => {
    const reads = fc
      .nat(shape.operands.length - 1)
      .chain((operand) =>
        fc.tuple(...shape.operands[operand]!.map((kind) => indexFor(kind, scope))).map((at) => read(operand, ...at)),
      );
    const leaves: fc.Arbitrary<ScalarIR>[] = [reads, reads, reads, fc.integer({ min: -2, max: 3 }).map(constant)];
    for (const row of scope.filter((number) => kinds[number] === "rows")) leaves.push(fc.constant(weight(0, row)));
    if (locals > 0) {
      const at = scope.filter((number) => kinds[number] === "p").map((number) => variable(number));
      if (at.length > 0) leaves.push(fc.constantFrom(...at).map((index) => local(0, index)));
    }
    if (depth === 0) return fc.oneof(...leaves);
    const inner = scalar(scope, locals, depth - 1);
    const nodes: fc.Arbitrary<ScalarIR>[] = [
      fc.oneof(...leaves),
      fc.tuple(inner, fc.constantFrom("+", "-", "*", "*" as const), inner).map((parts) => binary(...parts)),
      inner.map((part) => call("neg", part)),
      fc.tuple(inner, inner).map((parts) => call("max", ...parts)),
    ];
    const monoid = fc.constantFrom("sum", "sum", "max");
    const over = (list: number[], guard?: ReduceIR["rowsWhere"]) =>
      fc
        .tuple(monoid, scalar([...scope, ...list], locals, depth - 1))
        .map(([name, body]) => reduce(name, list, body, guard));
    const free = [reducedP, reducedQ, reducedRows].filter((number) => !scope.includes(number));
    if (free.length > 0) {
      const lists = fc.subarray(free, { minLength: 1, maxLength: Math.min(2, free.length) });
      nodes.push(...[0, 1].map(() => lists.chain((list) => over(list))));
    }
    const equals = scope.filter((number) => kinds[number] === "from");
    if (equals.length > 0 && !scope.includes(boundRows)) {
      const guard = { table: 0, column: "from" as const, equals: variable(equals[0]!) };
      nodes.push(over([boundRows], guard), over([boundRows], guard));
    }
    return fc.oneof(...nodes);
  };

  const owned = scalar([own], 0, 1).map((body): LocalIR[] => [{ name: "t", indices: [own], body }]);
  const locals = fc.oneof(fc.constant<LocalIR[]>([]), owned);
  const outputs = shape.outputs.map((_, number) => number);
  return locals.chain((list) =>
    fc
      .record({
        body: scalar(outputs, list.length, 3),
        operands: fc.tuple(...shape.operands.map((axes) => layoutOf(axes, sizeOf))),
      })
      .map(({ body, operands }) => ({
        kernel: withOwnVariables(kernel(outputs.length, variables, body, list)),
        operands,
        table,
      })),
  );
});

/** Each mesh axis cuts one axis, leaves the value pending, or does nothing. */
function layoutOf(kinds: readonly AxisKind[], sizeOf: (kind: AxisKind) => number): fc.Arbitrary<Layout> {
  const use = fc.oneof(
    { weight: 4, arbitrary: fc.constant<number | "pending" | "none">("none") },
    { weight: 6, arbitrary: fc.nat(kinds.length - 1) as fc.Arbitrary<number | "pending" | "none"> },
    { weight: 1, arbitrary: fc.constant<number | "pending" | "none">("pending") },
  );
  return fc
    .record({
      uses: fc.tuple(use, use),
      by: fc.constantFrom("from" as const, "to" as const),
      monoid: fc.constantFrom("sum", "max"),
    })
    .map(({ uses, by, monoid }) => {
      const axes = kinds.map((kind, dimension): AxisIR => {
        const cuts = uses.flatMap((used, meshAxis): AxisCutIR[] =>
          used === dimension ? [kind === "rows" ? { meshAxis, by } : { meshAxis }] : [],
        );
        return { name: kind, size: sizeOf(kind), ...(kind === "rows" && { table: 0 }), cuts };
      });
      const over = uses.flatMap((used, meshAxis) => (used === "pending" ? [meshAxis] : []));
      return { axes, pending: over.length > 0 ? [{ monoid, over }] : [], at: [] };
    });
}

/** Every reduction with variables of its own, as ops give them. */
function withOwnVariables(shared: KernelIR): KernelIR {
  const variables = [...shared.variables];
  const own = (scalar: ScalarIR): ScalarIR => {
    if (scalar.kind !== "reduce") return scalar;
    const renamed = new Map(scalar.variables.map((old) => [old, variables.push(shared.variables[old]!) - 1]));
    const variable = (old: number) => renamed.get(old) ?? old;
    return {
      ...scalar,
      variables: scalar.variables.map(variable),
      bodies: scalar.bodies.map((body) =>
        rewriteScalar(body, { index: (index) => renumberIndex(index, variable), variable }),
      ),
    };
  };
  const rename = (scalar: ScalarIR) => rewriteScalar(scalar, { scalar: own });
  const locals = shared.locals.map((one) => ({ ...one, body: rename(one.body) }));
  return { ...shared, locals, body: rename(shared.body), variables };
}
