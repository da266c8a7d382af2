/**
 * The mathematics of an op as WGSL statements. Local equations are evaluated where they are read; what holds a reduction
 * is evaluated once, outside of the loops that it does not depend on.
 */
import type { ScalarIR } from "../../../check/ir.js";
import { InternalFault } from "../../../diagnostics/internal-fault.js";
import { scalarParts } from "../../../kernels/walk.js";
import { createDependences, innerName } from "./dependence.js";
import type { EvaluationHost, Scope } from "./host.js";
import { isWideIndex, laneText, wideText } from "./indices.js";
import type { Environment } from "./indices.js";
import { createMonoidTexts } from "./monoids.js";
import type { MonoidTexts } from "./monoids.js";
import { createReductions } from "./reductions.js";
import type { Reductions } from "./reductions.js";
import { arithmetic, bare, literal, narrow, splat, typeOf, wide } from "./scalars.js";
import type { Value } from "./scalars.js";

export interface Evaluation extends Reductions {
  /** The value of a scalar; statements that it needs are written before. */
  scalar(node: ScalarIR, scope: Scope): Value;
  readonly monoids: MonoidTexts;
}

export function createEvaluation(host: EvaluationHost): Evaluation {
  const { kernel, indices, writer } = host;
  const { line, open, close, unique } = writer;
  const dependences = createDependences(kernel, indices);
  const number = (value: number): Value => literal(value, host.numbers, host.notFinite);

  /** A name for a value, so that it is computed once. */
  const named = (value: Value, prefix: string): Value => {
    if (/^[\w.]+$/.test(value.text)) return value;
    const name = `${prefix}${unique()}`;
    line(`let ${name} = ${bare(value.text)};`);
    return { ...value, text: name };
  };

  /** Equal for scalars that are the same value where their variables are bound as they are. */
  const keyOf = (node: ScalarIR, environment: Environment): string =>
    JSON.stringify(node, (field, value: unknown) => {
      if (typeof value === "number" && !Number.isFinite(value)) return String(value);
      if (field === "variable") return environment.get(value as number)?.text ?? innerName(value as number);
      return value;
    });

  const monoids = createMonoidTexts(host.monoids, number, named);

  const scalar: Evaluation["scalar"] = (node, scope) => {
    const { environment, known } = scope;
    switch (node.kind) {
      case "constant":
        return number(node.value);
      case "read": {
        const key = keyOf(node, environment);
        const value = known.get(key)?.[0];
        if (value !== undefined) return value;
        const at = node.at.map((index) => indices.index(index, environment));
        const made = named(host.read(node.operand, at), "x");
        known.set(key, [made]);
        return made;
      }
      case "local": {
        const key = keyOf(node, environment);
        const value = known.get(key)?.[0];
        if (value !== undefined) return value;
        const made = scalar(kernel.locals[node.local]!.body, {
          ...scope,
          environment: dependences.localEnvironment(node, environment),
        });
        const kept = named(made, "t");
        known.set(key, [kept]);
        return kept;
      }
      case "weight": {
        const at = indices.index(node.at, environment);
        if (!isWideIndex(at)) return narrow(host.weight(node.table, at.text));
        return wide(`vec4f(${[0, 1, 2, 3].map((lane) => host.weight(node.table, laneText(at, lane))).join(", ")})`);
      }
      case "index": {
        const at = indices.index(node.at, environment);
        return isWideIndex(at) ? wide(`vec4f(${wideText(at)})`) : narrow(`f32(${at.text})`);
      }
      case "binary":
      case "call":
        return arithmetic(
          node,
          scalarParts(node).map((part) => scalar(part, scope)),
        );
      case "select":
        return selection(node, scope);
      case "reduce":
        return named(monoids.finish(monoids.of(node.monoid), state(node, scope)), "r");
      case "argument":
        throw new InternalFault("emit", `${kernel.name}: an argument outside a monoid`);
    }
  };

  /** Where the lanes choose alike, the loops of what is not chosen do not run. */
  const selection = (node: Extract<ScalarIR, { kind: "select" }>, scope: Scope): Value => {
    const condition = indices.condition(node.condition, scope.environment);
    const branch = (part: ScalarIR): Value => scalar(part, { ...scope, known: new Map(scope.known) });
    if (condition.wide) {
      const [yes, no] = [node.whenTrue, node.whenFalse].map(branch);
      return wide(`select(${splat(no!)}, ${splat(yes!)}, ${condition.text})`, host.numbers);
    }
    const isWide = [node.whenTrue, node.whenFalse].some((part) => dependences.of(part, scope.environment).wide);
    const assign = (part: ScalarIR): void => {
      const value = branch(part);
      line(`${name} = ${bare(isWide ? splat(value) : value.text)};`);
    };
    const name = `chosen${unique()}`;
    line(`var ${name}: ${typeOf(isWide, host.numbers)};`);
    open(`if ${condition.text}`);
    assign(node.whenTrue);
    close();
    open("else");
    assign(node.whenFalse);
    close();
    return { text: name, wide: isWide, type: host.numbers };
  };

  const { state, hoist } = createReductions({ host, dependences, monoids, scalar, keyOf });
  return { scalar, state, hoist, monoids };
}
