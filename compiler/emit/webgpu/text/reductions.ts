/**
 * Reductions as WGSL loops. What a term holds that does not change from term to term, as a sum within it, is evaluated
 * before the loop, as far out as it can be.
 */
import type { MonoidIR, ReduceIR, ScalarIR } from "../../../check/ir.js";
import { scalarParts } from "../../../kernels/walk.js";
import { reductionEnvironment, withInner } from "./dependence.js";
import type { Dependences } from "./dependence.js";
import type { EvaluationHost, Scope, State } from "./host.js";
import type { Environment } from "./indices.js";
import { isPlainSum, wideComponents } from "./monoids.js";
import type { MonoidTexts } from "./monoids.js";
import { bare, splat } from "./scalars.js";
import type { Value } from "./scalars.js";

export interface Reductions {
  /** The components of a reduction's state. */
  state(node: ReduceIR, scope: Scope): State;
  /** Evaluates whatever holds a reduction and depends on no variable of a greater depth than the scope's. */
  hoist(node: ScalarIR, scope: Scope, inner: Environment): void;
}

export interface ReductionsOptions {
  readonly host: EvaluationHost;
  readonly dependences: Dependences;
  readonly monoids: MonoidTexts;
  /** The value of a scalar, and a text by which equal ones are known. */
  scalar(node: ScalarIR, scope: Scope): Value;
  keyOf(node: ScalarIR, environment: Environment): string;
}

export function createReductions({ host, dependences, monoids, scalar, keyOf }: ReductionsOptions): Reductions {
  const { kernel, indices, writer } = host;
  const { line, open, close, unique } = writer;

  const hoist: Reductions["hoist"] = (whole, scope, around) => {
    // A chain of local equations, each of which reads the one before twice, is no tree of that size.
    const seen = new Set<string>();
    const visit = (node: ScalarIR, inner: Environment): void => {
      if (node.kind === "local") {
        const key = keyOf(node, inner);
        if (seen.has(key) || !dependences.hasReduction(node)) return;
        seen.add(key);
      }
      if (node.kind === "reduce" || node.kind === "local") {
        if (dependences.of(node, inner).depth <= scope.depth) {
          // Under the inner environment: it binds alike whatever this depends on.
          scalar(node, { ...scope, environment: inner });
          return;
        }
      }
      // What is not chosen is not to be computed.
      if (node.kind === "select") return;
      if (node.kind === "local") visit(kernel.locals[node.local]!.body, dependences.localEnvironment(node, inner));
      else if (node.kind === "reduce") {
        const deeper = withInner(inner, node.variables, Infinity);
        for (const body of node.bodies) visit(body, deeper);
      } else for (const part of scalarParts(node)) visit(part, inner);
    };
    visit(whole, around);
  };

  const state: Reductions["state"] = (node, scope) => {
    const given = host.given?.(node);
    if (given !== undefined) return given;
    const key = `state ${keyOf(node, scope.environment)}`;
    const known = scope.known.get(key);
    if (known !== undefined) return known;
    const made = reductionLoops(node, scope);
    scope.known.set(key, made);
    return made;
  };

  const reductionLoops = (node: ReduceIR, scope: Scope): State => {
    const monoid = monoids.of(node.monoid);
    const inner = reductionEnvironment(node, scope.environment);
    const agree = host.agree?.(node, monoid, scope.depth);
    const isGuardWide = node.where !== undefined && dependences.ofCondition(node.where, inner).wide;
    // A share of a reduction is folded four by four.
    const isWide = agree !== undefined || isGuardWide;
    const wides = wideComponents(
      monoid,
      node.bodies.map((body) => isWide || dependences.of(body, inner).wide),
    );
    const prefix = `s${unique()}`;
    const names = monoid.components.map((component) =>
      monoid.components.length === 1 ? prefix : `${prefix}_${component.name.replaceAll(/\W/g, "_")}`,
    );
    const held: State = names.map((text, component) => ({ text, wide: wides[component]!, type: host.numbers }));
    const begin = monoids.identity(monoid);

    // What is the same for all terms is computed before the loops, each as far out as it can be.
    let { environment } = scope;
    let { depth } = scope;
    const declared: string[] = [];
    held.forEach(({ text, wide: isOwnWide }, component) =>
      declared.push(`var ${text} = ${bare(isOwnWide ? splat(begin[component]!) : begin[component]!.text)};`),
    );
    let blocks = 0;
    let mask: string | undefined;
    let inside = scope.known;
    node.variables.forEach((variable, position) => {
      const rest = withInner(environment, node.variables.slice(position), depth + 1);
      for (const body of node.bodies) hoist(body, { environment, known: inside, depth }, rest);
      if (position === 0) declared.forEach((text) => line(text));
      inside = new Map(inside);
      const rows =
        position === 0 && node.rowsWhere !== undefined
          ? { link: node.rowsWhere, equals: indices.index(node.rowsWhere.equals, environment).text }
          : undefined;
      const opened = host.loop(variable, depth + 1, rows, agree !== undefined);
      mask ??= opened.mask;
      blocks += opened.blocks;
      depth++;
      environment = new Map([...environment, [variable, opened.value]]);
    });
    if (node.variables.length === 0) declared.forEach((text) => line(text));
    const innermost: Scope = { environment, known: inside, depth };
    const guard = node.where && indices.condition(node.where, environment);
    if (guard !== undefined && !guard.wide) {
      open(`if ${guard.text}`);
      blocks++;
    }
    const lanes = [...(mask === undefined ? [] : [mask]), ...(guard?.wide ? [guard.text] : [])];
    fold(node, monoid, held, innermost, lanes.length === 0 ? undefined : lanes.join(" & "));
    close(blocks);
    return agree === undefined ? held : agree(held);
  };

  /** held = combine(held, term), in the lanes that the mask has. */
  const fold = (node: ReduceIR, monoid: MonoidIR, held: State, scope: Scope, mask: string | undefined): void => {
    const [body] = node.bodies;
    const [only] = held;
    const isSum = monoid.components.length === 1 && isPlainSum(monoid);
    if (isSum && mask === undefined && body!.kind === "binary" && body!.operator === "*") {
      const [left, right] = [scalar(body!.left, scope), scalar(body!.right, scope)];
      const list = (only!.wide ? [splat(left), splat(right)] : [left.text, right.text]).map(bare);
      line(`${only!.text} = fma(${list.join(", ")}, ${only!.text});`);
      return;
    }
    const term = node.bodies.map((each) => scalar(each, scope));
    const combined = monoids.combine(monoid, held, term);
    held.forEach(({ text, wide: isWide }, component) => {
      const value = bare(isWide ? splat(combined[component]!) : combined[component]!.text);
      line(`${text} = ${mask === undefined ? value : `select(${text}, ${value}, ${mask})`};`);
    });
  };

  return { state, hoist };
}
