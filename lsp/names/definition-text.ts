import type { Definition } from "../../compiler/bind/bound-program.js";
import type { Span } from "../../grammar/ast.js";

const known = new WeakMap<object, string>();

/** The head of a definition, in one line: what it takes and gives. */
export function signatureText(definition: Definition, text: string): string {
  // A node is another one once its text is.
  let written = known.get(definition.node);
  if (written === undefined) known.set(definition.node, (written = inOneLine(textAt(headOf(definition), text))));
  return written;
}

const textAt = ({ start, end }: Span, text: string): string => text.slice(start, end);

/** Without comments, as it would be formatted if lines had no end: a part of a head is a part of what this makes of it. */
export function inOneLine(written: string): string {
  return written
    .replace(/\/\/[^\n]*/g, "")
    .replace(/\s+/g, " ")
    .replace(/,? ([)\]])/g, "$1")
    .replace(/([([]) /g, "$1")
    .trim();
}

function headOf({ kind, node }: Definition): Span {
  const { start, end } = node.span;
  switch (kind) {
    case "op":
      return { start, end: node.result.span.end };
    case "layer":
      return { start, end: node.results.at(-1)?.span.end ?? end };
    case "collective":
      return { start, end: (node.levels.at(-1) ?? node.over).span.end };
    case "schedule":
      return { start, end: node.layer.span.end };
    case "monoid":
      return { start, end: node.state.at(-1)?.span.end ?? end };
    case "machine":
    case "record":
      return { start, end: node.name.span.end };
    default:
      return { start, end };
  }
}

/** What a documentation comment says of it. */
export function docOf({ node }: Definition): string | undefined {
  return "doc" in node ? node.doc : undefined;
}

/** As Markdown: the head as code, then what its comment says. */
export function definitionMarkdown(definition: Definition, text: string): string {
  const doc = docOf(definition);
  const head = `\`\`\`stretto\n${signatureText(definition, text)}\n\`\`\``;
  return doc === undefined ? head : `${head}\n\n${doc}`;
}
