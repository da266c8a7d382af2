/** The scopes of several files that import each other, from their trees alone. */
import { createScopes } from "../../compiler/bind/scopes.js";
import type { ScopedFile } from "../../compiler/bind/scopes.js";
import { folderOf, resolveImport } from "../../compiler/bind/paths.js";
import { isStandardPath, preludeModules, standardPath } from "../../compiler/bind/standard-library.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import type { Diagnostic } from "../../compiler/diagnostics/types.js";
import type { Definition } from "../../compiler/bind/bound-program.js";
import type { Namespace } from "../../compiler/bind/definitions.js";
import type { ImportName, SourceFile } from "../../grammar/ast.js";

/** Where trees come from: open documents, the files of a workspace, the standard library. */
export interface TreeSource {
  /** Undefined where there is no such file, or it cannot be read. */
  treeOf(path: string): SourceFile | undefined;
}

export interface ProgramScopes {
  /** The files, with the standard library's that they import and the prelude. */
  readonly files: ReadonlyMap<string, ScopedFile>;
  lookup(namespace: Namespace, name: string, file: string): readonly Definition[];
  visible(namespace: Namespace, file: string): Iterable<Definition>;
  own(file: string): readonly Definition[];
  /** The import that brings a name into a file under that name as another one, `import { a as name }`. */
  alias(name: string, file: string): ImportName | undefined;
  /** Names declared twice, and imports of what is not there. */
  readonly problems: readonly Diagnostic[];
}

/**
 * The scopes of some files and of all that they import. Nothing is read but these files and what lies below their folders:
 * `bind` reads nothing else, whichever of them it is given.
 */
export function programScopes(roots: Iterable<string>, trees: TreeSource): ProgramScopes {
  const files = new Map<string, ScopedFile>();
  const rest = [...preludeModules.map(standardPath), ...roots];
  const own = new Set(rest);
  const folders = [...new Set(rest.map(folderOf))];
  const isReadable = (path: string): boolean =>
    own.has(path) || isStandardPath(path) || folders.some((folder) => path.startsWith(folder));
  for (let path = rest.pop(); path !== undefined; path = rest.pop()) {
    if (files.has(path)) continue;
    const tree = trees.treeOf(path);
    if (!tree) continue;
    const importer = path;
    const imports = tree.declarations
      .filter((node) => node.kind === "ImportDecl")
      .map((node) => {
        const target = importTarget(node.from.value, importer);
        return { node, ...(target !== undefined && isReadable(target) && { target }) };
      });
    files.set(path, { path, tree, imports });
    rest.push(...imports.flatMap(({ target }) => target ?? []));
  }
  const collector = createCollector();
  const scopes = createScopes(files, collector);
  const aliases = new Map<string, Map<string, ImportName>>();
  return {
    files,
    lookup: (namespace, name, file) => scopes.lookup(namespace, name, file),
    visible: (namespace, file) => scopes.visible(namespace, file),
    own: (file) => scopes.own(file),
    alias(name, file) {
      let known = aliases.get(file);
      if (!known) aliases.set(file, (known = aliasesOf(files.get(file))));
      return known.get(name);
    },
    get problems() {
      return collector.list();
    },
  };
}

function aliasesOf(file: ScopedFile | undefined): Map<string, ImportName> {
  const names = (file?.imports ?? []).flatMap(({ node }) => node.names);
  return new Map(names.flatMap((name) => (name.as && name.as.text !== name.name.text ? [[name.as.text, name]] : [])));
}

/**
 * The file that an import leads to, wherever that is. Which folder it may not leave depends on the file that a command is
 * given, and here any may be that: see `programScopes` for what is read.
 */
export function importTarget(text: string, importer: string): string | undefined {
  const target = resolveImport(text, importer, rootOf(importer));
  return "path" in target ? target.path : undefined;
}

/** What no path can leave: `/`, the beginning of a URI, or nothing. */
export function rootOf(path: string): string {
  return isStandardPath(path) ? path : (/^(?:[a-z][a-z0-9+.-]*:)?\/*/i.exec(path)?.[0] ?? "");
}
