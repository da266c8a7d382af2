/** The statements of a layer in place of a call of it. */
import type { CallExpr, Identifier, LayerDecl, LayerStatement, LetStatement, Span } from "../../grammar/ast.js";
import { replaceAll, type Replacement } from "../../grammar/format-range.js";
import { namesWithin } from "../../compiler/bind/names-in.js";
import { namesOf } from "../documents/names.js";
import type { ProgramNames } from "../names/program-names.js";
import { isWithin, refuse, type Outcome, type Refactoring, type Scene } from "./action.js";
import { finishEdits } from "./finish-edits.js";
import { problemOfRewrite } from "./proof.js";

export const inlineLayer: Refactoring = {
  id: "inline-layer",
  kind: "refactor.inline",
  offers(scene) {
    const found = callAt(scene);
    return found ? [{ title: `Inline this call of \`${found.layer.name.text}\``, argument: "" }] : [];
  },
  propose: async (_, scene) => {
    const found = callAt(scene);
    return found ? propose(found, scene) : refuse("There is no call of a layer of this file here.");
  },
};

interface Call {
  readonly caller: LayerDecl;
  /** What the call is all of the value of. */
  readonly statement: LayerStatement;
  readonly call: CallExpr;
  readonly layer: LayerDecl;
  /** What the call's value is called by schedules. */
  readonly target: Identifier;
}

/** The call whose name is at the place. */
function callAt({ analysis, selection }: Scene): Call | undefined {
  const caller = analysis.tree.declarations.find(
    (node): node is LayerDecl => node.kind === "LayerDecl" && isWithin(selection, node.span),
  );
  const statement = caller?.body.find(({ span }) => isWithin(selection, span));
  if (!caller || !statement) return undefined;
  const call = valueOf(statement);
  const target = statement.kind === "LetStatement" ? nameOf(statement) : caller.results[0]?.names[0];
  if (call?.kind !== "CallExpr" || call.callee.kind !== "NameExpr" || !target) return undefined;
  if (!isWithin(selection, call.callee.span)) return undefined;
  const place = namesOf(analysis).at(analysis.path, call.callee.span.start);
  const [symbol] = place?.occurrence.symbols ?? [];
  const layer = analysis.tree.declarations.find(
    (node): node is LayerDecl => node.kind === "LayerDecl" && node.name === symbol?.declaredAt,
  );
  return layer && { caller, statement, call, layer, target };
}

/** Where a statement is of one value. */
function valueOf(statement: LayerStatement) {
  if (statement.kind === "LetStatement") return statement.targets.length === 1 ? statement.value : undefined;
  return statement.kind === "ReturnStatement" && statement.values.length === 1 ? statement.values[0] : undefined;
}

function nameOf({ targets: [target] }: LetStatement): Identifier | undefined {
  return target?.name.segments.length === 1 ? target.name.segments[0]!.name : undefined;
}

async function propose(found: Call, scene: Scene): Promise<Outcome> {
  const { caller, statement, call, layer, target } = found;
  const { text, path } = scene.analysis;
  const lets = layer.body.slice(0, -1);
  const last = layer.body.at(-1);
  const returned = last?.kind === "ReturnStatement" ? valueOf(last) : undefined;
  if (!returned || !lets.every((one) => one.kind === "LetStatement"))
    return refuse(`\`${layer.name.text}\` does more than to name values and return one.`);
  const parameters = layer.parameters.flatMap(({ names }) => names);
  if (parameters.length !== call.arguments.length) return refuse("The call has other arguments than the layer.");

  // What each name of the layer is called in the caller.
  const taken = namesWithin(caller);
  const called = new Map<Identifier, string>();
  const ahead: string[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const argument = call.arguments[index]!;
    const given = text.slice(argument.span.start, argument.span.end);
    if (argument.kind !== "NameExpr") ahead.push(`let ${free(parameter.text, taken)} = ${given}`);
    called.set(parameter, argument.kind === "NameExpr" ? given : lastNamed(ahead));
  }
  const names = namesOf(scene.analysis);
  const isReturned = (name: Identifier) => returned.kind === "NameExpr" && returned.name.text === name.text;
  for (const name of lets.flatMap(({ targets }) =>
    targets.flatMap(({ name: { segments } }) => segments[0]?.name ?? []),
  ))
    called.set(name, isReturned(name) && statement.kind === "LetStatement" ? target.text : free(name.text, taken));

  const body =
    lets.length === 0
      ? ""
      : renamed({ start: lets[0]!.span.start, end: lets.at(-1)!.span.end }, called, layer, scene, names);
  const value = renamed(returned.span, called, layer, scene, names);
  const isNamed = statement.kind === "LetStatement" && value === target.text;
  const end = isNamed ? [] : [statement.kind === "LetStatement" ? `let ${target.text} = ${value}` : `return ${value}`];
  const newText = [...ahead, ...(body === "" ? [] : [body]), ...end].join("\n");
  const paths = pathsInSchedules(target, called, names, path);
  const edits = new Map([[path, await finishEdits(text, [{ span: statement.span, newText }, ...paths])]]);
  const problem = problemOfRewrite(edits, scene, "values have other names");
  return problem === undefined ? { edits } : refuse(problem);
}

/** `let x2 = ..`: `x2`. */
function lastNamed(statements: readonly string[]): string {
  return /^let (\w+)/.exec(statements.at(-1)!)![1]!;
}

function free(name: string, taken: Set<string>): string {
  let other = name;
  for (let number = 2; taken.has(other); number++) other = `${name}${number}`;
  taken.add(other);
  return other;
}

/** A part of a layer's text, by the names that its values have in the caller. */
function renamed(
  span: Span,
  called: ReadonlyMap<Identifier, string>,
  layer: LayerDecl,
  { analysis: { text, path } }: Scene,
  names: ProgramNames,
): string {
  const replacements = names.of(layer, path).flatMap(({ node, symbols }): Replacement[] => {
    const newText = symbols
      .map(({ declaredAt }) => declaredAt && called.get(declaredAt))
      .find((one) => one !== undefined);
    if (newText === undefined || !isWithin(node.span, span)) return [];
    return [{ span: { start: node.span.start - span.start, end: node.span.end - span.start }, newText }];
  });
  return replaceAll(text.slice(span.start, span.end), replacements);
}

/** `y.h` of a schedule, where `y` is the value of the call, is now `h`. */
function pathsInSchedules(
  target: Identifier,
  called: ReadonlyMap<Identifier, string>,
  names: ProgramNames,
  path: string,
): Replacement[] {
  return names.declarations(path).flatMap((declaration) => {
    if (declaration.kind !== "ScheduleDecl") return [];
    const occurrences = names.of(declaration, path);
    return occurrences.flatMap(({ node, symbols }, index): Replacement[] => {
      const newText = symbols
        .map(({ declaredAt }) => declaredAt && called.get(declaredAt))
        .find((one) => one !== undefined);
      const before = occurrences[index - 1];
      if (newText === undefined || before?.node.span.end !== node.span.start - 1) return [];
      if (!before.symbols.some(({ declaredAt }) => declaredAt === target)) return [];
      return [{ span: { start: before.node.span.start, end: node.span.end }, newText }];
    });
  });
}
