/** Collectives by the word whose change of layout their signature states. */
import type { AxisSpec, CollectiveDecl, Expr, TensorType } from "../../grammar/ast.js";
import { locate } from "../bind/bound-program.js";
import type { BoundFile, CollectiveDefinition } from "../bind/bound-program.js";
import type { CheckContext } from "./check-context.js";
import { bodyOf } from "./collective-body.js";
import type { CollectiveIR } from "./ir.js";

/** All of the file that was given first, then of those it imports, the prelude's last. */
export function checkCollectives(context: CheckContext): CollectiveIR[] {
  const { bound } = context;
  const files = [...bound.files.values()];
  const own = files.filter((file) => file.path === bound.entry);
  const rest = files.filter((file) => file.path !== bound.entry);
  const ordered = [...own, ...rest.filter((file) => !file.isStandard), ...rest.filter((file) => file.isStandard)];
  return ordered.flatMap((file) => collectivesOf(file, context));
}

function collectivesOf(file: BoundFile, context: CheckContext): CollectiveIR[] {
  /** Collectives of one name are of different words, or over different numbers of mesh axes. */
  const ofFile = new Map<string, CollectiveIR>();
  return file.definitions.flatMap((definition) => {
    if (definition.kind !== "collective") return [];
    const { node, name } = definition;
    const collective = collectiveOf(definition);
    if (!collective) {
      context.diagnostics.report("collective-signature", locate(file.path, node.equation ?? node.inputType), {});
      return [];
    }
    const key = [name, collective.word, collective.inclusive, node.levels.length].join(" ");
    const earlier = ofFile.get(key);
    if (earlier !== undefined) {
      const related = [{ location: earlier.location, message: `\`${name}\` is declared here first` }];
      const parts = { name, namespace: "collectives" };
      context.diagnostics.report("duplicate-name", locate(file.path, node.name), parts, { related });
      return [];
    }
    ofFile.set(key, collective);
    const { mistakes } = bodyOf(collective);
    for (const mistake of mistakes)
      context.diagnostics.report("collective-body", locate(file.path, mistake), { problem: mistake.message });
    return mistakes.length > 0 ? [] : [collective];
  });
}

const known = new WeakMap<CollectiveDecl, CollectiveIR>();

/** Of its declaration alone, and kept with it. Undefined where the signature is no word's. */
function collectiveOf({ node, name, file, span }: CollectiveDefinition): CollectiveIR | undefined {
  const before = known.get(node);
  if (before !== undefined) return before;
  const signature = signatureOf(node);
  if (!signature) return undefined;
  const input = node.input.text;
  const collective: CollectiveIR = {
    ...{ name, input, output: node.output?.text ?? input, over: node.over.text },
    ...{ levels: node.levels.map((level) => level.text), body: node.body, ...signature },
    location: { file, span },
  };
  known.set(node, collective);
  return collective;
}

/** What a signature says: the word, and the names it gives to what the word is told. */
export type CollectiveSignature = Pick<CollectiveIR, "word" | "root" | "target" | "offset" | "inclusive">;

/** Undefined where the signature is no word's. */
export function signatureOf({
  input,
  output,
  inputType,
  outputType,
  equation,
  over,
}: CollectiveDecl): CollectiveSignature | undefined {
  const before = shapeOf(inputType, over.text);
  const after = shapeOf(outputType, over.text);
  if (!before || !after || after.isPending || before.axes.join() !== after.axes.join()) return undefined;
  const [from] = before.divided;
  const [to] = after.divided;
  if (before.divided.length > 1 || after.divided.length > 1) return undefined;
  if (before.at !== undefined || after.at !== undefined) {
    if (equation || from !== undefined || to !== undefined) return undefined;
    if (before.isPending) return after.at === undefined ? undefined : { word: "reduce", root: after.at };
    if (before.at === undefined) return undefined;
    if (after.at === undefined) return { word: "broadcast", root: before.at };
    return before.at === after.at ? undefined : { word: "send", root: before.at, target: after.at };
  }
  if (equation) {
    if (before.isPending || from !== 0 || to !== 0 || before.axes.length !== 1 || !output) return undefined;
    const isScan = before.axes[0] === over.text;
    return isScan ? scanOf(equation, output.text, input.text) : shiftOf(equation, output.text, input.text);
  }
  if (before.isPending)
    return from !== undefined ? undefined : { word: to === undefined ? "all_reduce" : "reduce_scatter" };
  if (from === undefined) return undefined;
  if (to === undefined) return { word: "all_gather" };
  return from === to ? undefined : { word: "all_to_all" };
}

interface Shape {
  /** Names of the axes, and which of them `over` divides. */
  readonly axes: readonly string[];
  readonly divided: readonly number[];
  readonly isPending: boolean;
  /** The name of the position along `over` at which it is. */
  readonly at?: string;
}

function shapeOf(type: TensorType, over: string): Shape | undefined {
  const specs = type.axes.filter((axis): axis is AxisSpec => axis.kind === "AxisSpec");
  const names = specs.map((spec) => (spec.size.kind === "NameExpr" ? spec.size.name.text : undefined));
  const foreign = specs.some((spec) => spec.cuts.some((cut) => cut.mesh.text !== over || cut.by));
  const isPending = type.pending.some((spec) => spec.over.some((axis) => axis.text === over));
  if (specs.length !== type.axes.length || foreign || !names.every((name) => name !== undefined)) return undefined;
  if (type.pending.length > 1 || (type.pending.length === 1 && !isPending) || type.at.length > 1) return undefined;
  const divided = specs.flatMap((spec, index) => (spec.cuts.length > 0 ? [index] : []));
  const [place] = type.at;
  if (place === undefined) return { axes: names, divided, isPending };
  if (place.mesh.text !== over || place.position.kind !== "NameExpr" || isPending) return undefined;
  return { axes: names, divided, isPending, at: place.position.name.text };
}

/** `y[i] = x[i - d]`. */
function shiftOf(equation: Expr, output: string, input: string): CollectiveSignature | undefined {
  if (equation.kind !== "BinaryExpr") return undefined;
  const i = indexOf(equation.left, output);
  const source = i === undefined ? undefined : indexedBy(equation.right, input);
  if (source?.kind !== "BinaryExpr" || source.operator !== "-" || nameOf(source.left) !== i) return undefined;
  const offset = nameOf(source.right);
  return offset === undefined || offset === i ? undefined : { word: "shift", offset };
}

/** `y[i] = fold u x[j] for j < i`, or `j <= i`. */
function scanOf(equation: Expr, output: string, input: string): CollectiveSignature | undefined {
  if (equation.kind !== "BinaryExpr" || equation.right.kind !== "ReductionExpr") return undefined;
  const { body, guard, binders } = equation.right;
  const i = indexOf(equation.left, output);
  const j = indexOf(body, input);
  if (i === undefined || j === undefined || i === j || binders.length > 0 || guard?.kind !== "BinaryExpr")
    return undefined;
  if (nameOf(guard.left) !== j || nameOf(guard.right) !== i) return undefined;
  if (guard.operator === "<=") return { word: "scan", inclusive: true };
  return guard.operator === "<" ? { word: "scan" } : undefined;
}

/** The name i of `object[i]`. */
function indexOf(expr: Expr, object: string): string | undefined {
  const index = indexedBy(expr, object);
  return index && nameOf(index);
}

function indexedBy(expr: Expr, object: string): Expr | undefined {
  if (expr.kind !== "IndexExpr" || nameOf(expr.object) !== object || expr.indices.length !== 1) return undefined;
  const [index] = expr.indices;
  return index!.kind === "Ellipsis" ? undefined : index;
}

function nameOf(expr: Expr): string | undefined {
  return expr.kind === "NameExpr" ? expr.name.text : undefined;
}
