/** Names in a schedule: its layer, and the values, axes, mesh axes, collectives and engines that its verbs are about. */
import { signatureOf as collectiveSignature } from "../../compiler/check/collectives.js";
import { engines, pathText } from "../../compiler/check/schedules.js";
import type { Grain, Identifier, Path, ScheduleDecl, UseVerb, Verb } from "../../grammar/ast.js";
import { computedBy, stepsOf } from "./layer-values.js";
import type { LayerPlace, PathStep, ValuePlace } from "./layer-values.js";
import { meshAxis, meshOf, tierNamed } from "./members.js";
import { walkNumber } from "./numbers.js";
import { signatureOf } from "./signature.js";
import type { NameSymbol } from "./symbols.js";
import { axisNamed } from "./types.js";
import { Walk } from "./walk.js";

export function walkSchedule(node: ScheduleDecl, walk: Walk): void {
  walk.declare(node.name, "schedule", { node });
  walkLayerPath(node.layer, walk);
  const layer = layerNamed(node.layer, walk);
  for (const verb of node.verbs) walkVerb(verb, layer, walk);
}

/** The layer that a path of one segment names. */
export function layerNamed(path: Path, walk: Walk): LayerPlace | undefined {
  const found = walk.scope.layer(pathText(path));
  return found && { node: found.node, scope: walk.scope.in(found.file) };
}

export function walkLayerPath({ segments }: Path, walk: Walk): void {
  for (const { name } of segments) walk.refer(name, walk.scope.find("layers", name.text));
}

function walkVerb(verb: Verb, layer: LayerPlace | undefined, walk: Walk): void {
  const paths = (values: readonly Path[]) => values.map((path) => walkPath(path, layer, walk));
  switch (verb.kind) {
    case "SplitVerb":
      walkAxisName(verb.axis, layer, walk);
      if (verb.within) walk.refer(verb.within, layerMeshAxis(verb.within, layer, walk));
      for (const number of [verb.count, ...verb.at]) walkNumber(number, walk);
      for (const name of verb.names) walk.declare(name, "part", { node: verb, within: verb });
      return;
    case "TileVerb":
      paths(verb.values);
      for (const size of verb.sizes) walkNumber(size, walk);
      return;
    case "OverlapVerb":
      for (const group of verb.groups) paths(group);
      if (verb.grain) walkGrain(verb.grain, layer, walk);
      return;
    case "OrderVerb":
      if (verb.program) return walkProgram(verb.program.arguments, verb.value, walk);
      paths(verb.as ? [verb.value, verb.as] : [verb.value]);
      for (const axis of verb.by) walkAxisName(axis, layer, walk);
      return;
    case "AsyncVerb":
      paths(verb.values);
      if (verb.ahead) walkNumber(verb.ahead, walk);
      return;
    case "AccumulateVerb":
      paths(verb.values);
      return walkAxisName(verb.axis, layer, walk);
    case "FuseVerb":
      paths([verb.first, verb.last]);
      return;
    case "UseVerb":
      return walkUse(verb, paths(verb.values), walk);
    case "RunVerb":
      paths(verb.values);
      walk.oneOf(verb.engine, engines, "engine");
      if (verb.amount?.kind === "AutoValue") {
        if (verb.amount.range) walkNumber(verb.amount.range, walk);
      } else if (verb.amount) walkNumber(verb.amount, walk);
      return;
    case "KeepVerb":
      paths(verb.values);
      if (verb.count) walkNumber(verb.count, walk);
      if (verb.tier)
        walk.refer(verb.tier, tierNamed(verb.tier.text, layer && meshOf(layer.node, layer.scope), walk.scope));
      return;
    case "RecomputeVerb":
      paths(verb.from ? [...verb.values, verb.from] : verb.values);
      return;
    case "PriorityVerb":
      paths([verb.value, verb.above]);
      return;
    case "InVerb":
      walkPath(verb.path, layer, walk);
      // What stands in a path that leads through loops is not built yet: names are looked up as if it stood outside.
      return walkVerb(verb.verb, layer, walk);
    case "PassVerb":
      for (const pass of verb.passes) {
        walk.declare(pass.name, "pass", { node: pass });
        for (const word of pass.words) walk.leave(word, "not built yet");
      }
  }
}

/** `order one_f_one_b(8, 32)`. */
function walkProgram(given: readonly Parameters<typeof walkNumber>[0][], value: Path, walk: Walk): void {
  for (const { name } of value.segments) walk.leave(name, "not built yet");
  for (const argument of given) walkNumber(argument, walk);
}

/** @returns what the last segment names, where all are known */
function walkPath(path: Path, layer: LayerPlace | undefined, walk: Walk): PathStep | undefined {
  const steps = layer ? stepsOf(path, layer) : [];
  path.segments.forEach(({ name, index }, place) => {
    const step = steps[place];
    if (index && index !== "*") walkNumber(index, walk);
    if (step?.via && step.symbols.length === 0) walk.builtIn(name, "word", step.via);
    else walk.refer(name, step?.symbols, "read", step?.via);
  });
  return steps[path.segments.length - 1];
}

/** Of the collectives of a name, those of the words that the values are made by; all where that says nothing. */
function walkUse({ collective, values }: UseVerb, steps: readonly (PathStep | undefined)[], walk: Walk): void {
  const all = walk.scope.find("collectives", collective.text);
  if (all.length === 0 && values.length === 0)
    return walk.refer(collective, walk.scope.find("schedules", collective.text));
  const words = new Set(steps.flatMap((step) => (step?.value ? wordsOf(step.value) : [])));
  const fitting = all.filter(({ node }) => {
    const word = node?.kind === "CollectiveDecl" ? collectiveSignature(node)?.word : undefined;
    return word !== undefined && words.has(word);
  });
  walk.refer(collective, fitting.length > 0 ? fitting : all);
}

function wordsOf(value: ValuePlace): string[] {
  return [...computedBy(value)].flatMap(({ expression }) =>
    expression.kind === "CallExpr" && expression.callee.kind === "NameExpr" ? expression.callee.name.text : [],
  );
}

/** `rows`, `tile`, `shard` and `bucket(25 MB)`, or an axis with how many of it: `hidden(512)`. */
function walkGrain({ name, size }: Grain, layer: LayerPlace | undefined, walk: Walk): void {
  if (size) walkNumber(size, walk);
  const isWord = size ? name.text === "bucket" : ["rows", "tile", "shard"].includes(name.text);
  if (isWord) walk.builtIn(name, "grain");
  else walkAxisName(name, layer, walk);
}

function layerMeshAxis(name: Identifier, layer: LayerPlace | undefined, walk: Walk): NameSymbol | undefined {
  // Of the file that is run, whose schedule it is: a layer of another file works on its mesh too.
  const mesh = layer?.scope.file === walk.file ? meshOf(layer.node, layer.scope) : undefined;
  return meshAxis(name.text, mesh, walk.scope);
}

/** An axis of the layer's values: of its signature or its file, or of a layer or an op that it calls. */
function walkAxisName(name: Identifier, layer: LayerPlace | undefined, walk: Walk): void {
  const found = layer && axisOf(name.text, layer);
  if (found && found.length > 0) walk.refer(name, found);
  else if (layer) walk.leave(name, "axis of a value");
  else walk.refer(name, walk.scope.find("names", name.text));
}

function axisOf(name: string, { node, scope }: LayerPlace): readonly NameSymbol[] {
  const inside = new Walk(scope.file, scope);
  const own = axisNamed(name, signatureOf(node, inside), inside);
  if (own.length > 0) return own;
  const seen = new Set([scope.file]);
  for (const expression of bodyOf(node))
    for (const place of computedBy({ expression, scope })) {
      const { file } = place.scope;
      if (seen.has(file)) continue;
      seen.add(file);
      const found = place.scope.find("names", name).filter(({ kind }) => kind === "param" || kind === "axis");
      if (found.length > 0) return found;
    }
  return [];
}

function bodyOf({ body }: LayerPlace["node"]) {
  return body.flatMap((statement) => {
    if (statement.kind === "LetStatement") return [statement.value];
    return statement.kind === "ReturnStatement" ? statement.values : [];
  });
}
