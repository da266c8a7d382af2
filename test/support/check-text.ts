import type { BindOptions } from "../../compiler/bind/bind.js";
import { check } from "../../compiler/check/check.js";
import type { CheckedProgram, LayerIR } from "../../compiler/check/ir.js";
import { typeText } from "../../compiler/check/type-text.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import { bindFiles } from "./bind-text.js";

/** A mesh of 4 x 2 positions on a machine without a story, and the ops of std. */
export const preamble = `
import { add, combine, dispatch, gelu, grouped_matmul, layernorm, matmul, mul, relu, rmsnorm, scale, silu, softmax, take, topk_combine } from "std/ops"
machine node {
  rank gpu[8] {
    compute bf16 100 TFLOP/s, f32 50 TFLOP/s
    sms 100, each moves 10 GB/s
    memory hbm 80 GB at 1 TB/s
    copy engines 2
    launch 4 us
  }
  link gpu <-> gpu: switch { 100 GB/s each way, 1 us }
}
param tokens = 64, hidden = 32, ffn = 48, experts = 8, heads = 4
mesh on node { p: 4, q: 2 }
table gate: tokens -> experts, top(2) = uniform() seed 1
`;

export interface Checked {
  readonly program: CheckedProgram | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks texts in memory as they are; `main.stretto` is the entry. */
export function checkFiles(files: Readonly<Record<string, string>>, options: BindOptions = {}): Checked {
  const { program, diagnostics } = check(bindFiles(files, options).bound);
  return { program, diagnostics };
}

/** Checks a text that follows `preamble`. */
export function checkText(text: string, options: BindOptions = {}): Checked {
  return checkFiles({ "main.stretto": preamble + text }, options);
}

/** The layers of a text that has no mistakes; throws what was said of it otherwise. */
export function layersOf(
  text: string,
  options: BindOptions = {},
): { program: CheckedProgram; layers: readonly LayerIR[] } {
  const { program, diagnostics } = checkText(text, options);
  if (!program) throw new Error(diagnostics.map((one) => `${one.name}: ${one.message}`).join("\n"));
  return { program, layers: program.layers };
}

/** Types of all values of a layer by name. */
export function typesOf(layer: LayerIR, program: CheckedProgram): Record<string, string> {
  return Object.fromEntries(layer.values.map((value) => [value.name, typeText(value, program.mesh)]));
}
