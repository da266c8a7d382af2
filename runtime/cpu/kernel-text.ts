/** Text of what kernels are made of: indices, elements of arrays, arithmetic at a precision. */
import type { ConditionIR, IndexIR, KernelIR, ScalarIR } from "../../compiler/check/ir.js";
import type { ArrayName, KernelWriter } from "./kernel-writer.js";

/** `f32` rounds every operation to binary32, as a device with f32 accumulators does; `f64` leaves float64 alone. */
export type Precision = "f32" | "f64";

export interface KernelText {
  readonly rounded: (text: string) => string;
  readonly literal: (value: number) => string;
  readonly variableName: (variable: number) => string;
  readonly index: (at: IndexIR) => string;
  readonly condition: (node: ConditionIR) => string;
  /** An element of an array whose addresses go through a position map where `mapped` says so, per dimension. */
  readonly element: (array: ArrayName, mapped: readonly boolean[], at: readonly string[]) => string;
  /** A function or an operator applied to texts. */
  readonly arithmetic: (node: Extract<ScalarIR, { kind: "call" | "binary" }>, parts: readonly string[]) => string;
}

export function createKernelText(kernel: KernelIR, { use }: KernelWriter, precision: Precision): KernelText {
  const rounded = (text: string): string => (precision === "f32" ? `fround(${text})` : `(${text})`);
  const literal = (value: number): string => {
    const kept = precision === "f32" ? Math.fround(value) : value;
    return kept < 0 || Object.is(kept, -0) ? `(${Object.is(kept, -0) ? "-0" : kept})` : `${kept}`;
  };
  // No other name has a `$`, whatever the user calls an index; an axis of `T[16]` is called 16.
  const variableName = (variable: number): string =>
    `_${kernel.variables[variable]!.name.replaceAll(/\W/g, "_")}$${variable}`;

  const index = (at: IndexIR): string => {
    if (at.kind === "column") {
      const column = use(`${at.column}_${at.table}`, { kind: "column", table: at.table, column: at.column });
      return `${column}[${index(at.at)}]`;
    }
    const terms = at.terms.map(({ variable, coefficient }) =>
      coefficient === 1 ? variableName(variable) : `${coefficient} * ${variableName(variable)}`,
    );
    if (at.offset !== 0 || terms.length === 0) terms.push(String(at.offset));
    return terms.join(" + ");
  };

  const condition = (node: ConditionIR): string => {
    if (node.kind === "compare") {
      const operator = node.operator === "==" ? "===" : node.operator === "!=" ? "!==" : node.operator;
      return `${index(node.left)} ${operator} ${index(node.right)}`;
    }
    if (node.parts.length === 0) return String(node.kind === "and");
    return node.parts.map((part) => `(${condition(part)})`).join(node.kind === "and" ? " && " : " || ");
  };

  const element = (array: ArrayName, mapped: readonly boolean[], at: readonly string[]): string => {
    const name = array.replace(" ", "_");
    const parts = at.map((text, dimension) => {
      let position = `(${text})`;
      if (mapped[dimension]) {
        const positions = use(`${name}_positions${dimension}`, { kind: "positions", array, dimension });
        const first = use(`${name}_first${dimension}`, { kind: "first", array, dimension });
        position = `${positions}[${text} - ${first}]`;
      }
      // Layouts are row-major: neighbours along the last dimension are neighbours in memory.
      if (dimension === at.length - 1) return position;
      return `${position} * ${use(`${name}_stride${dimension}`, { kind: "stride", array, dimension })}`;
    });
    const offset = use(`${name}_offset`, { kind: "offset", array });
    return `${use(name, { kind: "array", array })}[${parts.join(" + ") || "0"} - ${offset}]`;
  };

  const arithmetic: KernelText["arithmetic"] = (node, parts) => {
    if (node.kind === "binary") return rounded(`${parts[0]} ${node.operator} ${parts[1]}`);
    switch (node.function) {
      case "neg":
        return `(-${parts[0]})`;
      case "ifLess":
        return `(${parts[0]} < ${parts[1]} ? ${parts[2]} : ${parts[3]})`;
      case "ifEqual":
        return `(${parts[0]} === ${parts[1]} ? ${parts[2]} : ${parts[3]})`;
      case "abs":
      case "min":
      case "max":
        return `Math.${node.function}(${parts.join(", ")})`;
      default:
        return rounded(`Math.${node.function}(${parts.join(", ")})`);
    }
  };

  return { rounded, literal, variableName, index, condition, element, arithmetic };
}
