/** The layer IR of each layer of the file that was given: calls inlined, every value named and typed. */
import { locate } from "../bind/bound-program.js";
import type { LayerDefinition } from "../bind/bound-program.js";
import type { Span } from "../../grammar/ast.js";
import { resolveType, type TypedValue } from "./axis-specs.js";
import type { CheckContext } from "./check-context.js";
import { elaborateBody, elaborateCall } from "./elaborate-layer.js";
import { bearer, createLayerState, pathOf } from "./elaboration-state.js";
import type { Elaborated, Frame, LayerState, NameNode, SlotContent, ValueEntry } from "./elaboration-state.js";
import type { LayerIR, StatementIR, ValueIR } from "./ir.js";
import type { LayerScope } from "./layer-scope.js";
import { createEnvironment } from "./type-environment.js";
import { flattenParameters } from "./unify-arguments.js";

/** What a name in a schedule leads to: a value, and the statements of its call in program order, its own last. */
export interface NamedValue {
  readonly value: number;
  readonly statements: readonly number[];
}

export interface CheckedLayer {
  readonly ir: LayerIR;
  readonly names: ReadonlyMap<string, NamedValue>;
}

export interface LayerOutcome {
  /** Absent where the layer has an error, which is reported. */
  readonly layer?: CheckedLayer;
  /** Types of its parameters and of what its own statements name, by the span of the name: as far as they are known. */
  readonly types: ReadonlyMap<Span, TypedValue>;
}

export function checkLayer(definition: LayerDefinition, context: CheckContext): LayerOutcome {
  const { node: layer, file, name } = definition;
  // Reported by bind.
  if (layer.approximate) return { types: new Map() };
  const state = createLayerState(name, context.budget);
  const scope: LayerScope = {
    ...{ context, state, names: new Map<string, Elaborated | undefined>(), frame: undefined, calls: [layer] },
    ...{ environment: createEnvironment(file, name, [], "layer"), origin: undefined, calledFrom: [], types: new Map() },
    inline: elaborateCall,
  };
  const complete = addInputs(definition, scope);
  const nodes = flattenParameters(layer.results).map((result): NameNode => ({ label: result.name.text }));
  const results = elaborateBody(layer, nodes, scope);
  const outputs = results?.map((result) => (result?.kind === "value" ? result.entry : undefined));
  const { types } = scope;
  if (!complete || !outputs || !outputs.every((output) => output !== undefined) || state.budget.exhausted)
    return { types };
  if (hasErrorsInside(scope)) return { types };
  return { layer: finishLayer(definition, state, outputs, context.meshIndex), types };
}

/** A `let` with an error makes the layer wrong even where nobody reads it. */
function hasErrorsInside({ names }: LayerScope): boolean {
  return [...names.values()].includes(undefined);
}

function addInputs({ node: layer, file }: LayerDefinition, scope: LayerScope): boolean {
  const { context, state } = scope;
  let complete = true;
  for (const { name, type } of flattenParameters(layer.parameters)) {
    if (scope.names.has(name.text)) {
      context.diagnostics.report("value-named-twice", { file, span: name.span }, { name: name.text });
      complete = false;
      continue;
    }
    if (type.kind === "NamedType") {
      const what = `A parameter of type \`${type.name.text}\` in a layer that is run`;
      context.diagnostics.report("not-built-yet", locate(file, type), { what });
    }
    const resolved = type.kind === "TensorType" ? resolveType(type, scope.environment, context) : undefined;
    if (!resolved) {
      complete = false;
      scope.names.set(name.text, undefined);
      continue;
    }
    const location = { file, span: name.span };
    const entry: ValueEntry = { type: resolved, node: { label: name.text }, location, isInput: true };
    state.inputs.push(entry);
    scope.types.set(name.span, resolved);
    scope.names.set(name.text, { kind: "value", entry });
  }
  return complete;
}

function finishLayer(
  { node: layer, name, file }: LayerDefinition,
  state: LayerState,
  outputs: readonly ValueEntry[],
  mesh: number,
): CheckedLayer {
  const contents = state.slots.filter((slot) => slot.content !== undefined);
  const entries = [...state.inputs, ...contents.map((slot) => slot.content!.result)];
  const ids = new Map(entries.map((entry, id) => [entry, id]));
  const valueNames = uniqueNames(entries);
  const values = entries.map((entry, id): ValueIR => {
    const { dtype, axes, pending, at, tier } = entry.type;
    const type = { dtype, axes, pending, at, ...(tier !== undefined && { tier }) };
    return { id, name: valueNames[id]!, ...type, location: entry.location };
  });
  const idOf = (entry: ValueEntry) => ids.get(entry)!;
  const ir: LayerIR = {
    name,
    values,
    inputs: state.inputs.map(idOf),
    outputs: outputs.map(idOf),
    statements: contents.map((slot) => statementOf(slot.content!, idOf)),
    mesh,
    location: { file, span: layer.name.span },
  };
  return { ir, names: namedValues(state, contents, entries, valueNames, ir) };
}

function statementOf(content: SlotContent, idOf: (entry: ValueEntry) => number): StatementIR {
  const result = idOf(content.result);
  const { location } = content.result;
  if (content.kind === "word")
    return { kind: "word", ...content.change, result, operand: idOf(content.operand), location };
  if (content.kind === "view")
    return { kind: "view", ...content.change, result, operand: idOf(content.operand), location };
  return { kind: "op", result, operands: content.operands.map(idOf), kernel: content.kernel, location };
}

/** Paths; of two that are alike the later gets a number: `h.matmul`, `h.matmul2`. */
function uniqueNames(entries: readonly ValueEntry[]): string[] {
  const taken = new Set<string>();
  return entries.map(({ node }) => {
    const path = pathOf(node);
    let name = path;
    for (let number = 2; taken.has(name); number++) name = `${path}${number}`;
    taken.add(name);
    return name;
  });
}

function namedValues(
  state: LayerState,
  contents: readonly { readonly frame: Frame | undefined }[],
  entries: readonly ValueEntry[],
  valueNames: readonly string[],
  ir: LayerIR,
): Map<string, NamedValue> {
  const inFrameOf = new Map<NameNode, number[]>();
  contents.forEach(({ frame }, statement) => {
    for (let current = frame; current; current = current.parent) {
      const node = bearer(current.node);
      const inside = inFrameOf.get(node);
      if (inside) inside.push(statement);
      else inFrameOf.set(node, [statement]);
    }
  });
  const statementOfValue = new Map(ir.statements.map((statement, index) => [statement.result, index]));
  const named = new Map<string, NamedValue>();
  const add = (name: string, node: NameNode, value: number) => {
    if (named.has(name)) return;
    const own = statementOfValue.get(value);
    const inside = (inFrameOf.get(bearer(node)) ?? []).filter((statement) => statement !== own);
    named.set(name, { value, statements: own === undefined ? inside : [...inside, own] });
  };
  entries.forEach((entry, id) => add(valueNames[id]!, entry.node, id));
  const idOf = new Map(entries.map((entry, id) => [entry, id]));
  for (const { node, entry } of state.aliases) {
    const name = pathOf(node);
    add(name, entry.node, idOf.get(entry)!);
    const inside = `${pathOf(entry.node)}.`;
    for (const [path, value] of [...named]) {
      if (path.startsWith(inside) && !named.has(`${name}.${path.slice(inside.length)}`)) {
        named.set(`${name}.${path.slice(inside.length)}`, value);
      }
    }
  }
  const [only] = ir.outputs;
  const output = named.get(ir.values[only!]!.name);
  if (ir.outputs.length === 1 && output && !named.has("result")) named.set("result", output);
  return named;
}
