/** What an op costs where its text says so, and what an opaque op reads: all of its operands that it has no index for. */
import type { AxisSpec } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { OpDefinition } from "../bind/bound-program.js";
import { bytes, flops, plain, sameDimension } from "../bind/quantity.js";
import type { CheckContext } from "./check-context.js";
import { variableIndex } from "../kernels/index-math.js";
import type { AffineIndex } from "../kernels/index-math.js";
import type { AxisIR, ScalarIR, StatedCost } from "./ir.js";
import { addVariable } from "./kernel-builder.js";
import type { KernelBuilder } from "./kernel-builder.js";
import { namedNumbers } from "./type-environment.js";
import type { TypeEnvironment } from "./type-environment.js";

const units = { flops, bytes };

/** `cost { flops = 2 * m * n, bytes = m * n * 2 B }`: sizes are those of the whole axes. Undefined where it is wrong, which is reported. */
export function statedCost(
  { node, file }: OpDefinition,
  environment: TypeEnvironment,
  { bound, diagnostics }: CheckContext,
): StatedCost | undefined {
  const stated: { flops?: number; bytes?: number } = {};
  let complete = true;
  for (const { name, value } of node.cost) {
    const { text } = name;
    const refuse = (place: { readonly span: typeof name.span }, what: string): void => {
      diagnostics.report("op-cost", locate(file, place), { what });
      complete = false;
    };
    if (text !== "flops" && text !== "bytes") {
      refuse(name, `A cost states \`flops\` and \`bytes\`; \`${text}\` is neither.`);
    } else if (stated[text] !== undefined) refuse(name, `\`${text}\` is stated twice.`);
    else {
      const quantity = bound.evaluateCost(value, file, namedNumbers(environment));
      if (!quantity) complete = false;
      else if (!sameDimension(quantity.dimension, plain) && !sameDimension(quantity.dimension, units[text])) {
        refuse(value, `\`${text}\` is a number of ${text}; this has another unit.`);
      } else if (!(quantity.value >= 0 && quantity.value < Infinity)) {
        refuse(value, `\`${text}\` must be at least 0; this is ${quantity.value}.`);
      } else stated[text] = quantity.value;
    }
  }
  if (node.opaque && complete && (stated.flops === undefined || stated.bytes === undefined)) {
    const what =
      "An opaque op has no mathematics to derive a cost from: it states both, `cost { flops = .., bytes = .. }`.";
    diagnostics.report("op-cost", locate(file, node.name), { what });
    return undefined;
  }
  return complete ? stated : undefined;
}

/**
 * Stands for the mathematics that an opaque op does not show: each operand is read where the result's index names are
 * its axes', and whole along all others. No function of sums distributes over it, so the axes read whole cannot be divided.
 */
export function opaqueBody(
  { node }: OpDefinition,
  outputs: ReadonlyMap<string, AffineIndex>,
  builder: KernelBuilder,
): ScalarIR {
  const types = node.parameters.flatMap(({ names, type }) => (type.kind === "TensorType" ? names.map(() => type) : []));
  const reads = builder.operands.map((operand, number): ScalarIR => {
    const variables: number[] = [];
    const whole = (axis: AxisIR): AffineIndex => {
      variables.push(addVariable(builder, axis.name, axis));
      return variableIndex(variables.at(-1)!);
    };
    const specs = types[number]!.axes;
    const packLength = operand.axes.length - (specs.length - 1);
    let dimension = 0;
    const at = specs.flatMap((spec): AffineIndex[] => {
      if (spec.kind === "AxisSpec") {
        const axis = operand.axes[dimension++]!;
        return [outputs.get(indexName(spec) ?? "") ?? whole(axis)];
      }
      const axes = operand.axes.slice(dimension, (dimension += packLength));
      return builder.pack ? builder.pack.map(variableIndex) : axes.map(whole);
    });
    const body: ScalarIR = { kind: "read", operand: number, at };
    const all: ScalarIR = variables.length === 0 ? body : { kind: "reduce", monoid: "sum", variables, bodies: [body] };
    return { kind: "call", function: "exp", arguments: [all] };
  });
  return reads.reduce((left, right): ScalarIR => ({ kind: "binary", operator: "+", left, right }), {
    kind: "constant",
    value: 0,
  });
}

function indexName({ label, size }: AxisSpec): string | undefined {
  return label?.text ?? (size.kind === "NameExpr" ? size.name.text : undefined);
}
