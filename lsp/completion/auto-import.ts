import type { ImportDecl, SourceFile, Span } from "../../grammar/ast.js";
import { withLineBreaksOf } from "../facts/line-breaks.js";

/** A text to be put in a place. */
export interface Insertion {
  readonly span: Span;
  readonly newText: string;
}

/** Brings a name into a file: into its import of that path, else a new one after the last, else at the start. */
export function importEdit(tree: SourceFile, text: string, name: string, from: string): Insertion {
  const imports = tree.declarations.filter((node): node is ImportDecl => node.kind === "ImportDecl");
  const existing = imports.find((node) => node.from.value === from && node.names.length > 0);
  if (existing) return at(existing.names.at(-1)!.span.end, `, ${name}`);
  const line = `import { ${name} } from "${from}"`;
  const last = imports.at(-1);
  if (last) return at(last.span.end, withLineBreaksOf(text, `\n${line}`));
  return at(afterOpeningComment(text), withLineBreaksOf(text, `${line}\n\n`));
}

const at = (offset: number, newText: string): Insertion => ({ span: { start: offset, end: offset }, newText });

/** Past the lines that say what the file is, which end with a blank one. */
function afterOpeningComment(text: string): number {
  const opening = /^(?:\/\/(?!\/)[^\n]*\n)+\s*\n/.exec(text);
  return opening?.[0].length ?? 0;
}
