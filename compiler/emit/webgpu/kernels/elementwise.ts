/**
 * A kernel for any op: each invocation computes four neighbours along the last dimension of the result, with all that they
 * reduce over. Where the four are computed alike they are one vec4f, else one after the other.
 */
import type { KernelIR, MonoidIR, ReduceIR, ScalarIR } from "../../../check/ir.js";
import { accumulationOf, reductionKey } from "../../../kernels/accumulation.js";
import { indexVariables } from "../../../kernels/index-math.js";
import { walkScalar } from "../../../kernels/walk.js";
import { createEvaluation } from "../text/evaluation.js";
import type { Scope, State } from "../text/evaluation.js";
import { createIndexTexts, laneIndex, narrowIndex } from "../text/indices.js";
import { splat } from "../text/scalars.js";
import type { Value } from "../text/scalars.js";
import { createWgslWriter } from "../text/writer.js";
import type { WgslModule } from "../text/writer.js";
import { createVariableTexts, identifier } from "./loops.js";
import { createTensorTexts } from "./tensors.js";
import type { KernelVariant, TaskKey, TensorName } from "./variant.js";

export const elementwiseWorkgroup = 64;

const signature = `@compute @workgroup_size(${elementwiseWorkgroup})
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) invocation: u32,
)`;

export function generateElementwise(
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  variant: KernelVariant,
  comment: readonly string[],
): WgslModule<TaskKey> {
  const writer = createWgslWriter<TaskKey>();
  const { line, open, close, field, table } = writer;
  const tensors = createTensorTexts(writer, variant);
  const variables = createVariableTexts(kernel, variant, writer);
  const last = kernel.outputRank - 1;
  const accumulation = variant.accumulated === undefined ? undefined : accumulationOf(kernel, variant.accumulated);
  const accumulatedKey = accumulation && reductionKey(accumulation.reduce);
  let accumulated: State | undefined;
  const column = (number: number, name: string, at: string): string =>
    table(`${field(`${identifier(name)}_${number}`, { kind: "column", table: number, column: name })} + ${at}`);
  const evaluation = createEvaluation({
    ...{ kernel, monoids, writer, indices: createIndexTexts(column), loop: variables.loop },
    notFinite: (bits) => `bitcast<f32>(${field(`bits_${bits.toString(16)}`, { kind: "bits", bits })})`,
    read: (operand, at) => tensors.read(`operand ${operand}`, at),
    weight: (number, at) => writer.tableF32(`${field(`weight_${number}`, { kind: "weight", table: number })} + ${at}`),
    given: (reduce) => (reductionKey(reduce) === accumulatedKey ? accumulated : undefined),
  });

  // ---------------------------------------------------------------- which elements

  line(`let thread = i32((workgroup.y * workgroups.x + workgroup.x) * ${elementwiseWorkgroup}u + invocation);`);
  line(`if (thread >= ${field("threads", { kind: "threads" })}) { return; }`);
  const outer = new Map(
    Array.from({ length: Math.max(0, last) }, (_, variable) => [variable, narrowIndex(variables.name(variable), 0)]),
  );
  const scope: Scope = { environment: outer, known: new Map(), depth: 0 };
  if (last >= 0) {
    const groups = field("groups", { kind: "groups" });
    line(`let group = ${field("first_group", { kind: "firstGroup" })} + thread % ${groups};`);
    if (last > 0) line(`var rest = thread / ${groups};`);
    for (let variable = last - 1; variable >= 0; variable--) {
      const count = variables.field("count", variable);
      const place = variable === 0 ? "rest" : `rest % ${count}`;
      line(`let ${variables.name(variable)} = ${variables.indexAt(variable, place)};`);
      if (variable > 0) line(`rest /= ${count};`);
    }
  }
  if (last < 0) results(scope, undefined);
  else if (computesInFours(kernel, variant)) fours();
  else lanes();
  return writer.module(comment, signature);

  function fours(): void {
    const name = variables.name(last);
    line(`let ${name} = 4 * group + ${field("low_of_group", { kind: "lowOfGroup" })};`);
    line(`let lanes = vec4i(${name} - ${variables.field("low", last)}) + vec4i(0, 1, 2, 3);`);
    line(`let mask = (lanes >= vec4i(0)) & (lanes < vec4i(${variables.field("count", last)}));`);
    results({ ...scope, environment: new Map([...outer, [last, laneIndex(name, 0)]]) }, "mask");
  }

  function lanes(): void {
    const name = variables.name(last);
    const environment = new Map([...outer, [last, narrowIndex(name, 1)]]);
    evaluation.hoist(kernel.body, scope, environment);
    open("for (var lane = 0; lane < 4; lane++)");
    if (isLastListed(kernel, variant)) {
      const positions = field("positions", { kind: "positions" });
      line(`let ${name} = ${table(`${positions} + 4 * group + lane`)};`);
      line(`if (${name} < 0) { continue; }`);
    } else {
      const low = variables.field("low", last);
      line(`let ${name} = 4 * group + lane + ${field("low_of_group", { kind: "lowOfGroup" })};`);
      line(`if (${name} < ${low} || ${name} >= ${low} + ${variables.field("count", last)}) { continue; }`);
    }
    results({ environment, known: new Map(scope.known), depth: 1 }, undefined);
    close();
  }

  // ---------------------------------------------------------------- what is computed and stored

  /** `mask`: the lanes that are computed; undefined where there is one at a time. */
  function results(at: Scope, mask: string | undefined): void {
    if (accumulation !== undefined) accumulate(accumulation.reduce, at, mask);
    if (variant.stage === "first" || variant.stage === "next") return;
    if (variant.writesState) {
      const state = evaluation.state(kernel.body as ReduceIR, at);
      state.forEach((value, component) => store(component, value, at, mask));
    } else store(0, evaluation.scalar(kernel.body, at), at, mask);
  }

  /** Joins this task's part of the reduction to what the tasks before it came to. */
  function accumulate(reduce: ReduceIR, at: Scope, mask: string | undefined): void {
    const monoid = evaluation.monoidOf(reduce.monoid);
    const partial = tensors.array("partial");
    const whole = tensors.place("partial", indicesAt(at, allOf(kernel.outputRank)));
    const place = (component: number): string => {
      const own =
        component === 0 ? whole : `${whole} + ${component} * ${field("partial_stride", { kind: "partialStride" })}`;
      return mask === undefined ? own : `(${own}) >> 2u`;
    };
    let state = evaluation.state(reduce, at);
    if (variant.stage !== "first") {
      const before = state.map((_, component): Value => {
        const name = `before${writer.unique()}`;
        line(
          `let ${name} = ${mask === undefined ? partial.load(place(component)) : partial.loadFour(place(component))};`,
        );
        return { text: name, wide: mask !== undefined };
      });
      state = evaluation.combine(monoid, before, state);
    }
    accumulated = state;
    if (variant.stage === "last") return;
    state.forEach((value, component) =>
      line(
        mask === undefined
          ? partial.store(place(component), value.text)
          : partial.storeSome(place(component), splat(value), mask),
      ),
    );
  }

  function indicesAt({ environment }: Scope, dimensions: readonly number[]) {
    return dimensions.map((variable) => environment.get(variable)!);
  }

  function store(component: number, value: Value, at: Scope, mask: string | undefined): void {
    const { dimensions } = variant.outputs[component]!;
    const tensor: TensorName = `output ${component}`;
    const array = tensors.array(tensor);
    const place = tensors.place(tensor, indicesAt(at, dimensions));
    const missing = allOf(kernel.outputRank).filter((variable) => !dimensions.includes(variable));
    const hasLast = !missing.includes(last);
    // What has no index along a dimension is the same all along it: the first that is computed stores it.
    const conditions = missing.map((variable) =>
      mask !== undefined && variable === last
        ? `group == ${field("first_group", { kind: "firstGroup" })}`
        : `${at.environment.get(variable)!.text} == ${variables.indexAt(variable, "0")}`,
    );
    let text: string;
    if (mask !== undefined && hasLast) text = array.storeSome(`(${place}) >> 2u`, splat(value), mask);
    else {
      const first = `max(0, ${variables.field("low", Math.max(0, last))} - ${variables.name(Math.max(0, last))})`;
      text = array.store(place, value.wide ? `${value.text}[${first}]` : value.text);
    }
    line(conditions.length === 0 ? text : `if (${conditions.join(" && ")}) { ${text} }`);
  }
}

const allOf = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** Whether the indices along the last dimension, or their positions in memory, are no single interval. */
export function isLastListed({ outputRank }: KernelIR, { listed, outputs, partial }: KernelVariant): boolean {
  const last = outputRank - 1;
  return (
    listed[last]! ||
    outputs.some(({ dimensions, mapped }) => dimensions.at(-1) === last && mapped.at(-1)!) ||
    partial?.mapped.at(-1) === true
  );
}

/** Whether four neighbours of the result fold the same rows, and are neighbours in memory. */
function computesInFours(kernel: KernelIR, variant: KernelVariant): boolean {
  return !isLastListed(kernel, variant) && !rowsDependOn(kernel, kernel.outputRank - 1);
}

/** Whether which rows are folded may depend on a variable: in a local equation any may stand for it. */
function rowsDependOn(kernel: KernelIR, variable: number): boolean {
  const folds = (scalar: ScalarIR, isSuch: (own: number) => boolean): boolean => {
    let found = false;
    walkScalar(scalar, (part) => {
      if (part.kind !== "reduce" || part.rowsWhere === undefined) return;
      found ||= indexVariables(part.rowsWhere.equals).some(isSuch);
    });
    return found;
  };
  return folds(kernel.body, (own) => own === variable) || kernel.locals.some(({ body }) => folds(body, () => true));
}
