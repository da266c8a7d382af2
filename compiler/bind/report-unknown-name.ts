import type { Identifier } from "../../grammar/ast.js";
import type { DiagnosticCollector } from "../diagnostics/collector.js";
import type { Fix } from "../diagnostics/types.js";
import { locate } from "./bound-program.js";
import type { DefinitionKind } from "./bound-program.js";
import { namespaceOf } from "./definitions.js";
import type { LoadedFile } from "./load.js";
import type { Scopes } from "./scopes.js";
import type { StandardNames } from "./standard-names.js";
import { didYouMean, nearestName } from "./suggest.js";

export type NameReporter = (
  name: Identifier,
  file: string,
  expected: string,
  kinds: readonly DefinitionKind[],
  more?: Iterable<string>,
) => void;

/** Makes what reports `unknown-name`, with the nearest name and, for a name of std, the import that brings it. */
export function createNameReporter(
  files: ReadonlyMap<string, LoadedFile>,
  scopes: Scopes,
  standardNames: StandardNames,
  diagnostics: DiagnosticCollector,
): NameReporter {
  return (name, file, expected, kinds, more = []) => {
    // That nothing is known of it was told at the import.
    if (isImportedInVain(name.text, file)) return diagnostics.reportConsequence();
    const place = locate(file, name);
    if (diagnostics.isFull(file)) {
      diagnostics.report("unknown-name", place, { name: name.text, expected, hint: "" });
      return;
    }
    const module = standardNames.moduleWith(name.text, kinds);
    if (module) {
      const target = files.get(file);
      const fixes = target && !target.isStandard ? [importFix(target, name.text, module)] : [];
      const hint = ` It is in \`std/${module}\`.`;
      diagnostics.report("unknown-name", place, { name: name.text, expected, hint }, { fixes });
      return;
    }
    // What a nested call gives is named after it: `out.relu`.
    const nested = [...candidates()].find((candidate) => candidate.endsWith(`.${name.text}`));
    const near = nested ?? nearestName(name.text, candidates());
    const fixes = near ? [{ title: `write \`${near}\``, edits: [{ location: place, newText: near }] }] : [];
    diagnostics.report("unknown-name", place, { name: name.text, expected, hint: didYouMean(near) }, { fixes });

    function* candidates(): Iterable<string> {
      yield* more;
      for (const namespace of new Set(kinds.map(namespaceOf))) {
        for (const known of scopes.visible(namespace, file)) if (kinds.includes(known.kind)) yield known.name;
      }
    }
  };

  /** Whether an import names it, of a file that cannot be read or has nothing of that name. */
  function isImportedInVain(text: string, file: string): boolean {
    for (const { node, target } of files.get(file)?.imports ?? []) {
      const brought = node.names.find(({ name, as }) => (as ?? name).text === text);
      if (brought) return target === undefined || scopes.own(target).every(({ name }) => name !== brought.name.text);
    }
    return false;
  }
}

/** Adds the name to the file's import of that module, else a new import after the last one, else at the very start. */
function importFix(file: LoadedFile, name: string, module: string): Fix {
  const title = `import \`${name}\` from "std/${module}"`;
  const at = (offset: number) => ({ file: file.path, span: { start: offset, end: offset } });
  const existing = file.imports.find(({ node }) => node.from.value === `std/${module}` && node.names.length > 0);
  if (existing) {
    const last = existing.node.names.at(-1)!;
    return { title, edits: [{ location: at(last.span.end), newText: `, ${name}` }] };
  }
  const line = `import { ${name} } from "std/${module}"`;
  const lastImport = file.imports.at(-1);
  const edit = lastImport
    ? { location: at(lastImport.node.span.end), newText: `\n${line}` }
    : { location: at(0), newText: `${line}\n` };
  return { title, edits: [edit] };
}
