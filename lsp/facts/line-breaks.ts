/** Texts that are put into others have the line breaks of those. */

/** As the text has it first; one line alone ends as lines do on most systems. */
export function withLineBreaksOf(text: string, inserted: string): string {
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? "\n";
  return inserted.replaceAll(/\r?\n/g, lineBreak);
}
