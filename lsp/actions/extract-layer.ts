/** Statements of a layer as a layer of their own, called in their place. */
import type { TypedValue } from "../../compiler/check/axis-specs.js";
import { typeText } from "../../compiler/check/type-text.js";
import type { Identifier, LayerDecl, LetStatement, Span } from "../../grammar/ast.js";
import type { Replacement } from "../../grammar/format-range.js";
import { namesOf } from "../documents/names.js";
import type { ProgramNames } from "../names/program-names.js";
import { isWithin, refuse, type Outcome, type Refactoring, type Scene } from "./action.js";
import { finishEdits } from "./finish-edits.js";
import { problemOfRewrite } from "./proof.js";

export const extractLayer: Refactoring = {
  id: "extract-layer",
  kind: "refactor.extract",
  offers(scene) {
    const found = selectedStatements(scene);
    if (!found) return [];
    const { statements } = found;
    const what =
      statements.length === 1
        ? `\`${namesBy(statements[0]!)
            .map(({ text }) => text)
            .join("`, `")}\``
        : "the selected values";
    return [{ title: `Extract ${what} to a layer`, argument: "" }];
  },
  propose: async (_, scene) => {
    const found = selectedStatements(scene);
    return found ? propose(found, scene) : refuse("No statements of a layer are selected.");
  },
};

interface Selected {
  readonly layer: LayerDecl;
  readonly statements: readonly LetStatement[];
}

/** Whole `let` statements of a layer that a selection touches; a cursor alone selects nothing. */
function selectedStatements({ analysis, selection }: Scene): Selected | undefined {
  const inside = analysis.text.slice(selection.start, selection.end);
  if (inside.trim() === "") return undefined;
  const start = selection.end - inside.trimStart().length;
  const end = selection.start + inside.trimEnd().length;
  const layer = analysis.tree.declarations.find(
    (node): node is LayerDecl => node.kind === "LayerDecl" && isWithin({ start, end }, node.span),
  );
  if (!layer || layer.body[0] === undefined || start < layer.body[0].span.start) return undefined;
  const touched = layer.body.filter(({ span }) => span.start < end && start < span.end);
  const statements = touched.filter((statement) => statement.kind === "LetStatement");
  return statements.length > 0 && statements.length === touched.length ? { layer, statements } : undefined;
}

/** What a value is called, and its type. */
interface Typed {
  readonly name: string;
  readonly type: string;
}

async function propose(selected: Selected, scene: Scene): Promise<Outcome> {
  const { analysis } = scene;
  const { layer, statements } = selected;
  const outcome = analysis.layers.get(layer.name.text);
  const mesh = outcome?.layer && analysis.bound?.meshes[outcome.layer.ir.mesh]?.mesh;
  if (!outcome || !mesh)
    return refuse(`Types of \`${layer.name.text}\` are not known: it has errors, or stands for several.`);
  const names = namesOf(analysis);
  const { read, defined } = boundaryOf(selected, names, analysis.path);
  const typed = (values: readonly Identifier[]) =>
    values.map((value) => typedValue(value, outcome.types, (type) => typeText(type, mesh)));
  const [inputs, outputs] = [typed(read), typed(defined)];
  const unknown = [...inputs, ...outputs].find(({ type }) => type === "");
  if (unknown) return refuse(`The type of \`${unknown.name}\` is not known.`);
  if (outputs.length === 0) return refuse("Nothing reads what is selected.");

  const { text, path } = analysis;
  const name = freeName(text);
  const span = { start: statements[0]!.span.start, end: statements.at(-1)!.span.end };
  const place = { start: startOf(layer, text), end: startOf(layer, text) };
  const edits = new Map([
    [
      path,
      await finishEdits(text, [
        { span: place, newText: `${layerText(name, inputs, outputs, text.slice(span.start, span.end))}\n\n` },
        { span, newText: callText(name, inputs, outputs) },
        ...pathsInSchedules(selected, outputs, names, path),
      ]),
    ],
  ]);
  const problem = problemOfRewrite(edits, scene, "values have other names");
  return problem === undefined ? { edits } : refuse(problem);
}

/** Values from before that the statements read, and values of theirs that are read behind: each once. */
function boundaryOf({ layer, statements }: Selected, names: ProgramNames, path: string) {
  const own = new Set(statements.flatMap(namesBy));
  const isSelected = ({ span }: { readonly span: Span }) =>
    statements.some((statement) => isWithin(span, statement.span));
  const [read, defined] = [new Set<Identifier>(), new Set<Identifier>()];
  for (const { node, symbols, role } of names.of(layer, path))
    for (const { kind, declaredAt } of symbols) {
      if (!declaredAt || role === "declaration" || (kind !== "value" && kind !== "parameter")) continue;
      if (isSelected(node) && !own.has(declaredAt)) read.add(declaredAt);
      if (!isSelected(node) && own.has(declaredAt)) defined.add(declaredAt);
    }
  return { read: [...read], defined: [...defined].sort((a, b) => a.span.start - b.span.start) };
}

/** What a statement calls its values. */
function namesBy({ targets }: LetStatement): Identifier[] {
  return targets.flatMap(({ name }) => name.segments.at(-1)?.name ?? []);
}

function typedValue(
  { text, span }: Identifier,
  types: ReadonlyMap<Span, TypedValue>,
  typeOf: (type: TypedValue) => string,
): Typed {
  // A value's type is kept by the span of its name, of a whole target where that is a path.
  const found = [...types].find(([at]) => at.start === span.start && at.end === span.end);
  return { name: text, type: found ? typeOf(found[1]) : "" };
}

function layerText(name: string, inputs: readonly Typed[], outputs: readonly Typed[], statements: string): string {
  const list = (values: readonly Typed[]) => values.map((value) => `${value.name}: ${value.type}`).join(", ");
  const returned = outputs.map((value) => value.name).join(", ");
  return `layer ${name}(${list(inputs)}) -> ${list(outputs)} {\n  ${statements}\n  return ${returned}\n}`;
}

function callText(name: string, inputs: readonly Typed[], outputs: readonly Typed[]): string {
  const targets = outputs.map((value) => value.name).join(", ");
  const call = `${name}(${inputs.map((value) => value.name).join(", ")})`;
  return `let ${outputs.length === 1 ? targets : `(${targets})`} = ${call}`;
}

/** Schedules name a value of the new layer by a path through its call. */
function pathsInSchedules(
  { statements }: Selected,
  outputs: readonly Typed[],
  names: ProgramNames,
  path: string,
): Replacement[] {
  const [only, ...others] = outputs;
  if (!only || others.length > 0) return [];
  const inner = new Set(statements.flatMap(namesBy).filter(({ text }) => text !== only.name));
  return names.declarations(path).flatMap((declaration) => {
    if (declaration.kind !== "ScheduleDecl") return [];
    return names.of(declaration, path).flatMap(({ node, symbols }) => {
      const isInner = symbols.some(({ declaredAt }) => declaredAt !== undefined && inner.has(declaredAt));
      return isInner ? [{ span: { start: node.span.start, end: node.span.start }, newText: `${only.name}.` }] : [];
    });
  });
}

/** In front of the comments right above. */
function startOf({ span }: LayerDecl, text: string): number {
  let start = text.lastIndexOf("\n", span.start - 1) + 1;
  for (;;) {
    const before = text.lastIndexOf("\n", start - 2) + 1;
    if (start === 0 || !/^\s*\/\//.test(text.slice(before, start))) return start;
    start = before;
  }
}

function freeName(text: string): string {
  let name = "extracted";
  for (let number = 2; new RegExp(`\\b${name}\\b`).test(text); number++) name = `extracted${number}`;
  return name;
}
