/**
 * JavaScript loops for a kernel. The text depends only on the kernel and on a few facts about the task (`Variant`), so
 * one compiled function serves all tasks of a statement; what differs from task to task comes in through slots.
 */
import { InternalFault } from "../../compiler/diagnostics/internal-fault.js";
import type { KernelIR, MonoidIR, ReduceIR, ScalarIR } from "../../compiler/check/ir.js";
import { accumulationOf, outermostReductions, reductionKey } from "../../compiler/kernels/accumulation.js";
import type { Accumulation } from "../../compiler/kernels/accumulation.js";
import { createKernelText } from "./kernel-text.js";
import type { Precision } from "./kernel-text.js";
import { createKernelWriter } from "./kernel-writer.js";
import type { KernelSource } from "./kernel-writer.js";
import { createStateWriter } from "./state-combination.js";
import type { StateLoop, StateText, StateWriter } from "./state-combination.js";

export type { Precision } from "./kernel-text.js";

/** Which part of an accumulation a task is; `whole` is none. */
export type Stage = "whole" | "first" | "next" | "last";

export interface Variant {
  readonly precision: Precision;
  readonly stage: Stage;
  /** Of the reduction that is accumulated. */
  readonly accumulated?: string;
  /** What is written is the state of the kernel's outermost reduction, a component an output; else its value. */
  readonly writesState: boolean;
  /** Per array and dimension, whether addresses go through a position map. */
  readonly outputs: readonly (readonly boolean[])[];
  readonly operands: readonly (readonly boolean[])[];
  readonly locals: readonly (readonly boolean[])[];
  readonly partials: readonly (readonly boolean[])[];
  /** Per variable, whether it ranges over some of its rows only. */
  readonly someRows: readonly boolean[];
}

/** A loop of an equation: its variable, and the slot that has the runs it goes over. */
interface EquationLoop {
  readonly variable: number;
  readonly runs: string;
}

/** States of reductions that are at hand at a place, by `reductionKey`. */
type Known = Map<string, StateText>;

export function generateKernel(
  kernel: KernelIR,
  monoids: ReadonlyMap<string, MonoidIR>,
  variant: Variant,
): KernelSource {
  const writer = createKernelWriter();
  const { use, line, begin, open, close, unique, source } = writer;
  const text = createKernelText(kernel, writer, variant.precision);
  const { rounded, literal, variableName, index, condition, element, arithmetic } = text;

  const monoidOf = (name: string): MonoidIR => {
    const monoid = monoids.get(name);
    if (monoid === undefined)
      throw new InternalFault("run", `${kernel.name} reduces under ${name}, which is no monoid`);
    return monoid;
  };

  const accumulation = variant.accumulated === undefined ? undefined : accumulationOf(kernel, variant.accumulated);
  const accumulatedKey = accumulation && reductionKey(accumulation.reduce);

  /** The variables a component of a state is indexed by, of those of the equation that the reduction stands in. */
  const variablesOf = (monoid: MonoidIR, component: number, indices: readonly number[]): number[] => {
    const first = indices.length - monoid.axes.length;
    return [...indices.slice(0, first), ...monoid.components[component]!.axes.map((axis) => indices[first + axis]!)];
  };
  const stateElement = (
    array: "partial" | "output",
    monoid: MonoidIR,
    component: number,
    indices: readonly number[],
  ): string => {
    const mapped = array === "partial" ? variant.partials : variant.outputs;
    const at = variablesOf(monoid, component, indices).map(variableName);
    return element(`${array} ${component}`, mapped[component]!, at);
  };

  /** Text of the scalar's value; loops it needs are written before. `known`: reductions already computed here. */
  const scalar = (node: ScalarIR, known: Known, given?: StateText): string => {
    switch (node.kind) {
      case "constant":
        return literal(node.value);
      case "argument":
        return given!(node.argument);
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
        return arithmetic(node, [scalar(node.left, known, given), scalar(node.right, known, given)]);
      case "call":
        return arithmetic(
          node,
          node.arguments.map((argument) => scalar(argument, known, given)),
        );
      case "select":
        return selection(node, known, given);
      case "reduce":
        return scalar(monoidOf(node.monoid).finish, known, stateOf(node, known));
    }
  };

  /** Loops of the value not chosen do not run: what they would read may not be here. */
  const selection = (node: Extract<ScalarIR, { kind: "select" }>, known: Known, given?: StateText): string => {
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

  const stateOf = (node: ReduceIR, known: Known): StateText => {
    const key = reductionKey(node);
    if (key === accumulatedKey) {
      const monoid = monoidOf(node.monoid);
      return (component) => stateElement("partial", monoid, component, accumulation!.indices);
    }
    let state = known.get(key);
    if (state === undefined) known.set(key, (state = reductionLoops(node, [], known).state));
    return state;
  };

  /**
   * Writes the loops of a reduction. `loops`: those of the equation around it over the monoid's axes, where they are still
   * to be opened; components that have these axes are then arrays.
   */
  const reductionLoops = (
    node: ReduceIR,
    loops: readonly EquationLoop[],
    known: Known,
  ): { readonly state: StateText; readonly states: StateWriter } => {
    const monoid = monoidOf(node.monoid);
    const number = unique();
    const stateLoops = loops.map((loop): StateLoop => ({
      open: (place) => loopOverRuns(loop.variable, loop.runs, place),
      extent: `lengthOf(${loop.runs})`,
    }));
    const states = createStateWriter(monoid, stateLoops, text, writer);
    const state: StateText = (component) => {
      const axes = states.axesOf(component);
      if (axes.length === 0) return `state${number}_${component}`;
      const at = axes.map((axis, position) =>
        [states.place(axis), ...axes.slice(position + 1).map((inner) => `extent${number}_${inner}`)].join(" * "),
      );
      return `state${number}_${component}[${at.join(" + ")}]`;
    };
    stateLoops.forEach(({ extent }, axis) => begin(`const extent${number}_${axis} = ${extent};`));
    monoid.identity.forEach((value, component) => {
      const name = `state${number}_${component}`;
      const axes = states.axesOf(component);
      if (axes.length === 0) return line(`let ${name} = ${literal(value)};`);
      const extents = axes.map((axis) => `extent${number}_${axis}`);
      const elements = variant.precision === "f32" ? "Float32Array" : "Float64Array";
      begin(`const ${name} = new ${elements}(${extents.join(" * ")});`);
      line(`${name}.fill(${literal(value)});`);
    });
    let blocks = 0;
    node.variables.forEach((variable, position) => {
      blocks +=
        position === 0 && node.rowsWhere !== undefined ? rowsLoop(variable, node.rowsWhere) : rangeLoop(variable);
    });
    if (node.where !== undefined) {
      open(`if (${condition(node.where)})`);
      blocks++;
    }
    const term: StateText = (component) => scalar(node.bodies[component]!, new Map(known));
    states.combine(state, term, (component, value) => line(`${state(component)} = ${value};`));
    close(blocks);
    return { state, states };
  };

  const loopOverRuns = (variable: number, runs: string, place?: string): number => {
    const name = variableName(variable);
    const counted = place === undefined ? "" : `, ${place} = 0`;
    open(`for (let run_${name} = 0${counted}; run_${name} < ${runs}.length; run_${name} += 2)`);
    const step = place === undefined ? `${name}++` : `${name}++, ${place}++`;
    open(
      `for (let ${name} = ${runs}[run_${name}], end_${name} = ${runs}[run_${name} + 1]; ${name} < end_${name}; ${step})`,
    );
    return 2;
  };
  const runsOf = (variable: number): string => use(`runs_${variableName(variable)}`, { kind: "runs", variable });
  const rangeLoop = (variable: number): number => loopOverRuns(variable, runsOf(variable));

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

  const localLoops = (number: number): EquationLoop[] =>
    kernel.locals[number]!.indices.map((variable, dimension) => ({
      variable,
      runs: use(`localRuns${number}_${dimension}`, { kind: "localRuns", local: number, dimension }),
    }));
  const outputLoops = (): EquationLoop[] =>
    Array.from({ length: kernel.outputRank }, (_, variable) => ({ variable, runs: runsOf(variable) }));
  const openLoop = ({ variable, runs }: EquationLoop, place?: string): number => loopOverRuns(variable, runs, place);

  /**
   * The loops of an equation. A reduction whose state has the value's last axes stands before the loops over those: its
   * other components are computed once for all of them.
   */
  const equation = (loops: readonly EquationLoop[], root: ScalarIR, write: (value: string) => void): void => {
    const known: Known = new Map();
    const early = outermostReductions(root).filter((node) => reductionKey(node) !== accumulatedKey);
    const places = new Map<number, string[]>();
    let blocks = 0;
    for (let depth = 0; depth <= loops.length; depth++) {
      for (const node of early) {
        if (monoidOf(node.monoid).axes.length !== loops.length - depth || depth === loops.length) continue;
        if (known.has(reductionKey(node))) continue;
        const { state, states } = reductionLoops(node, loops.slice(depth), known);
        known.set(reductionKey(node), state);
        loops.slice(depth).forEach((_, axis) => {
          places.set(depth + axis, [...(places.get(depth + axis) ?? []), states.place(axis)]);
        });
      }
      if (depth === loops.length) break;
      const own = places.get(depth) ?? [];
      blocks += openLoop(loops[depth]!, own[0]);
      for (const other of own.slice(1)) line(`const ${other} = ${own[0]};`);
    }
    write(scalar(root, known));
    close(blocks);
  };

  /** The loops of an equation around the state of one reduction, up to the monoid's own axes. */
  const aroundState = (
    loops: readonly EquationLoop[],
    monoid: MonoidIR,
    inside: (own: readonly EquationLoop[]) => void,
  ): void => {
    const depth = loops.length - monoid.axes.length;
    const blocks = loops.slice(0, depth).reduce((sum, loop) => sum + openLoop(loop), 0);
    inside(loops.slice(depth));
    close(blocks);
  };
  const forEachComponent = (monoid: MonoidIR, states: StateWriter, visit: (component: number) => void): void =>
    monoid.components.forEach((_, component) => states.within(states.axesOf(component), () => visit(component)));

  const accumulate = ({ reduce, local, indices }: Accumulation): void => {
    const monoid = monoidOf(reduce.monoid);
    aroundState(local === undefined ? outputLoops() : localLoops(local), monoid, (own) => {
      const { state, states } = reductionLoops(reduce, own, new Map());
      const held: StateText = (component) => stateElement("partial", monoid, component, indices);
      const store = (component: number, value: string): void => line(`${held(component)} = ${value};`);
      if (variant.stage !== "first") return states.combine(held, state, store);
      forEachComponent(monoid, states, (component) => store(component, state(component)));
    });
  };

  const writeState = (reduce: ReduceIR): void => {
    const monoid = monoidOf(reduce.monoid);
    const loops = outputLoops();
    const indices = loops.map(({ variable }) => variable);
    aroundState(loops, monoid, (own) => {
      const accumulated = reductionKey(reduce) === accumulatedKey;
      const states = accumulated ? stateWriterOver(monoid, own) : undefined;
      const made = states ? { states, state: stateOf(reduce, new Map()) } : reductionLoops(reduce, own, new Map());
      forEachComponent(monoid, made.states, (component) => {
        const round = use(`round_${component}`, { kind: "round", output: component });
        const output = stateElement("output", monoid, component, indices);
        line(`${output} = ${round}(${made.state(component)});`);
      });
    });
  };
  const stateWriterOver = (monoid: MonoidIR, loops: readonly EquationLoop[]): StateWriter =>
    createStateWriter(
      monoid,
      loops.map((loop) => ({ open: (place) => openLoop(loop, place), extent: "" })),
      text,
      writer,
    );

  const finishes = variant.stage === "whole" || variant.stage === "last";
  kernel.locals.forEach((local, number) => {
    if (accumulation?.local === number) accumulate(accumulation);
    if (!finishes && accumulation?.local !== undefined && number >= accumulation.local) return;
    equation(localLoops(number), local.body, (value) => {
      line(`${element(`local ${number}`, variant.locals[number]!, local.indices.map(variableName))} = ${value};`);
    });
  });
  if (accumulation !== undefined && accumulation.local === undefined) accumulate(accumulation);
  if (finishes && variant.writesState) {
    if (kernel.body.kind !== "reduce")
      throw new InternalFault("run", `${kernel.name} is no reduction, and has no state`);
    writeState(kernel.body);
  } else if (finishes) {
    const loops = outputLoops();
    equation(loops, kernel.body, (value) => {
      const outputs = loops.map(({ variable }) => variableName(variable));
      const round = use("round_0", { kind: "round", output: 0 });
      line(`${element("output 0", variant.outputs[0]!, outputs)} = ${round}(${value});`);
    });
  }
  return source();
}
