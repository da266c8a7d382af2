/** Schedules: their verbs with names resolved and numbers evaluated. Whether a verb is legal is plan's to judge. */
import type { AutoValue, Expr, Grain, Identifier, Path, RunVerb, ScheduleDecl, Verb } from "../../grammar/ast.js";
import { didYouMean, nearestName } from "../bind/suggest.js";
import { locate } from "../bind/bound-program.js";
import type { Memory } from "../bind/memory.js";
import { bytes, describeDimension, sameDimension } from "../bind/quantity.js";
import type { Dimension } from "../bind/quantity.js";
import { columnNames, columnOf } from "../graph/table-columns.js";
import { onMesh } from "./check-context.js";
import type { CheckContext } from "./check-context.js";
import { reportContradictions } from "./contradicting-verbs.js";
import type { GrainIR, ScheduleIR, Target, VerbIR } from "./ir.js";
import type { CheckedLayer } from "./layers.js";

export type CheckedLayers = ReadonlyMap<string, CheckedLayer | undefined>;

/** Of a schedule without diagnostics, of that layer. */
interface KeptSchedule {
  readonly layer: CheckedLayer;
  readonly schedule: ScheduleIR;
}

/** By name; undefined for one with an error, or of a layer with one. */
export function checkSchedules(
  layers: CheckedLayers,
  context: CheckContext,
  memory: Memory,
): Map<string, ScheduleIR | undefined> {
  const { bound, diagnostics } = context;
  const places = placesOf(layers);
  const schedules = new Map<string, ScheduleIR | undefined>();
  for (const node of bound.files.get(bound.entry)!.schedules) {
    if (bound.lookupSchedule(node.name.text, bound.entry)?.node !== node) continue;
    const reported = diagnostics.count();
    const name = layerNamed(node.layer, layers, context);
    const layer = name === undefined ? undefined : layers.get(name);
    const kept = memory.recall(node) as KeptSchedule | undefined;
    const place = name === undefined ? -1 : (places.get(name) ?? -1);
    const schedule =
      layer === undefined || kept?.layer !== layer
        ? layer && checkSchedule(node, layer, place, context)
        : { ...kept.schedule, layer: place };
    schedules.set(node.name.text, schedule);
    if (layer === undefined || schedule === undefined || diagnostics.count() > reported) continue;
    const sound: KeptSchedule = { layer, schedule };
    memory.keep(node, sound);
  }
  return schedules;
}

/** Place of each of them among those without errors. */
export function placesOf(all: ReadonlyMap<string, unknown>): ReadonlyMap<string, number> {
  const names = [...all].flatMap(([name, one]) => (one === undefined ? [] : [name]));
  return new Map(names.map((name, place) => [name, place]));
}

/** The layer of the entry that a path names; reported where it names none. */
export function layerNamed(path: Path, layers: CheckedLayers, context: CheckContext): string | undefined {
  const { bound } = context;
  const name = pathText(path);
  if (layers.has(name)) return name;
  const definition = bound.lookupLayer(name, bound.entry);
  const place = locate(bound.entry, path);
  if (definition) {
    const found = definition.node.typeParameters.length > 0 ? "a layer with parameters" : "a layer of another file";
    bound.diagnostics.report("wrong-noun", place, {
      name,
      found,
      expected: "a layer of this file that stands by itself",
    });
  } else bound.reportUnknownName(identifierOf(path), bound.entry, "a layer", ["layer"], layers.keys());
  return undefined;
}

export function pathText(path: Path): string {
  return path.segments.map((segment) => segment.name.text).join(".");
}

export function identifierOf(path: Path): Identifier {
  return { kind: "Identifier", text: pathText(path), span: path.span };
}

interface VerbContext {
  readonly context: CheckContext;
  readonly file: string;
  readonly layer: CheckedLayer;
}

function checkSchedule(
  node: ScheduleDecl,
  layer: CheckedLayer,
  place: number,
  context: CheckContext,
): ScheduleIR | undefined {
  const file = context.bound.entry;
  const scope = { context: onMesh(context, layer.ir.mesh), file, layer };
  const verbs = node.verbs.map((verb) => resolveVerb(verb, scope));
  const resolved = verbs.filter((verb) => verb !== undefined);
  reportContradictions(resolved, context);
  if (resolved.length < verbs.length) return undefined;
  return { name: node.name.text, layer: place, verbs: resolved, location: { file, span: node.name.span } };
}

/** Undefined where it has an error, which is reported here, or is not built yet, which bind reported. */
function resolveVerb(verb: Verb, scope: VerbContext): VerbIR | undefined {
  const location = locate(scope.file, verb);
  switch (verb.kind) {
    case "SplitVerb":
      return resolveSplit(verb, scope);
    case "TileVerb": {
      const targets = targetsOf(verb.values, scope);
      const sizes = all(verb.sizes.map((size) => wholeNumber(size, "A tile's size", scope)));
      return targets && sizes && { location, verb: "tile", targets, sizes };
    }
    case "OverlapVerb": {
      const groups = all(verb.groups.map((group) => targetsOf(group, scope)));
      const grain = verb.grain && grainOf(verb.grain, scope);
      if (!groups || (verb.grain && !grain)) return undefined;
      return { location, verb: "overlap", groups, ...(grain && { grain }) };
    }
    case "OrderVerb": {
      const target = targetOf(verb.value, scope);
      const as = verb.as && targetOf(verb.as, scope);
      if (!target || (verb.as && !as) || verb.program) return undefined;
      return { location, verb: "order", target, ...(as && { as }), by: verb.by.map((axis) => axis.text) };
    }
    case "AsyncVerb": {
      const targets = targetsOf(verb.values, scope);
      const ahead = verb.ahead && wholeNumber(verb.ahead, "How far ahead", scope);
      if (!targets || (verb.ahead && ahead === undefined)) return undefined;
      return { location, verb: "async", targets, ...(ahead !== undefined && { ahead }) };
    }
    case "AccumulateVerb": {
      const targets = targetsOf(verb.values, scope);
      return targets && { location, verb: "accumulate", targets, axis: verb.axis.text };
    }
    case "FuseVerb": {
      const first = targetOf(verb.first, scope);
      const last = targetOf(verb.last, scope);
      return first && last && { location, verb: "fuse", first, last };
    }
    case "UseVerb": {
      const targets = targetsOf(verb.values, scope);
      const { bound } = scope.context;
      const known = bound.lookupCollectives(verb.collective.text, scope.file).length > 0;
      if (!known) bound.reportUnknownName(verb.collective, scope.file, "a collective", ["collective"]);
      return known && targets ? { location, verb: "use", collective: verb.collective.text, targets } : undefined;
    }
    case "RunVerb":
      return resolveRun(verb, scope);
    case "PriorityVerb": {
      const target = targetOf(verb.value, scope);
      const above = targetOf(verb.above, scope);
      return target && above && { location, verb: "priority", target, above };
    }
    case "KeepVerb": {
      const targets = targetsOf(verb.values, scope);
      const count = verb.count && wholeNumber(verb.count, "The number of slots", scope);
      return targets && count !== undefined ? { location, verb: "keep", count, targets } : undefined;
    }
    default:
      return undefined;
  }
}

function resolveSplit(verb: Extract<Verb, { kind: "SplitVerb" }>, scope: VerbContext): VerbIR | undefined {
  const { context, file, layer } = scope;
  const axis = verb.axis.text;
  const known = axesOf(layer, context);
  if (!known.has(axis)) {
    const list = [...known].map((name) => `\`${name}\``).join(", ");
    const parameters = { name: axis, owner: `\`${layer.ir.name}\``, known: list };
    context.diagnostics.report("unknown-axis", { file, span: verb.axis.span }, parameters);
  }
  const within = verb.within && meshAxisOf(verb.within, scope);
  const count = wholeNumber(verb.count, "The number of parts", scope);
  const at = all(verb.at.map((place) => wholeNumber(place, "Where a part begins", scope)));
  if (!known.has(axis) || (verb.within && within === undefined) || count === undefined || !at) return undefined;
  return {
    ...{ location: locate(file, verb), verb: "split", axis, count, names: verb.names.map((name) => name.text) },
    ...(within !== undefined && { within }),
    ...(at.length > 0 && { at }),
  };
}

/** Index of an axis of the mesh; undefined where there is none of that name, which is reported. */
export function meshAxisOf(
  { text, span }: Identifier,
  { context, file }: Pick<VerbContext, "context" | "file">,
): number | undefined {
  const index = context.mesh.axes.findIndex(({ name }) => name === text);
  if (index >= 0) return index;
  const known = context.mesh.axes.map(({ name }) => `\`${name}\``).join(", ") || "none";
  context.diagnostics.report("unknown-mesh-axis", { file, span }, { name: text, known });
  return undefined;
}

/** Axes of the values, and those that rows of a table carry. */
function axesOf({ ir }: CheckedLayer, { tables }: CheckContext): Set<string> {
  const axes = ir.values.flatMap((value) => value.axes);
  const carried = axes.flatMap(({ table }) =>
    table === undefined ? [] : columnNames(tables[table]!).map((name) => columnOf(tables[table]!, name).axis),
  );
  return new Set([...axes.filter((axis) => axis.table === undefined).map((axis) => axis.name), ...carried]);
}

/** What `run .. on` may name. */
export const engines = ["sms", "copy", "nic", "stores", "memory"] as const;

function resolveRun(verb: RunVerb, scope: VerbContext): VerbIR | undefined {
  const { context, file } = scope;
  const targets = targetsOf(verb.values, scope);
  const place = { file, span: verb.engine.span };
  const engine = engines.find((name) => name === verb.engine.text);
  if (!engine) {
    context.diagnostics.report("unknown-engine", place, { name: verb.engine.text });
    return undefined;
  }
  if (verb.amount && engine !== "sms" && engine !== "memory") {
    context.diagnostics.report("wrong-argument-count", place, { name: engine, expected: "no amount", found: "one" });
    return undefined;
  }
  const amount = verb.amount && amountOf(verb.amount, scope);
  if (!targets || (verb.amount && amount === undefined)) return undefined;
  return { location: locate(file, verb), verb: "run", targets, engine, ...(amount !== undefined && { amount }) };
}

/** A number of SMs, or a range of them for `auto`; `auto` alone ranges over all there are. */
function amountOf(amount: Expr | AutoValue, scope: VerbContext): number | { low: number; high: number } | undefined {
  if (amount.kind !== "AutoValue") return wholeNumber(amount, "A number of SMs", scope);
  if (!amount.range)
    return {
      low: 1,
      high: Math.max(1, scope.context.bound.meshes[scope.context.meshIndex]?.machine?.kinds[0]?.sms ?? 1),
    };
  const low = wholeNumber(amount.range.low, "A number of SMs", scope);
  const end = wholeNumber(amount.range.high, "A number of SMs", scope);
  if (low === undefined || end === undefined) return undefined;
  const high = amount.range.inclusive ? end : end - 1;
  if (low <= high) return { low, high };
  const parameters = { what: "A range", expected: "in ascending order", value: `${low} to ${high}` };
  scope.context.diagnostics.report("value-out-of-range", locate(scope.file, amount.range), parameters);
  return undefined;
}

/** Grains that need no size. */
export const plainGrains = ["rows", "tile", "shard"] as const;

function grainOf({ name, size }: Grain, scope: VerbContext): GrainIR | undefined {
  const kind = name.text;
  if (kind === "bucket") {
    const amount = size && quantityOf(size, bytes, "The size of a bucket", scope);
    if (!size) reportGrain(name, "bucket(25 MB)", scope);
    return amount === undefined ? undefined : { kind: "bucket", bytes: amount };
  }
  const plain = size ? undefined : plainGrains.find((one) => one === kind);
  if (plain) return { kind: plain };
  if (!size) {
    reportGrain(name, `${kind}(512)`, scope);
    return undefined;
  }
  const amount = wholeNumber(size, "A grain", scope);
  return amount === undefined ? undefined : { kind: "axis", axis: kind, size: amount };
}

function reportGrain(name: Identifier, example: string, { context, file }: VerbContext): void {
  context.diagnostics.report(
    "grain-without-size",
    { file, span: name.span },
    {
      name: name.text,
      example,
      hint: didYouMean(nearestName(name.text, plainGrains)),
    },
  );
}

function targetsOf(paths: readonly Path[], scope: VerbContext): Target[] | undefined {
  return all(paths.map((path) => targetOf(path, scope)));
}

function targetOf(path: Path, { context, file, layer }: VerbContext): Target | undefined {
  const location = locate(file, path);
  if (path.segments.some((segment) => segment.index !== undefined)) {
    context.diagnostics.report("not-built-yet", location, { what: "An index in the name of a value" });
    return undefined;
  }
  const name = pathText(path);
  const found = layer.names.get(name);
  if (found) return { path: name, statements: found.statements, value: found.value, location };
  context.bound.reportUnknownName(identifierOf(path), file, `a value of \`${layer.ir.name}\``, [], layer.names.keys());
  return undefined;
}

function wholeNumber(expression: Expr, what: string, { context, file }: VerbContext): number | undefined {
  return context.bound.evaluateSize(expression, file, what);
}

/** The value of an expression in base units, where it has the wanted dimension; reported where not. */
export function quantityOf(
  expression: Expr,
  dimension: Dimension,
  what: string,
  { context, file }: Pick<VerbContext, "context" | "file">,
): number | undefined {
  const quantity = context.bound.evaluate(expression, file);
  if (!quantity) return undefined;
  if (sameDimension(quantity.dimension, dimension)) return quantity.value;
  context.diagnostics.report("wrong-unit", locate(file, expression), {
    what,
    expected: describeDimension(dimension),
    found: describeDimension(quantity.dimension),
  });
  return undefined;
}

function all<T>(items: readonly (T | undefined)[]): T[] | undefined {
  const found = items.filter((item) => item !== undefined);
  return found.length === items.length ? found : undefined;
}
