/**
 * Executes an ExecutionPlan one task after another, element by element in float64, and tells what each task touches.
 * Slow and plain: it shares nothing with the runtime but the plan.
 */
import type { LayerIR, MeshModel, ValueIR } from "../../compiler/check/ir.js";
import type { BufferAlias, ExecutionPlan, Runs } from "../../compiler/graph/execution-plan.js";
import type { TaskGraph } from "../../compiler/graph/task-graph.js";
import { evaluateKernel } from "./kernel-oracle.js";
import { movedTensor } from "./moved-tensor.js";
import type { Draw } from "./random-draw.js";

/** Where each global index of a buffer lies. */
export interface Addressing {
  readonly elements: number;
  /** Undefined where the buffer does not hold the index. */
  address(at: readonly number[]): number | undefined;
  /** Global indices by address. */
  readonly indices: readonly (readonly number[])[];
}

export function indicesOf(runs: Runs): number[] {
  const out: number[] = [];
  for (let i = 0; i < runs.length; i += 2) for (let x = runs[i]!; x < runs[i + 1]!; x++) out.push(x);
  return out;
}

/** All tuples of a product of runs, the last index fastest. */
export function elementsOf(region: readonly Runs[]): number[][] {
  return region.reduce<number[][]>(
    (tuples, runs) => tuples.flatMap((tuple) => indicesOf(runs).map((index) => [...tuple, index])),
    [[]],
  );
}

export function addressingOf(domain: readonly Runs[]): Addressing {
  const indices = elementsOf(domain);
  const byIndex = new Map(indices.map((at, address) => [at.join(), address]));
  return { elements: indices.length, indices, address: (at) => byIndex.get(at.join()) };
}

/** Small whole numbers, the same on every rank that holds the same part; of a pending input, what the rank contributes. */
export function inputElement(value: ValueIR, mesh: MeshModel, rank: number, at: readonly number[]): number {
  const name = [...value.name].map((letter) => letter.codePointAt(0)!);
  return mixed([...name, pendingPosition(value, mesh, rank), ...at]);
}

export function pendingPosition(value: ValueIR, mesh: MeshModel, rank: number): number {
  const over = value.pending.flatMap((p) => p.over);
  const at = coordinates(mesh, rank);
  return over.reduce((position, m) => position * mesh.axes[m]!.size + at[m]!, 0);
}

function mixed(parts: readonly number[]): number {
  let hash = 17;
  for (const part of parts) hash = Math.imul(hash ^ (part + 0x9e37), 0x85eb_ca6b) ^ (hash >>> 13);
  return ((((hash >>> 8) % 7) + 7) % 7) - 3;
}

export function coordinates(mesh: MeshModel, rank: number): number[] {
  const out: number[] = [];
  let rest = rank;
  for (const { size } of mesh.axes.toReversed()) {
    out.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return out;
}

export interface Touched {
  readonly buffer: number;
  readonly address: number;
}

export interface Execution {
  /** Elements by buffer. */
  readonly elements: readonly Float64Array[];
  readonly addressing: readonly Addressing[];
  /** By task, in the order of execution, with repetitions. */
  readonly reads: readonly (readonly Touched[])[];
  /** By task; what stays in place under another name is written there as well. */
  readonly writes: readonly (readonly Touched[])[];
  /** What is there before the first task. */
  readonly given: readonly Touched[];
}

/** Throws where a task reads what its buffers do not hold, or what nothing has written. */
export function execute(plan: ExecutionPlan, mesh: MeshModel, order: readonly number[]): Execution {
  const { buffers, graph } = plan;
  const addressing = buffers.map((buffer) => addressingOf(buffer.domain));
  const elements = addressing.map((a) => new Float64Array(a.elements));
  const written = addressing.map((a) => new Uint8Array(a.elements));
  const reads: Touched[][] = Array.from({ length: graph.taskCount }, () => []);
  const writes: Touched[][] = Array.from({ length: graph.taskCount }, () => []);
  const given: Touched[] = [];
  const aliasSets = buffers.map((buffer) =>
    buffer.aliases.map((alias) => ({ to: alias.buffer, place: aliasPlaces(alias) })),
  );

  const locate = (buffer: number, at: readonly number[], task: number): number => {
    const address = addressing[buffer]!.address(at);
    if (address === undefined)
      throw new Error(`task ${task}: ${buffers[buffer]!.name} of rank ${buffers[buffer]!.rank} lacks [${at.join()}]`);
    return address;
  };
  const load = (task: number, buffer: number, at: readonly number[]): number => {
    const address = locate(buffer, at, task);
    if (written[buffer]![address] === 0)
      throw new Error(`task ${task} reads ${buffers[buffer]!.name}[${at.join()}], which is not written yet`);
    reads[task]!.push({ buffer, address });
    return elements[buffer]![address]!;
  };
  const store = (task: number, buffer: number, at: readonly number[], value: number, again = false): void => {
    const address = locate(buffer, at, task);
    if (written[buffer]![address] === 1 && !again)
      throw new Error(`task ${task} writes ${buffers[buffer]!.name}[${at.join()}] a second time`);
    elements[buffer]![address] = value;
    written[buffer]![address] = 1;
    (task < 0 ? given : writes[task]!).push({ buffer, address });
    for (const { to, place } of aliasSets[buffer]!) {
      const there = place.get(String(at));
      if (there !== undefined) store(task, to, there, value, again);
    }
  };
  const combined = (monoid: string, a: number, b: number): number => (monoid === "sum" ? a + b : Math.max(a, b));

  buffers.forEach(({ fill }, buffer) => {
    if (fill === undefined) return;
    const given = new Set(
      aliasSets
        .flatMap((list) => list.filter(({ to }) => to === buffer).flatMap(({ place }) => [...place.values()]))
        .map(String),
    );
    for (const at of addressing[buffer]!.indices) if (!given.has(String(at))) store(-1, buffer, at, fill[0]!);
  });
  for (const { value, buffer } of plan.inputs)
    for (const at of addressing[buffer]!.indices)
      store(-1, buffer, at, inputElement(plan.values[value]!, mesh, buffers[buffer]!.rank, at));

  for (const task of order) {
    const action = plan.action(task);
    if (action.kind === "compute") {
      const { accumulate } = action;
      for (const at of elementsOf(action.region)) {
        const read = (operand: number, index: readonly number[]): number =>
          load(task, action.operands[operand]!, index);
        let result = evaluateKernel(plan.kernels[action.kernel]!, plan.tables, action.ranges, at, read);
        if (accumulate !== undefined && !accumulate.first) {
          const before = elements[action.output]![locate(action.output, at, task)]!;
          result = combined(accumulate.monoid, before, result);
        }
        store(task, action.output, at, result, accumulate !== undefined && !accumulate.first);
      }
    } else if (action.kind === "copy") {
      for (const { from, to, region, place } of [action, ...(action.rest ?? [])]) {
        const places = elementsOf(place ?? region);
        elementsOf(region).forEach((at, k) => store(task, to, places[k]!, load(task, from, at)));
      }
    } else if (action.kind === "combine") {
      for (const at of elementsOf(action.region)) {
        const [left, right] = [load(task, action.left, at), load(task, action.right, at)];
        store(task, action.into, at, combined(action.monoid, left, right));
      }
    }
  }
  return { elements, addressing, reads, writes, given };
}

/**
 * Tasks in some order that respects all edges; undefined where the edges have a cycle. `atOnce`: tasks that take no time,
 * and so come as soon as they can.
 */
export function topologicalOrder(
  graph: TaskGraph,
  draw: Draw,
  atOnce: (task: number) => boolean = () => false,
): number[] | undefined {
  const { taskCount, successorStart, successor } = graph;
  const waiting = new Int32Array(taskCount);
  for (const next of successor) waiting[next]!++;
  const ready = [...waiting.keys()].filter((task) => waiting[task] === 0);
  const order: number[] = [];
  while (ready.length > 0) {
    const first = ready.findIndex(atOnce);
    const [task] = ready.splice(first >= 0 ? first : draw.integer(0, ready.length - 1), 1) as [number];
    order.push(task);
    for (let edge = successorStart[task]!; edge < successorStart[task + 1]!; edge++)
      if (--waiting[successor[edge]!]! === 0) ready.push(successor[edge]!);
  }
  return order.length === taskCount ? order : undefined;
}

/** The layer on one rank that holds everything: values dense by id. */
export function unsharded(
  plan: Pick<ExecutionPlan, "tables">,
  layer: LayerIR,
  mesh: MeshModel,
): Map<number, Map<string, number>> {
  const held = new Map<number, Map<string, number>>();
  const everything = (size: number): Runs => (size > 0 ? Int32Array.of(0, size) : new Int32Array(0));
  const tuplesOf = (value: ValueIR): number[][] => elementsOf(value.axes.map((axis) => everything(axis.size)));
  for (const input of layer.inputs) {
    const value = layer.values[input]!;
    const over = value.pending.flatMap((p) => p.over);
    const contributors = Array.from({ length: mesh.rankCount }, (_, rank) => rank).filter((rank) =>
      coordinates(mesh, rank).every((c, m) => over.includes(m) || c === 0),
    );
    const monoid = value.pending[0]?.monoid;
    held.set(
      input,
      new Map(
        tuplesOf(value).map((at) => {
          const parts = contributors.map((rank) => inputElement(value, mesh, rank, at));
          return [at.join(), monoid === "max" ? Math.max(...parts) : parts.reduce((a, b) => a + b, 0)];
        }),
      ),
    );
  }
  for (const statement of layer.statements) {
    if (statement.kind !== "op") {
      held.set(statement.result, movedTensor(statement, layer.values, mesh, held.get(statement.operand)!));
      continue;
    }
    const { kernel, operands } = statement;
    const ranges = kernel.variables.map((variable) => everything(variable.size));
    const result = new Map<string, number>();
    for (const at of tuplesOf(layer.values[statement.result]!)) {
      const read = (operand: number, index: readonly number[]): number => {
        const element = held.get(operands[operand]!)!.get(index.join());
        if (element === undefined) throw new Error(`${kernel.name} reads [${index.join()}] out of bounds`);
        return element;
      };
      result.set(at.join(), evaluateKernel(kernel, plan.tables, ranges, at, read));
    }
    held.set(statement.result, result);
  }
  return held;
}

/** Where each element of a buffer stands under its other name. */
function aliasPlaces({ region, onto }: BufferAlias): Map<string, readonly number[]> {
  const lists = region.map(indicesOf);
  const targets = onto?.map(({ runs }) => indicesOf(runs));
  return new Map(
    elementsOf(region).map((at) => {
      const there = onto?.map(({ from }, d) => targets![d]![from === undefined ? 0 : lists[from]!.indexOf(at[from]!)]!);
      return [String(at), there ?? at];
    }),
  );
}
