/**
 * A layer of the IR as Stretto text, which reads back as the same layer: every `let` has its path and its type, every
 * kernel is an op with its mathematics. It is read where the mesh, tables and monoids it names are declared.
 */
import type { CheckedProgram, LayerIR, StatementIR, ValueId, ValueIR } from "./ir.js";
import { isIdentifier, printKernel } from "./print-kernel.js";
import { moveText, sizedAxisName } from "./print-move.js";
import { typeText } from "./type-text.js";

export type PrintContext = Pick<CheckedProgram, "mesh" | "tables" | "params">;

export function printLayer(layer: LayerIR, context: PrintContext): string {
  const ops = layer.statements.flatMap((statement, index) =>
    statement.kind === "op"
      ? [
          printKernel({
            name: opName(layer, index),
            kernel: statement.kernel,
            operands: statement.operands.map((operand) => layer.values[operand]!),
            result: layer.values[statement.result]!,
            tableName: (table) => context.tables[table]!.name,
          }),
        ]
      : [],
  );
  const parameter = (value: ValueId) => `${layer.values[value]!.name}: ${printType(layer.values[value]!, context)}`;
  const results = layer.outputs.map((output, index) => {
    const value = layer.values[output]!;
    const own = !layer.inputs.includes(output) && isIdentifier(value.name) && layer.outputs.indexOf(output) === index;
    return `${own ? value.name : `result${index}`}: ${printType(value, context)}`;
  });
  const lets = layer.statements.map((statement, index) => {
    const call =
      statement.kind === "op"
        ? callText(layer, statement.operands, opName(layer, index))
        : moveText(layer, statement, context);
    return `  let ${parameter(statement.result)} = ${call}\n`;
  });
  const head = `layer ${layer.name}(${layer.inputs.map(parameter).join(", ")}) -> ${results.join(", ")}`;
  const returned = layer.outputs.map((output) => layer.values[output]!.name).join(", ");
  return [...axisDeclarations(layer), ...ops, `${head} {\n${lets.join("")}  return ${returned}\n}`].join("\n\n") + "\n";
}

/** `axis seq: 64 = (turn: 2, part: 4 mirrored, pos: 8)`, of each axis of the layer that is made of factors. */
function axisDeclarations({ values }: LayerIR): string[] {
  const made = values.flatMap(({ axes }) => axes).filter((axis) => axis.factors !== undefined);
  const texts = made.map(({ name, size, factors }) => {
    const parts = factors!.map((factor) => `${factor.name}: ${factor.size}${factor.mirrored ? " mirrored" : ""}`);
    return `axis ${name}: ${size} = (${parts.join(", ")})`;
  });
  return [...new Set(texts)].toSorted();
}

/** `moe_k0`: by statement, so that printed layers of one file do not share names. */
function opName(layer: LayerIR, statement: number): string {
  return `${layer.name}_k${layer.statements.slice(0, statement).filter((other: StatementIR) => other.kind === "op").length}`;
}

function callText(layer: LayerIR, operands: readonly ValueId[], callee: string): string {
  return `${callee}(${operands.map((operand) => layer.values[operand]!.name).join(", ")})`;
}

function printType(value: ValueIR, context: PrintContext): string {
  return typeText(value, context.mesh, (axis) => sizedAxisName(axis, context.params));
}
