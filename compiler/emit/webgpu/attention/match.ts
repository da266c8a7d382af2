/**
 * Which ops are attention: for each row the mean of values weighed by exp of scores, folded as `lse` folds them, a score being
 * a product of the row's query and a key, and what is elementwise around that.
 *
 *   out[rows.., d] = lse[t where ..] (values[t, d, rows' ..], f(sum[k..] query[rows.., k..] * keys[t, k.., rows' ..]), 1)
 */
import type { KernelIR, MonoidIR, ReduceIR, ScalarIR } from "../../../check/ir.js";
import { conditionIndices } from "../../../kernels/conditions.js";
import { exactVariable, indexVariables } from "../../../kernels/index-math.js";
import { ownIndices, scalarParts, walkScalar } from "../../../kernels/walk.js";
import { isPlainSum } from "../text/monoids.js";

type Read = Extract<ScalarIR, { kind: "read" }>;

export interface Attention {
  /** The fold, and which of its components are o, m and l. */
  readonly reduce: ReduceIR;
  readonly components: { readonly o: number; readonly m: number; readonly l: number };
  /** The sum of products in a score. */
  readonly score: ReduceIR;
  readonly query: Read;
  readonly keys: Read;
  readonly values: Read;
  /** The innermost variable of the fold, and those around it. */
  readonly t: number;
  readonly around: readonly number[];
  readonly d: number;
  /** Output variables but for d. */
  readonly rows: readonly number[];
}

/** Undefined where an op is none. */
export function matchAttention(kernel: KernelIR, monoids: ReadonlyMap<string, MonoidIR>): Attention | undefined {
  const { body: reduce } = kernel;
  if (reduce.kind !== "reduce" || reduce.rowsWhere !== undefined || reduce.variables.length === 0) return undefined;
  const components = softmaxComponents(monoids.get(reduce.monoid));
  if (components === undefined) return undefined;
  const t = reduce.variables.at(-1)!;
  const around = reduce.variables.slice(0, -1);
  const d = kernel.outputRank - 1;
  const rows = Array.from({ length: d }, (_, variable) => variable);
  const [values, weight] = [reduce.bodies[components.o]!, reduce.bodies[components.l]!];
  const scoreBody = reduce.bodies[components.m]!;
  if (values.kind !== "read" || weight.kind !== "constant" || weight.value !== 1) return undefined;
  if (!standsOnce(values, d) || !standsOnce(values, t)) return undefined;
  if (reduce.where && conditionIndices(reduce.where).some((index) => indexVariables(index).includes(d)))
    return undefined;

  const score = onlySum(scoreBody, kernel, monoids, d);
  if (score === undefined) return undefined;
  const [body] = score.bodies;
  if (body?.kind !== "binary" || body.operator !== "*") return undefined;
  const { left, right } = body;
  if (left.kind !== "read" || right.kind !== "read") return undefined;
  const [query, keys] = standsOnce(right, t) && !has(left, t) ? [left, right] : [right, left];
  if (!standsOnce(keys, t) || has(query, t)) return undefined;
  const isBoth = (variable: number): boolean => standsOnce(keys, variable) && standsOnce(values, variable);
  if (around.some((variable) => !isBoth(variable) || has(query, variable))) return undefined;
  if (score.variables.some((k) => !standsOnce(query, k) || !standsOnce(keys, k))) return undefined;
  return { reduce, components, score, query, keys, values, t, around, d, rows };
}

/** The only reduction of a score, a plain sum without guard; undefined where there is none such, or d is read on the way. */
function onlySum(
  body: ScalarIR,
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  d: number,
): ReduceIR | undefined {
  const found: ReduceIR[] = [];
  let fits = true;
  walkScalar(body, (node) => {
    if (ownIndices(node).some((index) => indexVariables(index).includes(d))) fits = false;
    // A local equation may be a number, but nothing that is folded or read.
    if (node.kind === "local") fits &&= kernel.locals[node.local]!.body.kind === "constant";
    if (node.kind === "reduce") found.push(node);
  });
  const [score] = found;
  if (!fits || found.length !== 1 || score!.where !== undefined || score!.rowsWhere !== undefined) return undefined;
  const monoid = monoids.get(score!.monoid);
  return monoid !== undefined && isPlainSum(monoid) ? score : undefined;
}

const has = (read: Read, variable: number): boolean =>
  read.at.some((index) => indexVariables(index).includes(variable));

function standsOnce(read: Read, variable: number): boolean {
  const own = read.at.filter((index) => indexVariables(index).includes(variable));
  return own.length === 1 && exactVariable(own[0]!) === variable;
}

/**
 * Components of a monoid that folds as softmax does, whatever their names and order:
 * m = max(a.m, b.m), o = a.o exp(a.m - m) + b.o exp(b.m - m), l likewise, and o / l is what it says.
 */
function softmaxComponents(monoid: MonoidIR | undefined): Attention["components"] | undefined {
  if (monoid === undefined || monoid.components.length !== 3 || monoid.axes.length !== 1) return undefined;
  const o = monoid.components.findIndex(({ axes }) => axes.length === 1);
  const rest = [0, 1, 2].filter((component) => component !== o);
  const m = rest.find((component) => monoid.combine[component]!.kind === "call");
  const l = rest.find((component) => component !== m);
  if (o < 0 || m === undefined || l === undefined) return undefined;
  const argument = (number: number): ScalarIR => ({ kind: "argument", argument: number });
  const binary = (operator: "+" | "-" | "*" | "/", left: ScalarIR, right: ScalarIR): ScalarIR => ({
    ...{ kind: "binary", operator, left, right },
  });
  const top: ScalarIR = { kind: "call", function: "max", arguments: [argument(m), argument(m + 3)] };
  const decayed = (component: number, from: number): ScalarIR =>
    binary("*", argument(component + from), {
      ...{ kind: "call", function: "exp", arguments: [binary("-", argument(m + from), top)] },
    });
  const expected = [o, m, l].map((component) =>
    component === m ? top : binary("+", decayed(component, 0), decayed(component, 3)),
  );
  const isSuch =
    [o, m, l].every((component, place) => sameScalar(monoid.combine[component]!, expected[place]!)) &&
    sameScalar(monoid.finish, binary("/", argument(o), argument(l)));
  return isSuch ? { o, m, l } : undefined;
}

function sameScalar(a: ScalarIR, b: ScalarIR): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === "argument") return a.argument === (b as typeof a).argument;
  if (a.kind === "binary" && a.operator !== (b as typeof a).operator) return false;
  if (a.kind === "call" && a.function !== (b as typeof a).function) return false;
  const [own, others] = [scalarParts(a), scalarParts(b)];
  return own.length === others.length && own.length > 0 && own.every((part, place) => sameScalar(part, others[place]!));
}
