/** Where bind gets its texts: a file system, an editor's open documents, or a map in a test or a page. */
export interface SourceHost {
  /**
   * The text of a file. Paths are the entry's as given, those of imports beside it joined with `/`, and
   * `stretto:std/name.stretto` for the standard library. Never throws.
   */
  read(path: string): ReadResult;
}

export type ReadResult = { readonly text: string } | { readonly problem: ReadProblem };

export type ReadProblem =
  | { readonly kind: "missing" }
  /** `found` names what is there instead: `a directory`. */
  | { readonly kind: "not-a-file"; readonly found: string }
  | { readonly kind: "too-large"; readonly size: number; readonly limit: number }
  | { readonly kind: "not-utf8" }
  | { readonly kind: "outside" }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Files larger than this many bytes are refused. */
export const largestFileBytes = 4 * 1024 * 1024;

/** A host over texts in memory. What is not there is looked for in `fallback`. */
export function createMemoryHost(
  files: Readonly<Record<string, string>> | ReadonlyMap<string, string>,
  fallback?: SourceHost,
): SourceHost {
  const texts = files instanceof Map ? (files as ReadonlyMap<string, string>) : new Map(Object.entries(files));
  return {
    read(path) {
      const text = texts.get(path);
      if (text !== undefined) return { text };
      return fallback?.read(path) ?? { problem: { kind: "missing" } };
    },
  };
}
