import type { SourceHost } from "../../compiler/bind/source-host.js";
import { isStandardPath, standardPrefix } from "../../compiler/bind/standard-library.js";

/** Texts of std/ by file name, `ops.stretto`: a worker has no folder to read them from. */
export type StandardTexts = Readonly<Record<string, string>>;

export function standardHost(texts: StandardTexts): SourceHost {
  return {
    read(path) {
      const text = isStandardPath(path) ? texts[path.slice(standardPrefix.length)] : undefined;
      return text === undefined ? { problem: { kind: "missing" } } : { text };
    },
  };
}
