/** What all kernels of an op have in common: its mathematics as WGSL, its tensors, and how results are stored. */
import type { KernelIR, MonoidIR, ReduceIR } from "../../../check/ir.js";
import { accumulationOf, reductionKey } from "../../../kernels/accumulation.js";
import { createEvaluation } from "../text/evaluation.js";
import type { Evaluation } from "../text/evaluation.js";
import type { EvaluationHost, Scope, State } from "../text/host.js";
import type { NumberType } from "../text/formats.js";
import { createIndexTexts } from "../text/indices.js";
import type { IndexTexts } from "../text/indices.js";
import { converted, narrow, splat, wide } from "../text/scalars.js";
import type { Value } from "../text/scalars.js";
import { createWgslWriter } from "../text/writer.js";
import type { WgslWriter } from "../text/writer.js";
import { createVariableTexts, identifier } from "./loops.js";
import type { VariableTexts } from "./loops.js";
import { createTensorTexts } from "./tensors.js";
import type { TensorTexts } from "./tensors.js";
import type { KernelVariant, TaskKey, TensorName } from "./variant.js";

export interface OpKernel<Key> {
  readonly writer: WgslWriter<Key>;
  readonly tensors: TensorTexts;
  readonly variables: VariableTexts;
  readonly evaluation: Evaluation;
  readonly indices: IndexTexts;
  /** The state of a reduction, which is then not computed where it is read. */
  give(reduce: ReduceIR, state: State): void;
  /**
   * Writes what the op comes to at a place: joins what is accumulated to what was before, and stores the result, or its state.
   * `mask`: the lanes of four that are computed; undefined where there is one element at a time.
   */
  results(at: Scope, mask: string | undefined): void;
}

/** Of kernels whose invocations share reductions: how, as `EvaluationHost` says. */
export type Sharing = Required<Pick<EvaluationHost, "agree" | "loop">>;

export interface OpKernelOptions<Key> {
  /** What the op is computed in, if not f32. */
  readonly numbers?: NumberType;
  readonly sharing?: (op: Omit<OpKernel<Key | TaskKey>, "give" | "results">) => Sharing;
}

export function createOpKernel<Key>(
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  variant: KernelVariant,
  { numbers = "f32", sharing }: OpKernelOptions<Key> = {},
): OpKernel<Key | TaskKey> {
  const writer = createWgslWriter<Key | TaskKey>();
  const { line, field, table } = writer;
  const tensors = createTensorTexts(writer as WgslWriter<TaskKey>, variant);
  const variables = createVariableTexts(kernel, variant, writer as WgslWriter<TaskKey>);
  const last = kernel.outputRank - 1;
  const accumulation = variant.accumulated === undefined ? undefined : accumulationOf(kernel, variant.accumulated);
  const given = new Map<string, State>();
  const column = (number: number, name: string, at: string): string =>
    table(`${field(`${identifier(name)}_${number}`, { kind: "column", table: number, column: name })} + ${at}`);
  const indices = createIndexTexts(column);
  const evaluation: Evaluation = createEvaluation({
    ...{ kernel, monoids, writer, indices, numbers },
    loop: (variable, depth, rows, isShared) => (shared ?? variables).loop(variable, depth, rows, isShared),
    agree: (reduce, monoid, depth) => shared?.agree(reduce, monoid, depth),
    notFinite: (bits) => `bitcast<f32>(${field(`bits_${bits.toString(16)}`, { kind: "bits", bits })})`,
    read: (operand, at) => converted(tensors.read(`operand ${operand}`, at), numbers),
    weight: (number, at) => writer.tableF32(`${field(`weight_${number}`, { kind: "weight", table: number })} + ${at}`),
    given: (reduce) => (given.size === 0 ? undefined : given.get(reductionKey(reduce))),
  });
  const shared = sharing?.({ writer, tensors, variables, evaluation, indices });
  const give = (reduce: ReduceIR, state: State): void => void given.set(reductionKey(reduce), state);
  return { writer, tensors, variables, evaluation, indices, give, results };

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
    const monoid = evaluation.monoids.of(reduce.monoid);
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
        return mask === undefined ? narrow(name) : wide(name);
      });
      state = evaluation.monoids.combine(monoid, before, state);
    }
    give(reduce, state);
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

  function store(component: number, computed: Value, at: Scope, mask: string | undefined): void {
    const { dimensions } = variant.outputs[component]!;
    const tensor: TensorName = `output ${component}`;
    const array = tensors.array(tensor);
    const value = converted(computed, array.number);
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
