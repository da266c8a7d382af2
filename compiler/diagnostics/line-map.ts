/** Lines and columns of a text, counted from 1; a column is a UTF-16 code unit, as editors count. */
export interface LineMap {
  readonly lineCount: number;
  /** Offsets past the end are the end. */
  positionAt(offset: number): { readonly line: number; readonly column: number };
  /** Half-open offsets of a line's text, without its line break. */
  lineSpan(line: number): { readonly start: number; readonly end: number };
}

/** Breaks are `\n`, `\r\n` and `\r`. */
export function createLineMap(text: string): LineMap {
  const starts = [0];
  for (let offset = 0; offset < text.length; offset += 1) {
    const unit = text.charCodeAt(offset);
    if (unit === 13 && text.charCodeAt(offset + 1) === 10) offset += 1;
    if (unit === 10 || unit === 13) starts.push(offset + 1);
  }

  function lineIndexAt(offset: number): number {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    lineCount: starts.length,
    positionAt(offset) {
      const within = Math.max(0, Math.min(offset, text.length));
      const index = lineIndexAt(within);
      return { line: index + 1, column: within - starts[index]! + 1 };
    },
    lineSpan(line) {
      const start = starts[line - 1]!;
      let end = starts[line] ?? text.length;
      while (end > start && (text.charCodeAt(end - 1) === 10 || text.charCodeAt(end - 1) === 13)) end -= 1;
      return { start, end };
    },
  };
}
