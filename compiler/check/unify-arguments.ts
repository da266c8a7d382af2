/** Unification of an op's or a layer's parameter types with the types of a call's arguments: all clashes are reported. */
import type { AxisSpec, Parameter, TensorType } from "../../grammar/ast.js";
import { dtypeNames } from "../../grammar/dtypes.js";
import { locate } from "../bind/bound-program.js";
import type { Location } from "../diagnostics/types.js";
import { axisForm, resolveAxis, unifyAxis } from "./axis-specs.js";
import type { AxisClash, TypedValue } from "./axis-specs.js";
import type { CheckContext } from "./check-context.js";
import type { AxisIR } from "./ir.js";
import { sameAxis } from "./type-environment.js";
import type { TypeEnvironment } from "./type-environment.js";
import { sizedName, typeText } from "./type-text.js";

export interface TensorArgument {
  /** Name of the parameter. */
  readonly name: string;
  readonly type: TensorType;
  readonly value: TypedValue;
  /** Of the argument. */
  readonly location: Location;
}

interface AxisPair {
  readonly spec: AxisSpec;
  readonly axis: AxisIR;
  readonly argument: TensorArgument;
}

/**
 * @returns whether the arguments fit: `"clash"` is reported, with the parameter as its related place; `"open"` where some
 * type cannot be judged since a parameter in `<>` is still unknown.
 */
export function unifyArguments(
  tensors: readonly TensorArgument[],
  environment: TypeEnvironment,
  context: CheckContext,
): "fits" | "clash" | "open" {
  const pairs: AxisPair[] = [];
  let fits = true;
  for (const argument of tensors) {
    if (!unifyDtype(argument, environment, context)) fits = false;
    const found = pairAxes(argument, environment, context);
    if (found) pairs.push(...found);
    else fits = false;
  }
  // Rows first, since they say which table R is; then names, then what is computed from names.
  let waiting = pairs.toSorted((a, b) => Number(b.axis.table !== undefined) - Number(a.axis.table !== undefined));
  for (let round = 0; round < 2 && waiting.length > 0; round++) {
    waiting = waiting.filter((pair) => {
      const outcome = unifyAxis(pair.spec, pair.axis, pair.argument.name, environment, context);
      if (outcome === "later") return true;
      if (outcome !== undefined) {
        fits = false;
        reportClash(outcome, pair, environment, context);
      }
      return false;
    });
  }
  for (const { spec } of waiting) {
    // Its names are unknown, which is said by resolving it; a table's column is said by who knows all parameters.
    if (axisForm(spec.size).form === "expression" && !resolveAxis(spec, environment, context)) fits = false;
  }
  return !fits ? "clash" : waiting.length > 0 ? "open" : "fits";
}

function unifyDtype(
  { name, type, value, location }: TensorArgument,
  environment: TypeEnvironment,
  context: CheckContext,
) {
  const declared = type.dtype?.text;
  if (declared === undefined) return true;
  const bound = environment.dtypes.get(declared);
  if (!dtypeNames.has(declared) && !bound) {
    environment.dtypes.set(declared, { dtype: value.dtype, place: name });
    return true;
  }
  const expected = bound?.dtype ?? declared;
  if (expected === value.dtype) return true;
  const because = bound ? `, as \`${bound.place}\` is` : "";
  context.diagnostics.report(
    "dtype-mismatch",
    location,
    { parameter: name, callee: environment.callee, expected: `${expected}${because}`, found: value.dtype },
    { related: [{ location: locate(environment.file, type), message: `\`${name}\` is declared here` }] },
  );
  return false;
}

/** Pairs each spec with an axis of the argument; `..` takes the leading axes that are left over. */
function pairAxes(
  argument: TensorArgument,
  environment: TypeEnvironment,
  context: CheckContext,
): AxisPair[] | undefined {
  const { type, value, name } = argument;
  const packs = type.axes.filter((spec) => spec.kind === "AxisPack").length;
  const named = type.axes.length - packs;
  const spare = value.axes.length - named;
  if (packs === 0 ? spare !== 0 : spare < 0) {
    reportRank(argument, `${packs > 0 ? "at least " : ""}${countAxes(named)}`, environment, context);
    return undefined;
  }
  const pairs: AxisPair[] = [];
  let next = 0;
  for (const spec of type.axes) {
    if (spec.kind === "AxisSpec") {
      pairs.push({ spec, axis: value.axes[next++]!, argument });
      continue;
    }
    const axes = value.axes
      .slice(next, next + spare)
      .map((axis) => (environment.carriesCuts ? axis : { ...axis, cuts: [] }));
    next += spare;
    const known = environment.pack;
    if (!known) environment.pack = { axes, place: name };
    else if (known.axes.length !== axes.length || known.axes.some((axis, index) => !sameAxis(axis, axes[index]!))) {
      const text = (list: readonly AxisIR[]) => `[${list.map(sizedName).join(", ")}]`;
      context.diagnostics.report("axis-mismatch", argument.location, {
        axis: "..",
        callee: environment.callee,
        first: text(known.axes),
        firstPlace: known.place,
        second: text(axes),
        secondPlace: name,
      });
      return undefined;
    }
  }
  return pairs;
}

function reportRank(
  argument: TensorArgument,
  expected: string,
  environment: TypeEnvironment,
  context: CheckContext,
): void {
  const { name, type, value, location } = argument;
  const found = typeText(value, context.mesh);
  context.diagnostics.report(
    "rank-mismatch",
    location,
    {
      parameter: name,
      callee: environment.callee,
      expected,
      found: `${found}, which has ${countAxes(value.axes.length)}`,
    },
    { related: [{ location: locate(environment.file, type), message: `\`${name}\` is declared here` }] },
  );
}

export function countAxes(count: number): string {
  return count === 0 ? "no axes" : count === 1 ? "one axis" : `${count} axes`;
}

function reportClash(
  clash: AxisClash | "rows",
  { spec, axis, argument }: AxisPair,
  environment: TypeEnvironment,
  context: CheckContext,
): void {
  const { callee, file } = environment;
  const related = [{ location: locate(file, spec), message: `\`${argument.name}\` of \`${callee}\` is declared here` }];
  if (clash === "rows") {
    const parameters = { parameter: argument.name, callee, found: sizedName(axis) };
    context.diagnostics.report("needs-rows", argument.location, parameters, { related });
    return;
  }
  const parameters = {
    axis: clash.name,
    callee,
    first: sizedName(clash.known),
    firstPlace: clash.knownPlace,
    second: sizedName(axis),
    secondPlace: argument.name,
  };
  context.diagnostics.report("axis-mismatch", argument.location, parameters, { related });
}

/** Parameters one by one: `q, k: bf16[seq]` is two. */
export function flattenParameters(parameters: readonly Parameter[]) {
  return parameters.flatMap(({ names, type }) => names.map((name) => ({ name, type })));
}
