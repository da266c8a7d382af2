import { definitionsOf } from "../../compiler/bind/definitions.js";
import { parseStandard } from "../../compiler/bind/load.js";
import { standardModules, standardPath } from "../../compiler/bind/standard-library.js";
import { createCollector } from "../../compiler/diagnostics/collector.js";
import type { Platform } from "../platform.js";
import type { Visible } from "./definitions.js";
import { Rank } from "./offer.js";

const known = new WeakMap<Platform, readonly Visible[]>();

/** All that the standard library declares. It does not change while a program runs. */
export function standardDefinitions(platform: Platform): readonly Visible[] {
  const before = known.get(platform);
  if (before !== undefined) return before;
  const host = platform.hostFor("");
  const found = standardModules.flatMap((module) => {
    const path = standardPath(module);
    const result = host.read(path);
    if ("problem" in result) return [];
    const tree = parseStandard(path, result.text, createCollector());
    return definitionsOf(path, tree).map((definition) => ({
      name: definition.name,
      definition,
      rank: Rank.elsewhere,
    }));
  });
  known.set(platform, found);
  return found;
}
