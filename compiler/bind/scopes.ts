import type { Identifier } from "../../grammar/ast.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import { locate } from "./bound-program.js";
import type { Definition } from "./bound-program.js";
import { definitionsOf, namespaceOf } from "./definitions.js";
import type { Namespace } from "./definitions.js";
import type { LoadedFile } from "./load.js";
import { preludeModules, standardPath } from "./standard-library.js";
import { didYouMean, nearestName } from "./suggest.js";

/** Definitions by name; more than one only of collectives. */
type Names = Map<string, Definition[]>;
type Scope = Readonly<Record<Namespace, Names>>;

export interface Scopes {
  /** Of the file's own declarations, its imports, then the prelude: the first that has the name; of collectives all. */
  lookup(namespace: Namespace, name: string, file: string): readonly Definition[];
  /** Every name that `lookup` would find in a namespace, nearest first. */
  visible(namespace: Namespace, file: string): Iterable<Definition>;
  own(file: string): readonly Definition[];
}

/** What scopes are made of: a tree, and where its imports lead. */
export type ScopedFile = Pick<LoadedFile, "path" | "tree" | "imports">;

/** Builds the scopes of all files; reports names declared twice and imports of what is not there. */
export function createScopes(files: ReadonlyMap<string, ScopedFile>, diagnostics: DiagnosticCollector): Scopes {
  const own = new Map<string, readonly Definition[]>();
  const declared = new Map<string, Scope>();
  for (const file of files.values()) {
    const definitions = definitionsOf(file.path, file.tree);
    own.set(file.path, definitions);
    declared.set(file.path, declare(definitions, diagnostics));
  }
  const imported = new Map<string, Scope>();
  for (const file of files.values()) imported.set(file.path, importNames(file, declared, diagnostics));
  const prelude = preludeModules.flatMap((module) => declared.get(standardPath(module)) ?? []);

  const nearestFirst = new Map<string, readonly Scope[]>();
  function scopesOf(file: string): readonly Scope[] {
    let scopes = nearestFirst.get(file);
    if (scopes === undefined) {
      scopes = [declared.get(file), imported.get(file), ...prelude].filter((scope) => scope !== undefined);
      nearestFirst.set(file, scopes);
    }
    return scopes;
  }

  return {
    own: (file) => own.get(file) ?? [],
    lookup(namespace, name, file) {
      if (namespace === "collectives")
        return [...new Set(scopesOf(file).flatMap((scope) => scope.collectives.get(name) ?? []))];
      for (const scope of scopesOf(file)) {
        const found = scope[namespace].get(name);
        if (found !== undefined) return found;
      }
      return [];
    },
    *visible(namespace, file) {
      for (const scope of scopesOf(file)) for (const definitions of scope[namespace].values()) yield* definitions;
    },
  };
}

function emptyScope(): Scope {
  return { names: new Map(), layers: new Map(), schedules: new Map(), collectives: new Map() };
}

function declare(definitions: readonly Definition[], diagnostics: DiagnosticCollector): Scope {
  const scope = emptyScope();
  for (const definition of definitions) {
    const namespace = namespaceOf(definition.kind);
    const names = scope[namespace];
    const earlier = names.get(definition.name);
    if (!earlier) names.set(definition.name, [definition]);
    else if (namespace === "collectives") earlier.push(definition);
    else reportDuplicate(definition.name, locate(definition.file, definition), namespace, earlier[0]!, diagnostics);
  }
  return scope;
}

function importNames(file: ScopedFile, declared: ReadonlyMap<string, Scope>, diagnostics: DiagnosticCollector): Scope {
  const scope = emptyScope();
  const own = declared.get(file.path)!;
  for (const { node, target } of file.imports) {
    const source = target === undefined ? undefined : declared.get(target);
    if (!source) continue;
    for (const { name, as } of node.names) {
      const brought = Object.entries(source) as [Namespace, Names][];
      const found = brought.filter(([, names]) => names.has(name.text));
      if (found.length === 0) {
        const known = diagnostics.isFull(file.path) ? [] : brought.flatMap(([, names]) => [...names.keys()]);
        reportUnknownImport(file.path, name, node.from.value, known, diagnostics);
      }
      const local = as ?? name;
      for (const [namespace, names] of found) {
        const brings = names.get(name.text)!;
        const before = scope[namespace].get(local.text);
        if (namespace === "collectives") {
          scope.collectives.set(local.text, [...(before ?? []), ...brings]);
          continue;
        }
        const earlier = own[namespace].get(local.text) ?? before;
        if (earlier) reportDuplicate(local.text, locate(file.path, local), namespace, earlier[0]!, diagnostics);
        else scope[namespace].set(local.text, brings);
      }
    }
  }
  return scope;
}

function reportDuplicate(
  name: string,
  location: { file: string; span: Definition["span"] },
  namespace: Namespace,
  earlier: Definition,
  diagnostics: DiagnosticCollector,
): void {
  const related = [{ location: locate(earlier.file, earlier), message: `\`${name}\` is declared here first` }];
  diagnostics.report("duplicate-name", location, { name, namespace }, { related });
}

function reportUnknownImport(
  file: string,
  name: Identifier,
  path: string,
  known: readonly string[],
  diagnostics: DiagnosticCollector,
): void {
  const near = nearestName(name.text, known);
  const place = locate(file, name);
  const fixes = near ? [{ title: `import \`${near}\``, edits: [{ location: place, newText: near }] }] : [];
  diagnostics.report("unknown-import", place, { path, name: name.text, hint: didYouMean(near) }, { fixes });
}
