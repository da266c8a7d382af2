/** The values of a layer by name, and those of the calls in it: what paths of schedules lead to. */
import { views } from "../../compiler/check/elaborate-view.js";
import { laterWords, words } from "../../compiler/check/elaborate-word.js";
import type { CallExpr, Expr, Identifier, LayerDecl, LayerStatement, Path } from "../../grammar/ast.js";
import type { FileScope } from "./file-scope.js";
import { symbolAt } from "./symbols.js";
import type { NameSymbol } from "./symbols.js";

/** Words, changes of layout, and what is to be one later. */
export const wordNames: ReadonlySet<string> = new Set<string>([...words, ...views, ...laterWords]);

/** A layer and the file whose names it sees. */
export interface LayerPlace {
  readonly node: LayerDecl;
  readonly scope: FileScope;
}

/** An expression of a layer, likewise. */
export interface ValuePlace {
  readonly expression: Expr;
  readonly scope: FileScope;
}

interface Member {
  readonly symbol: NameSymbol;
  readonly isParameter: boolean;
  /** What it is computed by; absent of parameters. */
  readonly value?: Expr;
}

export interface LayerMembers {
  /** Values by name: a result before what the body calls so, a value before a parameter. */
  readonly named: ReadonlyMap<string, Member>;
  /** By name, parameters and what the body names with `let`. */
  readonly inside: ReadonlyMap<string, Member>;
  /** What is returned, a result each. */
  readonly returned: readonly Expr[];
}

const known = new WeakMap<LayerDecl, { readonly file: string; readonly members: LayerMembers }>();

export function membersOf(layer: LayerDecl, file: string): LayerMembers {
  const before = known.get(layer);
  if (before?.file === file) return before.members;
  const members = findMembers(layer, file);
  known.set(layer, { file, members });
  return members;
}

function findMembers(layer: LayerDecl, file: string): LayerMembers {
  const inside = new Map<string, Member>();
  for (const parameter of layer.parameters)
    for (const name of parameter.names) {
      const symbol = symbolAt(name, "parameter", file, { node: parameter, within: layer });
      if (!inside.has(name.text)) inside.set(name.text, { symbol, isParameter: true });
    }
  let returned: readonly Expr[] = [];
  addStatements(layer.body);
  const named = new Map(inside);
  const names = layer.results.flatMap((result) => result.names.map((name) => ({ name, result })));
  names.forEach(({ name, result }, index) => {
    const value = returned[index];
    // `let first = ..` and `return first` for the result `first`: one value with one name.
    const own = value?.kind === "NameExpr" && value.name.text === name.text ? inside.get(name.text) : undefined;
    if (own && !own.isParameter) return;
    const symbol = symbolAt(name, "result", file, { node: result, within: layer.results });
    named.set(name.text, { symbol, isParameter: false, ...(value && { value }) });
  });
  return { named, inside, returned };

  function addStatements(statements: readonly LayerStatement[]): void {
    for (const statement of statements) {
      if (statement.kind === "WhenStatement") addStatements(statement.body);
      else if (statement.kind === "ReturnStatement") returned = statement.values;
      else if (statement.kind === "LetStatement")
        for (const target of statement.targets) {
          const text = target.name.segments.map((segment) => segment.name.text).join(".");
          const last = target.name.segments.at(-1);
          if (!last || inside.has(text)) continue;
          const symbol = symbolAt(last.name, "value", file, { node: statement, within: layer });
          inside.set(text, { symbol, isParameter: false, value: statement.value });
        }
    }
  }
}

/** What a segment of a path names. */
export interface PathStep {
  /** Empty of a word. */
  readonly symbols: readonly NameSymbol[];
  /** The name that is called, where the value has none of its own. */
  readonly via?: { readonly file: string; readonly node: Identifier };
  readonly value?: ValuePlace;
}

/** What the segments of a path name in a layer: as many as name something. */
export function stepsOf({ segments }: Path, { node, scope }: LayerPlace): PathStep[] {
  const members = membersOf(node, scope.file);
  // Printed layers are read back with names such as `sent.take`.
  for (let count = segments.length; count > 0; count--) {
    const text = segments.slice(0, count).map((segment) => segment.name.text);
    const member = members.named.get(text.join("."));
    const only = member ? undefined : onlyResult(text.join("."), node, scope, members);
    if (!member && !only) continue;
    const steps: PathStep[] = segments.slice(0, count).map(() => ({ symbols: member ? [member.symbol] : [] }));
    steps[count - 1] = only ?? stepTo(member!, scope);
    for (const { name } of segments.slice(count)) {
      const place = steps.at(-1)!.value;
      const step = place && (stepWithin(place, name.text) ?? numberedStep(place, name.text));
      if (!step) break;
      steps.push(step);
    }
    return steps;
  }
  return [];
}

/** `result`, which the language lets the only output of a layer be called. */
function onlyResult(
  text: string,
  { results }: LayerDecl,
  scope: FileScope,
  members: LayerMembers,
): PathStep | undefined {
  const [name, ...others] = results.flatMap(({ names }) => names);
  const member = name && others.length === 0 && text === "result" ? members.named.get(name.text) : undefined;
  return member && { ...stepTo(member, scope), symbols: [], via: { file: scope.file, node: name! } };
}

function stepTo({ symbol, value }: Member, scope: FileScope): PathStep {
  return { symbols: [symbol], ...(value && { value: { expression: value, scope } }) };
}

/** More calls than this are not looked through for a name. */
const mostCalls = 2_000;

/**
 * The value that a call, or a layer it calls, gives that name: of a `let` in the layer, or of a nested call, which is
 * named after what it calls. Calls nested in one another may be fused, so the nearest of any depth is taken.
 */
function stepWithin(place: ValuePlace, label: string, number = 1): PathStep | undefined {
  const queue = [place];
  let found = 0;
  for (let next = 0; next < queue.length && next < mostCalls; next++) {
    const { expression, scope } = queue[next]!;
    if (expression.kind !== "CallExpr") continue;
    const layer = layerCalled(expression, scope);
    if (layer) {
      const { inside, returned } = membersOf(layer.node, layer.scope.file);
      const member = inside.get(label);
      if (member && !member.isParameter) return stepTo(member, layer.scope);
      queue.push(...returned.map((value) => ({ expression: value, scope: layer.scope })));
    }
    for (const argument of expression.arguments) {
      if (argument.kind !== "CallExpr") continue;
      if (argument.callee.kind === "NameExpr" && argument.callee.name.text === label && ++found === number) {
        const { name } = argument.callee;
        return {
          symbols: calledSymbols(name.text, scope),
          via: { file: scope.file, node: name },
          value: { expression: argument, scope },
        };
      }
      queue.push({ expression: argument, scope });
    }
  }
  return undefined;
}

/** `all_gather2`: the second of several calls of one name. */
function numberedStep(place: ValuePlace, text: string): PathStep | undefined {
  const [, label, number] = /^(.*?)([1-9][0-9]*)$/.exec(text) ?? [];
  return label ? stepWithin(place, label, Number(number)) : undefined;
}

/** The op or the layer that a call's name means; none of a word. */
export function calledSymbols(name: string, scope: FileScope): readonly NameSymbol[] {
  if (wordNames.has(name)) return [];
  const op = scope.definitions("names", name)[0]?.kind === "op";
  return scope.find(op ? "names" : "layers", name);
}

/** The layer that is called; undefined where it is an op or a word. */
function layerCalled({ callee }: CallExpr, scope: FileScope): LayerPlace | undefined {
  if (callee.kind !== "NameExpr" || wordNames.has(callee.name.text)) return undefined;
  if (scope.definitions("names", callee.name.text)[0]?.kind === "op") return undefined;
  const layer = scope.layer(callee.name.text);
  return layer && { node: layer.node, scope: scope.in(layer.file) };
}

/** Every expression that a value is computed by, those of the layers it calls among them, nearest first. */
export function* computedBy(place: ValuePlace): Iterable<ValuePlace> {
  const queue = [place];
  const seen = new Set<LayerDecl>();
  for (let next = 0; next < queue.length && next < mostCalls; next++) {
    const { expression, scope } = queue[next]!;
    yield queue[next]!;
    if (expression.kind !== "CallExpr") continue;
    queue.push(...expression.arguments.map((argument) => ({ expression: argument, scope })));
    const layer = layerCalled(expression, scope);
    if (!layer || seen.has(layer.node)) continue;
    seen.add(layer.node);
    const { inside, returned } = membersOf(layer.node, layer.scope.file);
    const values = [...inside.values()].flatMap(({ value }) => value ?? []);
    queue.push(...[...values, ...returned].map((value) => ({ expression: value, scope: layer.scope })));
  }
}
