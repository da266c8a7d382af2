import { definitionsOf } from "../../compiler/bind/definitions.js";
import { parseStandard } from "../../compiler/bind/load.js";
import { standardModules, standardPath } from "../../compiler/bind/standard-library.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import type { Platform } from "../platform.js";
import type { Visible } from "./definitions.js";
import { Rank } from "./offer.js";

/** The standard library, whether a file imports it or not. It does not change while a program runs. */
export interface StandardLibrary {
  readonly definitions: readonly Visible[];
  /** By path. */
  readonly texts: ReadonlyMap<string, string>;
}

const known = new WeakMap<Platform, StandardLibrary>();

export function standardLibraryOf(platform: Platform): StandardLibrary {
  const before = known.get(platform);
  if (before !== undefined) return before;
  const texts = new Map<string, string>();
  const host = platform.hostFor("");
  for (const module of standardModules) {
    const result = host.read(standardPath(module));
    if ("text" in result) texts.set(standardPath(module), result.text);
  }
  const definitions = [...texts].flatMap(([path, text]) =>
    definitionsOf(path, parseStandard(path, text, createCollector())).map((definition) => ({
      ...{ name: definition.name, definition, rank: Rank.elsewhere },
    })),
  );
  const library = { definitions, texts };
  known.set(platform, library);
  return library;
}
