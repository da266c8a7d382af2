/** What a hover says, as Markdown or as plain text. */
import { MarkupKind, type ClientCapabilities, type MarkupContent } from "vscode-languageserver";

export interface HoverText {
  /** In the language. */
  readonly code: string;
  /** One fact each; words in backquotes are code. */
  readonly facts: readonly string[];
  readonly doc?: string;
}

/** In the form that the client likes best; Markdown only where it says that it can read it. */
export function contentsOf({ code, facts, doc }: HoverText, client: ClientCapabilities): MarkupContent {
  const formats = client.textDocument?.hover?.contentFormat ?? [];
  const isMarkdown = formats[0] === MarkupKind.Markdown;
  if (isMarkdown) {
    const list = facts.map((fact) => `- ${fact}`).join("\n");
    const parts = [`\`\`\`stretto\n${code}\n\`\`\``, list, doc ?? ""];
    return { kind: MarkupKind.Markdown, value: parts.filter((part) => part !== "").join("\n\n") };
  }
  const parts = [code, facts.map((fact) => fact.replaceAll("`", "")).join("\n"), doc ?? ""];
  return { kind: MarkupKind.PlainText, value: parts.filter((part) => part !== "").join("\n\n") };
}
