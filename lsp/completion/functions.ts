import { distributions } from "../../compiler/bind/distributions.js";
import { valueFunctionNames } from "../../compiler/bind/functions.js";
import { lengthDistributions } from "../../compiler/bind/length-distributions.js";
import { calls } from "../../compiler/bind/row-arithmetic.js";
import { derivedSources } from "../../compiler/bind/table-sources.js";
import { rankFunctionNames } from "../../compiler/check/rank-arithmetic.js";
import { scalarFunctionNames } from "../../compiler/check/scalar-expressions.js";

/** What the language itself can call, beside words, ops and layers. */
export interface BuiltIn {
  readonly parameters: readonly string[];
  /** Takes the last of them any number of times. */
  readonly repeats?: true;
  readonly doc: string;
}

/** Which functions there are is said by the compiler, by where they stand. */
export const functionsOf = {
  /** Sizes, rates, claims. */
  sizes: [...valueFunctionNames, "rows"],
  /** The mathematics of ops and monoids. */
  mathematics: [...scalarFunctionNames, "if"],
  /** Rows of an op's operand. */
  rows: ["from", "to", "weight"],
  /** The bodies of collectives. */
  ranks: rankFunctionNames,
  /** Guards and columns of tables. */
  tables: calls,
  /** Where the rows of a table come from. */
  sources: [...Object.keys(distributions), ...derivedSources, "lengths"],
  lengths: Object.keys(lengthDistributions),
} as const;

const described: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ["exp", { parameters: ["x"], doc: "e to the power of x." }],
  ["log", { parameters: ["x"], doc: "The natural logarithm." }],
  ["sqrt", { parameters: ["x"], doc: "The square root." }],
  ["tanh", { parameters: ["x"], doc: "The hyperbolic tangent." }],
  ["abs", { parameters: ["x"], doc: "x without its sign." }],
  ["min", { parameters: ["a", "b"], repeats: true, doc: "The least of them." }],
  ["max", { parameters: ["a", "b"], repeats: true, doc: "The greatest of them." }],
  ["ceil", { parameters: ["x"], doc: "The least whole number not below x." }],
  ["floor", { parameters: ["x"], doc: "The greatest whole number not above x." }],
  ["log2", { parameters: ["x"], doc: "The logarithm to base 2; of whole numbers its floor." }],
  ["pow", { parameters: ["a", "b"], doc: "a to the power of b." }],
  ["xor", { parameters: ["a", "b"], doc: "Bits that are in one of both." }],
  ["if", { parameters: ["condition", "a", "b"], doc: "a where the condition holds, else b." }],
  [
    "mostly",
    {
      parameters: ["value", "probability"],
      doc: "The value with that probability, else one of the others alike; `seed` follows.",
    },
  ],
  ["row", { parameters: ["table", "from", "to"], doc: "The number of the table's row from one index to another." }],
  ["rows", { parameters: ["table"], doc: "One index for each row of the table; in a number, how many there are." }],
  ["from", { parameters: ["row"], doc: "The index that the row comes from." }],
  ["to", { parameters: ["row"], doc: "The index that the row goes to." }],
  ["weight", { parameters: ["row"], doc: "The weight of the row." }],
  ["top", { parameters: ["k"], doc: "So many rows for each index." }],
  [
    "uniform",
    { parameters: [], doc: "Every choice alike; in `lengths`, every length from the least to the greatest." },
  ],
  ["zipf", { parameters: ["exponent"], doc: "Number i, from 0, in proportion to (i + 1)^-exponent." }],
  ["one", { parameters: ["index"], doc: "All to one; with more choices those after it, round the end." }],
  ["without", { parameters: ["index"], doc: "None to one, all others alike." }],
  ["all", { parameters: [], doc: "Every pair; `where` leaves some." }],
  [
    "project",
    {
      parameters: ["table", "from", "to"],
      doc: "The different pairs that a table's rows become; with two arguments, their `from` stays.",
    },
  ],
  ["then", { parameters: ["table", "map"], doc: "A table's rows, each to where the other leads from there." }],
  [
    "lengths",
    {
      parameters: ["lengths"],
      repeats: true,
      doc: "Consecutive indices, by lengths or by a distribution of them.",
    },
  ],
  ["fixed", { parameters: ["length"], doc: "All of one length." }],
  [
    "lognormal",
    {
      parameters: ["median", "spread"],
      doc: "Half below the median; the spread is the standard deviation of the natural logarithm.",
    },
  ],
]);

/** What a function takes and is; undefined where the language has none of that name. */
export function builtIn(name: string): BuiltIn | undefined {
  return described.get(name);
}
