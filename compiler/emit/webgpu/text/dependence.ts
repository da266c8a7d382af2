/** What a scalar depends on: how many of the loops around it, and whether it differs from lane to lane. */
import type { ConditionIR, IndexIR, KernelIR, ReduceIR, ScalarIR } from "../../../check/ir.js";
import { scalarParts } from "../../../kernels/walk.js";
import { isWideIndex, narrowIndex } from "./indices.js";
import type { Environment, IndexTexts } from "./indices.js";

export interface Dependence {
  readonly depth: number;
  readonly wide: boolean;
}

export interface Dependences {
  of(node: ScalarIR, environment: Environment): Dependence;
  ofCondition(node: ConditionIR, environment: Environment): Dependence;
  /** Whether a reduction stands in it, or in a local equation that it reads. */
  hasReduction(node: ScalarIR): boolean;
  /** What the indices of a local equation are where it is read. */
  localEnvironment(node: LocalRead, environment: Environment): Environment;
}
type LocalRead = Extract<ScalarIR, { kind: "local" }>;

/** What stands for a variable of a reduction whose loop is not open. */
export const innerName = (variable: number): string => `inner${variable}`;

export function withInner(environment: Environment, variables: readonly number[], depth: number): Environment {
  const inner = variables.map((v) => [v, narrowIndex(innerName(v), depth)] as const);
  return new Map([...environment, ...inner]);
}

/** A reduction's own variables make nothing depend on the loops around it. */
export const reductionEnvironment = ({ variables }: ReduceIR, environment: Environment): Environment =>
  withInner(environment, variables, 0);

const joined = (all: readonly Dependence[]): Dependence => ({
  depth: all.reduce((most, { depth }) => Math.max(most, depth), 0),
  wide: all.some(({ wide }) => wide),
});

export function createDependences(kernel: KernelIR, indices: IndexTexts): Dependences {
  const ofIndex = (index: IndexIR, environment: Environment): Dependence => {
    const value = indices.index(index, environment);
    return { depth: value.depth, wide: isWideIndex(value) };
  };

  // Locals are looked into once each: a chain of them in which each reads the next one twice is no tree of that size.
  const reducingLocals = new Map<number, boolean>();
  const hasReduction: Dependences["hasReduction"] = (node) => {
    if (node.kind === "reduce") return true;
    if (node.kind !== "local") return scalarParts(node).some(hasReduction);
    let known = reducingLocals.get(node.local);
    if (known === undefined) reducingLocals.set(node.local, (known = hasReduction(kernel.locals[node.local]!.body)));
    return known;
  };

  const localEnvironment: Dependences["localEnvironment"] = (node, environment) => {
    const { indices: own } = kernel.locals[node.local]!;
    return new Map([...environment, ...own.map((v, d) => [v, indices.index(node.at[d]!, environment)] as const)]);
  };

  const knownLocals = new Map<string, Dependence>();
  const ofLocal = (node: LocalRead, environment: Environment): Dependence => {
    const { indices: own, body } = kernel.locals[node.local]!;
    const inside = localEnvironment(node, environment);
    const bound = own.map((v) => inside.get(v)!);
    const key = `${node.local}: ${bound.map(({ text, step, depth }) => `${text} ${step} ${depth}`).join(", ")}`;
    let known = knownLocals.get(key);
    if (known === undefined) knownLocals.set(key, (known = of(body, inside)));
    return known;
  };

  const of: Dependences["of"] = (node, environment) => {
    switch (node.kind) {
      case "read":
        return joined(node.at.map((index) => ofIndex(index, environment)));
      case "weight":
      case "index":
        return ofIndex(node.at, environment);
      case "local":
        return ofLocal(node, environment);
      case "reduce": {
        const inner = reductionEnvironment(node, environment);
        return joined([
          ...(node.rowsWhere ? [ofIndex(node.rowsWhere.equals, environment)] : []),
          ...(node.where ? [ofCondition(node.where, inner)] : []),
          ...node.bodies.map((body) => of(body, inner)),
        ]);
      }
      default:
        return joined([
          ...(node.kind === "select" ? [ofCondition(node.condition, environment)] : []),
          ...scalarParts(node).map((part) => of(part, environment)),
        ]);
    }
  };

  const ofCondition: Dependences["ofCondition"] = (node, environment) =>
    node.kind === "compare"
      ? joined([ofIndex(node.left, environment), ofIndex(node.right, environment)])
      : joined(node.parts.map((part) => ofCondition(part, environment)));

  return { of, ofCondition, hasReduction, localEnvironment };
}
