/**
 * JavaScript loops for a kernel. The text depends only on the kernel and on a few facts about the task (`Variant`), so
 * one compiled function serves all tasks of a statement; what differs from task to task comes in through slots.
 */
import { InternalFault } from "../compiler/diagnostics/internal-fault.js";
import type { ConditionIR, IndexIR, KernelIR, MonoidIR, ReduceIR, ScalarIR } from "../compiler/check/ir.js";
import { accumulationOf, reductionKey } from "./accumulation.js";
import type { Accumulation } from "./accumulation.js";
import { createKernelWriter } from "./kernel-writer.js";
import type { ArrayName, KernelSource } from "./kernel-writer.js";

/** `f32` rounds every operation to binary32, as a device with f32 accumulators does; `f64` leaves float64 alone. */
export type Precision = "f32" | "f64";

/** Which part of an accumulation a task is; `whole` is none. */
export type Stage = "whole" | "first" | "next" | "last";

export interface Variant {
  readonly precision: Precision;
  readonly stage: Stage;
  /** Of the reduction that is accumulated. */
  readonly accumulated?: string;
  /** Per array and dimension, whether addresses go through a position map. */
  readonly output: readonly boolean[];
  readonly operands: readonly (readonly boolean[])[];
  readonly locals: readonly (readonly boolean[])[];
  readonly partial: readonly boolean[];
  /** Per variable, whether it ranges over some of its rows only. */
  readonly someRows: readonly boolean[];
}

export function generateKernel(
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  variant: Variant,
): KernelSource {
  const { use, line, open, close, unique, source } = createKernelWriter();
  const rounded = (text: string): string => (variant.precision === "f32" ? `fround(${text})` : `(${text})`);
  const literal = (value: number): string => {
    const kept = variant.precision === "f32" ? Math.fround(value) : value;
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

  const monoidOf = (name: string): MonoidIR => {
    const monoid = monoids.get(name);
    if (monoid === undefined || monoid.identity.length !== 1) {
      throw new InternalFault("run", `${kernel.name} reduces under ${name}, which is not a monoid of one number`);
    }
    return monoid;
  };

  const partialElement = (accumulation: Accumulation): string =>
    element("partial", variant.partial, accumulation.indices.map(variableName));

  /** Text of the scalar's value; loops it needs are written before. `known`: reductions already computed here. */
  const scalar = (node: ScalarIR, known: Map<string, string>, given: readonly string[] = []): string => {
    switch (node.kind) {
      case "constant":
        return literal(node.value);
      case "argument":
        return given[node.argument]!;
      case "read":
        return element(`operand ${node.operand}`, variant.operands[node.operand]!, node.at.map(index));
      case "local":
        return element(`local ${node.local}`, variant.locals[node.local]!, node.at.map(index));
      case "weight": {
        const weight = use(`weight_${node.table}`, { kind: "weight", table: node.table });
        return rounded(`${weight}[${index(node.at)}]`);
      }
      case "index":
        return rounded(index(node.at));
      case "binary":
        return rounded(`${scalar(node.left, known, given)} ${node.operator} ${scalar(node.right, known, given)}`);
      case "call": {
        const parts = node.arguments.map((argument) => scalar(argument, known, given));
        if (node.function === "neg") return `(-${parts[0]})`;
        const called = `Math.${node.function}(${parts.join(", ")})`;
        return ["abs", "min", "max"].includes(node.function) ? called : rounded(called);
      }
      case "select":
        return selection(node, known, given);
      case "reduce":
        return reduction(node, known);
    }
  };

  const condition = (node: ConditionIR): string => {
    if (node.kind === "compare") {
      const operator = node.operator === "==" ? "===" : node.operator === "!=" ? "!==" : node.operator;
      return `${index(node.left)} ${operator} ${index(node.right)}`;
    }
    if (node.parts.length === 0) return String(node.kind === "and");
    return node.parts.map((part) => `(${condition(part)})`).join(node.kind === "and" ? " && " : " || ");
  };

  /** Loops of the value not chosen do not run: what they would read may not be here. */
  const selection = (
    node: Extract<ScalarIR, { kind: "select" }>,
    known: Map<string, string>,
    given: readonly string[],
  ): string => {
    const chosen = `chosen${unique()}`;
    line(`let ${chosen};`);
    open(`if (${condition(node.condition)})`);
    line(`${chosen} = ${scalar(node.whenTrue, new Map(known), given)};`);
    close(1);
    open("else");
    line(`${chosen} = ${scalar(node.whenFalse, new Map(known), given)};`);
    close(1);
    return chosen;
  };

  const accumulation = variant.accumulated === undefined ? undefined : accumulationOf(kernel, variant.accumulated);
  const accumulatedKey = accumulation && reductionKey(accumulation.reduce);

  const reduction = (node: ReduceIR, known: Map<string, string>): string => {
    const key = reductionKey(node);
    const monoid = monoidOf(node.monoid);
    if (key === accumulatedKey) return scalar(monoid.finish, known, [partialElement(accumulation!)]);
    let total = known.get(key);
    if (total === undefined) {
      total = reductionLoops(node, monoid, known);
      known.set(key, total);
    }
    return scalar(monoid.finish, known, [total]);
  };

  /** Writes the loops of a reduction; the result, before its monoid's finish, is the variable named. */
  const reductionLoops = (node: ReduceIR, monoid: MonoidIR, known: Map<string, string>): string => {
    const number = unique();
    const total = `total${number}`;
    line(`let ${total} = ${literal(monoid.identity[0]!)};`);
    let loops = 0;
    node.variables.forEach((variable, position) => {
      loops +=
        position === 0 && node.rowsWhere !== undefined ? rowsLoop(variable, node.rowsWhere) : rangeLoop(variable);
    });
    if (node.where !== undefined) {
      open(`if (${condition(node.where)})`);
      loops++;
    }
    const term = `term${number}`;
    const inner = new Map(known);
    line(`const ${term} = ${scalar(node.bodies[0]!, inner)};`);
    line(`${total} = ${scalar(monoid.combine[0]!, inner, [total, term])};`);
    close(loops);
    return total;
  };

  const loopOverRuns = (variable: number, runs: string): number => {
    const name = variableName(variable);
    open(`for (let run_${name} = 0; run_${name} < ${runs}.length; run_${name} += 2)`);
    open(
      `for (let ${name} = ${runs}[run_${name}], end_${name} = ${runs}[run_${name} + 1]; ${name} < end_${name}; ${name}++)`,
    );
    return 2;
  };
  const rangeLoop = (variable: number): number =>
    loopOverRuns(variable, use(`runs_${variableName(variable)}`, { kind: "runs", variable }));

  const rowsLoop = (variable: number, { table, column, equals }: NonNullable<ReduceIR["rowsWhere"]>): number => {
    const name = variableName(variable);
    const start = use(`rowStart_${column}_${table}`, { kind: "rowStart", table, column });
    const rows = use(`rowsOf_${column}_${table}`, { kind: "rowsOf", table, column });
    const equal = `equal${unique()}`;
    line(`const ${equal} = ${index(equals)};`);
    open(`for (let at_${name} = ${start}[${equal}]; at_${name} < ${start}[${equal} + 1]; at_${name}++)`);
    line(`const ${name} = ${rows}[at_${name}];`);
    if (variant.someRows[variable]) {
      const positions = use(`rowPositions_${name}`, { kind: "rowPositions", variable });
      const first = use(`rowFirst_${name}`, { kind: "rowFirst", variable });
      line(`if (!(${positions}[${name} - ${first}] >= 0)) continue;`);
    }
    return 1;
  };

  const localLoops = (number: number): number =>
    kernel.locals[number]!.indices.reduce((loops, variable, dimension) => {
      const runs = use(`localRuns${number}_${dimension}`, { kind: "localRuns", local: number, dimension });
      return loops + loopOverRuns(variable, runs);
    }, 0);
  const outputLoops = (): number => {
    let loops = 0;
    for (let variable = 0; variable < kernel.outputRank; variable++) loops += rangeLoop(variable);
    return loops;
  };

  const accumulate = ({ reduce, local }: Accumulation): void => {
    const loops = local === undefined ? outputLoops() : localLoops(local);
    const monoid = monoidOf(reduce.monoid);
    const known = new Map<string, string>();
    const total = reductionLoops(reduce, monoid, known);
    const held = partialElement(accumulation!);
    const next = variant.stage === "first" ? total : scalar(monoid.combine[0]!, known, [held, total]);
    line(`${held} = ${next};`);
    close(loops);
  };

  const finishes = variant.stage === "whole" || variant.stage === "last";
  kernel.locals.forEach((local, number) => {
    if (accumulation?.local === number) accumulate(accumulation);
    if (!finishes && accumulation?.local !== undefined && number >= accumulation.local) return;
    const loops = localLoops(number);
    const value = scalar(local.body, new Map());
    line(`${element(`local ${number}`, variant.locals[number]!, local.indices.map(variableName))} = ${value};`);
    close(loops);
  });
  if (accumulation !== undefined && accumulation.local === undefined) accumulate(accumulation);
  if (finishes) {
    const loops = outputLoops();
    const outputs = Array.from({ length: kernel.outputRank }, (_, variable) => variableName(variable));
    const value = scalar(kernel.body, new Map());
    const round = use("round", { kind: "round" });
    line(`${element("output", variant.output, outputs)} = ${round}(${value});`);
    close(loops);
  }
  return source();
}
