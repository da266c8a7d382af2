/** A param's value in place of its name. */
import type { Assignment, Claim, Expr, Identifier, ParamDecl } from "../../grammar/ast.js";
import type { Replacement } from "../../grammar/format-range.js";
import { namesAcross, namesOf } from "../documents/names.js";
import type { Place, ProgramNames } from "../names/program-names.js";
import { isWithin, refuse, type Outcome, type Refactoring, type Scene } from "./action.js";
import { finishEdits } from "./finish-edits.js";
import { problemOfRewrite } from "./proof.js";

export const inlineParam: Refactoring = {
  id: "inline-param",
  kind: "refactor.inline",
  offers(scene) {
    const found = paramAt(scene);
    if (!found) return [];
    const name = found.param.name.text;
    const disabled = whyKept(usesOf(found, namesOf(scene.analysis), scene), name);
    return [{ title: `Inline \`${name}\``, argument: name, ...(disabled !== undefined && { disabled }) }];
  },
  propose: async (_, scene) => {
    const found = paramAt(scene);
    return found ? propose(found, scene) : refuse("There is no param here.");
  },
};

interface Found {
  readonly declaration: ParamDecl;
  readonly param: Assignment;
}

/** The param of the file that is named at the place: where it is declared, or where it is used. */
function paramAt(scene: Scene): Found | undefined {
  const { analysis, selection } = scene;
  const place = namesOf(analysis).at(analysis.path, selection.start);
  const [symbol, ...others] = place?.occurrence.symbols ?? [];
  if (!place || !isWithin(selection, place.occurrence.node.span)) return undefined;
  if (symbol?.kind !== "param" || others.length > 0 || symbol.file !== analysis.path) return undefined;
  for (const declaration of analysis.tree.declarations) {
    if (declaration.kind !== "ParamDecl") continue;
    const param = declaration.params.find(({ name }) => name === symbol.declaredAt);
    if (param) return { declaration, param };
  }
  return undefined;
}

async function propose({ declaration, param }: Found, scene: Scene): Promise<Outcome> {
  const { analysis, server } = scene;
  const name = param.name.text;
  if (param.value.kind === "MissingExpr") return refuse(`\`${name}\` has no value.`);
  const names = await namesAcross(server, analysis, [name]);
  const places = usesOf({ declaration, param }, names, scene);
  const elsewhere = places.find(({ file }) => file !== analysis.path);
  if (elsewhere) return refuse(`\`${name}\` is used in \`${elsewhere.file.split("/").at(-1)}\` too.`);
  const reason = whyKept(places, name);
  if (reason !== undefined) return refuse(reason);

  const { text, path } = analysis;
  const value = text.slice(param.value.span.start, param.value.span.end);
  const inPlace = isAtom(param.value) ? value : `(${value})`;
  const uses = places.map(({ occurrence }): Replacement => ({ span: occurrence.node.span, newText: inPlace }));
  const edits = new Map([[path, await finishEdits(text, [...uses, removal({ declaration, param }, text)])]]);
  const problem = problemOfRewrite(edits, scene, "names stay");
  return problem === undefined ? { edits } : refuse(problem);
}

/** Where the param is named, but for its declaration. */
function usesOf({ param }: Found, names: ProgramNames, { analysis }: Scene): Place[] {
  const symbols = names.at(analysis.path, param.name.span.start)?.occurrence.symbols ?? [];
  return names.places(symbols).filter(({ occurrence }) => occurrence.node !== param.name);
}

function whyKept(places: readonly Place[], name: string): string | undefined {
  return places.map((place) => reasonToKeep(place, name)).find((one) => one !== undefined);
}

/** What sets a size needs its name. */
function reasonToKeep({ declaration, occurrence: { node } }: Place, name: string): string | undefined {
  if (declaration.kind === "ImportDecl") return `\`${name}\` is imported.`;
  if (declaration.kind === "ProfileDecl" && declaration.settings.some((one) => one.name === node))
    return `\`${name}\` is set by the profile \`${declaration.name.text}\`.`;
  if (declaration.kind === "CheckDecl" && declaration.claims.some((claim) => binds(claim, node)))
    return `\`${name}\` is set by the \`for\` of a check.`;
  return undefined;
}

function binds(claim: Claim, node: Identifier): boolean {
  return claim.kind === "ForClause" && claim.bindings.some(({ name }) => name === node);
}

/** Nothing binds tighter. */
function isAtom({ kind }: Expr): boolean {
  return ["NumberLiteral", "NameExpr", "CallExpr", "MemberExpr", "IndexExpr", "TupleExpr"].includes(kind);
}

/** The param and its comma, or the whole declaration with its line. */
function removal({ declaration, param }: Found, text: string): Replacement {
  const { params, span } = declaration;
  const index = params.indexOf(param);
  const next = params[index + 1];
  if (next) return { span: { start: param.span.start, end: next.span.start }, newText: "" };
  const before = params[index - 1];
  if (before) return { span: { start: before.span.end, end: param.span.end }, newText: "" };
  const tail = /^[ \t]*(\/\/[^\n]*)?\r?\n?/.exec(text.slice(span.end))![0];
  return { span: { start: span.start, end: span.end + tail.length }, newText: "" };
}
