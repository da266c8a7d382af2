import fc from "fast-check";
import type { ConditionIR, IndexIR, KernelIR, MonoidIR, ScalarIR, TableData } from "../../compiler/check/ir.js";
import { binary, column, compare, constant, kernel, read, reduce, variable } from "./kernel-builder.js";
import { smallTable } from "./random-kernel.js";

export interface RandomAttention {
  readonly kind: string;
  readonly kernel: KernelIR;
  readonly table: TableData;
  /** How many keys there are. */
  readonly keys: number;
  readonly shapes: readonly (readonly number[])[];
}

const size: fc.Arbitrary<number> = fc.constantFrom(1, 2, 3, 5, 7, 8, 13, 17, 32, 37);

/** Positions are rows of nothing here: a column of the table says what document each is of. */
const documentOf = (position: number): IndexIR => column(0, "to", variable(position));

const guards: Readonly<Record<string, (s: number, t: number) => ConditionIR | undefined>> = {
  all: () => undefined,
  causal: (s, t) => compare(t, "<=", s),
  window: (s, t) => ({ kind: "and", parts: [compare(t, "<=", s), compare(s, "<", variable(t, 1, 4))] }),
  "same document": (s, t) => ({
    kind: "and",
    parts: [compare(t, "<=", s), compare(documentOf(s), "==", documentOf(t))],
  }),
  "before or alike": (s, t) => ({ kind: "or", parts: [compare(t, "<", s), compare(t, "==", s)] }),
};

/** out[s, h, d] = lse[t where ..] (values[t, h, d], scale sum[k] q[s, h, k] keys[t, h, k], 1), and forms of it. */
export const randomAttention: fc.Arbitrary<RandomAttention> = fc
  .record({
    s: size,
    h: fc.integer({ min: 1, max: 3 }),
    k: fc.constantFrom(1, 2, 4, 5, 8, 12),
    d: size,
    guard: fc.constantFrom(...Object.keys(guards)),
    form: fc.constantFrom("by position", "keys transposed", "grouped", "keys of several ranks"),
    documents: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ s, h, k, d, guard, form, documents }): RandomAttention => {
    // As many rows as positions, in order of their document.
    const table = smallTable(
      s,
      3,
      Array.from({ length: s }, (_, at) => [at, Math.floor((at * documents) / s)]),
    );
    const isGrouped = form === "grouped";
    const isSpread = form === "keys of several ranks";
    const outputs = [["s", s], ["h", h], ...(isGrouped ? ([["g", 2]] as const) : []), ["d", d]] as const;
    const [t, k1, part] = [0, 1, 2].map((place) => outputs.length + place) as [number, number, number];
    const heads = isGrouped ? [1, 2] : [1];
    const parts = isSpread ? [part] : [];
    const keys = form === "keys transposed" ? read(1, 1, k1, t) : read(1, ...parts, t, 1, k1);
    const sum = reduce("sum", [k1], binary(read(0, 0, ...heads, k1), "*", keys));
    const score = binary(constant(0.5), "*", sum);
    const values = read(2, ...parts, t, 1, outputs.length - 1);
    const where = guards[guard]!(0, t);
    const body: ScalarIR = {
      ...{ kind: "reduce", monoid: "lse", variables: [...parts, t], bodies: [values, score, constant(1)] },
      ...(where && { where }),
    };
    const variables = [...outputs, ["t", s], ["k", k], ...(isSpread ? ([["part", 2]] as const) : [])] as const;
    const ofKeys = isSpread ? [2] : [];
    return {
      kind: `${form}, ${guard}`,
      kernel: kernel(outputs.length, variables, body),
      table,
      keys: s,
      shapes: [
        isGrouped ? [s, h, 2, k] : [s, h, k],
        form === "keys transposed" ? [h, k, s] : [...ofKeys, s, h, k],
        [...ofKeys, s, h, d],
      ],
    };
  });

const argument = (number: number): ScalarIR => ({ kind: "argument", argument: number });
const exp = (of: ScalarIR): ScalarIR => ({ kind: "call", function: "exp", arguments: [of] });
const top: ScalarIR = { kind: "call", function: "max", arguments: [argument(1), argument(4)] };
const decayed = (component: number, from: number): ScalarIR =>
  binary(argument(component + from), "*", exp(binary(argument(1 + from), "-", top)));

/** `lse` of the standard library. */
export const lseMonoid: MonoidIR = {
  ...{ name: "lse", ordered: false, axes: ["dim"], commutative: true, identity: [0, -3e38, 0] },
  components: [
    { name: "o", dtype: "f32", axes: [0] },
    { name: "m", dtype: "f32", axes: [] },
    { name: "l", dtype: "f32", axes: [] },
  ],
  combine: [binary(decayed(0, 0), "+", decayed(0, 3)), top, binary(decayed(2, 0), "+", decayed(2, 3))],
  finish: binary(argument(0), "/", argument(2)),
};
