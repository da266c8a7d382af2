/**
 * The mathematics of an op as WGSL statements. Local equations are evaluated where they are read; what holds a reduction
 * is evaluated once, outside of the loops that it does not depend on.
 */
import type { KernelIR, MonoidIR, ReduceIR, ScalarIR } from "../../../check/ir.js";
import { InternalFault } from "../../../diagnostics/internal-fault.js";
import { scalarParts } from "../../../kernels/walk.js";
import { isWideIndex, laneText, narrowIndex, wideText } from "./indices.js";
import type { Environment, IndexTexts, IndexValue } from "./indices.js";
import { arithmetic, literal, narrow, splat, typeOf, wide } from "./scalars.js";
import type { Value } from "./scalars.js";

/** What an evaluation needs of the kernel around it. */
export interface EvaluationHost {
  readonly kernel: KernelIR;
  readonly monoids: ReadonlyMap<string, MonoidIR>;
  readonly indices: IndexTexts;
  readonly writer: {
    line(text: string): void;
    open(head: string): void;
    close(blocks?: number): void;
    unique(): number;
  };
  /** An f32 with these bits, which is no constant. */
  notFinite(bits: number): string;
  /** An element of an operand, or four where a dimension is indexed by lanes. */
  read(operand: number, at: readonly IndexValue[]): Value;
  weight(table: number, at: string): string;
  /**
   * Opens the loop over a variable of a reduction, and returns what the variable is inside and how many blocks that were.
   * `rows`: over the rows whose column equals the text.
   */
  loop(
    variable: number,
    depth: number,
    rows?: { readonly link: RowLink; readonly equals: string },
    isShared?: boolean,
  ): OpenedLoop;
  /** The state of a reduction that is at hand already, else undefined. */
  given?(reduce: ReduceIR): State | undefined;
  /**
   * Joins what the invocations of a workgroup folded of a reduction, of which `loop` left each a share; all have the state then.
   * Asked of every reduction, by how many loops stand around it; undefined where each invocation folds all of it.
   */
  agree?(reduce: ReduceIR, monoid: MonoidIR, depth: number): ((state: State) => State) | undefined;
}
type RowLink = NonNullable<ReduceIR["rowsWhere"]>;

export interface OpenedLoop {
  readonly value: IndexValue;
  readonly blocks: number;
  /** Lanes that the loop really visits; absent: all. A vec4<bool>. */
  readonly mask?: string;
}

/** Values of a monoid's components. */
export type State = readonly Value[];

/** What is at hand at a place: bound variables, values by what they are, loops around. */
export interface Scope {
  readonly environment: Environment;
  readonly known: Map<string, State>;
  readonly depth: number;
}

export interface Evaluation {
  /** The value of a scalar; statements that it needs are written before. */
  scalar(node: ScalarIR, scope: Scope): Value;
  /** The components of a reduction's state. */
  state(node: ReduceIR, scope: Scope): State;
  /** combine(left, right), a value a component; none of the statements written changes either. */
  combine(monoid: MonoidIR, left: State, right: State): State;
  finish(monoid: MonoidIR, state: State): Value;
  identity(monoid: MonoidIR): State;
  monoidOf(name: string): MonoidIR;
  /** Evaluates whatever holds a reduction and depends on no variable of a greater depth than the scope's. */
  hoist(node: ScalarIR, scope: Scope, inner: Environment): void;
}

export function createEvaluation(host: EvaluationHost): Evaluation {
  const { kernel, indices, writer } = host;
  const { line, open, close, unique } = writer;

  const monoidOf = (name: string): MonoidIR => {
    const monoid = host.monoids.get(name);
    if (monoid === undefined) throw new InternalFault("emit", `${kernel.name} reduces under ${name}, no monoid`);
    return monoid;
  };
  const number = (value: number): Value => literal(value, host.notFinite);

  /** A name for a value, so that it is computed once. */
  const named = (value: Value, prefix: string): Value => {
    if (/^[\w.]+$/.test(value.text)) return value;
    const name = `${prefix}${unique()}`;
    line(`let ${name} = ${value.text};`);
    return { text: name, wide: value.wide };
  };

  /** Equal for scalars that are the same value where their variables are bound as they are. */
  const keyOf = (node: ScalarIR, environment: Environment): string =>
    JSON.stringify(node, (field, value: unknown) => {
      if (typeof value === "number" && !Number.isFinite(value)) return String(value);
      if (field === "variable") return environment.get(value as number)?.text ?? innerName(value as number);
      return value;
    });

  const localScope = (node: Extract<ScalarIR, { kind: "local" }>, environment: Environment): Environment => {
    const { indices: own } = kernel.locals[node.local]!;
    return new Map([...environment, ...own.map((v, d) => [v, indices.index(node.at[d]!, environment)] as const)]);
  };

  // ---------------------------------------------------------------- what a scalar depends on

  // Locals are looked into once each: a chain of them in which each reads the next one twice is no tree of that size.
  const reducingLocals = new Map<number, boolean>();
  const hasReduction = (node: ScalarIR): boolean => {
    if (node.kind === "reduce") return true;
    if (node.kind !== "local") return scalarParts(node).some(hasReduction);
    let known = reducingLocals.get(node.local);
    if (known === undefined) reducingLocals.set(node.local, (known = hasReduction(kernel.locals[node.local]!.body)));
    return known;
  };

  const localDependence = new Map<string, { depth: number; wide: boolean }>();
  /** Of a scalar under an environment: the loops it stands in, and whether lanes differ. */
  const dependence = (node: ScalarIR, environment: Environment): { depth: number; wide: boolean } => {
    const found = { depth: 0, wide: false };
    const add = (value: IndexValue): void => {
      found.depth = Math.max(found.depth, value.depth);
      found.wide ||= isWideIndex(value);
    };
    const include = (other: { depth: number; wide: boolean }): void => {
      found.depth = Math.max(found.depth, other.depth);
      found.wide ||= other.wide;
    };
    switch (node.kind) {
      case "read":
        for (const at of node.at) add(indices.index(at, environment));
        break;
      case "weight":
      case "index":
        add(indices.index(node.at, environment));
        break;
      case "local": {
        const inside = localScope(node, environment);
        const own = kernel.locals[node.local]!.indices.map((v) => inside.get(v)!);
        const key = `${node.local}: ${own.map(({ text, step, depth }) => `${text} ${step} ${depth}`).join(", ")}`;
        let known = localDependence.get(key);
        if (known === undefined) {
          known = dependence(kernel.locals[node.local]!.body, inside);
          localDependence.set(key, known);
        }
        include(known);
        break;
      }
      case "select":
        include(conditionDependence(node.condition, environment));
        break;
      case "reduce": {
        const inner = reductionEnvironment(node, environment);
        if (node.rowsWhere) add(indices.index(node.rowsWhere.equals, environment));
        if (node.where) include(conditionDependence(node.where, inner));
        for (const body of node.bodies) include(dependence(body, inner));
        return found;
      }
      default:
        break;
    }
    for (const part of scalarParts(node)) include(dependence(part, environment));
    return found;
  };
  const conditionDependence = (
    node: Parameters<IndexTexts["condition"]>[0],
    environment: Environment,
  ): { depth: number; wide: boolean } => {
    if (node.kind !== "compare") {
      const parts = node.parts.map((part) => conditionDependence(part, environment));
      return { depth: Math.max(0, ...parts.map(({ depth }) => depth)), wide: parts.some((part) => part.wide) };
    }
    const sides = [node.left, node.right].map((side) => indices.index(side, environment));
    return { depth: Math.max(...sides.map(({ depth }) => depth)), wide: sides.some(isWideIndex) };
  };
  /** A reduction's own variables make nothing depend on the loops around it. */
  const reductionEnvironment = (node: ReduceIR, environment: Environment): Environment =>
    withInner(environment, node.variables, 0);

  const hoist: Evaluation["hoist"] = (node, scope, inner) => {
    if (node.kind === "reduce" || (node.kind === "local" && hasReduction(node))) {
      if (dependence(node, inner).depth <= scope.depth) {
        // Under the inner environment: it binds alike whatever this depends on.
        scalar(node, { ...scope, environment: inner });
        return;
      }
    }
    if (node.kind === "select") return;
    if (node.kind === "local") return hoist(kernel.locals[node.local]!.body, scope, localScope(node, inner));
    if (node.kind === "reduce") {
      const deeper = withInner(inner, node.variables, Infinity);
      for (const body of node.bodies) hoist(body, scope, deeper);
      return;
    }
    for (const part of scalarParts(node)) hoist(part, scope, inner);
  };

  // ---------------------------------------------------------------- values

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
          environment: localScope(node, environment),
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
        return named(finish(monoidOf(node.monoid), state(node, scope)), "r");
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
      return wide(`select(${splat(no!)}, ${splat(yes!)}, ${condition.text})`);
    }
    const isWide = [node.whenTrue, node.whenFalse].some((part) => dependence(part, scope.environment).wide);
    const assign = (part: ScalarIR): void => {
      const value = branch(part);
      line(`${name} = ${isWide ? splat(value) : value.text};`);
    };
    const name = `chosen${unique()}`;
    line(`var ${name}: ${typeOf(isWide)};`);
    open(`if ${condition.text}`);
    assign(node.whenTrue);
    close();
    open("else");
    assign(node.whenFalse);
    close();
    return { text: name, wide: isWide };
  };

  const identity: Evaluation["identity"] = (monoid) => monoid.identity.map(number);

  const state: Evaluation["state"] = (node, scope) => {
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
    const monoid = monoidOf(node.monoid);
    const inner = reductionEnvironment(node, scope.environment);
    const agree = host.agree?.(node, monoid, scope.depth);
    const isGuardWide = node.where !== undefined && conditionDependence(node.where, inner).wide;
    // A share of a reduction is folded four by four.
    const isWide = agree !== undefined || isGuardWide;
    const wides = wideComponents(
      monoid,
      node.bodies.map((body) => isWide || dependence(body, inner).wide),
    );
    const prefix = `s${unique()}`;
    const names = monoid.components.map((component) =>
      monoid.components.length === 1 ? prefix : `${prefix}_${component.name.replaceAll(/\W/g, "_")}`,
    );
    const held: State = names.map((text, component) => ({ text, wide: wides[component]! }));
    const begin = identity(monoid);

    // What is the same for all terms is computed before the loops, each as far out as it can be.
    let { environment } = scope;
    let { depth } = scope;
    const declared: string[] = [];
    held.forEach(({ text, wide: isOwnWide }, component) =>
      declared.push(`var ${text} = ${isOwnWide ? splat(begin[component]!) : begin[component]!.text};`),
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
      const list = only!.wide ? [splat(left), splat(right)] : [left.text, right.text];
      line(`${only!.text} = fma(${list.join(", ")}, ${only!.text});`);
      return;
    }
    const term = node.bodies.map((each) => scalar(each, scope));
    const combined = combine(monoid, held, term);
    held.forEach(({ text, wide: isWide }, component) => {
      const value = isWide ? splat(combined[component]!) : combined[component]!.text;
      line(`${text} = ${mask === undefined ? value : `select(${text}, ${value}, ${mask})`};`);
    });
  };

  const combine: Evaluation["combine"] = (monoid, left, right) => {
    const count = monoid.components.length;
    const known = new Map<string, Value>();
    const value = (node: ScalarIR): Value => {
      if (node.kind === "argument") return node.argument < count ? left[node.argument]! : right[node.argument - count]!;
      if (node.kind === "constant") return number(node.value);
      const key = keyOf(node, new Map());
      const seen = known.get(key);
      if (seen !== undefined) return seen;
      if (node.kind !== "binary" && node.kind !== "call")
        throw new InternalFault("emit", `${monoid.name} combines by what is no arithmetic`);
      const made = named(arithmetic(node, scalarParts(node).map(value)), "c");
      known.set(key, made);
      return made;
    };
    return monoid.combine.map((node) => named(value(node), "c"));
  };

  const finish: Evaluation["finish"] = (monoid, of) => {
    const value = (node: ScalarIR): Value => {
      if (node.kind === "argument") return of[node.argument]!;
      if (node.kind === "constant") return number(node.value);
      if (node.kind !== "binary" && node.kind !== "call")
        throw new InternalFault("emit", `${monoid.name} finishes by what is no arithmetic`);
      return arithmetic(node, scalarParts(node).map(value));
    };
    return value(monoid.finish);
  };

  return { scalar, state, combine, finish, identity, monoidOf, hoist };
}

/** What stands for a variable of a reduction whose loop is not open. */
const innerName = (variable: number): string => `inner${variable}`;

function withInner(environment: Environment, variables: readonly number[], depth: number): Environment {
  const inner = variables.map((v) => [v, narrowIndex(innerName(v), depth)] as const);
  return new Map([...environment, ...inner]);
}

/** combine(a, b) = a + b. */
export function isPlainSum(monoid: MonoidIR): boolean {
  const [node] = monoid.combine;
  return (
    monoid.components.length === 1 &&
    node!.kind === "binary" &&
    node!.operator === "+" &&
    node!.left.kind === "argument" &&
    node!.right.kind === "argument" &&
    node!.left.argument !== node!.right.argument
  );
}

/** Which components differ from lane to lane: those of which a term does, and those that combine with such. */
function wideComponents(monoid: MonoidIR, terms: readonly boolean[]): boolean[] {
  const count = monoid.components.length;
  const result = [...terms];
  const reads = (node: ScalarIR): boolean =>
    node.kind === "argument" ? result[node.argument % count]! : scalarParts(node).some(reads);
  for (let round = 0; round < count; round++) {
    monoid.combine.forEach((node, component) => (result[component] ||= reads(node)));
  }
  return result;
}
