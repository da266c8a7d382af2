/**
 * What the tasks of an ExecutionPlan do, in a form that ranks can share: columns in shared memory, and small plain data
 * that is cloned. Every rank sees every action, because whoever releases a join executes it.
 */
import { partsOf } from "../../compiler/graph/execution-plan.js";
import type { KernelIR, MonoidIR, TableData } from "../../compiler/check/ir.js";
import type { BufferInfo, CopyPart, ExecutionPlan, Runs, TaskAction } from "../../compiler/graph/execution-plan.js";
import { createRunsNumbers } from "../../compiler/graph/runs-numbers.js";
import { shared } from "../numbers/shared-arrays.js";

/** What tasks do, encoded; all arrays are shared. `actionStart` is empty where nothing is executed (device `null`). */
export interface SharedActions {
  readonly actionStart: Uint32Array;
  readonly words: Int32Array;
  /** Distinct runs: runs k are `runs[runsStart[k] .. runsStart[k + 1])`. */
  readonly runsStart: Uint32Array;
  readonly runs: Int32Array;
  /** Domain of each buffer as numbers of runs. */
  readonly domains: readonly (readonly number[])[];
  readonly buffers: readonly Pick<BufferInfo, "rank" | "dtype" | "elements" | "state">[];
  /** Where what is written to each buffer is passed on to, the region as numbers of runs. */
  readonly aliases: readonly (readonly SharedAlias[])[];
  readonly kernels: readonly KernelIR[];
  readonly monoids: readonly MonoidIR[];
  readonly tables: readonly TableData[];
}

/** A `BufferAlias` with its runs as numbers. */
interface SharedAlias {
  readonly buffer: number;
  readonly region: readonly number[];
  readonly onto?: readonly { readonly runs: number; readonly from?: number }[];
}

const ActionCode = { none: 0, compute: 1, copy: 2, combine: 3 } as const;
const accumulates = 4;

export function shareActions(plan: ExecutionPlan): SharedActions {
  const runsStart = [0];
  const values: number[] = [];
  const numberOf = createRunsNumbers((runs) => {
    for (const bound of runs) values.push(bound);
    runsStart.push(values.length);
  });
  const monoidNumbers = new Map(plan.monoids.map(({ name }, number) => [name, number]));
  const actionStart = [0];
  const words: number[] = [];
  const list = (numbers: readonly number[]): void => void words.push(numbers.length, ...numbers);
  const regions = (runs: readonly Runs[]): void => list(runs.map((one) => numberOf(one)));
  for (let task = 0; task < plan.graph.taskCount; task++) {
    const action = plan.action(task);
    words.push(ActionCode[action.kind]);
    switch (action.kind) {
      case "compute": {
        const { accumulate } = action;
        const stage = accumulate && (accumulate.first ? 1 : 0) + (accumulate.last ? 2 : 0);
        words.push(action.kernel, action.output);
        words.push(accumulate ? accumulates + stage! : 0, accumulate ? monoidNumbers.get(accumulate.monoid)! : -1);
        list(action.operands);
        regions(action.region);
        regions(action.ranges);
        break;
      }
      case "copy":
        words.push(1 + (action.rest?.length ?? 0));
        for (const { from, to, region, place } of partsOf(action)) {
          words.push(from, to);
          regions(region);
          regions(place ?? []);
        }
        break;
      case "combine":
        words.push(monoidNumbers.get(action.monoid)!, action.into, action.left, action.right);
        regions(action.region);
        break;
      case "none":
        break;
    }
    actionStart.push(words.length);
  }
  const numbersOf = (runs: readonly Runs[]): number[] => runs.map((one) => numberOf(one));
  const domains = plan.buffers.map(({ domain }) => numbersOf(domain));
  const aliases = plan.buffers.map((info) =>
    info.aliases.map(({ buffer, region, onto }): SharedAlias => {
      const dimensions = onto?.map(({ runs, from }) => ({
        runs: numberOf(runs),
        ...(from !== undefined && { from }),
      }));
      return { buffer, region: numbersOf(region), ...(dimensions && { onto: dimensions }) };
    }),
  );
  return {
    actionStart: shared(Uint32Array, actionStart),
    words: shared(Int32Array, words),
    runsStart: shared(Uint32Array, runsStart),
    runs: shared(Int32Array, values),
    domains,
    aliases,
    buffers: plan.buffers.map(({ rank, dtype, elements, state }) => ({
      rank,
      dtype,
      elements,
      ...(state && { state }),
    })),
    kernels: plan.kernels,
    monoids: plan.monoids,
    tables: plan.tables,
  };
}

/** Runs by number; one array object a number, so that what is derived from runs is made once. */
export function runsReader({ runsStart, runs }: SharedActions): (number: number) => Runs {
  const made: (Runs | undefined)[] = Array.from({ length: runsStart.length - 1 });
  return (number) => (made[number] ??= runs.slice(runsStart[number], runsStart[number + 1]));
}

/** The inverse of `shareActions`. */
export function actionReader(actions: SharedActions, runsOf: (number: number) => Runs): (task: number) => TaskAction {
  const { words, actionStart, monoids } = actions;
  return (task) => {
    let at = actionStart[task]!;
    const word = (): number => words[at++]!;
    const list = (): number[] => Array.from({ length: word() }, word);
    const regions = (): Runs[] => list().map(runsOf);
    switch (word()) {
      case ActionCode.compute: {
        const [kernel, output, flags, monoid] = [word(), word(), word(), word()];
        const [operands, region, ranges] = [list(), regions(), regions()];
        const compute = { kind: "compute", kernel, output, operands, region, ranges } as const;
        if (flags === 0) return compute;
        const stage = { first: (flags & 1) !== 0, last: (flags & 2) !== 0 };
        return { ...compute, accumulate: { monoid: monoids[monoid]!.name, ...stage } };
      }
      case ActionCode.copy: {
        const parts = Array.from({ length: word() }, (): CopyPart => {
          const [from, to, region, place] = [word(), word(), regions(), regions()];
          return { from, to, region, ...(place.length > 0 && { place }) };
        });
        const [first, ...rest] = parts;
        return { kind: "copy", ...first!, ...(rest.length > 0 && { rest }) };
      }
      case ActionCode.combine: {
        const [monoid, into, left, right] = [word(), word(), word(), word()];
        return { kind: "combine", monoid: monoids[monoid]!.name, into, left, right, region: regions() };
      }
      default:
        return { kind: "none" };
    }
  };
}
