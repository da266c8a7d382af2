import type { ImportDecl, SourceFile } from "../../grammar/ast.js";
import { createCollector } from "../diagnostics/collector.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Location } from "../diagnostics/types.js";
import { locate } from "./bound-program.js";
import { noMemory, type Memory } from "./memory.js";
import { parseSource } from "./parse-source.js";
import { resolveImport } from "./paths.js";
import type { ReadProblem, SourceHost } from "./source-host.js";
import { isStandardPath, preludeModules, standardModuleOf, standardModules, standardPath } from "./standard-library.js";
import { didYouMean, nearestName } from "./suggest.js";

/** Files that import each other in a row. */
export const deepestImport = 64;
/** Files of one program. */
export const mostFiles = 256;

export interface LoadedFile {
  readonly path: string;
  readonly text: string;
  readonly tree: SourceFile;
  readonly isStandard: boolean;
  /** With the path each leads to; absent where it could not be read. */
  readonly imports: readonly { readonly node: ImportDecl; readonly target?: string }[];
}

/**
 * Reads and parses the entry, what it imports, and the prelude. An imported file stands before its importer.
 * Undefined where the entry itself cannot be read.
 */
export function loadFiles(
  entry: string,
  host: SourceHost,
  diagnostics: DiagnosticCollector,
  memory: Memory = noMemory,
): ReadonlyMap<string, LoadedFile> | undefined {
  const loaded = new Map<string, LoadedFile>();
  const refused = new Set<string>();
  /** The files being loaded, outermost first, with the place of the import that led on from each. */
  const chain: { path: string; leading?: Location }[] = [];

  function visit(path: string, place: Location): boolean {
    if (loaded.has(path)) return true;
    if (refused.has(path)) return false;
    const result = host.read(path);
    if ("problem" in result) {
      refused.add(path);
      reportReadProblem(path, result.problem, place, diagnostics);
      return false;
    }
    const isStandard = isStandardPath(path);
    const tree = isStandard
      ? parseStandard(path, result.text, diagnostics)
      : parseSource(path, result.text, diagnostics, memory.parse);
    const step: { path: string; leading?: Location } = { path };
    chain.push(step);
    const imports = tree.declarations
      .filter((node) => node.kind === "ImportDecl")
      .map((node) => {
        step.leading = locate(path, node.from);
        const target = follow(node, path);
        return target === undefined ? { node } : { node, target };
      });
    chain.pop();
    loaded.set(path, { path, text: result.text, tree, isStandard, imports });
    return true;
  }

  function follow(node: ImportDecl, importer: string): string | undefined {
    const place = locate(importer, node.from);
    const target = resolveImport(node.from.value, importer, entry);
    if ("refused" in target) {
      const name = target.refused === "form" ? "import-path-form" : "import-outside-folder";
      const whole = `"${node.from.value}.stretto"`;
      const isShort = target.refused === "form" && /^\.\/.*[^/.]$/.test(node.from.value);
      const fixes = isShort ? [{ title: `write \`${whole}\``, edits: [{ location: place, newText: whole }] }] : [];
      diagnostics.report(name, place, { path: node.from.value }, { fixes });
      return undefined;
    }
    const open = chain.findIndex((step) => step.path === target.path);
    if (open >= 0) {
      const cycle = [...chain.slice(open).map((step) => step.path), target.path].join(" -> ");
      const related = chain.slice(open, -1).map((step) => ({ location: step.leading!, message: "which imports" }));
      diagnostics.report("import-cycle", place, { cycle }, { related });
      return undefined;
    }
    if (chain.length >= deepestImport) {
      diagnostics.report("import-too-deep", place, { limit: deepestImport });
      return undefined;
    }
    if (!loaded.has(target.path) && loaded.size + chain.length >= mostFiles) {
      diagnostics.report("too-many-files", place, { limit: mostFiles });
      return undefined;
    }
    return visit(target.path, place) ? target.path : undefined;
  }

  const nowhere = { file: entry, span: { start: 0, end: 0 } };
  const first = host.read(entry);
  if ("problem" in first) {
    reportReadProblem(entry, first.problem, nowhere, diagnostics);
    return undefined;
  }
  for (const module of preludeModules) visit(standardPath(module), nowhere);
  visit(entry, nowhere);
  memory.update(loaded);
  return loaded;
}

export function reportReadProblem(
  path: string,
  problem: ReadProblem,
  place: Location,
  diagnostics: DiagnosticCollector,
): void {
  const imported = place.file !== path;
  switch (problem.kind) {
    case "missing":
      if (!imported) diagnostics.report("file-not-found", place, { path });
      else reportMissingImport(path, place, diagnostics);
      return;
    case "not-a-file":
      diagnostics.report("not-a-file", place, { path, found: problem.found });
      return;
    case "too-large":
      diagnostics.report("file-too-large", place, { path, size: problem.size, limit: problem.limit });
      return;
    case "not-utf8":
      diagnostics.report("not-utf8", place, { path });
      return;
    case "outside":
      diagnostics.report("file-outside-folder", place, { path });
      return;
    case "unreadable":
      diagnostics.report("file-unreadable", place, { path, reason: problem.reason });
  }
}

function reportMissingImport(path: string, place: Location, diagnostics: DiagnosticCollector): void {
  if (!isStandardPath(path)) {
    diagnostics.report("import-not-found", place, { path, hint: "" });
    return;
  }
  const module = standardModuleOf(path);
  if (standardModules.some((known) => known === module)) {
    diagnostics.report("standard-library-missing", place, { path });
    return;
  }
  const near = nearestName(module, standardModules);
  const known = standardModules.map((name) => `\`std/${name}\``).join(", ");
  diagnostics.report(
    "import-not-found",
    place,
    { path: `std/${module}`, hint: near ? didYouMean(`std/${near}`) : ` The standard library has ${known}.` },
    near
      ? { fixes: [{ title: `import from "std/${near}"`, edits: [{ location: place, newText: `"std/${near}"` }] }] }
      : {},
  );
}

const standardTrees = new Map<string, { readonly text: string; readonly tree: SourceFile }>();

/** The standard library does not change while a program runs: each file is parsed once. */
export function parseStandard(path: string, text: string, diagnostics: DiagnosticCollector): SourceFile {
  const cached = standardTrees.get(path);
  if (cached?.text === text) return cached.tree;
  const own = createCollector();
  const tree = parseSource(path, text, own);
  if (own.list().length === 0) standardTrees.set(path, { text, tree });
  for (const diagnostic of own.list()) diagnostics.add(diagnostic);
  return tree;
}
