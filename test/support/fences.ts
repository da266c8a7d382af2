/** Fenced blocks of a markdown page, which the docs test runs. */
export interface Fence {
  /** Of the opening line, from 1. */
  readonly line: number;
  readonly language: string;
  /** `error=ST2303`, `file=mlp.stretto`: words after the language, split at `=`; without one the value is "". */
  readonly info: ReadonlyMap<string, string>;
  readonly body: string;
}

export function fencesOf(markdown: string): Fence[] {
  const fences: Fence[] = [];
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index++) {
    const opening = /^(\s*)(`{3,})\s*(\S*)\s*(.*)$/.exec(lines[index]!);
    if (opening === null) continue;
    const [, indent, ticks, language, rest] = opening;
    const body: string[] = [];
    const line = index + 1;
    for (index++; index < lines.length && lines[index]!.trim() !== ticks; index++) {
      const text = lines[index]!;
      body.push(text.startsWith(indent!) ? text.slice(indent!.length) : text.trimStart());
    }
    const words = rest!.split(/\s+/).filter((word) => word !== "");
    const info = new Map(
      words.map((word) => {
        const at = word.indexOf("=");
        return at < 0 ? ([word, ""] as const) : ([word.slice(0, at), word.slice(at + 1)] as const);
      }),
    );
    fences.push({ line, language: language!, info, body: `${body.join("\n")}\n` });
  }
  return fences;
}

/** A command of a shell fence and what the page says it prints. */
export interface ShellStep {
  readonly command: string;
  /** Lines as printed; `...` stands for anything, within a line or for any number of lines. */
  readonly expected: readonly string[];
}

/** Lines that begin with `$ ` are commands; what follows, up to the next, is their output. */
export function shellSteps(body: string): ShellStep[] {
  const steps: { command: string; expected: string[] }[] = [];
  for (const line of body.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("$ ")) steps.push({ command: line.slice(2), expected: [] });
    else steps.at(-1)?.expected.push(line);
  }
  return steps;
}

/** Whether what was printed is what the page says. */
export function matchesTranscript(expected: readonly string[], printed: string): boolean {
  const trimmed = [...expected];
  while (trimmed.at(-1)?.trim() === "") trimmed.pop();
  const parts = trimmed.map((line) =>
    line.trim() === "..." ? "(?:.*\n)*" : `${line.trimEnd().split("...").map(escapePattern).join(".*")}[ ]*\n`,
  );
  const text = printed.endsWith("\n") || printed === "" ? printed : `${printed}\n`;
  return new RegExp(`^${parts.join("")}\\n*$`).test(text);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
