/** Lines and cells of a table's file, each with its place in the text. */

/** A cell, or a whole line, and where in the text it stands. */
export interface Piece {
  readonly text: string;
  readonly start: number;
}

/** So much of a cell is shown in a message. */
const longestShown = 40;

/** Lines that are neither blank nor comments, without the spaces round them. */
export function* linesOf(text: string): Generator<Piece> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = trimmed(text.slice(start, end), start);
    if (line.text !== "" && !line.text.startsWith("#")) yield line;
    start = end + 1;
  }
}

export function cellsOf(line: Piece): Piece[] {
  let start = line.start;
  return line.text.split(",").map((cell) => {
    const piece = trimmed(cell, start);
    start += cell.length + 1;
    return piece;
  });
}

function trimmed(text: string, start: number): Piece {
  return { text: text.trim(), start: start + text.length - text.trimStart().length };
}

/** A cell as a message shows it. */
export function shown(text: string): string {
  return `\`${text.length > longestShown ? `${text.slice(0, longestShown)}..` : text}\``;
}
