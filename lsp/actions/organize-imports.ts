/** Imports in order: one of each module, std first, names by the alphabet, and none of std that nothing in the file names. */
import { namesWithin } from "../../compiler/bind/names-in.js";
import type { ImportDecl, ImportName } from "../../grammar/ast.js";
import type { Replacement } from "../../grammar/format-range.js";
import type { Analysis } from "../documents/analysis.js";
import { refuse, type Outcome, type Scene } from "./action.js";
import { finishEdits } from "./finish-edits.js";
import { newProblem } from "./proof.js";

/** Imports that nothing but space stands between are put in order together; one with a comment at its end stays. */
export async function organizeImports(scene: Scene): Promise<Outcome> {
  const { text, tree, path } = scene.analysis;
  const named = new Set<string>();
  for (const node of tree.declarations)
    if (node.kind !== "ImportDecl") for (const name of namesWithin(node)) named.add(name);
  const replacements = runsOf(tree.declarations, text).flatMap((run): Replacement[] => {
    const span = { start: run[0]!.span.start, end: run.at(-1)!.span.end };
    const newText = textOf(run, named);
    if (newText === text.slice(span.start, span.end)) return [];
    if (newText !== "") return [{ span, newText }];
    // The line goes too.
    const end = span.end + /^[ \t]*(\r?\n)*/.exec(text.slice(span.end))![0].length;
    return [{ span: { start: span.start, end }, newText }];
  });
  if (replacements.length === 0) return { edits: new Map() };
  const edits = new Map([[path, await finishEdits(text, replacements)]]);
  const problem = newProblem(edits, scene);
  return problem === undefined ? { edits } : refuse(problem);
}

function runsOf(declarations: Analysis["tree"]["declarations"], text: string): ImportDecl[][] {
  const runs: ImportDecl[][] = [];
  let end: number | undefined;
  for (const node of declarations) {
    const follows = end !== undefined && text.slice(end, node.span.start).trim() === "";
    end = undefined;
    if (node.kind !== "ImportDecl" || text.slice(node.span.start, node.span.end).includes("//")) continue;
    if (/^[ \t]*\/\//.test(text.slice(node.span.end))) continue;
    if (follows) runs.at(-1)!.push(node);
    else runs.push([node]);
    end = node.span.end;
  }
  return runs;
}

function textOf(run: readonly ImportDecl[], named: ReadonlySet<string>): string {
  const modules = new Map<string, { readonly quoted: string; readonly names: Map<string, ImportName> }>();
  for (const { from, names } of run) {
    const module = modules.get(from.value) ?? {
      quoted: JSON.stringify(from.value),
      names: new Map<string, ImportName>(),
    };
    const isStandard = from.value.startsWith("std/");
    for (const name of names)
      if (!isStandard || named.has((name.as ?? name.name).text)) module.names.set(nameText(name), name);
    if (module.names.size > 0 || !isStandard) modules.set(from.value, module);
  }
  const paths = [...modules.keys()].sort((a, b) => Number(isOwn(a)) - Number(isOwn(b)) || compare(a, b));
  return paths
    .map((path) => {
      const { quoted, names } = modules.get(path)!;
      return `import { ${[...names.keys()].sort(compare).join(", ")} } from ${quoted}`;
    })
    .join("\n");
}

function isOwn(path: string): boolean {
  return !path.startsWith("std/");
}

function nameText({ name, as }: ImportName): string {
  return as && as.text !== name.text ? `${name.text} as ${as.text}` : name.text;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
