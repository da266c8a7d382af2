/** How much of a block guards let through, element by element. */
import { mapCondition, negateCondition } from "../kernels/conditions.js";
import { renumberIndex } from "../kernels/index-math.js";
import type { ConditionIR, IndexIR, KernelIR, ScalarIR, TableData } from "../check/ir.js";
import { alternativesOf, distanceOf, filterRuns, holdsAt, variablesIn } from "./guards.js";
import { pureVariable } from "./access.js";
import { forEachSame, sameValues } from "./same-values.js";
import { walkKernel } from "../kernels/walk.js";
import type { Ranges } from "./image.js";
import { countPairs, forEachIndex, runsLength } from "../graph/runs.js";

/** Conditions that must hold together. */
export type Guards = readonly ConditionIR[];

/** Where what guards say is not known in closed form, this many elements are counted one by one. */
const mostCounted = 1e6;

/**
 * Share of the values of `variables` for which the guards hold; undefined where it would take too long to count.
 * Other variables of the guards are not supported: also undefined.
 */
export function shareHolding(
  guards: Guards,
  variables: readonly number[],
  ranges: Ranges,
  tables: readonly TableData[],
): number | undefined {
  const ways = alternativesOf(guards);
  if (ways.length === 0) return 0;
  const [way] = ways;
  const together = ways.length === 1 ? way! : guards;
  const named = [...new Set(together.flatMap(variablesIn))];
  if (!named.every((variable) => variables.includes(variable))) return undefined;
  const total = named.reduce((product, variable) => product * runsLength(ranges(variable)), 1);
  if (total === 0) return 1;
  const closed = ways.length === 1 ? countTogether(together, named, ranges, tables) : undefined;
  const count = closed ?? (total <= mostCounted ? countEach(together, named, ranges, tables) : undefined);
  return count === undefined ? undefined : count / total;
}

/** Comparisons of one variable with constants, of two's distance or of columns; undefined where there is more. */
function countTogether(
  guards: Guards,
  named: readonly number[],
  ranges: Ranges,
  tables: readonly TableData[],
): number | undefined {
  if (named.length > 2) return undefined;
  const [same] = sameValues(guards);
  if (same) {
    const rest = guards.filter((guard) => guard !== same.condition);
    let count: number | undefined = 0;
    forEachSame(same, ranges, tables, (narrowed) => {
      const own = count === undefined ? undefined : countTogether(rest, named, narrowed, tables);
      count = own === undefined ? undefined : count! + own;
    });
    return count;
  }
  const nothing = new Map<number, number>();
  const narrowed = named.map((variable) =>
    guards
      .filter((guard) => variablesIn(guard).length === 1 && variablesIn(guard)[0] === variable)
      .reduce((runs, guard) => filterRuns(runs, guard, variable, nothing, tables), ranges(variable)),
  );
  if (named.length < 2) return narrowed.reduce((product, runs) => product * runsLength(runs), 1);
  const [x, y] = named as [number, number];
  const distance = { low: -Infinity, high: Infinity };
  for (const guard of guards) {
    if (variablesIn(guard).length < 2) continue;
    const own = guard.kind === "compare" ? distanceOf(guard, x, y, nothing) : undefined;
    if (own === undefined) return undefined;
    distance.low = Math.max(distance.low, own.low);
    distance.high = Math.min(distance.high, own.high);
  }
  return countPairs(narrowed[0]!, narrowed[1]!, distance.low, distance.high);
}

function countEach(guards: Guards, named: readonly number[], ranges: Ranges, tables: readonly TableData[]): number {
  const fixed = new Map<number, number>();
  let count = 0;
  const descend = (depth: number): void => {
    if (depth === named.length) {
      if (guards.every((guard) => holdsAt(guard, fixed, tables))) count++;
      return;
    }
    forEachIndex(ranges(named[depth]!), (value) => {
      fixed.set(named[depth]!, value);
      descend(depth + 1);
    });
  };
  descend(0);
  return count;
}

/** What is known of a local equation from where it is read. */
export interface LocalUse {
  /** It is evaluated where one of these lists of guards holds, in its own variables; always, where one is empty. */
  readonly guards: readonly Guards[];
  /** Of its own variables, the one that it is read at. */
  readonly readAt: ReadonlyMap<number, number>;
}

/** How each local equation of a kernel is read. */
export function localUses(kernel: KernelIR): LocalUse[] {
  const uses = kernel.locals.map(() => ({ guards: [] as Guards[], readAt: new Map<number, number>() }));
  const visit = (node: ScalarIR, around: Guards): void => {
    switch (node.kind) {
      case "local": {
        const use = uses[node.local]!;
        const names = new Map<number, number>();
        kernel.locals[node.local]!.indices.forEach((own, place) => {
          const at = pureVariable(node.at[place]!);
          if (at === undefined) return;
          names.set(at, own);
          if (own !== at && !use.readAt.has(own)) use.readAt.set(own, at);
        });
        const rename = (index: IndexIR) => renumberIndex(index, (variable) => names.get(variable) ?? variable);
        use.guards.push(around.map((guard) => mapCondition(guard, rename)));
        return;
      }
      case "call":
        return node.arguments.forEach((part) => visit(part, around));
      case "binary":
        return [node.left, node.right].forEach((part) => visit(part, around));
      case "select":
        visit(node.whenTrue, [...around, node.condition]);
        return visit(node.whenFalse, [...around, negateCondition(node.condition)]);
      case "reduce":
        return node.bodies.forEach((body) => visit(body, node.where ? [...around, node.where] : around));
      default:
    }
  };
  visit(kernel.body, []);
  for (let local = kernel.locals.length - 1; local >= 0; local--) {
    const own = together(uses[local]!);
    visit(kernel.locals[local]!.body, own);
  }
  return uses;
}

/** The guards under which a local equation is evaluated at all. */
export function together({ guards }: LocalUse): Guards {
  if (guards.length === 0 || guards.some((list) => list.length === 0)) return [];
  const distinct = [...new Map(guards.map((list) => [JSON.stringify(list), list])).values()];
  if (distinct.length === 1) return distinct[0]!;
  return [{ kind: "or", parts: distinct.map((parts) => ({ kind: "and", parts })) }];
}

/** Whether any part of a kernel is guarded. */
export function hasGuards(kernel: KernelIR): boolean {
  let found = false;
  walkKernel(kernel, (scalar) => {
    found ||= scalar.kind === "select" || (scalar.kind === "reduce" && scalar.where !== undefined);
  });
  return found;
}
